from functools import partial
from os.path import exists

from snakemake.iocontainers import Wildcards

from rtlmp.battery import reserve_series
from rtlmp.catalog import DAM_PARTS, RT_PARTS, STORED, SeriesName
from rtlmp.clock import month, month_days, month_span
from rtlmp.config import parse_config, threshold_name
from rtlmp.features.history import node_sample
from rtlmp.io.files import folder_name, write_json
from rtlmp.pipeline.environment import PACKAGE
from rtlmp.pipeline.plan import Plan
from rtlmp.pipeline.rules import job_params, job_resources, one_of
from rtlmp.sources.legs import legs

C = parse_config(config)
NODES, POOLS, AUXILIARY_NODES = C["nodes"], C["pools"], C["auxiliary_nodes"]
FOLDERS, FIGURES = ([folder_name(node) for node in of] for of in (NODES, C["figures"]))
THRESHOLDS = [threshold_name(x) for x in C["thresholds"]]
plan = Plan.of(C)
RUN, DATE = plan.root, plan.day
if plan.unread and workflow.is_main_process:
    logger.warning(f"{C['data_dir']}: not read, being neither Parquet nor CSV: {plan.unread}")
LOGS = f"{RUN}/logs"
NO_PAST = ""
UNITS = [node for node, *_ in C["risk"]["batteries"].values()] or NODES
RESERVES = reserve_series(C["battery"])
PLANTS = ("wind", "solar", "generation")
TOLLS = [name for name, of in C["contracts"].items() if of["terms"][0] == "toll"]
LAMBDA = (
    [SeriesName.SYSTEM_LAMBDA]
    if C["source"] == "files" or SeriesName.SYSTEM_LAMBDA in plan.series
    else []
)
RAW_FILES = plan.raw(plan.series, plan.raw_months)
uses = partial(job_params, C)
job_needs = partial(job_resources, len(NODES))


wildcard_constraints:
    date=r"\d{4}-\d\d-\d\d",
    month=r"\d{4}-\d\d",
    pool=one_of(POOLS),
    node=one_of(FOLDERS),
    series=one_of(STORED),
    scenario=one_of(C["scenarios"]),
    challenger=one_of(C["challengers"]),
    denied=one_of(C["data_denial"]),
    compare_to=r"[^/]+",
    earlier=r"\d{4}-\d\d-\d\d",
    later=r"\d{4}-\d\d-\d\d",


# What every rule with a script starts from, and what the smallest jobs ask of a cluster.
rule _job:
    log:
        f"{LOGS}/job.log",
    resources:
        **job_needs(),
    script:
        "../scripts/run.py"


use rule _job as _medium with:
    resources:
        **job_needs(2, 20),


use rule _job as _large with:
    resources:
        **job_needs(3, 20),


use rule _job as _long with:
    resources:
        **job_needs(3, 30),
