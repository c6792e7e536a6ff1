"""The embedded source: a small market, published like a real one, whose truth is known.

`weather` says what there is and who knows it when, `price` what it costs, and `publication` makes
observations of both. Nothing published by the time of issue says more of
an hour to come than the latest forecasts do, so the true spike probability is exact.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd
from pandera.typing import DataFrame

from rtlmp.catalog import MARKETS, SeriesName
from rtlmp.clock import HORIZON_HOURS
from rtlmp.config.jobs import WorldSettings
from rtlmp.schemas.core import Observations, Truth
from rtlmp.sources.legs import sourced
from rtlmp.sources.synthetic.price import Margin, node_margin, spike_probability
from rtlmp.sources.synthetic.publication import VINTAGES, MarketDays, published_series
from rtlmp.sources.synthetic.weather import calendar, weather


class World(NamedTuple):
    observations: dict[SeriesName, DataFrame[Observations]]
    truth: DataFrame[Truth]


def world(config: WorldSettings, named: Collection[str] = ()) -> World:
    """What was published of the local days of `synthetic`, and the truth at their issue times.

    Forecasts and truths made on the last days reach beyond its `end`; a later one only adds rows.
    The truth is that of `SeriesName.RT_LMP`, after the last of the morning's forecasts, of days to
    come: what is seen of a day tells of its rest, and of 15-minute means it is not exact. So there
    is none then. Of `synthetic.NAMED` there is what is `named`.
    """
    span, seed, tz = config["synthetic"], config["seed"], MARKETS[config["market"]].tz
    window = MarketDays(**span, tz=tz, hours=calendar(**span, tz=tz))
    state, nodes = weather(window.hours, seed), sourced(config["nodes"])
    margins = {node: node_margin(state, window.hours, node, seed) for node in nodes}
    public = published_series(window, state, margins, seed, named)
    truth = _truth(window, margins, config["thresholds"], config["issue_time"])
    exact = (
        config["target"] == SeriesName.RT_LMP
        and config["horizon"] == "next_midnight"
        and config["issue_time"] >= max(VINTAGES.values())
    )
    return World(public, truth if exact else Truth.validate(truth.iloc[:0]))


def _truth(
    window: MarketDays, margins: Mapping[str, Margin], thresholds: Sequence[float], issue_time: str
) -> DataFrame[Truth]:
    """A row for each node, threshold, issue date and hour of its horizon, in that order."""
    hours = window.hours
    first = hours.start.get_indexer(window.instants("00:00", after=1)[: window.length])
    hour = (first[:, None] + np.arange(HORIZON_HOURS)).ravel()
    issue = np.arange(window.length).repeat(HORIZON_HOURS)
    ahead = hours.day[hour] - issue
    mean_sd = [(m.known[1 + ahead, hour], m.sd(hour, ahead)) for m in margins.values()]
    chances = [spike_probability(mean, sd, x) for mean, sd in mean_sd for x in thresholds]
    copies = len(chances)
    columns = {
        Truth.valid_time: hours.start[np.tile(hour, copies)],
        Truth.issue_time: window.instants(issue_time).as_unit("us")[np.tile(issue, copies)],
        Truth.lead_hour: np.tile(np.arange(HORIZON_HOURS) + 1, window.length * copies),
        Truth.location: np.array([*margins], dtype=object).repeat(len(hour) * len(thresholds)),
        Truth.threshold: np.tile(np.repeat(thresholds, len(hour)), len(margins)).astype(float),
        Truth.probability: np.concatenate(chances),
    }
    return Truth.validate(pd.DataFrame(columns))
