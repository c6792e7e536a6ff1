# by their captions: importing the figures themselves would slow every run
CAPTIONS = {p.stem: p for p in sorted((ROOT / "workflow/report/backtest").glob("*.rst"))}

PAGE_ASSETS = [local(str(p)) for p in sorted((ROOT / "rtlmp/report/assets").iterdir())]
FINISHED = {
    "forecasts": rules.backtest_forecasts.output[0],
    "metrics": rules.metrics.output[0],
    **SCORE_TABLES,
    "boosters": [path for pool in POOLS for path in models_of(pool, window_days())["boosters"]],
    "cards": [path for pool in POOLS for path in models_of(pool, window_days())["cards"]],
}


rule figures:
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
    resources:
        **ask(3, 20),
    params:
        config=pick("market", "nodes"),
        code=code("figures.py"),
    script:
        "../scripts/figures.py"


rule report_backtest:
    input:
        PAGE_ASSETS,
        **FINISHED,
        figures=rules.figures.output,
        captions=[local(str(p)) for p in CAPTIONS.values()],
        scenarios=paths_of(rules.scenario.output.metrics, scenario=C["scenarios"]),
    output:
        f"{RUN}/report/backtest.html",
    resources:
        **ask(3, 20),
    params:
        config=pick("run", "market", "nodes"),
        code=code("report_backtest.py"),
    script:
        "../scripts/report_backtest.py"


def day_before(w, back):
    """Forecast tables of the issue date `back` days earlier; none before the first."""
    day = date.fromisoformat(w.date) - timedelta(days=back)
    return paths_of(rules.forecast_date.output.rows, date=day) if day >= FIRST else []


def months_to(w):
    """The month of the issue date and the one before, and the next where the day is local."""
    day = date.fromisoformat(w.date)
    return months(day - timedelta(days=31), issue_time(C, day))


rule report_daily:
    input:
        PAGE_ASSETS,
        forecast=rules.forecast_date.output.rows,
        earlier=lambda w: day_before(w, 1) + day_before(w, 2),
        cards=issue_models("cards"),
        hourly=lambda w: [f"{RUN}/hourly/{m}.parquet" for m in months_to(w) if m in PRICE_MONTHS],
        raw=lambda w: [
            f"{RUN}/raw/{q}/{m}.parquet" for q in SERIES for m in months_to(w) if m in RAW_MONTHS
        ],
    output:
        f"{RUN}/report/daily/{{date}}.html",
    resources:
        **ask(2, 20),
    params:
        config=pick(
            "run", "market", "source", "issue_time", "retrain_every_days", "label_coverage"
        ),
        code=code("report_daily.py"),
    script:
        "../scripts/report_daily.py"


rule data_report:
    input:
        RAW_FILES,
    output:
        html=f"{RUN}/report/data.html",
        covered=f"{RUN}/report/covered.parquet",
    resources:
        **ask(),
    params:
        config=pick("market", "source", "run", "issue_time"),
        date=DATE.isoformat(),
        span=[t.isoformat() for t in COVERED],
        series=[str(q) for q in SERIES],
        code=code("data_report.py"),
    script:
        "../scripts/data_report.py"
