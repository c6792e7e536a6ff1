import os
import sys
from pathlib import Path

from snakemake.utils import min_version

from rtlmp.pipeline.checksums import remember_checksums
from rtlmp.pipeline.environment import ENVIRONMENT, require_own_package
from rtlmp.pipeline.forkserver import start, stop
from rtlmp.pipeline.kept import keep, put_back, sweep
from rtlmp.pipeline.lock import clear_dead_lock
from rtlmp.pipeline.morning import TOLD

min_version("9.27")
ROOT = Path(workflow.basedir)
require_own_package(ROOT)
os.environ.update({**ENVIRONMENT, **os.environ})
if workflow.is_main_process:
    ALIVE = clear_dead_lock(Path(".snakemake"))  # open to the end of the process


configfile: ROOT / "config.yaml"


include: "workflow/rules/common.smk"
include: "workflow/rules/data.smk"


if AUXILIARY_NODES:

    include: "workflow/rules/auxiliary.smk"


include: "workflow/rules/model.smk"
include: "workflow/rules/model_selection.smk"
include: "workflow/rules/forecast.smk"
include: "workflow/rules/backtest.smk"
include: "workflow/rules/verify.smk"
include: "workflow/rules/report.smk"
include: "workflow/rules/value.smk"
include: "workflow/rules/nowcast.smk"
include: "workflow/rules/status.smk"


if TOLD in os.environ and workflow.is_main_process:
    write_json({"root": str(Path(RUN).absolute()), "date": str(DATE)}, os.environ[TOLD])


onstart:
    # Else Snakemake 9 looks for jobs every second, and once more for each job that has finished:
    # late in a backtest that is half a core. --max-jobs-per-timespan can only say how long each of
    # these looks waits, and Snakemake does not end before the last has.
    workflow.scheduler.job_rate_limiter = None
    remember_checksums()
    if NO_PAST:
        print(NO_PAST, file=sys.stderr)
    sweep(Path(RUN))
    jobs = [*workflow.dag.needrun_jobs()]
    keep(str(f) for job in jobs for f in job.output if not f.is_storage)
    if workflow.local_exec:
        start(len(jobs))


onsuccess:
    stop()
    put_back(workflow.persistence, plan.to_ask_again)
    jobs = workflow.dag.needrun_jobs(exclude_finished=False)
    if plan.makes_pages(str(f) for job in jobs for f in job.output):
        from rtlmp.report.index import write_index  # slow

        write_index(Path(RUN))


onerror:
    stop()
    for path in put_back(workflow.persistence, plan.to_ask_again):
        logger.warning(f"{path}: as it was before, for it could not be made anew")


# The targets. They list intermediate files too: after a failed job Snakemake would else take
# final files that no longer follow from anything for finished ones.
rule forecast:
    default_target: True
    input:
        plan.paths_of(rules.forecast_date.output, date=DATE),
        plan.paths_of(rules.forecast_files.output, date=DATE),
        plan.paths_of(rules.forecast_workbook.output, date=DATE),
        plan.paths_of(rules.forecast_figure.output, date=DATE),
        [] if NEWER else rules.latest_forecast.output,
        plan.paths_of(rules.alert_events.output, date=DATE) if C["alerts"] else [],
        plan.features(NODES, [month(DATE)]),
        plan.models(POOLS, [DATE])["cards"],
        RAW_FILES,


rule daily:
    input:
        rules.forecast.input,
        plan.paths_of(rules.report_daily.output, date=DATE),


rule explain:
    input:
        plan.paths_of(rules.explain_date.output, date=DATE),
        plan.paths_of(rules.model_card.output, pool=POOLS, date=plan.candidates(DATE)[0]),


rule backtest:
    input:
        rules.metrics.output,
        rules.backtest_forecasts.output,
        rules.backtest_forecasts.input,
        plan.models(POOLS, plan.backtest_days())["cards"],
        RAW_FILES,


rule verify:
    input:
        rules.score_backtest.output,
        rules.settlement.output,
        plan.paths_of(rules.scenario.output, scenario=C["scenarios"]),


rule validate:
    input:
        rules.cross_validation.output,


rule tune:
    input:
        rules.tune_model.output,


rule ablation:
    input:
        rules.ablate_features.output,


rule compare:
    input:
        lambda w: plan.paths_of(rules.compare_runs.output, compare_to=plan.compared),


rule report:
    input:
        rules.data_report.output,
        plan.paths_of(rules.report_daily.output, date=DATE),
        # the backtest's page where the source covers its window
        rules.report_backtest.output if plan.covers_backtest else [],


rule value:
    input:
        rules.revenue.output,
        f"{RUN}/value/revenue.csv",
        f"{RUN}/value/trade.csv",


rule risk:
    input:
        rules.portfolio.output,
        f"{RUN}/risk/portfolio.csv",


rule contracts:
    input:
        rules.contract_values.output,
        f"{RUN}/contracts/contracts.csv",


rule congestion:
    input:
        rules.congestion_table.output,
        f"{RUN}/settlement/congestion.csv",


rule nowcast:
    input:
        rules.nowcast_latest.output,


rule export:
    input:
        [
            path.replace(".parquet", ".csv")
            for made in [
                rules.backtest_forecasts.output,
                rules.metrics.output,
                rules.score_backtest.output,
                rules.settlement.output,
                [] if legs(NODES) else rules.revenue.output,
                rules.scenario.output,
            ]
            for path in plan.paths_of(made, scenario=C["scenarios"])
            if path.endswith(".parquet")
        ],
