"""When values of the other markets were public: as their frames say, else by a rule."""

from collections.abc import Callable
from datetime import timedelta
from typing import Final, NamedTuple

import pandas as pd

from rtlmp.asof.view import HOUR
from rtlmp.schemas.core import Observations
from rtlmp.sources.base.vintages import Times, at_clock
from rtlmp.sources.base.web import FetchError

DAY: Final = timedelta(hours=30)  # once a day, and some


class Rule(NamedTuple):
    """When a value was public."""

    about: str
    # of a frame with UTC `valid_time`, and the market's zone
    publish: Callable[[pd.DataFrame, str], Times]
    fresh: timedelta  # older than this at issue time is stale
    early: timedelta = timedelta(0)  # publication before delivery, at most
    eve: str = ""  # local clock of the day before, if nothing is public before it


def after(minutes: int, fresh: timedelta = timedelta(hours=3)) -> Rule:
    """So long after the hour or five minutes have passed."""

    def publish(frame: pd.DataFrame, _: str) -> Times:
        step = HOUR if (frame[Observations.valid_time].dt.minute == 0).all() else HOUR / 12
        return frame[Observations.valid_time] + step + pd.Timedelta(minutes=minutes)

    return Rule(f"rule: {minutes} min after the interval", publish, fresh)


def on_eve(clock: str) -> Rule:
    """At a local clock time of the day before."""

    def publish(frame: pd.DataFrame, tz: str) -> Times:
        return at_clock(frame[Observations.valid_time], tz, -1, clock)

    about, early = f"rule: {clock} local of the day before", timedelta(hours=36)
    return Rule(about, publish, DAY, early, eve=clock)


def as_published(column: str, minutes: int = 0, early: timedelta = timedelta(0)) -> Rule:
    """As the frame says, and so long after that."""

    def publish(frame: pd.DataFrame, _: str) -> Times:
        return utc_column(frame, column) + pd.Timedelta(minutes=minutes)

    kind = "rule: " if minutes else "recorded: "
    about = f"{kind}{column}{f' + {minutes} min' if minutes else ''}"
    return Rule(about, publish, DAY, early)


def utc_column(frame: pd.DataFrame, column: str) -> Times:
    """A time column as UTC. Raises where it is naive: hours would be off unseen."""
    if column not in frame or getattr(frame[column].dtype, "tz", None) is None:
        types = dict(frame.dtypes.astype(str))
        raise FetchError(f"gridstatus: {column} has no time zone among {types}; refused")
    return frame[column].dt.tz_convert("UTC")
