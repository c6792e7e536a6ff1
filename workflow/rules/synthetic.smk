use rule _long as world with:
    output:
        observations=f"{RUN}/world/observations.parquet",
        truth=f"{RUN}/world/truth.parquet",
    log:
        f"{LOGS}/world.log",
    params:
        **uses("world.py"),
        series=[str(q) for q in plan.series],


use rule _long as raw with:
    input:
        rules.world.output.observations,
    output:
        RAW_FILES,
    log:
        f"{LOGS}/raw.log",
    params:
        **uses("raw.py"),
        differences=[*legs(NODES)],
