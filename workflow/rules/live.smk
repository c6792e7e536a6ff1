from rtlmp.sources.registry import not_without_account, require_keys

UNMADE = [m for m in plan.raw_months if not all(map(exists, plan.raw(plan.series, [m])))]
require_keys(C, [month_span(m, *plan.covered) for m in UNMADE])
NO_PAST = not_without_account(C)
ASKED = ("store", "fetch", "locations", "gaps", "archive", "weather")


# Months of publication, each a job: a closed one is final, the open one follows the run's date.
use rule _job as raw_month with:
    output:
        [f"{RUN}/raw/{q}/{{month}}.parquet" for q in plan.series],
        lost=f"{RUN}/lost/{{month}}.parquet",
    log:
        f"{LOGS}/raw_month/{{month}}.log",
    # also with a cluster: its compute nodes seldom reach the internet
    localrule: True
    resources:
        **job_needs(3, 240),
    params:
        **uses("raw_month.py", "market"),
        nodes=lambda w: NODES,
        live={key: C["live"][key] for key in ASKED},
        span=lambda w: month_span(w.month, *plan.covered),
        asked=lambda w: plan.asked_again(w.month),
        series=[str(q) for q in plan.series],


# The same as a folder for `source: files`.
use rule _job as data_dir with:
    input:
        RAW_FILES,
    output:
        [f"{C['data_dir'] or RUN}/{p.parent.name}-{p.name}" for p in map(Path, RAW_FILES)],
    log:
        f"{LOGS}/data_dir.log",
    localrule: True
    params:
        **uses("data_dir.py"),


rule raw:
    input:
        RAW_FILES,


# As the status: always, of what is there.
use rule _job as audit with:
    log:
        f"{LOGS}/audit.log",
    localrule: True
    params:
        **uses("audit.py"),
        root=RUN,


use rule _job as freshness with:
    input:
        raw=lambda w: plan.daily_report(w)["raw"],
        lost=lambda w: plan.daily_report(w)["lost"],
    output:
        f"{RUN}/freshness/{{date}}.parquet",
    log:
        f"{LOGS}/freshness/{{date}}.log",
    params:
        **uses("freshness.py"),
