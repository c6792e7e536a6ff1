"""What the cleared day-ahead market is worth: forecasts issued at 13:56 beside those of 09:56.

On `benchmarks.windows`' data, settings and refits (a model a month, no gate, no ensemble of dates).
Each clock has its own features and models. A row is log-loss skill [90 % interval] and ROC AUC, of
a lead day, or of the same target hours, which at 13:56 lie ten lead hours later; there p is that of
a Diebold-Mariano test of the two.
"""

import argparse
from pathlib import Path
from typing import Any, Final

import numpy as np

from benchmarks.measure import say_machine
from benchmarks.pipeline import ROOT, WORK
from benchmarks.windows import WINDOWS, XS, Forecasts, equal, forecasts, sample, world
from rtlmp.evaluation.losses import format_interval
from rtlmp.evaluation.scores import sample_scores
from rtlmp.schemas.names import Metric

CLOCKS: Final[dict[str, dict[str, Any]]] = {
    "09:56": {"issue_time": "09:56"},
    "13:56": {"issue_time": "13:56", "horizon": "next_hour"},
}
TONIGHT: Final = 10  # hours of D at 13:56
SLICES: Final = {f"lead day {k}": 2 * [(24 * k - 23, 24 * k)] for k in (1, 2, 3)} | {
    f"hours of D+{k}": [(24 * k - 23, 24 * k), (24 * k - 23 + TONIGHT, 24 * k + TONIGHT)]
    for k in (1, 2)
}


def options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--data", type=Path, default=ROOT / "../shared/ercot")
    parser.add_argument("--window", choices=WINDOWS, default="2024H2 5-min")
    parser.add_argument("--work", type=Path, default=WORK / "intraday")


def run(given: argparse.Namespace) -> None:
    say_machine()
    found = []
    for name, clock in CLOCKS.items():
        folder = given.work / name.replace(":", "")
        path = folder / f"{given.window}.npz"
        if not path.exists():
            made = world(given.data, folder, clock)
            np.savez(path, **forecasts(made, WINDOWS[given.window], clock, 1)._asdict())
        kept = np.load(path)
        found.append(Forecasts(**{k: kept[k] for k in Forecasts._fields}))
    print("\n|  | issued |" + "".join(f" ${x:g} |" for x in XS) + "\n|---|---|" + "---|" * len(XS))
    tables = {"all": found, "tonight": [between(found[1], 1, TONIGHT)]}
    for part, ends in SLICES.items():
        tables[part] = [between(of, *at) for of, at in zip(found, ends, strict=True)]
    for part, each in tables.items():
        for name, of in zip([*CLOCKS][-len(each) :], each, strict=True):
            print(f"| {part} | {name} |" + "".join(f" {cell(of, k)} |" for k in range(len(XS))))
        if "D+" in part:
            print("|  | p |" + "".join(f" {equal(each, k):.3f} |" for k in range(len(XS))))


def between(of: Forecasts, first: int, last: int) -> Forecasts:
    """Those of lead hours from `first` to `last`."""
    here = (of.lead >= first) & (of.lead <= last)
    rows: list[Any] = [*(column[here] for column in of[:-1]), of.seconds]
    return Forecasts(*rows)


def cell(of: Forecasts, k: int) -> str:
    got = sample_scores(sample(of, k), 7)
    skill, auc = (format_interval(*got[m], ".3f") for m in (Metric.LOG_LOSS_SKILL, Metric.AUC))
    return f"{skill}, {auc}"
