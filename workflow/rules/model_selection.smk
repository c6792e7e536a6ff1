# Model selection on rolling origins: cross-validation, tuning, ablation.
FOLDED = (*TRAINED, "nodes", "pools", "thresholds", "validation")


def learning_days(window):
    """First issue date that trains, and the day on which the last label of `window` is known."""
    embargo = timedelta(days=C["validation"]["embargo_days"])
    return window["start"] - embargo - timedelta(days=HISTORY), labels_known(C, window)


def fold_auxiliary(window, folder, suffix):
    """As of `auxiliary_files`, of all models of `window`."""
    first, last = learning_days(window)
    return [
        f"{RUN}/auxiliary/{folder.format(name=name)}/{m}.{suffix}"
        for name, node in AUXILIARY_NODES.items()
        if node["start"] <= last and node["end"] >= first
        for m in months(max(first, node["start"]), min(last, node["end"]))
    ]


def fold_inputs(window):
    """Files that the folds of `window` are made of."""
    first, last = learning_days(window)
    asked = feature_months(window["start"], window["end"])
    learned = feature_months(first, window["end"])
    return {
        "history": [f"{RUN}/history/{pool}/{m}.arrow" for pool in POOLS for m in learned],
        "features": [f"{RUN}/features/{node}/{m}.parquet" for node in NODES for m in asked],
        "hourly": [f"{RUN}/hourly/{m}.parquet" for m in months(first, last) if m in PRICE_MONTHS],
        "auxiliary_history": fold_auxiliary(window, "history/{name}", "arrow"),
        "auxiliary_hourly": sorted({*fold_auxiliary(window, "hourly", "parquet")}),
    }


def require_window(name):
    """The checked window of that name. Raises ValueError with the spans that do not fit."""
    window = require_before_backtest(C) if name == "tune" else C[name]
    fold_windows(C, window)
    if not FIRST <= window["start"] <= window["end"] <= LAST:
        raise ValueError(
            f"{name} {window['start']} to {window['end']}: "
            f"{C['source']} has prices for issue dates {FIRST} to {LAST}"
        )
    return window


rule cross_validation:
    input:
        **fold_inputs(C["validation"]),
        parameters=PARAMETERS,
    output:
        **{
            name: f"{RUN}/validation/{name}.parquet"
            for name in ("folds", "metrics", "forecasts", "calibration")
        },
    threads: C["model"]["threads"]
    resources:
        **ask(4, 240),
    params:
        config=pick(*FOLDED),
        window=lambda w: require_window("validation"),
        code=code("cross_validation.py"),
    script:
        "../scripts/cross_validation.py"


rule tune_model:
    input:
        **fold_inputs(C["tune"]),
    output:
        trials=f"{RUN}/tune/trials.parquet",
        parameters=TUNED,
    threads: C["model"]["threads"]
    resources:
        **ask(4, 240),
    params:
        config=pick(*FOLDED, "tune"),
        window=lambda w: require_window("tune"),
        code=code("tune_model.py"),
    script:
        "../scripts/tune_model.py"


rule ablate_features:
    input:
        **fold_inputs(C["validation"]),
        parameters=PARAMETERS,
    output:
        table=f"{RUN}/ablation/ablation.parquet",
        page=f"{RUN}/ablation/ablation.md",
    threads: C["model"]["threads"]
    resources:
        **ask(4, 240),
    params:
        config=pick(*FOLDED, "run"),
        window=lambda w: require_window("validation"),
        code=code("ablate_features.py"),
    script:
        "../scripts/ablate_features.py"
