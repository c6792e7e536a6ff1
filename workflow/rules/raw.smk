rule world:
    output:
        observations=f"{RUN}/world/observations.parquet",
        truth=f"{RUN}/world/truth.parquet",
    params:
        config=pick("synthetic", "nodes", "thresholds", "issue_time", "market", "target", "seed"),
        code=code("world.py"),
    script:
        "../scripts/world.py"


rule raw:
    input:
        DATA_FILES or rules.world.output.observations,
    output:
        RAW_FILES,
    params:
        code=code("raw.py"),
    script:
        "../scripts/raw.py"
