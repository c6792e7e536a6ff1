"""Issue times, horizons, retrain days and months. Local clocks come in, UTC goes out."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from rtlmp.catalog import MARKETS
from rtlmp.config.jobs import ClockSettings

HORIZON_HOURS: Final = 72
CLIMATE: Final = timedelta(days=56)  # whose prices make a forecast where no model serves
SATURDAY: Final = 5  # weekdays are counted from Monday, 0
# Retrain days are counted from here, not from a window's start: the daily path and every
# backtest then agree on which model serves a date.
RETRAIN_EPOCH: Final = date(2000, 1, 1)


def instant(day: date, local: str, tz: str) -> datetime:
    """UTC instant of the local clock time `local` ("HH:MM") on `day`.

    >>> instant(date(2024, 8, 20), "10:00", "America/Chicago").isoformat()
    '2024-08-20T15:00:00+00:00'
    """
    return datetime.combine(day, time.fromisoformat(local), ZoneInfo(tz)).astimezone(UTC)


def issue_time(config: ClockSettings, day: date) -> datetime:
    """UTC instant up to which the forecast issued on `day` may know things."""
    return instant(day, config["issue_time"], MARKETS[config["market"]].tz)


def gate_closure(config: ClockSettings, day: date) -> datetime:
    """UTC instant until which the market takes day-ahead offers on `day`."""
    market = MARKETS[config["market"]]
    return instant(day, market.gate_closure, market.tz)


def horizon_start(config: ClockSettings, day: date) -> datetime:
    """UTC instant from which the forecast issued on `day` tells of 72 hours, as `horizon` says."""
    if config["horizon"] == "next_midnight":
        return instant(day + timedelta(days=1), "00:00", MARKETS[config["market"]].tz)
    return issue_time(config, day).replace(minute=0) + timedelta(hours=1)


def deadline(config: ClockSettings, day: date) -> datetime:
    """UTC instant after which a forecast is late: offers are due, or its first hour has begun."""
    return (gate_closure if config["horizon"] == "next_midnight" else horizon_start)(config, day)


def model_date(day: date, every_days: int) -> date:
    """Date of the model that serves issue date `day`: the latest retrain day on or before it."""
    return day - timedelta(days=(day - RETRAIN_EPOCH).days % every_days)


def model_dates(day: date, every_days: int, count: int) -> list[date]:
    """Dates of the `count` models whose mean serves issue date `day`, the newest first.

    >>> [d.day for d in model_dates(date(2024, 8, 20), 2, 3)]
    [20, 18, 16]
    """
    newest = model_date(day, every_days)
    return [newest - timedelta(days=every_days * i) for i in range(count)]


def base_date(day: date, every_days: int, cycle: int, count: int) -> date:
    """Date of the model that the one of retrain day `day` updates; `day`: it starts from nothing.

    The first `count` of every `cycle` do, so that `count` successive models have nothing in common.

    >>> [base_date(date(2024, 8, d), 2, 15, 3).day for d in (22, 24, 26, 28, 30)]
    [22, 24, 26, 22, 24]
    """
    k = (day - RETRAIN_EPOCH).days // every_days % cycle
    return day - timedelta(days=every_days * (k - k % count))


def days(start: date, end: date) -> Iterator[date]:
    """Every date from `start` to `end`, both included."""
    return (start + timedelta(days=i) for i in range((end - start).days + 1))


def month(day: date | datetime) -> str:
    """Calendar month as it stands in file names: 2024-08."""
    return f"{day:%Y-%m}"


def months(start: date, end: date) -> list[str]:
    """Every month touched from `start` to `end`, both included.

    >>> months(date(2023, 12, 31), date(2024, 2, 1))
    ['2023-12', '2024-01', '2024-02']
    """
    span = range(start.year * 12 + start.month - 1, end.year * 12 + end.month)
    return [f"{m // 12:04d}-{m % 12 + 1:02d}" for m in span]


def month_days(text: str) -> tuple[date, date]:
    """First and last day of a month.

    >>> month_days("2024-02")
    (datetime.date(2024, 2, 1), datetime.date(2024, 2, 29))
    """
    first = date.fromisoformat(f"{text}-01")
    return first, (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)


def month_span(text: str, first: datetime, last: datetime) -> tuple[datetime, datetime]:
    """The part of a UTC month that lies in [first, last); empty at `first` where none does.

    >>> a, b = datetime(2024, 1, 20, tzinfo=UTC), datetime(2024, 3, 1, tzinfo=UTC)
    >>> [f"{t:%m-%d}" for t in month_span("2024-01", a, b)]
    ['01-20', '02-01']
    """
    begins, after = (datetime.combine(d, time(), UTC) for d in month_days(text))
    start, end = max(begins, first), min(after + timedelta(days=1), last)
    return (start, end) if start < end else (first, first)
