# A job a month, from the files that may hold a row of it: one more file remakes its own months.
use rule _long as raw_month with:
    input:
        lambda w: [local(path) for path in plan.files_by_month.get(w.month, [])],
    output:
        [f"{RUN}/raw/{q}/{{month}}.parquet" for q in plan.series],
    log:
        f"{LOGS}/raw_month/{{month}}.log",
    params:
        **uses("raw.py"),
        differences=[*legs(NODES)],


# Apart, so that a product more remakes no other series and nothing that follows from one.
if RESERVES:

    use rule raw_month as raw_reserves with:
        output:
            [f"{RUN}/raw/{q}/{{month}}.parquet" for q in RESERVES],
        log:
            f"{LOGS}/raw_reserves/{{month}}.log",


use rule raw_month as raw_lambda with:
    output:
        [f"{RUN}/raw/{q}/{{month}}.parquet" for q in LAMBDA],
    log:
        f"{LOGS}/raw_lambda/{{month}}.log",


rule raw:
    input:
        RAW_FILES,
