# by their captions: importing the figures themselves would slow every run
CAPTIONS = {p.stem: p for p in sorted((ROOT / "workflow/report/backtest").glob("*.rst"))}

PAGE_ASSETS = [local(str(p)) for p in sorted((ROOT / "rtlmp/report/assets").iterdir())]
FINISHED = {
    "forecasts": rules.backtest_forecasts.output[0],
    "metrics": rules.metrics.output[0],
    **rules.score_backtest.output,
    **plan.models(POOLS, plan.backtest_days()),
}


use rule _large as figures with:
    input:
        **FINISHED,
    output:
        [
            report(
                f"{RUN}/figures/{name}.png",
                caption=f"../report/backtest/{name}.rst",
                category="Backtest",
                labels={"figure": name.replace("_", " ")},
            )
            for name in CAPTIONS
        ],
    log:
        f"{LOGS}/figures.log",
    params:
        **uses("figures.py"),
        figures=[*CAPTIONS],


use rule _large as report_backtest with:
    input:
        PAGE_ASSETS,
        **FINISHED,
        figures=rules.figures.output,
        captions=[local(str(p)) for p in CAPTIONS.values()],
        scenarios=plan.paths_of(rules.scenario.output.metrics, scenario=C["scenarios"]),
    output:
        f"{RUN}/report/backtest.html",
    log:
        f"{LOGS}/report_backtest.log",
    params:
        **uses("report_backtest.py"),


use rule _medium as report_daily with:
    input:
        PAGE_ASSETS,
        unpack(plan.daily_report),
        forecast=rules.forecast_date.output.rows,
    output:
        f"{RUN}/report/daily/{{date}}.html",
    log:
        f"{LOGS}/report_daily/{{date}}.log",
    params:
        **uses("report_daily.py"),


use rule _job as data_report with:
    input:
        raw=RAW_FILES,
        hourly=plan.hourly(plan.price_months),
    output:
        html=f"{RUN}/report/data.html",
        covered=f"{RUN}/report/covered.parquet",
    log:
        f"{LOGS}/data_report.log",
    params:
        **uses("data_report.py"),
        issued=[DATE],
        span=[*plan.covered],
        series=[str(q) for q in plan.series],
