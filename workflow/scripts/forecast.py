import sys
from pathlib import Path

from rtlmp.asof.vintages import read_archive
from rtlmp.catalog import MARKETS
from rtlmp.clock import deadline
from rtlmp.config import jobs
from rtlmp.features.history import read_pools
from rtlmp.forecast.forecast import forecasts
from rtlmp.forecast.gate import asked_on, gate_decisions
from rtlmp.io.files import write_json
from rtlmp.io.tables import read_by_folder, write_table
from rtlmp.models.store import load_models
from rtlmp.pipeline.job import Job
from rtlmp.report.sheet import sheet, write_csv
from rtlmp.report.suspect import flag_suspect, flags_told
from rtlmp.schemas.core import Bounded, Features
from rtlmp.sources.freshness import flag_late, flag_silent, flag_stale

job = Job(jobs.ReplaySettings)
c, given, out = job.config, job.input, job.output
models = load_models(given.boosters, given.cards)
prices, history = read_archive(given.hourly), read_pools(given.history)
gate = gate_decisions(models, history, prices, c, job.params.serving)
asked = asked_on(job.day, c["pools"], models, gate, job.params.serving[0])
rows = forecasts(asked, features := read_by_folder(Features, given.features, c["nodes"]), prices, c)
rows = flag_silent(flag_stale(rows, given.freshness), prices)
rows = flag_suspect(rows, asked, features, c["thresholds"])
sys.stderr.writelines(flags_told(rows))
if given.freshness:  # a live run: no other has a clock
    rows = flag_late(rows, deadline(c, job.day), Path(out.sheet).with_suffix(".made.json"))
write_table(Bounded, rows, out.rows, lasting=True)
write_csv(sheet(rows, MARKETS[c["market"]].tz), out.sheet, "%.4f")  # a hundredth of a %
write_json(gate, out.gate, lasting=True)
