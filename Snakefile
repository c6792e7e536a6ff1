import os
import sys
from datetime import timedelta
from pathlib import Path

ROOT = Path(workflow.basedir)
sys.path.insert(0, str(ROOT))
# Scripts run in processes of their own and find the package through this.
os.environ["PYTHONPATH"] = os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])


configfile: ROOT / "config.yaml"


include: "workflow/rules/common.smk"
include: "workflow/rules/data.smk"


if DONORS:

    include: "workflow/rules/donors.smk"


include: "workflow/rules/model.smk"
include: "workflow/rules/learn.smk"
include: "workflow/rules/forecast.smk"
include: "workflow/rules/backtest.smk"
include: "workflow/rules/verify.smk"
include: "workflow/rules/report.smk"
include: "workflow/rules/value.smk"


# The targets. They list intermediate files too: after a failed job Snakemake would else take
# final files that no longer follow from anything for finished ones.
rule forecast:
    default_target: True
    input:
        expand(rules.forecast_date.output, date=DATE),
        expand(rules.forecast_figure.output, date=DATE),
        [f"{RUN}/features/{node}/{month(DATE)}.parquet" for node in NODES],
        [path for pool in POOLS for path in models_of(pool, [DATE])["cards"]],
        RAW_FILES,


rule explain:
    input:
        expand(rules.explain_date.output, date=DATE),
        expand(rules.explain_figure.output, date=DATE),
        expand(rules.model_card.output, pool=POOLS, date=candidate_names(DATE)[0]),


rule backtest:
    input:
        rules.summary.output,
        rules.metrics.output,
        rules.backtest_forecasts.output,
        rules.backtest_forecasts.input,
        [path for pool in POOLS for path in models_of(pool, window_days())["cards"]],
        RAW_FILES,


rule verify:
    input:
        rules.judge.output,
        rules.metrics_by.output,
        rules.settlement.output,
        expand(rules.scenario.output, scenario=C["scenarios"]),


rule validate:
    input:
        rules.validation.output,


rule tune:
    input:
        rules.tuned.output,


rule ablation:
    input:
        rules.ablated.output,


rule compare:
    input:
        expand(rules.compare_runs.output, versus=C.get("versus") or []),


rule report:
    input:
        rules.data_report.output,
        expand(rules.report_daily.output, date=DATE),
        # the backtest's page where the source covers its window
        [*rules.report_backtest.output, *rules.figures.output] if BACKTEST_COVERED else [],


rule value:
    input:
        rules.report_value.output,
        rules.worth.output,
        rules.worth.output[1].replace(".parquet", ".csv"),


rule export:
    input:
        [
            path.replace(".parquet", ".csv")
            for path in [
                *rules.backtest_forecasts.output,
                *rules.metrics.output,
                *rules.judge.output,
                *rules.metrics_by.output,
                *rules.settlement.output,
                *rules.worth.output,
                *expand(rules.scenario.output, scenario=C["scenarios"]),
            ]
        ],
