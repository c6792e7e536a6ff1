use rule _job as world with:
    output:
        observations=f"{RUN}/world/observations.parquet",
        truth=f"{RUN}/world/truth.parquet",
    log:
        f"{LOGS}/world.log",
    resources:
        **job_needs(3, 30),
    params:
        **uses("world.py"),


use rule _job as raw with:
    input:
        [local(str(path)) for path in plan.files] or rules.world.output.observations,
    output:
        RAW_FILES,
    log:
        f"{LOGS}/raw.log",
    resources:
        **job_needs(3, 30),
    params:
        **uses("raw.py"),
        series=[str(q) for q in plan.series],
        months=plan.raw_months,
