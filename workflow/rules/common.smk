import re
from datetime import date

from rtlmp.catalog import DAM_PARTS, READ, RT_PARTS, STORED
from rtlmp.clock import (
    days,
    issue_time,
    model_date,
    model_dates,
    month,
    month_days,
    month_span,
    months,
)
from rtlmp.config import parse_config, threshold_name
from rtlmp.config.model import held_out_span
from rtlmp.features.history import longest_history, node_sample
from rtlmp.model_selection.windows import fold_windows, labels_known, require_before_backtest
from rtlmp.pipeline.provenance import code_hash
from rtlmp.sources.files.coverage import coverage, issue_dates

C = parse_config(config)
RUN = f"results/{C['run']}"
NODES, POOLS = C["nodes"], C["pools"]
THRESHOLDS = [threshold_name(x) for x in C["thresholds"]]
SCRIPTS = ROOT / "workflow/scripts"
LOOKBACK = timedelta(days=62)  # two whole months before a feature month

DATA_FILES = (
    sorted(p for p in Path(C["data_dir"]).iterdir() if p.suffix in (".parquet", ".csv"))
    if C["source"] == "files"
    else []
)
COVERED = coverage(C, DATA_FILES)
FIRST, LAST = issue_dates(C, COVERED)  # issue dates the source can serve
DATE = C.get("date") or LAST
if not FIRST <= DATE <= LAST:
    raise ValueError(f"date {DATE}: {C['source']} has prices for issue dates {FIRST} to {LAST}")

AUXILIARY_NODES = C["auxiliary_nodes"]
EARLIEST = min([COVERED.first.date(), *(node["start"] for node in AUXILIARY_NODES.values())])
RAW_MONTHS = months(EARLIEST - LOOKBACK, COVERED.last)
PRICE_MONTHS = months(COVERED.first, COVERED.last)
if C["source"] == "live":
    from rtlmp.sources.registry import series_of

    SERIES = series_of(C)
else:
    SERIES = (*READ, *RT_PARTS, *DAM_PARTS)
RAW_FILES = expand(f"{RUN}/raw/{{series}}/{{month}}.parquet", series=SERIES, month=RAW_MONTHS)


wildcard_constraints:
    date=r"\d{4}-\d\d-\d\d",
    month=r"\d{4}-\d\d",
    pool="|".join(map(re.escape, POOLS)),
    node="|".join(map(re.escape, NODES)),
    series="|".join(STORED),
    scenario="|".join(map(re.escape, C["scenarios"])) or "none",
    compare_to=r"[^/]+",
    other=r"[^/]+",
    earlier=r"\d{4}-\d\d-\d\d",
    later=r"\d{4}-\d\d-\d\d",


def pick(*keys):
    """The settings a rule uses: a change of another one does not rerun it."""
    return {key: C[key] for key in keys}


def code(script):
    """Hash of the package's code that a script depends on."""
    return code_hash(SCRIPTS / script)


def paths_of(output, **wildcards):
    """`expand` of what a rule makes, also where a storage prefix has marked it: expand refuses."""
    marked = [output] if isinstance(output, str) else output
    return expand([path[path.rindex(RUN) :] for path in marked], **wildcards)


def feature_months(first, last):
    """Months of feature files with the issue dates from `first` to `last` that exist."""
    return months(max(first, FIRST), min(last, LAST))


def ask(gb=1, minutes=10):
    """Memory and time that a job asks of a cluster: more for many nodes, double each retry."""
    memory = round(1000 * gb + 4 * len(NODES))
    time = round(minutes + 0.1 * len(NODES))
    return {
        "mem_mb": lambda w, attempt: memory * 2 ** (attempt - 1),
        "runtime": lambda w, attempt: time * 2 ** (attempt - 1),
    }
