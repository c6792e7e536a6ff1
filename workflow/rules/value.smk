use rule _job as dispatch_days with:
    input:
        forecasts=rules.backtest_forecasts.output[0],
        real=plan.raw([C["target"]], plan.price_months),
        dam=plan.raw(["dam_spp"], plan.raw_months),
    output:
        f"{RUN}/value/dispatch_days/{{node}}.parquet",
    log:
        f"{LOGS}/dispatch_days/{{node}}.log",
    params:
        **uses("dispatch_days.py"),
        window=lambda w: plan.window("backtest"),


use rule _medium as revenue with:
    input:
        PAGE_ASSETS,
        **{name: rules.dispatch_days.input[name] for name in ("forecasts", "real", "dam")},
        reserves=plan.raw(RESERVES, plan.raw_months),
        days=lambda w: plan.sold_at(NODES)
        and plan.paths_of(rules.dispatch_days.output, node=FOLDERS),
        captions=[
            local(f"{ROOT}/workflow/report/value/{n}.rst") for n in ("earnings", "cumulative")
        ],
    output:
        **plan.tables("value", "dispatch_days", "revenue", "trade"),
        page=f"{RUN}/report/value.html",
        earnings=report(
            f"{RUN}/figures/earnings.png", caption="../report/value/earnings.rst", category="Value"
        ),
        cumulative=report(
            f"{RUN}/figures/cumulative.png",
            caption="../report/value/cumulative.rst",
            category="Value",
        ),
    log:
        f"{LOGS}/revenue.log",
    params:
        **uses("revenue.py"),
        window=lambda w: plan.window("backtest"),


use rule _job as congestion_table with:
    input:
        real=plan.raw([C["target"]], plan.price_months),
        dam=plan.raw(["dam_spp"], plan.raw_months),
        energy=plan.raw(LAMBDA, plan.raw_months),
    output:
        f"{RUN}/settlement/congestion.parquet",
    log:
        f"{LOGS}/congestion_table.log",
    params:
        **uses("congestion.py", "market", "seed"),
        window=lambda w: plan.window("backtest"),


use rule _medium as portfolio with:
    input:
        lambda w: plan.sold_at(UNITS) and PAGE_ASSETS,
        **{name: rules.dispatch_days.input[name] for name in ("forecasts", "real", "dam")},
    output:
        table=f"{RUN}/risk/portfolio.parquet",
        page=f"{RUN}/report/risk.html",
    log:
        f"{LOGS}/portfolio.log",
    params:
        **uses("portfolio.py"),
        window=lambda w: plan.window("backtest"),


use rule _medium as contract_values with:
    input:
        **{name: rules.dispatch_days.input[name] for name in ("real", "dam")},
        plants=plan.raw([q for q in plan.series if q in PLANTS], plan.raw_months),
        days=rules.revenue.output.dispatch_days if TOLLS else [],
    output:
        f"{RUN}/contracts/contracts.parquet",
    log:
        f"{LOGS}/contracts.log",
    params:
        **uses("contracts.py"),
