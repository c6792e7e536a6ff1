# by their captions: importing the figures themselves would slow every run
CAPTIONS = {p.stem: p for p in sorted((ROOT / "workflow/report/backtest").glob("*.rst"))}

PAGE_ASSETS = [local(str(p)) for p in sorted((PACKAGE / "report/assets").rglob("*.*"))]


use rule _large as report_backtest with:
    input:
        PAGE_ASSETS,
        **rules.score_backtest.output,
        **plan.models(POOLS, plan.backtest_days()),
        forecasts=rules.backtest_forecasts.output[0],
        metrics=rules.metrics.output.metrics,
        captions=[local(str(p)) for p in CAPTIONS.values()],
        scenarios=plan.paths_of(rules.scenario.output.metrics, scenario=C["scenarios"]),
    output:
        page=f"{RUN}/report/backtest.html",
        figures=[
            report(
                f"{RUN}/figures/{name}.png",
                caption=f"../report/backtest/{name}.rst",
                category="Backtest",
                labels={"figure": name.replace("_", " ")},
            )
            for name in CAPTIONS
        ],
    log:
        f"{LOGS}/report_backtest.log",
    params:
        **uses("report_backtest.py"),


use rule _medium as report_daily with:
    input:
        PAGE_ASSETS,
        unpack(plan.daily_report),
        forecast=rules.forecast_date.output.rows,
        gate=rules.forecast_date.output.gate,
        linked=rules.forecast_workbook.output,
    output:
        f"{RUN}/report/daily/{{date}}.html",
    log:
        f"{LOGS}/report_daily/{{date}}.log",
    params:
        **uses("report_daily.py"),
        record=f"{RUN}/record",
        without=[f"{RUN}/backtest/metrics.parquet", C["data_denial"]],  # read if there, never made


use rule _job as data_report with:
    input:
        raw=RAW_FILES,
        lost=plan.lost(plan.raw_months),
        hourly=plan.hourly(plan.price_months),
    output:
        html=f"{RUN}/report/data.html",
        covered=f"{RUN}/report/covered.parquet",
    log:
        f"{LOGS}/data_report.log",
    params:
        **uses("data_report.py"),
        gaps=C["live"]["gaps"] if C["source"] == "live" else [],
        issued=[DATE],
        span=[*plan.covered],
        note=NO_PAST,
