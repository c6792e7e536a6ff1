rule score_backtest:
    input:
        rules.backtest_forecasts.output,
    output:
        **plan.tables("backtest", "decisions", "significance", "reliability"),
        by=f"{RUN}/backtest/metrics_by.parquet",
    log:
        f"{LOGS}/score_backtest.log",
    resources:
        **job_needs(),
    params:
        **uses("score_backtest.py"),
        market=C["market"],
        cost_loss=C["cost_loss"],
        seed=C["seed"],
    script:
        "../scripts/score_backtest.py"


rule scenario:
    input:
        rules.backtest_forecasts.output,
    output:
        **plan.tables("scenario/{scenario}", "metrics", "significance"),
    log:
        f"{LOGS}/scenario/{{scenario}}.log",
    resources:
        **job_needs(),
    params:
        **uses("scenario.py"),
        scenario=lambda w: C["scenarios"][w.scenario],
    script:
        "../scripts/scenario.py"


rule compare_runs:
    input:
        ours=rules.backtest_forecasts.output[0],
        theirs="results/{compare_to}/backtest/forecasts.parquet",
    output:
        **plan.tables("compare/{compare_to}", "metrics", "significance"),
    log:
        f"{LOGS}/compare_runs/{{compare_to}}.log",
    resources:
        **job_needs(),
    params:
        **uses("compare.py"),
    script:
        "../scripts/compare.py"


rule changes:
    input:
        unpack(lambda w: plan.issued_on(w.earlier, w.later)),
        gates=lambda w: plan.paths_of(rules.forecast_date.output.gate, date=[w.earlier, w.later]),
    output:
        f"{RUN}/changes/{{earlier}}_{{later}}.parquet",
    log:
        f"{LOGS}/changes/{{earlier}}_{{later}}.log",
    resources:
        **job_needs(),
    params:
        **uses("changes.py"),
    script:
        "../scripts/changes.py"


rule settlement:
    input:
        real=plan.raw([C["target"]], plan.price_months),
        auction=plan.raw(["dam_spp"], plan.raw_months),
        load=plan.raw(["load"], plan.raw_months),
        parts=plan.raw([q for q in (*RT_PARTS, *DAM_PARTS) if q in plan.series], plan.raw_months),
    output:
        **plan.tables("settlement", "blocks", "load_risk", "top_bottom", "components"),
    log:
        f"{LOGS}/settlement.log",
    resources:
        **job_needs(),
    params:
        **uses("settlement.py"),
        market=C["market"],
    script:
        "../scripts/settlement.py"


# Any table as text: ask for its name with .csv.
rule export_csv:
    input:
        f"{RUN}/{{table}}.parquet",
    output:
        f"{RUN}/{{table}}.csv",
    log:
        f"{LOGS}/export_csv/{{table}}.log",
    wildcard_constraints:
        table=r"(backtest|validation|tune|ablation|scenario|compare|value|settlement|changes|hourly|features|forecast/[^/]+)/.+",
    resources:
        **job_needs(),
    params:
        **uses("export_csv.py"),
    script:
        "../scripts/export_csv.py"
