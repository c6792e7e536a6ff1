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
    resources:
        **ask(1, 10),
    params:
        nodes=NODES,
        target=C["target"],
        code=code("hourly.py"),
    script:
        "../scripts/hourly.py"


def known_months(w):
    """Months of publication that the features of issue month `w.month` may read."""
    first, last = month_days(w.month)
    return months(first - LOOKBACK, issue_time(C, min(last, LAST)))


def known_raw(w):
    return expand(
        f"{RUN}/raw/{{series}}/{{month}}.parquet",
        series=[q for q in SERIES if q.step == "h" and q in READ],
        month=[m for m in known_months(w) if m in RAW_MONTHS],
    )


def known_hourly(w):
    return [f"{RUN}/hourly/{m}.parquet" for m in known_months(w) if m in PRICE_MONTHS]


def issued(w):
    """First and last issue date of a month: of the open one, only what the source covers."""
    return [
        edge(a, b).isoformat() for edge, a, b in zip((max, min), month_days(w.month), (FIRST, LAST))
    ]


rule features:
    input:
        raw=known_raw,
        hourly=known_hourly,
    output:
        [f"{RUN}/features/{node}/{{month}}.parquet" for node in NODES],
    resources:
        **ask(2, 20),
    params:
        config=pick("market", "issue_time", "nodes"),
        days=issued,
        code=code("features.py"),
    script:
        "../scripts/features.py"


# What models learn from, for all pools at once: it is the same data that is read.
rule history:
    input:
        raw=known_raw,
        hourly=known_hourly,
    output:
        [f"{RUN}/history/{pool}/{{month}}.arrow" for pool in POOLS],
    resources:
        **ask(3, 20),
    params:
        config=pick("market", "issue_time", "nodes", "pools"),
        auxiliary_nodes={},
        sample=node_sample(C),
        days=issued,
        code=code("history.py"),
    script:
        "../scripts/history.py"
