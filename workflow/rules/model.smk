HISTORY = longest_history(C)
BOOSTERS = [f"booster{'-' * bool(k)}{k or ''}.ubj" for k in range(len(C["members"]))]


# settings of whatever trains a model
TRAINED = (
    "market",
    "issue_time",
    "history_days",
    "label_coverage",
    "model",
    "members",
    "auxiliary_nodes",
)
TRAINED += ("gate", "seed")


TUNED = f"{RUN}/tune/parameters.json"
PARAMETERS = C["parameters"] or []
if PARAMETERS and PARAMETERS != TUNED:
    PARAMETERS = local(PARAMETERS)  # a user's, not a result


def training_months(w):
    day = date.fromisoformat(w.date)
    return feature_months(day - timedelta(days=HISTORY), day)


def auxiliary_files(w, folder, suffix):
    """Files under `folder` of each node with history that the model of `w.date` learns from."""
    until = date.fromisoformat(w.date)
    since = until - timedelta(days=HISTORY)
    return [
        f"{RUN}/auxiliary/{folder.format(name=name)}/{m}.{suffix}"
        for name, node in AUXILIARY_NODES.items()
        if node["start"] <= until and node["end"] >= since
        for m in months(max(since, node["start"]), min(until, node["end"]))
    ]


rule train:
    input:
        history=lambda w: [f"{RUN}/history/{w.pool}/{m}.arrow" for m in training_months(w)],
        hourly=lambda w: [
            f"{RUN}/hourly/{m}.parquet"
            for m in PRICE_MONTHS
            if training_months(w)[0] <= m <= training_months(w)[-1]
        ],
        auxiliary_history=lambda w: auxiliary_files(w, "history/{name}", "arrow"),
        auxiliary_hourly=lambda w: sorted(set(auxiliary_files(w, "hourly", "parquet"))),
        parameters=PARAMETERS,
    output:
        boosters=[f"{RUN}/model/{{pool}}/{{date}}/{name}" for name in BOOSTERS],
        card=f"{RUN}/model/{{pool}}/{{date}}/card.json",
    threads: C["model"]["threads"]
    resources:
        **ask(3, 30),
    params:
        config=pick(*TRAINED),
        code=code("train.py"),
    script:
        "../scripts/train.py"


rule model_card:
    input:
        boosters=rules.train.output.boosters,
        card=rules.train.output.card,
        history=rules.train.input.history,
        hourly=rules.train.input.hourly,
    output:
        f"{RUN}/model/{{pool}}/{{date}}/card.md",
    resources:
        **ask(2, 20),
    params:
        config=pick("market", "issue_time", "thresholds", "label_coverage", "gate"),
        code=code("model_card.py"),
    script:
        "../scripts/model_card.py"


# settings of whatever forecasts with trained models
REPLAYED = ("market", "issue_time", "thresholds", "label_coverage", "gate")
SOONEST = FIRST + timedelta(days=7)  # a model before this has next to nothing to learn from


def candidates(day):
    """Dates of the models that may serve issue date `day`, the newest first."""
    newest, *older = model_dates(day, C["retrain_every_days"], C["ensemble_size"])
    return [newest, *(d for d in older if d >= SOONEST)]


def candidate_names(day):
    return [d.isoformat() for d in candidates(day)]


def models_of(pool, served):
    """Files of the models of `pool` that may serve the issue dates `served`, and the one before,
    which the champion gate compares the oldest with."""
    dated = sorted({d for day in served for d in candidates(day)})
    if (
        C["gate"]["days"]
        and (before := dated[0] - timedelta(days=C["retrain_every_days"])) >= SOONEST
    ):
        dated = [before, *dated]
    folders = [f"{RUN}/model/{pool}/{day}" for day in dated]
    return {
        "boosters": [f"{folder}/{name}" for folder in folders for name in BOOSTERS],
        "cards": [f"{folder}/card.json" for folder in folders],
    }


def gate_months(first, last):
    """Months of history that the gate tests the models of issue dates `first` to `last` on."""
    oldest = candidates(first)[-1]
    return feature_months(oldest - timedelta(days=held_out_span(C["gate"])), last)


def gate_history(pool, first, last):
    return [f"{RUN}/history/{pool}/{m}.arrow" for m in gate_months(first, last)]


def gate_prices(first, last):
    """Hourly prices of those months; a day of the last may reach into the next, UTC."""
    there = [m for m in gate_months(first, last) if m in PRICE_MONTHS]
    return [f"{RUN}/hourly/{m}.parquet" for m in there]
