from datetime import UTC, datetime, timedelta

import pandas as pd

from rtlmp.asof.vintages import to_us
from rtlmp.catalog import BY_NAME, SeriesName
from rtlmp.clock import month_span, months
from rtlmp.config import parse_config
from rtlmp.io.tables import write_csv, write_table
from rtlmp.models.store import load_models
from rtlmp.nowcast import HOURLY, Nowcast, nowcast_rows, nowcast_table, published_runs, read_feed
from rtlmp.pipeline.job import Job
from rtlmp.schemas.core import Observations
from rtlmp.sources.registry import fetch_month, series_of


def fetched(series: list[SeriesName], at: datetime) -> pd.DataFrame:
    """Of 36 hours: the day-ahead prices of a day are published up to 35 before its end."""
    since = at - timedelta(hours=36)
    spans = (month_span(m, since, at) for m in months(since, at))
    return pd.concat([of for span in spans for of in fetch_month(C, series, *span)[0].values()])


job = Job()
p, now, C = job.params, datetime.fromisoformat(job.params.at), parse_config(job.run_config)
*recent, table, sheet = job.output
if recent:  # a live run waits for the price of the interval that has begun, up to a minute
    late, target = now + timedelta(minutes=1), BY_NAME[p.feed["target"]]
    hourly = fetched([q for q in HOURLY if q in series_of(C)], now)
    while True:
        prices = fetched([target], now := datetime.now(UTC))
        begun = pd.Timestamp(now).floor(target.step)
        if now > late or (prices[Observations.valid_time] >= begun).any():
            break
    write_table(Observations, pd.concat([hourly, prices], ignore_index=True), *recent)
feed = read_feed([*p.known, *recent], to_us(now), **p.feed)
if not (newest := published_runs(feed)[-1:]):
    raise ValueError(f"nowcast: no real-time price at {feed.nodes} was published by {now}")
boosters, cards = ([path for path in p.models if path.endswith(of)] for of in ("ubj", "json"))
made = nowcast_table(load_models(boosters, cards), nowcast_rows(feed, newest, 1), p.thresholds)
write_table(Nowcast, made, table)
write_csv(made, sheet, "%.4f")
