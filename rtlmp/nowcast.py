"""P(price > x) of the next intervals and hours, from what is known when a SCED run is published.
A slot is an interval of the real-time price, counted since 1970, where others have hours."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any, Final, NamedTuple, TypeAlias
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pandera.pandas as pa
from pandera.typing import Series

from rtlmp.asof import vintages
from rtlmp.asof.hourly import hourly_vintages
from rtlmp.asof.labels import Labels
from rtlmp.asof.view import long_table
from rtlmp.asof.vintages import NEVER, US_PER_HOUR, Archive, Floats, Vintages, to_us
from rtlmp.catalog import BY_NAME, MARKETS, MINUTES
from rtlmp.catalog import SeriesName as S
from rtlmp.evaluation.tables import Place
from rtlmp.features.prices import LEVELS
from rtlmp.features.registry import highest, mean
from rtlmp.forecast.forecast import model_probability
from rtlmp.models.samples import DAY, FEWEST, Samples, TrainingSet
from rtlmp.models.store import Trained
from rtlmp.schemas.core import UTC_DTYPE, Scored, Utc, Valid


class Nowcast(Valid, Place):
    """P(a price still to come of an interval or hour is above `threshold`)."""

    issue_time: Series[Utc] = pa.Field(description="when the newest run was published, UTC")
    minutes: Series[int] = pa.Field(description="60: an hour, else the market's interval")
    ahead: Series[int] = pa.Field(description="intervals from 1, hours from 0: what is left of it")
    threshold: Series[float] = pa.Field(description="x, USD/MWh")
    probability: Series[float] = pa.Field(ge=0, le=1)
    model_date: Series[str]


STEPS, HOURS, BACK = 12, 4, 48  # intervals ahead; hours, from that of the next one on; and back
PAIRS: Final = {S.LOAD: S.LOAD_FORECAST, S.WIND: S.WIND_FORECAST, S.SOLAR: S.SOLAR_FORECAST}
HOURLY: Final = (S.DAM_SPP, *PAIRS, *PAIRS.values())  # series read
END: Final = datetime(2200, 1, 1, tzinfo=UTC)
TIMES, SPAN = [Scored.issue_time, Scored.valid_time], [Nowcast.minutes, Nowcast.ahead]
Models: TypeAlias = Mapping[str, Mapping[str, Trained]]  # as `load_models` has them
KEYS: Final = [*TIMES, Scored.location, *SPAN, Scored.max_price]


class Runs(NamedTuple):
    """What was published."""

    runs: Vintages  # highest price by slot
    hourly: Archive
    nodes: Sequence[str]
    per_hour: int  # slots
    market: str


def read_feed(paths: Iterable[str], until: int, market: str, target: str, nodes: list[str]) -> Runs:
    """What these files hold that was published by `until`, us since 1970."""
    held = vintages.load_observations(paths, {*nodes, MARKETS[market].system})
    known = {q: (of.at(of.publish <= until), places) for q, (of, places) in held.items()}
    rows, places = known.pop(q := BY_NAME[target], vintages.concat_series([]))
    per_hour = MINUTES["h"] // MINUTES[q.step]
    slots = hourly_vintages(rows._replace(valid=rows.valid * per_hour), q)[S.RT_MAX]
    runs = vintages.arrange_vintages(slots, places)
    return Runs(runs, vintages.index_vintages(known), nodes, per_hour, market)


def published_runs(feed: Runs) -> list[tuple[int, int]]:
    """Slot of each run that was published within two slots, and when, us; the newest last."""
    at = np.where(np.isnan(feed.runs.value), 0, feed.runs.publish).max(axis=1, initial=0)
    span, runs = US_PER_HOUR // feed.per_hour, enumerate(at.tolist(), feed.runs.start)
    return [(slot, us) for slot, us in runs if slot * span <= us < (slot + 2) * span]


def nowcast_rows(feed: Runs, runs: Iterable[tuple[int, int]], coverage: float) -> pd.DataFrame:
    """A row for each run, interval or hour ahead, and node: KEYS, and features as known then.
    `max_price` is of what is left of the hour, if `coverage` of it has a price in the end."""
    parts: dict[str, list[Any]] = {name: [] for name in KEYS}
    span, width = US_PER_HOUR // feed.per_hour, np.repeat([1, feed.per_hour], [STEPS, HOURS])
    ahead = np.r_[1 : STEPS + 1, :HOURS]
    for slot, us in runs:
        begins = np.where(width > 1, ((slot + 1) // width + ahead) * width, slot + ahead)
        to = [slice(max(k, 0), k + w) for k, w in zip(begins - slot - 1, width, strict=True)]
        came = _read(feed.runs, END, range(slot + 1, slot + 1 + to[-1].stop), feed.nodes)
        sure = [np.isfinite(came[of]).mean(axis=0) >= coverage for of in to]
        price = np.where(sure, [highest(came[of], 0) for of in to], np.nan)
        valid, minutes, k = np.array([begins * span, width * span // 60_000_000, ahead])[..., None]
        keys = (us, valid, np.array(feed.nodes, object), minutes, k, price)
        known = _features(feed, slot, vintages.EPOCH + timedelta(microseconds=us), to)
        for name, value in {**dict(zip(KEYS, keys, strict=True)), **known}.items():
            parts.setdefault(name, []).append(np.broadcast_to(value, price.shape).ravel())
    rows = pd.DataFrame({name: np.concatenate([[], *of]) for name, of in parts.items()})
    kinds: dict[Any, Any] = dict.fromkeys(rows, "float32") | dict.fromkeys(SPAN, "int64")
    kinds |= {Scored.location: "O", Scored.max_price: "f8", **dict.fromkeys(TIMES, UTC_DTYPE)}
    return rows.astype(dict.fromkeys(TIMES, "int64")).astype(kinds)


def _features(feed: Runs, slot: int, at: datetime, to: Sequence[slice]) -> dict[str, Any]:
    """By name, what was known at `at`: each broadcasts to (spans, nodes)."""
    now, market = slot // feed.per_hour, MARKETS[feed.market]
    day = _read(feed.runs, at, range(slot + 1 - 24 * feed.per_hour, slot + 1), feed.nodes)
    newest, last = day[::-1], day[-feed.per_hour :]
    hour = [(slot + 1 + of.start) // feed.per_hour - now for of in to]  # from this one
    local = [datetime.fromtimestamp(3600 * (now + k), ZoneInfo(market.tz)) for k in range(6)]
    hours = range(now - BACK, now + HOURS + 1)
    dam = _read(feed.hourly[S.DAM_SPP], at, hours, feed.nodes)[BACK:]
    made: dict[str, Any] = {f"price_{k}": newest[k] for k in range(STEPS)}
    made |= {f"change_{k}": newest[0] - newest[k] for k in (1, 3, 6)}
    for x, above in ((x, newest > x) for x in LEVELS):
        made[f"since_{x}"] = np.where(above.any(axis=0), above.argmax(axis=0), np.nan)
    for q, forecast in PAIRS.items():
        seen, told = (_read(feed.hourly[of], at, hours, [market.system]) for of in (q, forecast))
        k = np.isfinite(seen).nonzero()[0].max(initial=0)
        made |= {f"{q}_newest": seen[k], f"{q}_error": (seen - told)[k]}
        made |= {f"{q}_of": told[BACK:][hour], f"{q}_change": told[BACK:][hour] - told[BACK]}
    for name, of in {"last": last, "day": day, "nodes": newest[:1].T, "dam": dam}.items():
        made |= {f"{name}_most": highest(of, 0), f"{name}_mean": mean(of, 0)}
    spans = [(local[k].hour, of.start, of.stop - of.start) for k, of in zip(hour, to, strict=True)]
    made |= zip(("hour_of", "starts_in", "slots"), np.array(spans).T[..., None], strict=True)
    return made | {
        "clock": local[0].hour + slot % feed.per_hour / feed.per_hour, "dam_of": dam[hour],
        "day_of_week": local[0].weekday(), "day_before": [highest(day[of], 0) for of in to],
        "dam_change": dam[hour] - dam[0], "dam_gap": dam[0] - mean(last, 0),
    }  # fmt: skip


def rows_by_month(
    paths: Sequence[str], months: Iterable[str], coverage: float, of: Mapping[str, Any]
) -> dict[str, pd.DataFrame]:
    """Rows of every 13th run of each UTC month, so of all minutes of an hour, with what was
    published by its end; of fewer where nodes are many."""
    every, made = 12 * -(-len(of["nodes"]) // 5) + 1, {}
    for month in months:
        near = sorted({Path(path).stem for path in paths if Path(path).stem <= month})[-2:]
        feed = read_feed([path for path in paths if Path(path).stem in near], NEVER, **of)
        runs = [run for run in published_runs(feed) if run[0] % every == 0]
        own = [run for run in runs if str(np.datetime64(run[1], "us")).startswith(month)]
        made[month] = nowcast_rows(feed, own, coverage)
    return made


def _read(of: Vintages, at: datetime, times: range, places: Sequence[str]) -> Floats:
    """What was known at `at`: (times, places), NaN where nothing was."""
    held = dict(zip(of.locations, vintages.known_at(of, at, times).T, strict=True))
    return np.column_stack([held.get(q, np.full(len(times), np.nan)) for q in places])


def nowcast_training(rows: pd.DataFrame, minutes: int, day: date) -> TrainingSet:
    """`rows` of known price, published before the UTC day. Raises ValueError below FEWEST."""
    rows = rows[rows[Nowcast.minutes] == minutes].dropna(subset=Scored.max_price)
    if len(rows) < FEWEST:
        raise ValueError(
            f"nowcast {day}: {len(rows)} rows, want {FEWEST}: no month of prices before"
        )
    until, price = datetime.combine(day, time(), UTC), rows[Scored.max_price].to_numpy(np.float64)
    at, valid = (rows[name].astype(np.int64).to_numpy(np.int64) for name in TIMES)
    age, hour = (to_us(until) - at) / DAY, np.asarray(valid // US_PER_HOUR, np.int64)
    labels = Labels(price, price, price, 0 * price + 1)
    design = [str(q) for q in rows if q not in KEYS]
    samples = Samples(rows[design].to_numpy(np.float32), labels, age, hour, 0)
    pool, since = sorted(rows[Scored.location].unique()), until - timedelta(days=float(age.max()))
    return TrainingSet(day, since, until, pool, design, samples, "")


def nowcast_table(models: Models, rows: pd.DataFrame, xs: list[float]) -> pd.DataFrame:
    """`rows` once a threshold, as `Nowcast`, by the only model of each length in minutes."""
    made = []
    for minutes, [model] in ((int(name), of.values()) for name, of in models.items()):
        of = rows[rows[Nowcast.minutes] == minutes]
        x = of[model.card["features"]].to_numpy(np.float32)
        p = {Scored.probability: model_probability(model, x, xs)}
        made.append(long_table(of[KEYS[:-1]], xs, p, model.card["date"]))
    return pd.concat(made, ignore_index=True)
