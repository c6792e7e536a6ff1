"""How cost grows with nodes and days: backtests of several sizes, their jobs timed by stage.

The seconds of each stage are fitted as a + b days + c nodes + d nodes x days, none negative; the
figure's hollow points are sums of these, for sizes not run. --nodes 10 100 1000 --days 30 365 1460
runs them all. A model learns from at most --rows rows, so training is paid by model, not by node.
"""

import argparse
from collections.abc import Sequence
from itertools import product
from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from scipy.optimize import nnls

from benchmarks.backtest import fresh, settings_of
from benchmarks.measure import say_machine
from benchmarks.pipeline import CORES, ROOT, WORK, config_of, stages, waiting
from rtlmp.asof.vintages import Floats
from rtlmp.report.figures.style import NODE_LOOKS, tidy

NODES: Final = (10, 100, 1000)  # of the curve
DAYS: Final = (30, 365, 1460)
REST: Final = "snakemake"  # what is in no job
BY: Final = ["nodes", "days", "stage"]


def options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--nodes", type=int, nargs="+", default=[10, 30, 100])
    parser.add_argument("--days", type=int, nargs="+", default=[30, 60])
    parser.add_argument("--history-days", type=int, default=90)
    parser.add_argument("--rounds", type=int, default=50)
    parser.add_argument("--rows", type=int, default=60_000, help="max_train_rows")
    parser.add_argument("--results", type=Path, default=WORK / "cost.csv")
    parser.add_argument("--figure", type=Path, default=ROOT / "docs/cost.png")


def run(given: argparse.Namespace) -> None:
    say_machine()
    cells = [cell(given, *size) for size in product(given.nodes, given.days)]
    measured = pd.concat(cells, ignore_index=True)
    measured.to_csv(given.results, index=False)
    curve = projected(measured, NODES, DAYS)
    say(measured, curve)
    drawn(walls(measured), walls(curve)).savefig(given.figure, dpi=130)
    print(f"{given.results}, {given.figure}")


def cell(given: argparse.Namespace, nodes: int, days: int) -> pd.DataFrame:
    """Seconds by stage of one backtest."""
    names = [f"NODE_{k:04d}" for k in range(nodes)]
    asked = argparse.Namespace(**{**vars(given), "days": days})
    sized = {"nodes": names, "max_train_rows": given.rows}
    settings = settings_of(asked, names) | sized
    config_of(settings)  # a mistake should stop us now
    work = WORK / f"cost-{nodes}-{days}"
    wall = fresh(work, settings)
    print(f"{nodes} nodes, {days} days: {wall:.0f} s", flush=True)
    found = stages(work)
    rows = [(nodes, days, rule, *of) for rule, of in found.items()]
    return pd.DataFrame(
        [*rows, (nodes, days, REST, 0, waiting(found, wall))], columns=[*BY, "jobs", "seconds"]
    )


def terms(nodes: Floats, days: Floats) -> Floats:
    return np.column_stack([np.ones_like(days), days, nodes, nodes * days])


def projected(measured: pd.DataFrame, nodes: Sequence[int], days: Sequence[int]) -> pd.DataFrame:
    """Every stage's seconds at every size, by its fit."""
    n, d = np.array([*product(nodes, days)], dtype=np.float64).T
    parts = []
    for stage, of in measured.groupby("stage"):
        weights, _ = nnls(
            terms(*of[["nodes", "days"]].to_numpy(np.float64).T), of["seconds"].to_numpy()
        )
        parts.append(
            pd.DataFrame({"nodes": n, "days": d, "stage": stage, "seconds": terms(n, d) @ weights})
        )
    return pd.concat(parts, ignore_index=True)


def walls(cells: pd.DataFrame) -> pd.DataFrame:
    """Hours of wall time on two cores: a row a number of nodes, a column a number of days."""
    return cells.pivot_table("seconds", "nodes", "days", "sum") / CORES / 3600


def slope(hours: "pd.Series[float]") -> float:
    """Exponent between the first and the last size."""
    x = np.log(hours.index.to_numpy(np.float64))
    y = np.log(hours.to_numpy())
    return float((y[-1] - y[0]) / (x[-1] - x[0]))


def say(measured: pd.DataFrame, curve: pd.DataFrame) -> None:
    print(measured.pivot_table("seconds", "stage", ["nodes", "days"]).round(1).to_string())
    print("hours on two cores, fitted:")
    print(walls(curve).round(2).to_string())
    for name, table in (("measured", walls(measured)), ("fitted", walls(curve))):
        for nodes, hours in table.iterrows():
            print(f"{name}, {nodes:g} nodes: hours grow as days^{slope(hours):.2f}")
        for days, hours in table.items():
            print(f"{name}, {days:g} days: hours grow as nodes^{slope(hours):.2f}")


def drawn(measured: pd.DataFrame, curve: pd.DataFrame) -> Figure:
    """A line a number of nodes, with its slope; full points are measured."""
    figure = Figure(figsize=(7, 4), layout="constrained")
    ax = figure.subplots()
    for (nodes, hours), look in zip(curve.iterrows(), NODE_LOOKS, strict=False):
        label = f"{nodes:g} nodes, slope {slope(hours):.2f}"
        ax.plot(hours.index, hours, look.line, color=look.colour, label=label)
        ax.plot(hours.index, hours, look.marker, color=look.colour, fillstyle="none")
        if nodes in measured.index:
            came = measured.T[nodes].dropna()
            ax.plot(came.index, came, look.marker, color=look.colour)
    ax.set_xscale("log")
    ax.set_yscale("log")
    ax.set_xticks(curve.columns, [f"{days:g}" for days in curve.columns])
    tidy(ax, "issue days of the backtest", "hours on two cores")
    ax.legend(frameon=False, title="full points measured, hollow fitted")
    return figure
