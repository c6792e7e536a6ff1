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


def models_of(pool, served):
    """Files of the models of `pool` that serve the issue dates `served`."""
    dated = dict.fromkeys(model_date(day, C["retrain_every_days"]) for day in served)
    folders = [f"{RUN}/model/{pool}/{day}" for day in dated]
    return {
        "boosters": [f"{folder}/booster.ubj" for folder in folders],
        "cards": [f"{folder}/card.json" for folder in folders],
    }
