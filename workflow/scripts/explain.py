from datetime import date
from pathlib import Path

import pandas as pd
from snakemake.iocontainers import Snakemake

from rtlmp.clock import issue_time
from rtlmp.explaining import explained
from rtlmp.findings import Drivers
from rtlmp.gate import read_gate, serving
from rtlmp.models.store import load_each
from rtlmp.tables import Features, read_each, write

snakemake: Snakemake
c, given = snakemake.params.config, snakemake.input
at = pd.Timestamp(issue_time(c, date.fromisoformat(snakemake.wildcards.date)))
champions = serving(load_each(given.boosters, given.cards), read_gate(given.gate))
features = read_each(Features, given.features)
for pool, models in champions.items():
    rows = explained(models, {n: features[n] for n in c["pools"][pool]}, at, c["thresholds"])
    for node, of in rows.groupby(Drivers.location):
        [path] = [p for p in snakemake.output if Path(p).parent.name == node]
        write(Drivers, of.reset_index(drop=True), path)
