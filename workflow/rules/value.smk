rule dispatch_days:
    input:
        forecasts=rules.backtest_forecasts.output[0],
        real=expand(f"{RUN}/raw/{C['target']}/{{month}}.parquet", month=PRICE_MONTHS),
        dam=expand(f"{RUN}/raw/dam_spp/{{month}}.parquet", month=RAW_MONTHS),
    output:
        f"{RUN}/value/dispatch_days/{{node}}.parquet",
    resources:
        **ask(),
    params:
        config=pick("market", "issue_time", "battery"),
        days=lambda w: [day.isoformat() for day in require_backtest_covered()],
        code=code("dispatch_days.py"),
    script:
        "../scripts/dispatch_days.py"


rule revenue:
    input:
        paths_of(rules.dispatch_days.output, node=NODES),
    output:
        dispatch_days=f"{RUN}/value/dispatch_days.parquet",
        revenue=f"{RUN}/value/revenue.parquet",
    resources:
        **ask(),
    params:
        config=pick("battery", "seed"),
        code=code("revenue.py"),
    script:
        "../scripts/revenue.py"


rule report_revenue:
    input:
        PAGE_ASSETS,
        dispatch_days=rules.revenue.output.dispatch_days,
        revenue=rules.revenue.output.revenue,
    output:
        page=f"{RUN}/report/value.html",
        earnings=report(
            f"{RUN}/figures/earnings.png", caption="../report/value/earnings.rst", category="Value"
        ),
        cumulative=report(
            f"{RUN}/figures/cumulative.png", caption="../report/value/cumulative.rst", category="Value"
        ),
    resources:
        **ask(),
    params:
        config=pick("run", "battery"),
        code=code("report_revenue.py"),
    script:
        "../scripts/report_revenue.py"
