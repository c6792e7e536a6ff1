def training_months(w):
    day = date.fromisoformat(w.date)
    return feature_months(day - timedelta(days=C["history_days"]), day)


rule train:
    input:
        features=lambda w: expand(
            f"{RUN}/features/{{node}}/{{month}}.parquet",
            node=POOLS[w.pool],
            month=training_months(w),
        ),
        hourly=lambda w: [
            f"{RUN}/hourly/{m}.parquet"
            for m in PRICE_MONTHS
            if training_months(w)[0] <= m <= training_months(w)[-1]
        ],
    output:
        booster=f"{RUN}/model/{{pool}}/{{date}}/booster.ubj",
        card=f"{RUN}/model/{{pool}}/{{date}}/card.json",
    threads: C["model"]["threads"]
    params:
        config=pick(
            "market",
            "issue_time",
            "history_days",
            "label_coverage",
            "model",
            "seed",
        ),
        code=code("train.py"),
    script:
        "../scripts/train.py"


SOONEST = FIRST + timedelta(days=7)  # a model before this has next to nothing to learn from


def serving(day):
    """Dates of the models that serve issue date `day`, the newest first."""
    newest, *older = model_dates(day, C["retrain_every_days"], C["average_models"])
    return [newest, *(d for d in older if d >= SOONEST)]


def models_of(pool, served):
    """Files of the models of `pool` that serve the issue dates `served`."""
    dated = sorted({d for day in served for d in serving(day)})
    folders = [f"{RUN}/model/{pool}/{day}" for day in dated]
    return {
        "boosters": [f"{folder}/booster.ubj" for folder in folders],
        "cards": [f"{folder}/card.json" for folder in folders],
    }
