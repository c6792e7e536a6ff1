def issue_day(w):
    return date.fromisoformat(w.date)


def issue_models(kind):
    return lambda w: [path for pool in POOLS for path in models_of(pool, [issue_day(w)])[kind]]


rule forecast_date:
    input:
        features=lambda w: [f"{RUN}/features/{node}/{w.date[:7]}.parquet" for node in NODES],
        history=lambda w: [
            path for pool in POOLS for path in gate_history(pool, issue_day(w), issue_day(w))
        ],
        hourly=lambda w: gate_prices(issue_day(w), issue_day(w)),
        boosters=issue_models("boosters"),
        cards=issue_models("cards"),
        freshness=rules.freshness.output if C["source"] == "live" else [],
    output:
        rows=f"{RUN}/forecast/{{date}}.parquet",
        sheet=f"{RUN}/forecast/{{date}}.csv",
        gate=f"{RUN}/forecast/{{date}}.gate.json",
    threads: C["model"]["threads"]
    resources:
        **ask(),
    params:
        config=pick(*REPLAYED, "pools", "nodes"),
        serving=lambda w: candidate_names(issue_day(w)),
        code=code("forecast.py"),
    script:
        "../scripts/forecast.py"


# Apart, for Snakemake notes for each output what each input was: here one.
rule forecast_files:
    input:
        rules.forecast_date.output.rows,
    output:
        [f"{RUN}/forecast/{node}/{x}/{{date}}.parquet" for node in NODES for x in THRESHOLDS],
    resources:
        **ask(),
    params:
        code=code("forecast_files.py"),
    script:
        "../scripts/forecast_files.py"


rule forecast_figure:
    input:
        rules.forecast_date.output.rows,
    output:
        [f"{RUN}/forecast/{node}/{{date}}.png" for node in C["figures"]],
    resources:
        **ask(),
    params:
        config=pick("market", "run"),
        code=code("forecast_figure.py"),
    script:
        "../scripts/forecast_figure.py"


rule explain_date:
    input:
        features=lambda w: expand(
            f"{RUN}/features/{{node}}/{{month}}.parquet", node=NODES, month=month(issue_day(w))
        ),
        boosters=issue_models("boosters"),
        cards=issue_models("cards"),
        gate=rules.forecast_date.output.gate,
    output:
        [f"{RUN}/explain/{node}/{{date}}.parquet" for node in NODES],
    resources:
        **ask(2, 20),
    params:
        config=pick("market", "issue_time", "pools", "thresholds"),
        code=code("explain.py"),
    script:
        "../scripts/explain.py"


rule explain_figure:
    input:
        rules.explain_date.output,
    output:
        [f"{RUN}/explain/{node}/{{date}}_{x}.png" for node in C["figures"] for x in THRESHOLDS],
    resources:
        **ask(),
    params:
        config=pick("market"),
        code=code("explain_figure.py"),
    script:
        "../scripts/explain_figure.py"
