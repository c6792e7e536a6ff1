include: "live.smk" if C["source"] == "live" else "raw.smk"


rule hourly:
    input:
        lambda w: [
            f"{RUN}/raw/{C['target']}/{m}.parquet"
            for m in months(month_days(w.month)[0] - timedelta(days=1), month_days(w.month)[1])
            if m in RAW_MONTHS
        ],
    output:
        f"{RUN}/hourly/{{month}}.parquet",
    params:
        nodes=NODES,
        code=code("hourly.py"),
    script:
        "../scripts/hourly.py"


def known_months(w):
    """Months of publication that the features of issue month `w.month` may read."""
    first, last = month_days(w.month)
    return months(first - LOOKBACK, issue_time(C, min(last, LAST)))


rule features:
    input:
        raw=lambda w: expand(
            f"{RUN}/raw/{{series}}/{{month}}.parquet",
            series=[q for q in SERIES if q.step == "h" and q in READ],
            month=[m for m in known_months(w) if m in RAW_MONTHS],
        ),
        hourly=lambda w: [f"{RUN}/hourly/{m}.parquet" for m in known_months(w) if m in PRICE_MONTHS],
    output:
        [f"{RUN}/features/{node}/{{month}}.parquet" for node in NODES],
    params:
        config=pick("market", "issue_time", "nodes"),
        donors={},
        # of the open month, only the days that the source covers
        days=lambda w: [
            edge(a, b).isoformat()
            for edge, a, b in zip((max, min), month_days(w.month), (FIRST, LAST))
        ],
        code=code("features.py"),
    script:
        "../scripts/features.py"
