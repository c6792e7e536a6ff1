from collections.abc import Iterator
from functools import cache

import pyarrow as pa

from rtlmp.asof.vintages import read_archive
from rtlmp.clock import days, month
from rtlmp.config import jobs
from rtlmp.evaluation.baselines import scored_forecasts
from rtlmp.io.parquet import write_row_groups
from rtlmp.io.tables import read_table, to_arrow
from rtlmp.pipeline.job import Job
from rtlmp.schemas.core import Bounded, Scored, Truth
from rtlmp.schemas.names import Forecaster

job = Job(jobs.BacktestSettings)
given = job.input
paths = {Forecaster.MODEL: given.replays} | {name: given[name] for name in job.params.others}
truth = read_table(Truth, given.truth) if given.get("truth") else None
prices_of = cache(lambda pool: read_archive(given.hourly, job.config["pools"][pool]))


def scored() -> Iterator[pa.Table]:
    """A threshold of a month of a pool each: the whole of many nodes would not fit in memory."""
    for (pool, name), *each in zip(job.params.replayed, *paths.values(), strict=True):
        replays = {of: read_table(Bounded, path) for of, path in zip(paths, each, strict=True)}
        issued = [day for day in days(**job.params.window) if month(day) == name]
        rows = scored_forecasts(replays, prices_of(pool), job.config, issued, truth)
        for _, of in rows.groupby(Scored.threshold):
            yield to_arrow(Scored, of)


write_row_groups(scored(), job.output[0])
