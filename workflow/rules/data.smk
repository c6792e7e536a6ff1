include: f"{C['source']}.smk"


use rule _job as hourly with:
    input:
        lambda w: plan.published_near([C["target"]], w.month),
    output:
        f"{RUN}/hourly/{{month}}.parquet",
    log:
        f"{LOGS}/hourly/{{month}}.log",
    params:
        **uses("hourly.py", "target"),
        nodes=lambda w: NODES,


use rule _medium as features with:
    input:
        raw=plan.known_raw,
        hourly=plan.known_hourly,
    output:
        plan.features(NODES, ["{month}"]),
    log:
        f"{LOGS}/features/{{month}}.log",
    params:
        **uses("features.py"),
        span=lambda w: plan.issued(w.month),


# What models train on, for all pools at once: it is the same data that is read.
use rule _large as history with:
    input:
        raw=plan.known_raw,
        hourly=plan.known_hourly,
    output:
        plan.history_files(POOLS, ["{month}"]),
    log:
        f"{LOGS}/history/{{month}}.log",
    params:
        **uses("history.py"),
        auxiliary_nodes={},
        sample=node_sample(C),
        span=lambda w: plan.issued(w.month),
