# Donors: the same steps as for nodes, apart from them.


rule donor_hourly:
    input:
        lambda w: [
            f"{RUN}/raw/{q}/{m}.parquet"
            for q in sorted({donor["price"] for donor in DONORS.values()})
            for m in months(month_days(w.month)[0] - timedelta(days=1), month_days(w.month)[1])
            if m in RAW_MONTHS
        ],
    output:
        f"{RUN}/donors/hourly/{{month}}.parquet",
    resources:
        **ask(),
    params:
        donors=DONORS,
        code=code("donor_hourly.py"),
    script:
        "../scripts/donor_hourly.py"


use rule history as donor_history with:
    input:
        raw=rules.history.input.raw,
        hourly=lambda w: [
            f"{RUN}/donors/hourly/{m}.parquet" for m in known_months(w) if m in RAW_MONTHS
        ],
    output:
        [f"{RUN}/donors/history/{name}/{{month}}.arrow" for name in DONORS],
    params:
        config=pick("market", "issue_time")
        | {"nodes": [*DONORS], "pools": {name: [name] for name in DONORS}},
        donors=DONORS,
        draw={"counts": {}, "seed": None},
        days=lambda w: [d.isoformat() for d in month_days(w.month)],
        code=code("history.py"),
