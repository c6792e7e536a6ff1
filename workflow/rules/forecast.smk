rule forecast_date:
    input:
        unpack(plan.forecast),
        freshness=rules.freshness.output if C["source"] == "live" else [],
    output:
        rows=f"{RUN}/forecast/{{date}}.parquet",
        sheet=f"{RUN}/forecast/{{date}}.csv",
        gate=f"{RUN}/forecast/{{date}}.gate.json",
    log:
        f"{LOGS}/forecast_date/{{date}}.log",
    threads: C["model"]["threads"]
    resources:
        **job_needs(),
    params:
        **uses("forecast.py"),
        serving=lambda w: plan.serving(w.date),
    script:
        "../scripts/forecast.py"


# Apart, for Snakemake notes for each output what each input was: here one.
rule forecast_files:
    input:
        rules.forecast_date.output.rows,
    output:
        [f"{RUN}/forecast/{node}/{x}/{{date}}.parquet" for node in NODES for x in THRESHOLDS],
    log:
        f"{LOGS}/forecast_files/{{date}}.log",
    resources:
        **job_needs(),
    params:
        **uses("forecast_files.py"),
    script:
        "../scripts/forecast_files.py"


rule forecast_figure:
    input:
        rules.forecast_date.output.rows,
    output:
        [f"{RUN}/forecast/{node}/{{date}}.png" for node in C["figures"]],
    log:
        f"{LOGS}/forecast_figure/{{date}}.log",
    resources:
        **job_needs(),
    params:
        **uses("forecast_figure.py"),
    script:
        "../scripts/forecast_figure.py"


rule explain_date:
    input:
        unpack(lambda w: plan.issued_on(w.date)),
        gate=rules.forecast_date.output.gate,
    output:
        [f"{RUN}/explain/{node}/{{date}}.parquet" for node in NODES],
    log:
        f"{LOGS}/explain_date/{{date}}.log",
    resources:
        **job_needs(2, 20),
    params:
        **uses("explain.py"),
    script:
        "../scripts/explain.py"


rule explain_figure:
    input:
        rules.explain_date.output,
    output:
        [f"{RUN}/explain/{node}/{{date}}_{x}.png" for node in C["figures"] for x in THRESHOLDS],
    log:
        f"{LOGS}/explain_figure/{{date}}.log",
    resources:
        **job_needs(),
    params:
        **uses("explain_figure.py"),
    script:
        "../scripts/explain_figure.py"
