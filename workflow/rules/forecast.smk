def issue_features(w):
    return [f"{RUN}/features/{node}/{w.date[:7]}.parquet" for node in NODES]


def issue_models(kind):
    return lambda w: [
        path for pool in POOLS for path in models_of(pool, [date.fromisoformat(w.date)])[kind]
    ]


rule forecast_date:
    input:
        features=issue_features,
        boosters=issue_models("boosters"),
        cards=issue_models("cards"),
        freshness=rules.freshness.output if C["source"] == "live" else [],
    output:
        tables=[f"{RUN}/forecast/{node}/{x}/{{date}}.parquet" for node in NODES for x in THRESHOLDS],
        sheet=f"{RUN}/forecast/{{date}}.csv",
    threads: C["model"]["threads"]
    params:
        config=pick("market", "issue_time", "pools", "nodes", "thresholds"),
        code=code("forecast.py"),
    script:
        "../scripts/forecast.py"


rule forecast_figure:
    input:
        rules.forecast_date.output.tables,
    output:
        [f"{RUN}/forecast/{node}/{{date}}.png" for node in NODES],
    params:
        config=pick("market", "nodes", "run"),
        code=code("forecast_figure.py"),
    script:
        "../scripts/forecast_figure.py"
