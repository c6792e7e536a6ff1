# What a backtest scores beside the model: challengers, and the model with inputs missing.
CHALLENGERS, DATA_DENIAL = C["challengers"], C["data_denial"]
UNGATED = {"gate": C["gate"] | {"days": 0}}


def challenger_dates(w):
    """Date of the model that serves each issue date of a month."""
    every = CHALLENGERS[w.other]["retrain_every_days"]
    return {d.isoformat(): [model_date(d, every).isoformat()] for d in window_days(w.month)}


def challenger_files(name):
    def paths(w):
        dated = sorted({d for of in challenger_dates(w).values() for d in of})
        return [f"{RUN}/challenger/{w.other}/{w.pool}/{day}/{name}" for day in dated]

    return paths


use rule train as train_challenger with:
    input:
        history=rules.train.input.history,
        hourly=rules.train.input.hourly,
        auxiliary_history=rules.train.input.auxiliary_history,
        auxiliary_hourly=rules.train.input.auxiliary_hourly,
    output:
        boosters=[f"{RUN}/challenger/{{other}}/{{pool}}/{{date}}/booster.ubj"],
        card=f"{RUN}/challenger/{{other}}/{{pool}}/{{date}}/card.json",
    params:
        config=lambda w: pick(*TRAINED) | UNGATED | {"members": [CHALLENGERS[w.other]["member"]]},
        code=code("train.py"),


use rule replay as replay_challenger with:
    input:
        features=rules.replay.input.features,
        history=[],
        hourly=rules.replay.input.hourly,
        boosters=challenger_files("booster.ubj"),
        cards=challenger_files("card.json"),
    output:
        forecasts=f"{RUN}/challenger/{{other}}/replay/{{pool}}/{{month}}.parquet",
        gate=f"{RUN}/challenger/{{other}}/replay/{{pool}}/{{month}}.gate.json",
    params:
        config=pick(*REPLAYED) | UNGATED,
        serving=challenger_dates,
        code=code("replay.py"),


use rule features as features_denied with:
    input:
        raw=lambda w: expand(
            f"{RUN}/raw/{{series}}/{{month}}.parquet",
            series=[
                q for q in SERIES if q.step == "h" and q in READ and q not in DATA_DENIAL[w.other]
            ],
            month=[m for m in known_months(w) if m in RAW_MONTHS],
        ),
        hourly=rules.features.input.hourly,
    output:
        [f"{RUN}/data_denial/{{other}}/features/{node}/{{month}}.parquet" for node in NODES],


use rule replay as replay_denied with:
    input:
        features=lambda w: [
            f"{RUN}/data_denial/{w.other}/features/{node}/{w.month}.parquet"
            for node in POOLS[w.pool]
        ],
        history=rules.replay.input.history,
        hourly=rules.replay.input.hourly,
        boosters=rules.replay.input.boosters,
        cards=rules.replay.input.cards,
    output:
        forecasts=f"{RUN}/data_denial/{{other}}/replay/{{pool}}/{{month}}.parquet",
        gate=f"{RUN}/data_denial/{{other}}/replay/{{pool}}/{{month}}.gate.json",


OTHERS = {
    **{name: rules.replay_challenger.output.forecasts for name in CHALLENGERS},
    **{name: rules.replay_denied.output.forecasts for name in DATA_DENIAL},
}


def other_replays():
    """Replayed forecasts of each of them, by name."""
    return {
        name: paths_of(path, other=name, pool=POOLS, month=BACKTEST_MONTHS)
        for name, path in OTHERS.items()
    }
