from collections.abc import Iterator
from datetime import date
from functools import cache
from pathlib import Path

import pyarrow as pa
from snakemake.iocontainers import Snakemake

from rtlmp.asof.vintages import read_archive
from rtlmp.forecast.replay import scored_forecasts
from rtlmp.io.parquet import write_row_groups
from rtlmp.io.tables import read_table
from rtlmp.schemas.core import Bounded, Scored, Truth
from rtlmp.schemas.names import Forecaster

snakemake: Snakemake
given, p = snakemake.input, snakemake.params
paths = {Forecaster.MODEL: given.replays} | {name: given[name] for name in p.others}
truth = read_table(Truth, given.truth) if given.get("truth") else None


prices_of = cache(lambda pool: read_archive(given.hourly, p.config["pools"][pool]))


def parts() -> Iterator[pa.Table]:
    """A threshold of a month of a pool each: the whole of many nodes would not fit in memory."""
    for each in zip(*paths.values(), strict=True):
        of = Path(each[0])
        replays = {name: read_table(Bounded, path) for name, path in zip(paths, each, strict=True)}
        issued = [date.fromisoformat(day) for day in p.days if day.startswith(of.stem)]
        rows = scored_forecasts(replays, prices_of(of.parent.name), p.config, issued, truth)
        for _, part in rows.groupby(Scored.threshold):
            yield pa.Table.from_pandas(part, preserve_index=False)


write_row_groups(parts(), snakemake.output[0])
