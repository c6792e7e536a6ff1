# Auxiliary nodes: the same steps as for nodes, apart from them.


rule auxiliary_hourly:
    input:
        lambda w: [
            f"{RUN}/raw/{q}/{m}.parquet"
            for q in sorted({node["price"] for node in AUXILIARY_NODES.values()})
            for m in months(month_days(w.month)[0] - timedelta(days=1), month_days(w.month)[1])
            if m in RAW_MONTHS
        ],
    output:
        f"{RUN}/auxiliary/hourly/{{month}}.parquet",
    resources:
        **ask(),
    params:
        auxiliary_nodes=AUXILIARY_NODES,
        code=code("auxiliary_hourly.py"),
    script:
        "../scripts/auxiliary_hourly.py"


use rule history as auxiliary_history with:
    input:
        raw=rules.history.input.raw,
        hourly=lambda w: [
            f"{RUN}/auxiliary/hourly/{m}.parquet" for m in known_months(w) if m in RAW_MONTHS
        ],
    output:
        [f"{RUN}/auxiliary/history/{name}/{{month}}.arrow" for name in AUXILIARY_NODES],
    params:
        config=pick("market", "issue_time")
        | {"nodes": [*AUXILIARY_NODES], "pools": {name: [name] for name in AUXILIARY_NODES}},
        auxiliary_nodes=AUXILIARY_NODES,
        sample={"counts": {}, "seed": None},
        days=lambda w: [d.isoformat() for d in month_days(w.month)],
        code=code("history.py"),
