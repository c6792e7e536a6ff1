# What is learnt about models on rolling origins: cross-validation, tuning, ablation.
FOLDED = (*TRAINED, "nodes", "pools", "thresholds", "validation")


def learning_days(window):
    """First issue date that trains, and the day on which the last label of `window` is known."""
    embargo = timedelta(days=C["validation"]["embargo_days"])
    return window["start"] - embargo - timedelta(days=HISTORY), labelled(C, window)


def fold_donors(window, folder, suffix):
    """As of `donor_files`, of all models of `window`."""
    first, last = learning_days(window)
    return [
        f"{RUN}/donors/{folder.format(name=name)}/{m}.{suffix}"
        for name, donor in DONORS.items()
        if donor["start"] <= last and donor["end"] >= first
        for m in months(max(first, donor["start"]), min(last, donor["end"]))
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
        "donor_history": fold_donors(window, "history/{name}", "arrow"),
        "donor_hourly": sorted({*fold_donors(window, "hourly", "parquet")}),
    }


def require_window(name):
    """The checked window of that name. Raises ValueError with the spans that do not fit."""
    window = require_apart(C) if name == "tune" else C[name]
    spans(C, window)
    if not FIRST <= window["start"] <= window["end"] <= LAST:
        raise ValueError(
            f"{name} {window['start']} to {window['end']}: "
            f"{C['source']} has prices for issue dates {FIRST} to {LAST}"
        )
    return window


rule validation:
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
        code=code("validation.py"),
    script:
        "../scripts/validation.py"


rule tuned:
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
        code=code("tuned.py"),
    script:
        "../scripts/tuned.py"


rule ablated:
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
        code=code("ablated.py"),
    script:
        "../scripts/ablated.py"
