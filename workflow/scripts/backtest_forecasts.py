from collections.abc import Iterator
from datetime import date
from functools import cache
from pathlib import Path

import pyarrow as pa
from snakemake.iocontainers import Snakemake

from rtlmp.archive import archive_of
from rtlmp.backtest import MODEL, scored
from rtlmp.parquet import write_groups
from rtlmp.tables import Bounded, Scored, Truth, read

snakemake: Snakemake
given, p = snakemake.input, snakemake.params
paths = {MODEL: given.replays} | {name: given[name] for name in p.others}
truth = read(Truth, given.truth) if given.get("truth") else None


prices_of = cache(lambda pool: archive_of(given.hourly, p.config["pools"][pool]))


def parts() -> Iterator[pa.Table]:
    """A threshold of a month of a pool each: the whole of many nodes would not fit in memory."""
    for each in zip(*paths.values(), strict=True):
        of = Path(each[0])
        replays = {name: read(Bounded, path) for name, path in zip(paths, each, strict=True)}
        issued = [date.fromisoformat(day) for day in p.days if day.startswith(of.stem)]
        rows = scored(replays, prices_of(of.parent.name), p.config, issued, truth)
        for _, part in rows.groupby(Scored.threshold):
            yield pa.Table.from_pandas(part, preserve_index=False)


write_groups(parts(), snakemake.output[0])
