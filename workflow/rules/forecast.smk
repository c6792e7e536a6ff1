# A whole date's table, apart: with it here, reading the folder would give each row twice, as it did.
for old in Path(RUN, "forecast").glob("[0-9]*.parquet") if workflow.is_main_process else ():
    Path(RUN, "issued").mkdir(exist_ok=True)
    old.replace(f"{RUN}/issued/{old.name}")


use rule _job as forecast_date with:
    input:
        unpack(plan.forecast),
        freshness=rules.freshness.output if C["source"] == "live" else [],
    output:
        rows=f"{RUN}/issued/{{date}}.parquet",
        sheet=f"{RUN}/forecast/{{date}}.csv",
        gate=f"{RUN}/forecast/{{date}}.gate.json",
    log:
        f"{LOGS}/forecast_date/{{date}}.log",
    threads: C["model"]["threads"]
    params:
        **uses("forecast.py"),
        serving=lambda w: plan.serving(w.date),


# Apart, for Snakemake notes for each output what each input was: here one.
use rule _job as forecast_files with:
    input:
        rules.forecast_date.output.rows,
    output:
        [f"{RUN}/forecast/{node}/{x}/{{date}}.parquet" for node in FOLDERS for x in THRESHOLDS],
    log:
        f"{LOGS}/forecast_files/{{date}}.log",
    params:
        **uses("forecast_files.py"),


use rule _job as forecast_workbook with:
    input:
        rules.forecast_date.output.rows,
    output:
        f"{RUN}/forecast/{{date}}.xlsx",
    log:
        f"{LOGS}/forecast_workbook/{{date}}.log",
    params:
        **uses("forecast_workbook.py"),


use rule _job as forecast_figure with:
    input:
        rules.forecast_date.output.rows,
    output:
        [f"{RUN}/forecast/{node}/{{date}}.png" for node in FIGURES],
    log:
        f"{LOGS}/forecast_figure/{{date}}.log",
    params:
        **uses("forecast_figure.py"),


use rule _medium as explain_date with:
    input:
        unpack(lambda w: plan.issued_on(w.date)),
        gate=rules.forecast_date.output.gate,
    output:
        tables=[f"{RUN}/explain/{node}/{{date}}.parquet" for node in FOLDERS],
        figures=[f"{RUN}/explain/{node}/{{date}}_{x}.png" for node in FIGURES for x in THRESHOLDS],
    log:
        f"{LOGS}/explain_date/{{date}}.log",
    params:
        **uses("explain.py"),


# Asked for with the forecast of a date, unless there is one of these.
NEWER = [p for p in Path(RUN, "issued").glob("[0-9]*.parquet") if p.stem > str(DATE)]


use rule _job as latest_forecast with:
    input:
        *plan.paths_of(rules.forecast_date.output, date=DATE)[:2],
        *plan.paths_of(rules.forecast_workbook.output, date=DATE),
    output:
        [f"{RUN}/forecast/latest.{kind}" for kind in ("parquet", "csv", "xlsx")],
    log:
        f"{LOGS}/latest_forecast.log",
    params:
        **uses("latest_forecast.py"),


# What was sent is no output: Snakemake deletes those before it makes them again.
use rule _job as alert_events with:
    input:
        rules.forecast_date.output.rows,
    output:
        [f"{RUN}/alerts/{{date}}.{kind}" for kind in ("json", "ics")],
    log:
        f"{LOGS}/alert_events/{{date}}.log",
    localrule: True
    params:
        **uses("alert_events.py", "alerts", "market"),
        notify=[] if NEWER else C["notify"],  # what is past is no news
        sent=f"{RUN}/alerts/sent.json",
