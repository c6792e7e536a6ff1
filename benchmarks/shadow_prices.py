"""What shadow prices add to a forecast of basis in the synthetic market, whose congestion is known.

One model of the issue dates of 2023 (one member, no gate) of the basis of a hub, both ways, scored
on those of 5 January to June 2024, first lead day. The second has of each constraint also the mean
shadow price of the same hour of its latest known day, and the share of the runs of the 24 hours to
then in which it binds. Skill is that of the log loss against climatology; p of Diebold-Mariano by
issue day.
"""

import argparse
from datetime import date
from typing import Final, cast

import numpy as np
import pandas as pd

from benchmarks.measure import say_machine
from benchmarks.pipeline import config_of
from benchmarks.windows import concat_issued, hourly_vintages_of, local_hour
from rtlmp.asof.labels import known_labels, spike
from rtlmp.asof.vintages import US_PER_HOUR, Archive, Flags, Floats, index_vintages, to_us
from rtlmp.catalog import SeriesName as S
from rtlmp.clock import HORIZON_HOURS, days, issue_time
from rtlmp.config import Config
from rtlmp.config.jobs import WorldSettings
from rtlmp.evaluation.baselines import climatology
from rtlmp.evaluation.losses import daily_means, diebold_mariano, log_loss
from rtlmp.features.history import HistoryRows, NodeSample
from rtlmp.features.matrix import training_features
from rtlmp.forecast.forecast import model_probability
from rtlmp.models.training import train
from rtlmp.schemas.core import Observations
from rtlmp.sources.differences import differences
from rtlmp.sources.synthetic.market import world
from tests.helpers.build import series_rows

XS: Final = [5.0, 10.0, 25.0, 50.0]
NODES: Final = ["HB_NORTH minus HB_WEST", "HB_WEST minus HB_NORTH"]
TRAIN: Final = (date(2023, 1, 15), date(2023, 12, 31))
SCORE: Final = (date(2024, 1, 5), date(2024, 6, 30))
GRID: Final = [2, 5, 10, 15, 25, 50, 100, 200, 500, 1000]


def options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--seed", type=int, default=7)


def run(given: argparse.Namespace) -> None:
    say_machine()
    span = {"start": date(2022, 11, 1), "end": SCORE[1]}
    config = config_of({
        "seed": given.seed, "synthetic": span, "members": [{}], "gate": {"days": 0},
        "thresholds": XS, "nodes": NODES, "pools": {"a": NODES[:1], "b": NODES[1:]},
        "model": {"grid": GRID},
    })  # fmt: skip
    made = world(cast("WorldSettings", config), [S.SHADOW_PRICE]).observations
    shadow = made.pop(S.SHADOW_PRICE)
    del made[S.RT_SPP]
    for q in (S.RT_LMP, S.DAM_SPP):
        made[q] = differences(made[q], NODES)  # type: ignore[assignment]
    seen = {q: series_rows(of) for q, of in made.items()}
    prices = index_vintages({**seen, **hourly_vintages_of(seen[S.RT_LMP], S.RT_LMP)})
    issued = [d for of in (TRAIN, SCORE) for d in days(*of)]
    plain = [*training_features(prices, issued, config, NodeSample(counts={}, seed=None)).values()]
    first, losses = SCORE[0], dict[str, Floats]()
    for line, rows in {"without": plain, "with": [wider(of, shadow) for of in plain]}.items():
        asked = concat_issued(rows, config, *SCORE)
        near = np.tile(np.arange(HORIZON_HOURS) // 24 == 0, len(asked.hour) // HORIZON_HOURS)
        p = model_probability(train(rows, prices, config, first), asked.x, XS)[near]
        y, base = came(prices, asked, config, first)
        losses[line] = log_loss(y[near], p)
        say(line, asked, near, losses, log_loss(y[near], base[near]))


def wider(rows: HistoryRows, shadow: pd.DataFrame) -> HistoryRows:
    """With two columns a constraint, of reports published by issue time alone."""
    hour = shadow[Observations.valid_time].dt.floor("h").astype("datetime64[us, UTC]")
    at = hour.astype(np.int64) // US_PER_HOUR
    places = shadow[Observations.location]
    runs = shadow.groupby([at, places])[Observations.value].agg(["sum", "size"])
    every = runs.unstack(fill_value=0).reindex(range(at.min(), at.max() + 1), fill_value=0) / 12
    level, share = np.arcsinh(every["sum"] / 20), every["size"].rolling(24, min_periods=1).mean()
    last = (rows.issued - 65 * 60 * 10**6) // US_PER_HOUR  # newest hour whose report is out
    back = -(-(rows.hour - last) // 24) * 24
    wide = pd.concat([level.add_prefix("level "), share.add_prefix("share ")], axis=1)
    added, names = wide.reindex(rows.hour - back).to_numpy(np.float32), [*wide.columns]
    return rows._replace(x=np.column_stack([rows.x, added]), design=[*rows.design, *names])


def came(prices: Archive, rows: HistoryRows, config: Config, day: date) -> tuple[Floats, Floats]:
    """Outcome, NaN where unknown, and climatology of all known at `day`: (rows, thresholds)."""
    at, end = issue_time(config, day), pd.Timestamp("2100-01-01", tz="UTC")
    hours = range(int(rows.hour.min()), int(rows.hour.max()) + 1)
    past = range(int(rows.hour.min()) - 24 * 365, to_us(at) // US_PER_HOUR)
    now = known_labels(prices, end, hours, config["label_coverage"])
    known, local = known_labels(prices, at, past, config["label_coverage"]), np.array(past)
    y, p = np.full((2, len(rows.hour), len(XS)), np.nan)
    for k, node in enumerate(rows.nodes):
        here = np.flatnonzero(rows.node == k)
        highest = now[node].at(rows.hour[here] - hours.start).highest
        y[here] = np.column_stack([spike(highest, x) for x in XS])
        p[here] = climatology(known[node], local_hour(local), local_hour(rows.hour[here]), XS)
    return y, p


def say(
    line: str, asked: HistoryRows, near: Flags, losses: dict[str, Floats], base: Floats
) -> None:
    cells, own = [], losses[line]
    for k, x in enumerate(XS):
        for n, node in enumerate(asked.nodes):
            at = (asked.node[near] == n) & ~np.isnan(own[:, k])
            cells.append(f"{node} ${x:g} {1 - own[at, k].mean() / base[at, k].mean():.4f}")
            if line != "without":
                day = np.unique(asked.issued[near][at], return_inverse=True)[1]
                two = (daily_means(day, of[at, k]) for of in (own, losses["without"]))
                cells[-1] += f" p {diebold_mariano(*two).p_value:.2f}"
    print(line, *cells, sep="\n  ", flush=True)
