from datetime import date
from pathlib import Path

import pandas as pd
from snakemake.iocontainers import Snakemake

from rtlmp.clock import issue_time
from rtlmp.forecast.explain import explain
from rtlmp.forecast.gate import read_gate, serving_models
from rtlmp.io.tables import read_by_folder, write_table
from rtlmp.models.store import load_models
from rtlmp.schemas.core import Features
from rtlmp.schemas.evaluation import Drivers

snakemake: Snakemake
c, given = snakemake.params.config, snakemake.input
at = pd.Timestamp(issue_time(c, date.fromisoformat(snakemake.wildcards.date)))
champions = serving_models(load_models(given.boosters, given.cards), read_gate(given.gate))
features = read_by_folder(Features, given.features)
for pool, models in champions.items():
    rows = explain(models, {n: features[n] for n in c["pools"][pool]}, at, c["thresholds"])
    for node, of in rows.groupby(Drivers.location):
        [path] = [p for p in snakemake.output if Path(p).parent.name == node]
        write_table(Drivers, of.reset_index(drop=True), path)
