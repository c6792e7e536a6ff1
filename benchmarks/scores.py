"""Scores of a backtest of many nodes: time and memory of each of its jobs.

Made-up forecasts of --nodes over --days (four thresholds, the model and both baselines) in the
parts that rule `backtest_forecasts` writes, pools of 125 nodes; then the scripts of rules
`metrics_part` (all nodes together; one pool) and `metrics`, which writes the summary, each in a
process of its own, once, on one thread as Snakemake runs them.
"""

import argparse
import tempfile
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from benchmarks.measure import say_machine, timed
from benchmarks.pipeline import ROOT, WORK, alone, described
from rtlmp.clock import HORIZON_HOURS
from rtlmp.evaluation.baselines import BASELINES
from rtlmp.io.parquet import write_row_groups
from rtlmp.schemas.core import Scored
from rtlmp.schemas.names import Forecaster

POOL: Final = 125  # nodes
MONTH: Final = 30  # days of a part
FIRST: Final = date(2023, 1, 1)
THRESHOLDS: Final = (50.0, 100.0, 200.0, 500.0)
MODELS: Final = (Forecaster.MODEL, *BASELINES)
STAMP: Final = pa.timestamp("us", "UTC")


def options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--nodes", type=int, default=1000)
    parser.add_argument("--days", type=int, default=365)


def run(given: argparse.Namespace) -> None:
    names = [f"NODE_{k:04d}" for k in range(given.nodes)]
    days = [FIRST + timedelta(days=k) for k in range(given.days)]
    say_machine()
    WORK.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=WORK) as folder:
        work = Path(folder)
        path = work / "forecasts.parquet"
        made, _ = timed(lambda: write_row_groups(tables(names, days), path))
        rows, size = pq.read_metadata(path).num_rows, path.stat().st_size / 1e9
        print(f"{len(names)} nodes, {len(days)} days: {rows:,} rows, {size:.1f} GB, {made:.0f} s")
        pooled, pool = work / "pooled.parquet", work / "pool.parquet"
        shown: dict[str, tuple[str, Any, Any, dict[str, object]]] = {
            "metrics, all nodes": ("metrics_part.py", [path], [pooled], {"nodes": []}),
            "metrics, one pool": ("metrics_part.py", [path], [pool], {"nodes": names[:POOL]}),
            "summary": (
                "metrics.py",
                SimpleNamespace(parts=[pooled], forecasts=path),
                SimpleNamespace(metrics=work / "metrics.parquet", summary=work / "summary.md"),
                {"nodes": names, "window": {"start": days[0], "end": days[-1]}},
            ),
        }
        for name, (script, source, out, params) in shown.items():
            took, memory = timed(lambda: job(work, script, source, out, params))  # noqa: B023
            print(f"{name:20s} {took:8.1f} s {memory:6.2f} GB")


def job(
    work: Path,
    script: str,
    source: Any,  # noqa: ANN401
    out: Any,  # noqa: ANN401
    params: dict[str, object],
) -> float:
    """Peak memory of a rule's script, GB."""
    config = {"seed": 7, "run": "bench", "nodes": params["nodes"]}
    given = SimpleNamespace(**params, seed=7, config=config)
    asked = described(input=source, output=out, params=given)
    return alone(ROOT / "workflow/scripts" / script, asked, work)


def tables(names: Sequence[str], days: Sequence[date]) -> Iterator[pa.Table]:
    """A threshold of a month of a pool each."""
    rng = np.random.default_rng(7)
    for k in range(0, len(names), POOL):
        for j in range(0, len(days), MONTH):
            for x in THRESHOLDS:
                yield table(names[k : k + POOL], days[j : j + MONTH], x, rng)


def table(
    nodes: Sequence[str], days: Sequence[date], x: float, rng: np.random.Generator
) -> pa.Table:
    """Rows by model, issue date, node and hour."""
    shape = (len(MODELS), len(days), len(nodes), HORIZON_HOURS)
    model, day, node, hour = (of.ravel() for of in np.indices(shape, dtype=np.int32))
    issued = np.array(days, "datetime64[us]")[day] + np.timedelta64(15, "h")
    chance = rng.beta(0.1, 2, shape[1:])
    price = np.where(rng.random(shape[1:]) < chance, 2 * x, x / 2).ravel()
    probability = np.clip(chance.ravel() + rng.normal(0, 0.01, (len(MODELS), chance.size)), 0, 1)

    def words(of: Sequence[str], index: Any) -> pa.Array:  # noqa: ANN401
        return pa.DictionaryArray.from_arrays(pa.array(index), pa.array(of)).cast(pa.string())

    return pa.table(
        {
            Scored.issue_time: pa.array(issued).cast(STAMP),
            Scored.valid_time: pa.array(issued + (hour + 15) * np.timedelta64(1, "h")).cast(STAMP),
            Scored.lead_hour: hour.astype(np.int64) + 1,
            Scored.location: words(nodes, node),
            Scored.threshold: np.full(len(hour), x),
            Scored.probability: probability.ravel(),
            Scored.model: words(MODELS, model),
            Scored.max_price: np.tile(price, len(MODELS)),
            Scored.lead_day: hour.astype(np.int64) // 24 + 1,
        }
    )
