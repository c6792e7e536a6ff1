use rule _medium as replay with:
    input:
        unpack(plan.replay),
    output:
        forecasts=f"{RUN}/backtest/replay/{{pool}}/{{month}}.parquet",
        gate=f"{RUN}/backtest/replay/{{pool}}/{{month}}.gate.json",
    log:
        f"{LOGS}/replay/{{pool}}/{{month}}.log",
    threads: C["model"]["threads"]
    params:
        **uses("replay.py"),
        serving=lambda w: plan.replay_serving(w.month),


include: "challengers.smk"


use rule _large as backtest_forecasts with:
    input:
        **plan.other_replays,
        replays=plan.replays(),
        hourly=plan.hourly(plan.price_months),
        truth=rules.world.output.truth if C["source"] == "synthetic" else [],
    output:
        f"{RUN}/backtest/forecasts.parquet",
    log:
        f"{LOGS}/backtest_forecasts.log",
    params:
        **uses("backtest_forecasts.py"),
        window=lambda w: plan.window("backtest"),
        others=[*plan.other_replays],
        replayed=plan.replayed,


POOLED = "_pooled"  # no name of a pool
SCORED = {POOLED: [], **POOLS}  # nodes that one job scores, each; POOLED: all together


use rule _medium as metrics_part with:
    input:
        rules.backtest_forecasts.output,
    output:
        f"{RUN}/backtest/metrics/{{part}}.parquet",
    log:
        f"{LOGS}/metrics_part/{{part}}.log",
    wildcard_constraints:
        part=one_of(SCORED),
    params:
        **uses("metrics_part.py", "seed"),
        nodes=lambda w: SCORED[w.part],


use rule _medium as metrics with:
    input:
        parts=plan.paths_of(rules.metrics_part.output, part=SCORED),
        forecasts=rules.backtest_forecasts.output[0],
    output:
        metrics=f"{RUN}/backtest/metrics.parquet",
        summary=f"{RUN}/backtest/summary.md",
    log:
        f"{LOGS}/metrics.log",
    params:
        **uses("metrics.py"),
        window=lambda w: plan.window("backtest"),
