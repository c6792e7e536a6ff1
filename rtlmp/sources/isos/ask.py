"""Calls of gridstatus: one table of one local day.

It drops failed parts of a span with a printed line unless told to raise, and inner calls are not
told; asked for a single date it has fewer parts to drop, and `observe` counts what came.
"""

import logging
import warnings
from collections.abc import Callable, Mapping, Sequence
from difflib import get_close_matches
from http import HTTPStatus
from itertools import count, product
from typing import Any, Final, NamedTuple, TypeAlias

import pandas as pd

from rtlmp.sources.base.interface import Tools
from rtlmp.sources.base.web import FetchError, UnreadableError, time_limit, with_retries

log = logging.getLogger(__name__)
MOST: Final = 10  # locations of one call: CAISO takes no more
WHOLE: Final = pd.Timedelta(hours=24)
NOTHING: Final = ("NoDataFoundException", "NotSupported")  # how it says that a day is not there
Named: TypeAlias = Callable[[Any, Sequence[str]], list[Any]]


class Ask(NamedTuple):
    """What is called, and how."""

    method: str  # of gridstatus
    options: Mapping[str, object] = {}
    named: Named | None = None  # what it calls the locations; None: it gives all
    hours: bool = False  # it gives 24 hours from the date on, whatever the clock does


def by_name(_: object, names: Sequence[str]) -> list[str]:
    """Locations as they are."""
    return list(names)


def pjm_ids(pjm: Any, names: Sequence[str]) -> list[int]:  # noqa: ANN401  # gridstatus' own
    """Numbers of price nodes that the config has by name or number."""
    nodes = pjm.get_pnode_ids(include_terminated=True)
    ids, known = nodes["pnode_id"].astype(str), nodes["pnode_name"].str.strip()
    for name in {*names} - {*ids} - {*known}:
        near = get_close_matches(name, known, 3)
        raise FetchError(f"PJM has no price node {name!r}; near to it {near}")
    return [int(i) for i in nodes.loc[ids.isin(names) | known.isin(names), "pnode_id"]]


def gridstatus_frame(
    market: str, ask: Ask, day: pd.Timestamp, what: str, tools: Tools
) -> pd.DataFrame:
    """What it gives, without rows where the market has nothing of that day (yet)."""
    remedy = f"try again later, or see gridstatus {market}.{ask.method}"
    tries = count(1)

    def call() -> pd.DataFrame:
        try:
            with time_limit(tools.live["timeout"]), warnings.catch_warnings(action="ignore"):
                return _frame(market, ask, day, sorted(tools.locations))
        except Exception as error:
            why = f"{type(error).__name__} {error}"
            # CAISO answers a caller in a hurry as if it had nothing
            if _nothing(error) and (market != "CAISO" or next(tries) == tools.client.attempts):
                log.warning("%s: nothing there: %s", what, why)
                return pd.DataFrame()
            if isinstance(error, OSError | FetchError):
                raise  # of the network: may pass
            if _nothing(error) or isinstance(error, KeyError | RuntimeError):
                raise UnreadableError(why) from error  # a page instead of the table: may pass
            raise FetchError(f"{what}: {why}; {remedy}") from error

    return with_retries(tools.client, "isos", what, remedy, call)


def _nothing(error: Exception) -> bool:
    """Whether the market has no such day: neither broken nor busy."""
    status = getattr(getattr(error, "response", error), "status_code", getattr(error, "code", 0))
    empty = "No objects to concatenate" in str(error)  # no file of that day in NYISO's month
    return status == HTTPStatus.NOT_FOUND or empty or type(error).__name__ in NOTHING


def _frame(market: str, ask: Ask, day: pd.Timestamp, names: Sequence[str]) -> pd.DataFrame:
    import gridstatus  # most of a second

    iso = getattr(gridstatus, market)()
    method = getattr(iso, ask.method)
    strict = {"error": "raise"} if hasattr(method, "__wrapped__") and not ask.named else {}
    after = day + pd.DateOffset(days=1)
    dates = [day, day + WHOLE] if ask.hours and after - day > WHOLE else [day]
    asked = ask.named(iso, names) if ask.named else []
    groups = [{"locations": asked[k : k + MOST]} for k in range(0, len(asked), MOST)] or [{}]
    each = product(dates, groups)
    made = [method(date=at, **strict, **ask.options, **of) for at, of in each]
    frame = pd.concat(made, ignore_index=True)
    start = frame.get("Interval Start")
    return frame[(day <= start) & (start < after)] if ask.hours and start is not None else frame
