# Reads what is there and makes nothing else: no input, no output, so it always runs.
use rule _job as status with:
    log:
        f"{LOGS}/status.log",
    localrule: True
    params:
        **uses("status.py"),
        root=RUN,
        date=str(DATE),
        daily=plan.daily_report(Wildcards(fromdict={"date": str(DATE)})),
        store=C["live"]["store"],


use rule status as record with:
    log:
        f"{LOGS}/record.log",
    params:
        **uses("record.py"),
        record=f"{RUN}/record",
        forecasts=lambda w: {
            str(path): plan.issued_on(path.stem)
            for path in sorted(Path(RUN, "issued").glob("[0-9]*.parquet"))
        },


use rule status as publish with:
    input:
        lambda w: plan.published_to and plan.paths_of(rules.forecast_date.output.rows, date=DATE),
    log:
        f"{LOGS}/publish.log",
    params:
        **uses("publish.py"),
        root=RUN,
