# Model selection on rolling origins: cross-validation, tuning, ablation.


use rule _job as cross_validation with:
    input:
        **plan.folds(C["validation"]),
        parameters=PARAMETERS,
    output:
        **plan.tables("validation", "folds", "metrics", "forecasts", "calibration"),
    log:
        f"{LOGS}/cross_validation.log",
    threads: C["model"]["threads"]
    resources:
        **job_needs(4, 240),
    params:
        **uses("cross_validation.py"),
        window=lambda w: plan.window("validation"),


use rule cross_validation as tune_model with:
    input:
        **plan.folds(C["tune"]),
    output:
        trials=f"{RUN}/tune/trials.parquet",
        parameters=TUNED,
    log:
        f"{LOGS}/tune_model.log",
    params:
        **uses("tune_model.py"),
        window=lambda w: plan.window("tune"),


use rule cross_validation as ablate_features with:
    output:
        table=f"{RUN}/ablation/ablation.parquet",
        page=f"{RUN}/ablation/ablation.md",
    log:
        f"{LOGS}/ablate_features.log",
    params:
        **uses("ablate_features.py"),
        window=lambda w: plan.window("validation"),
