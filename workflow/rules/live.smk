# Runs where Snakemake runs, also with a cluster: its compute nodes seldom reach the internet.
localrules:
    raw_month,


# Months of publication, each a job: a closed one is final, the open one follows the run's date.
rule raw_month:
    output:
        expand(f"{RUN}/raw/{{series}}/{{{{month}}}}.parquet", series=SERIES),
    resources:
        **ask(3, 240),
    params:
        config=pick("market", "nodes"),
        live={key: C["live"][key] for key in ("store", "fetch", "locations", "gaps", "weather")},
        span=lambda w: [t.isoformat() for t in month_span(w.month, *COVERED)],
        code=code("raw_month.py"),
    script:
        "../scripts/raw_month.py"


rule raw:
    input:
        RAW_FILES,


rule freshness:
    input:
        lambda w: expand(
            f"{RUN}/raw/{{series}}/{{month}}.parquet",
            series=[q for q in SERIES if q in READ],
            month=months(
                date.fromisoformat(w.date) - timedelta(days=31), date.fromisoformat(w.date)
            ),
        ),
    output:
        f"{RUN}/freshness/{{date}}.parquet",
    resources:
        **ask(),
    params:
        config=pick("market", "issue_time"),
        code=code("freshness.py"),
    script:
        "../scripts/freshness.py"
