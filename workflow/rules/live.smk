from rtlmp.sources.registry import require_keys

UNMADE = [m for m in plan.raw_months if not all(map(exists, plan.raw(plan.series, [m])))]
require_keys(C, [month_span(m, *plan.covered) for m in UNMADE])


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
        **uses("raw_month.py"),
        market=C["market"],
        nodes=lambda w: NODES,
        live={key: C["live"][key] for key in ("store", "fetch", "locations", "gaps", "weather")},
        span=lambda w: month_span(w.month, *plan.covered),
        series=[str(q) for q in plan.series],


rule raw:
    input:
        RAW_FILES,


use rule _job as freshness with:
    input:
        lambda w: plan.recent(w.date),
    output:
        f"{RUN}/freshness/{{date}}.parquet",
    log:
        f"{LOGS}/freshness/{{date}}.log",
    params:
        **uses("freshness.py"),
