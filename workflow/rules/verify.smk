SCORE_TABLES = {
    "by": f"{RUN}/backtest/metrics_by.parquet",
    "decisions": f"{RUN}/backtest/decisions.parquet",
    "significance": f"{RUN}/backtest/significance.parquet",
    "reliability": f"{RUN}/backtest/reliability.parquet",
}


rule metrics_by:
    input:
        rules.backtest_forecasts.output,
    output:
        SCORE_TABLES["by"],
    resources:
        **ask(),
    params:
        config=pick("market", "seed"),
        code=code("metrics_by.py"),
    script:
        "../scripts/metrics_by.py"


rule score_backtest:
    input:
        rules.backtest_forecasts.output,
    output:
        **{name: path for name, path in SCORE_TABLES.items() if name != "by"},
    resources:
        **ask(),
    params:
        config=pick("seed", "cost_loss"),
        code=code("score_backtest.py"),
    script:
        "../scripts/score_backtest.py"


rule scenario:
    input:
        rules.backtest_forecasts.output,
    output:
        metrics=f"{RUN}/scenario/{{scenario}}/metrics.parquet",
        significance=f"{RUN}/scenario/{{scenario}}/significance.parquet",
    resources:
        **ask(),
    params:
        config=pick("market", "seed"),
        scenario=lambda w: C["scenarios"][w.scenario],
        code=code("scenario.py"),
    script:
        "../scripts/scenario.py"


rule compare_runs:
    input:
        ours=rules.backtest_forecasts.output[0],
        theirs="results/{compare_to}/backtest/forecasts.parquet",
    output:
        metrics=f"{RUN}/compare/{{compare_to}}/metrics.parquet",
        significance=f"{RUN}/compare/{{compare_to}}/significance.parquet",
    resources:
        **ask(),
    params:
        config=pick("seed", "run", "compare_to"),
        code=code("compare.py"),
    script:
        "../scripts/compare.py"


def feature_files_of(w):
    """Of both issue dates of a comparison."""
    dated = {w.earlier[:7], w.later[:7]}
    return [f"{RUN}/features/{node}/{m}.parquet" for node in NODES for m in sorted(dated)]


def models_of_both(kind):
    def paths(w):
        both = [date.fromisoformat(w.earlier), date.fromisoformat(w.later)]
        return [path for pool in POOLS for path in models_of(pool, both)[kind]]

    return paths


rule changes:
    input:
        features=feature_files_of,
        boosters=models_of_both("boosters"),
        cards=models_of_both("cards"),
        gates=lambda w: paths_of(rules.forecast_date.output.gate, date=[w.earlier, w.later]),
    output:
        f"{RUN}/changes/{{earlier}}_{{later}}.parquet",
    resources:
        **ask(),
    params:
        config=pick("market", "issue_time", "pools", "thresholds"),
        days=lambda w: [w.earlier, w.later],
        code=code("changes.py"),
    script:
        "../scripts/changes.py"


rule settlement:
    input:
        real=expand(f"{RUN}/raw/{C['target']}/{{month}}.parquet", month=PRICE_MONTHS),
        auction=expand(f"{RUN}/raw/dam_spp/{{month}}.parquet", month=RAW_MONTHS),
        load=expand(f"{RUN}/raw/load/{{month}}.parquet", month=RAW_MONTHS),
        parts=[
            f"{RUN}/raw/{q}/{m}.parquet"
            for q in (*RT_PARTS, *DAM_PARTS)
            for m in RAW_MONTHS
            if q in SERIES
        ],
    output:
        **{
            name: f"{RUN}/settlement/{name}.parquet"
            for name in ("blocks", "load_risk", "top_bottom", "components")
        },
    resources:
        **ask(),
    params:
        config=pick("market"),
        code=code("settlement.py"),
    script:
        "../scripts/settlement.py"


# Any table as text: ask for its name with .csv.
rule export_csv:
    input:
        f"{RUN}/{{table}}.parquet",
    output:
        f"{RUN}/{{table}}.csv",
    wildcard_constraints:
        table=r"(backtest|validation|tune|ablation|scenario|compare|value|settlement|changes|hourly|features|forecast/[^/]+)/.+",
    resources:
        **ask(),
    params:
        code=code("export_csv.py"),
    script:
        "../scripts/export_csv.py"
