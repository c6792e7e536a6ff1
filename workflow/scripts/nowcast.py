from datetime import datetime

from rtlmp.asof.vintages import to_us
from rtlmp.config import parse_config
from rtlmp.io.tables import write_table
from rtlmp.models.store import load_models
from rtlmp.nowcast import HOURLY, Nowcast, nowcast_rows, nowcast_table, published_runs, read_feed
from rtlmp.pipeline.job import Job
from rtlmp.report.sheet import write_csv
from rtlmp.schemas.core import Observations
from rtlmp.sources.newest import newest_observations

job = Job()
p, now = job.params, datetime.fromisoformat(job.params.at)
*recent, table, sheet = job.output
if recent:  # a live run
    rows, now = newest_observations(parse_config(job.run_config), now, HOURLY)
    write_table(Observations, rows, *recent)
feed = read_feed([*p.known, *recent], to_us(now), **p.feed)
if not (newest := published_runs(feed)[-1:]):
    raise ValueError(f"nowcast: no real-time price at {feed.nodes} was published by {now}")
boosters, cards = ([path for path in p.models if path.endswith(of)] for of in ("ubj", "json"))
made = nowcast_table(load_models(boosters, cards), nowcast_rows(feed, newest, 1), p.thresholds)
write_table(Nowcast, made, table)
write_csv(made, sheet, "%.4f")
