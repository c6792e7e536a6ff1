"""When values of the other markets were public: as their frames say, else by a rule."""

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
    fresh: timedelta = DAY  # older than this at issue time is stale
    early: timedelta = timedelta(0)  # publication before delivery, at most
    minutes: int = 0  # after the frame's `column`, else after the interval
    column: str = ""
    eve: str = ""  # or at this local clock of the day before

    def publish(self, frame: pd.DataFrame, tz: str) -> Times:
        """Of a frame with UTC `valid_time`, an interval of an hour or five minutes a row."""
        valid = frame[Observations.valid_time]
        if self.eve:
            return at_clock(valid, tz, -1, self.eve)
        step = HOUR if (valid.dt.minute == 0).all() else HOUR / 12
        since = utc_column(frame, self.column) if self.column else valid + step
        return since + pd.Timedelta(minutes=self.minutes)


def after(minutes: int, fresh: timedelta = timedelta(hours=3)) -> Rule:
    """So long after the hour or five minutes have passed."""
    return Rule(f"rule: {minutes} min after the interval", fresh, minutes=minutes)


def on_eve(clock: str) -> Rule:
    """At a local clock time of the day before."""
    return Rule(f"rule: {clock} local of the day before", early=timedelta(hours=36), eve=clock)


def as_published(column: str, minutes: int = 0, early: timedelta = timedelta(0)) -> Rule:
    """As the frame says, and so long after that."""
    about = f"rule: {column} + {minutes} min" if minutes else f"recorded: {column}"
    return Rule(about, early=early, minutes=minutes, column=column)


def utc_column(frame: pd.DataFrame, column: str) -> Times:
    """A time column as UTC. Raises where it is naive: hours would be off unseen."""
    if column not in frame or getattr(frame[column].dtype, "tz", None) is None:
        types = dict(frame.dtypes.astype(str))
        raise FetchError(f"gridstatus: {column} has no time zone among {types}; refused")
    return frame[column].dt.tz_convert("UTC")
