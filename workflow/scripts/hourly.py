import sys

from rtlmp.asof.hourly import first_hour, published_in_month
from rtlmp.asof.vintages import concat_series, load_observations, merge_series, save_observations
from rtlmp.catalog import BY_NAME
from rtlmp.pipeline.job import Job

job = Job()
nodes, target = job.params.nodes, BY_NAME[job.params.target]
*before, own = job.input
loaded = load_observations([own], nodes)
if target in loaded:  # an hour's first intervals may have been published the month before
    earlier = load_observations(before, nodes, first_hour(loaded[target]))
    loaded = merge_series(earlier, loaded)
prices = loaded.get(target, concat_series([]))
if silent := {*nodes} - {*prices[1]}:
    sys.stderr.write(f"{job.wildcards.month}: no {target} at {sorted(silent)}\n")
save_observations(published_in_month(prices, target, job.wildcards.month), job.output[0])
