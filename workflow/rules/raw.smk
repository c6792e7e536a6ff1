rule world:
    output:
        observations=f"{RUN}/world/observations.parquet",
        truth=f"{RUN}/world/truth.parquet",
    resources:
        **ask(3, 30),
    params:
        config=pick("synthetic", "nodes", "thresholds", "issue_time", "market", "target", "seed"),
        code=code("world.py"),
    script:
        "../scripts/world.py"


rule raw:
    input:
        [local(str(path)) for path in DATA_FILES] or rules.world.output.observations,
    output:
        RAW_FILES,
    resources:
        **ask(3, 30),
    params:
        code=code("raw.py"),
    script:
        "../scripts/raw.py"
