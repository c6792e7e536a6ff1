"""What a series or a feature adds in winters of the synthetic market, whose truth is known.

A world of each of --seeds, where a storm begins on a share --stormy of winter days; one model of
three winters' issue dates (December to February, one member, no gate), scored on the next two:
three nodes, all leads. A line lacks the columns of the features named in --without (several: a,b),
or those that read a series named there. Skill is that of the log loss against climatology; `truth`
is that of the true probability. p is of Diebold-Mariano against the first line, by issue day. Storm
hours are those that a storm cools.
"""

import argparse
from datetime import date
from typing import Final, NamedTuple, cast

import numpy as np

from benchmarks.measure import say_machine
from benchmarks.pipeline import config_of
from benchmarks.windows import TZ, concat_issued, hourly_vintages_of, outcomes
from rtlmp.asof.vintages import US_PER_HOUR, Archive, Flags, Floats, Ints, index_vintages, to_us
from rtlmp.catalog import BY_NAME
from rtlmp.catalog import SeriesName as S
from rtlmp.clock import days
from rtlmp.config import Config
from rtlmp.config.jobs import WorldSettings
from rtlmp.evaluation.losses import daily_means, diebold_mariano, log_loss
from rtlmp.features.history import HistoryRows, NodeSample
from rtlmp.features.matrix import FEATURES, training_features
from rtlmp.forecast.forecast import model_probability
from rtlmp.models.training import train
from rtlmp.schemas.core import Truth
from rtlmp.sources.synthetic import weather
from rtlmp.sources.synthetic.market import World, world
from tests.helpers.build import series_rows

XS: Final = [50.0, 100.0, 200.0, 500.0]
WINTERS: Final = [(date(y, 12, 1), date(y + 1, 2, 28)) for y in range(2020, 2025)]
START, END = date(2020, 9, 15), date(2025, 3, 5)
SCORED: Final = WINTERS[3:]
TRUTH: Final = "truth"


class Scored(NamedTuple):
    """(rows,) and (rows, thresholds): issue day, storm hours, outcome, forecast, climatology's."""

    day: Ints
    storm: Flags
    y: Floats
    p: Floats
    reference: Floats


def options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--seeds", type=int, nargs="*", default=[7])
    parser.add_argument("--stormy", type=float, default=0.06)
    parser.add_argument("--without", nargs="*", default=[], help="features or series, a line each")


def run(given: argparse.Namespace) -> None:
    say_machine()
    weather.STORMY = given.stormy  # type: ignore[misc]
    worlds = list[tuple[list[HistoryRows], Archive, World, Config]]()
    for seed in given.seeds:
        span = {"start": START, "end": END}
        asked = {"thresholds": XS, "seed": seed, "synthetic": span, "members": [{}]}
        config = config_of({**asked, "gate": {"days": 0}})
        made = world(cast("WorldSettings", config))
        worlds.append((*learned(made, config), made, config))
    first: Scored | None = None
    for line in ["", *given.without]:
        pairs = [scored([kept(n, line) for n in of[0]], *of[1:]) for of in worlds]
        own, truth = (
            Scored(*map(np.concatenate, zip(*of, strict=True))) for of in zip(*pairs, strict=True)
        )
        if not first:
            first = own
            say(TRUTH, truth, None)
        say(f"without {line}" if line else "all", own, first)


def learned(made: World, config: Config) -> tuple[list[HistoryRows], Archive]:
    """Features of each node, and hourly prices."""
    seen = {q: series_rows(of) for q, of in made.observations.items()}
    by_hour = hourly_vintages_of(seen[S.RT_LMP], S.RT_LMP)
    archive = index_vintages({**seen, **by_hour})
    own: Config = {**config, "pools": {name: [name] for name in sorted(config["nodes"])}}
    every, issued = NodeSample(counts={}, seed=None), [d for w in WINTERS for d in days(*w)]
    return [*training_features(archive, issued, own, every).values()], archive


def kept(rows: HistoryRows, line: str) -> HistoryRows:
    """Without the columns of the features named in `line`, or that read a series named there."""
    named = [*filter(None, line.split(","))]
    series = {BY_NAME[name] for name in named if name in BY_NAME}
    gone = {f.name for f in FEATURES if f.inputs & series or f.name in named}
    assert not named or gone, f"{line}: no feature, nor a series that one reads"
    at = [k for k, name in enumerate(rows.design) if name not in gone]
    return rows._replace(x=rows.x[:, at], design=[rows.design[k] for k in at])


def scored(
    rows: list[HistoryRows], prices: Archive, made: World, config: Config
) -> tuple[Scored, Scored]:
    """By a model dated on the first day scored, and by the truth."""
    (first, _), (_, last) = SCORED[0], SCORED[-1]
    asked = concat_issued(rows, config, first, last)
    p = model_probability(train(rows, prices, config, first), asked.x, XS)
    y, reference = outcomes(prices, asked, config, first)
    hours = weather.calendar(START, END, TZ)
    cold = weather.storm_degrees(hours, weather.generator(config["seed"], "winter storms"))
    since = to_us(hours.start[0]) // US_PER_HOUR
    storm = cold[asked.hour - since] > 0
    issued = made.truth[Truth.issue_time].astype("datetime64[us, UTC]").astype(np.int64)
    inside = issued.isin(np.unique(asked.issued)).to_numpy()
    known = made.truth[Truth.probability].to_numpy()[inside].reshape(len(rows), len(XS), -1)
    truth = known.transpose(0, 2, 1).reshape(-1, len(XS))
    day = asked.issued // (24 * US_PER_HOUR) + 100_000 * config["seed"]
    return Scored(day, storm, y, p, reference), Scored(day, storm, y, truth, reference)


def say(line: str, of: Scored, first: Scored | None) -> None:
    """Skill by threshold in all hours, then in storms; p against the first line."""
    for name, chosen in (("", np.ones_like(of.storm)), ("storm hours", of.storm)):
        cells = []
        for k, x in enumerate(XS):
            at = ~np.isnan(of.y[:, k]) & chosen
            loss, base = (log_loss(of.y[at, k], q[at, k]) for q in (of.p, of.reference))
            cells.append(f"${x:g} {1 - loss.mean() / base.mean():.3f}")
            if first and first is not of:
                day = np.unique(of.day[at], return_inverse=True)[1]
                two = (daily_means(day, q) for q in (loss, log_loss(of.y[at, k], first.p[at, k])))
                cells[-1] += f" p {diebold_mariano(*two).p_value:.2f}"
        print(f"{name or line:40s} {chosen.sum():6,} {' | '.join(cells)}", flush=True)
