# What a backtest scores beside the model: rivals, and the model with inputs missing.
RIVALS, MISSING = C["rivals"], C["missing"]
UNGATED = {"gate": C["gate"] | {"days": 0}}


def rival_dates(w):
    """Date of the model that serves each issue date of a month."""
    every = RIVALS[w.other]["retrain_every_days"]
    return {d.isoformat(): [model_date(d, every).isoformat()] for d in window_days(w.month)}


def rival_files(name):
    def paths(w):
        dated = sorted({d for of in rival_dates(w).values() for d in of})
        return [f"{RUN}/rival/{w.other}/{w.pool}/{day}/{name}" for day in dated]

    return paths


use rule train as train_rival with:
    input:
        history=rules.train.input.history,
        hourly=rules.train.input.hourly,
        donor_history=rules.train.input.donor_history,
        donor_hourly=rules.train.input.donor_hourly,
    output:
        boosters=[f"{RUN}/rival/{{other}}/{{pool}}/{{date}}/booster.ubj"],
        card=f"{RUN}/rival/{{other}}/{{pool}}/{{date}}/card.json",
    params:
        config=lambda w: pick(*TRAINED) | UNGATED | {"members": [RIVALS[w.other]["member"]]},
        code=code("train.py"),


use rule replay as replay_rival with:
    input:
        features=rules.replay.input.features,
        history=[],
        hourly=rules.replay.input.hourly,
        boosters=rival_files("booster.ubj"),
        cards=rival_files("card.json"),
    output:
        forecasts=f"{RUN}/rival/{{other}}/replay/{{pool}}/{{month}}.parquet",
        gate=f"{RUN}/rival/{{other}}/replay/{{pool}}/{{month}}.gate.json",
    params:
        config=pick(*REPLAYED) | UNGATED,
        serving=rival_dates,
        code=code("replay.py"),


use rule features as features_missing with:
    input:
        raw=lambda w: expand(
            f"{RUN}/raw/{{series}}/{{month}}.parquet",
            series=[
                q for q in SERIES if q.step == "h" and q in READ and q not in MISSING[w.other]
            ],
            month=[m for m in known_months(w) if m in RAW_MONTHS],
        ),
        hourly=rules.features.input.hourly,
    output:
        [f"{RUN}/missing/{{other}}/features/{node}/{{month}}.parquet" for node in NODES],


use rule replay as replay_missing with:
    input:
        features=lambda w: [
            f"{RUN}/missing/{w.other}/features/{node}/{w.month}.parquet" for node in POOLS[w.pool]
        ],
        history=rules.replay.input.history,
        hourly=rules.replay.input.hourly,
        boosters=rules.replay.input.boosters,
        cards=rules.replay.input.cards,
    output:
        forecasts=f"{RUN}/missing/{{other}}/replay/{{pool}}/{{month}}.parquet",
        gate=f"{RUN}/missing/{{other}}/replay/{{pool}}/{{month}}.gate.json",


OTHERS = {
    **{name: rules.replay_rival.output.forecasts for name in RIVALS},
    **{name: rules.replay_missing.output.forecasts for name in MISSING},
}


def other_replays():
    """Replayed forecasts of each of them, by name."""
    return {
        name: paths_of(path, other=name, pool=POOLS, month=BACKTEST_MONTHS)
        for name, path in OTHERS.items()
    }
