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


rule raw:
    input:
        RAW_FILES,
