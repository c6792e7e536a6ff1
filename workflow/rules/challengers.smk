# What a backtest scores beside the model: challengers, and the model with inputs missing.


use rule train as train_challenger with:
    input:
        unpack(plan.training),
    output:
        boosters=[f"{RUN}/challenger/{{challenger}}/{{pool}}/{{date}}/booster.ubj"],
        card=f"{RUN}/challenger/{{challenger}}/{{pool}}/{{date}}/card.json",
    log:
        f"{LOGS}/train_challenger/{{challenger}}/{{pool}}/{{date}}.log",
    params:
        **uses("train.py")
        | {"config": lambda w: uses("train.py")["config"] | plan.alone(w.challenger)},


use rule replay as replay_challenger with:
    input:
        unpack(plan.replay_challenger),
    output:
        forecasts=f"{RUN}/challenger/{{challenger}}/replay/{{pool}}/{{month}}.parquet",
        gate=f"{RUN}/challenger/{{challenger}}/replay/{{pool}}/{{month}}.gate.json",
    log:
        f"{LOGS}/replay_challenger/{{challenger}}/{{pool}}/{{month}}.log",
    params:
        **uses("replay.py", gate=plan.ungated),
        serving=lambda w: plan.challenger_serving(w.challenger, w.month),


use rule features as features_denied with:
    input:
        raw=lambda w: plan.known_raw(w, C["data_denial"][w.denied]),
        hourly=plan.known_hourly,
    output:
        plan.features(NODES, ["{month}"], "data_denial/{denied}/"),
    log:
        f"{LOGS}/features_denied/{{denied}}/{{month}}.log",


use rule replay as replay_denied with:
    input:
        unpack(plan.replay_denied),
    output:
        forecasts=f"{RUN}/data_denial/{{denied}}/replay/{{pool}}/{{month}}.parquet",
        gate=f"{RUN}/data_denial/{{denied}}/replay/{{pool}}/{{month}}.gate.json",
    log:
        f"{LOGS}/replay_denied/{{denied}}/{{pool}}/{{month}}.log",
