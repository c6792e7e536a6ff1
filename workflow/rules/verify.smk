use rule _job as score_backtest with:
    input:
        rules.backtest_forecasts.output,
    output:
        **plan.tables("backtest", "decisions", "significance", "reliability"),
        by=f"{RUN}/backtest/metrics_by.parquet",
    log:
        f"{LOGS}/score_backtest.log",
    params:
        **uses("score_backtest.py", "market", "cost_loss", "seed"),


use rule _job as scenario with:
    input:
        rules.backtest_forecasts.output,
    output:
        **plan.tables("scenario/{scenario}", "metrics", "significance"),
    log:
        f"{LOGS}/scenario/{{scenario}}.log",
    params:
        **uses("score_part.py"),
        scenario=lambda w: C["scenarios"][w.scenario],


use rule _job as compare_runs with:
    input:
        rules.backtest_forecasts.output,
        "results/{compare_to}/backtest/forecasts.parquet",
    output:
        **plan.tables("compare/{compare_to}", "metrics", "significance"),
    log:
        f"{LOGS}/compare_runs/{{compare_to}}.log",
    params:
        **uses("score_part.py"),


use rule _job as changes with:
    input:
        unpack(lambda w: plan.issued_on(w.earlier, w.later)),
        gates=lambda w: plan.paths_of(rules.forecast_date.output.gate, date=[w.earlier, w.later]),
    output:
        f"{RUN}/changes/{{earlier}}_{{later}}.parquet",
    log:
        f"{LOGS}/changes/{{earlier}}_{{later}}.log",
    params:
        **uses("changes.py"),


use rule _job as settlement with:
    input:
        real=plan.raw([C["target"]], plan.price_months),
        auction=plan.raw(["dam_spp"], plan.raw_months),
        load=plan.raw(["load"], plan.raw_months),
        parts=plan.raw([q for q in (*RT_PARTS, *DAM_PARTS) if q in plan.series], plan.raw_months),
    output:
        **plan.tables("settlement", "blocks", "load_risk", "top_bottom", "components", "costs"),
    log:
        f"{LOGS}/settlement.log",
    params:
        **uses("settlement.py", "market", "costs"),


# Any table as text: ask for its name with .csv.
use rule _job as export_csv with:
    input:
        f"{RUN}/{{table}}.parquet",
    output:
        f"{RUN}/{{table}}.csv",
    log:
        f"{LOGS}/export_csv/{{table}}.log",
    wildcard_constraints:
        table=r"(backtest|validation|tune|ablation|scenario|compare|value|risk|contracts|settlement|issued|changes|hourly|features|forecast/[^/]+)/.+",
    params:
        **uses("export_csv.py"),
