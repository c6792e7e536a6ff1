rule settled:
    input:
        forecasts=rules.backtest_forecasts.output[0],
        real=expand(f"{RUN}/raw/{C['target']}/{{month}}.parquet", month=PRICE_MONTHS),
        dam=expand(f"{RUN}/raw/dam_spp/{{month}}.parquet", month=RAW_MONTHS),
    output:
        f"{RUN}/value/settled/{{node}}.parquet",
    resources:
        **ask(),
    params:
        config=pick("market", "issue_time", "battery"),
        days=lambda w: [day.isoformat() for day in require_backtest_covered()],
        code=code("settled.py"),
    script:
        "../scripts/settled.py"


rule worth:
    input:
        paths_of(rules.settled.output, node=NODES),
    output:
        settled=f"{RUN}/value/settled.parquet",
        worth=f"{RUN}/value/worth.parquet",
    resources:
        **ask(),
    params:
        config=pick("battery", "seed"),
        code=code("worth.py"),
    script:
        "../scripts/worth.py"


rule report_value:
    input:
        PAGE_ASSETS,
        settled=rules.worth.output.settled,
        worth=rules.worth.output.worth,
    output:
        page=f"{RUN}/report/value.html",
        earnings=report(
            f"{RUN}/figures/earnings.png", caption="../captions/earnings.rst", category="Value"
        ),
        cumulative=report(
            f"{RUN}/figures/cumulative.png", caption="../captions/cumulative.rst", category="Value"
        ),
    resources:
        **ask(),
    params:
        config=pick("run", "battery"),
        code=code("report_value.py"),
    script:
        "../scripts/report_value.py"
