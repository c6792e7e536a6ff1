# Auxiliary nodes: the same steps as for nodes, apart from them.


use rule _job as auxiliary_hourly with:
    input:
        lambda w: plan.published_near(
            sorted({node["price"] for node in AUXILIARY_NODES.values()}), w.month
        ),
    output:
        f"{RUN}/auxiliary/hourly/{{month}}.parquet",
    log:
        f"{LOGS}/auxiliary_hourly/{{month}}.log",
    params:
        **uses("auxiliary_hourly.py"),


use rule history as auxiliary_history with:
    input:
        raw=plan.known_raw,
        hourly=plan.known_auxiliary,
    output:
        [f"{RUN}/auxiliary/history/{name}/{{month}}.arrow" for name in AUXILIARY_NODES],
    log:
        f"{LOGS}/auxiliary_history/{{month}}.log",
    params:
        **uses(
            "history.py",
            nodes=[*AUXILIARY_NODES],
            pools={name: [name] for name in AUXILIARY_NODES},
        ),
        auxiliary_nodes=AUXILIARY_NODES,
        sample={"counts": {}, "seed": None},
        span=lambda w: month_days(w.month),
