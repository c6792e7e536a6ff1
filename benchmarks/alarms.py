"""How often the warnings of a forecast and of drift fire in a finished run: falsely, that is.

Each model date trains on the rows before it, as a model does, and issue dates up to the next are
checked against it. CUSUM is that of each day of the run's backtest, over the 30 issue dates before.
"""

import argparse
from itertools import pairwise
from pathlib import Path

import numpy as np

from rtlmp.asof.vintages import US_PER_HOUR
from rtlmp.evaluation.drift import cusum, trained_on, unlike
from rtlmp.evaluation.pairs import read_pairs
from rtlmp.features.history import concat_history, read_history
from rtlmp.report.scorecard import DAYS
from rtlmp.schemas.names import Forecaster

KINDS = ("beyond training", "missing")


def options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("run", type=Path, nargs="?", default=Path("results/synthetic"))
    parser.add_argument("--history-days", type=int, default=2000)
    parser.add_argument("--every", type=int, default=2, help="days between models")
    parser.add_argument("--first", type=int, default=14, help="days that the first one has")


def run(given: argparse.Namespace) -> None:
    rows = concat_history([read_history(p) for p in sorted(given.run.glob("history/*/*.arrow"))])
    issued, day = np.unique(rows.issued), 24 * US_PER_HOUR
    told, psi = [], []
    for k, until in pairwise([*range(given.first, len(issued), given.every), len(issued)]):
        at = issued[k]
        inside = (rows.issued < at) & (rows.issued > at - (given.history_days + 0.5) * day)
        of = trained_on(rows.x[inside], rows.issued[inside], int(at))
        psi.append(float(np.median(of["index"])))
        for other in issued[k:until]:
            each = [(rows.issued == other) & (rows.node == n) for n in range(len(rows.nodes))]
            said = [unlike(of, rows.design, rows.x[node]) for node in each if node.any()]
            told.append([any(kind in text for text in said) for kind in KINDS])
    for kind, share in zip(KINDS, np.mean(told, axis=0), strict=True):
        print(f"features {kind}: {share:.1%} of {len(told)} issue dates")
    quantiles("psi", np.array(psi))
    if (path := given.run / "backtest/forecasts.parquet").exists():
        scored = [of.at(of.lead_day == 1) for of in read_pairs(path)]
        columns = ((of.issued, of.spiked, of.of(Forecaster.MODEL)) for of in scored)
        when, y, p = map(np.concatenate, zip(*columns, strict=True))
        span = np.timedelta64(DAYS, "D")
        inside = [(when <= last) & (when > last - span) for last in np.unique(when)]
        quantiles("cusum", np.array([cusum(when[of], y[of], p[of]) for of in inside]))


def quantiles(name: str, values: np.ndarray) -> None:
    """Median, 95 % and most."""
    middle, high = np.quantile(values, [0.5, 0.95])
    print(f"{name}: median {middle:.3f}, 95 % {high:.3f}, most {values.max():.3f} of {len(values)}")
