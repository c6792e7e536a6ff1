use rule _long as world with:
    output:
        observations=f"{RUN}/world/observations.parquet",
        truth=f"{RUN}/world/truth.parquet",
    log:
        f"{LOGS}/world.log",
    params:
        **uses("world.py"),


if plan.files:

    # A job a month, from the files that may hold a row of it: another file remakes its own months.
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

else:

    use rule _long as raw with:
        input:
            rules.world.output.observations,
        output:
            RAW_FILES,
        log:
            f"{LOGS}/raw.log",
        params:
            **uses("raw.py"),
