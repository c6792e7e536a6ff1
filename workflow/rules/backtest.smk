WINDOW = C["backtest"]
BACKTEST_MONTHS = months(WINDOW["start"], WINDOW["end"])


def window_days(month_name=None):
    """Issue dates of the backtest, or those of one month of it."""
    first, last = month_days(month_name) if month_name else (WINDOW["start"], WINDOW["end"])
    return list(days(max(first, WINDOW["start"]), min(last, WINDOW["end"])))


def month_edges(w):
    """First and last issue date of the backtest's part of a month."""
    return window_days(w.month)[0], window_days(w.month)[-1]


BACKTEST_COVERED = FIRST <= WINDOW["start"] and WINDOW["end"] <= LAST


def require_backtest_covered():
    if not BACKTEST_COVERED:
        raise ValueError(
            f"backtest {WINDOW['start']} to {WINDOW['end']}: "
            f"{C['source']} has prices for issue dates {FIRST} to {LAST}"
        )
    return window_days()


rule replay:
    input:
        features=lambda w: [f"{RUN}/features/{node}/{w.month}.parquet" for node in POOLS[w.pool]],
        history=lambda w: gate_history(w.pool, *month_edges(w)),
        hourly=lambda w: gate_prices(*month_edges(w)),
        boosters=lambda w: models_of(w.pool, window_days(w.month))["boosters"],
        cards=lambda w: models_of(w.pool, window_days(w.month))["cards"],
    output:
        forecasts=f"{RUN}/backtest/replay/{{pool}}/{{month}}.parquet",
        gate=f"{RUN}/backtest/replay/{{pool}}/{{month}}.gate.json",
    threads: C["model"]["threads"]
    resources:
        **ask(2, 20),
    params:
        config=pick(*REPLAYED),
        serving=lambda w: {d.isoformat(): candidate_names(d) for d in window_days(w.month)},
        code=code("replay.py"),
    script:
        "../scripts/replay.py"


include: "challengers.smk"


rule backtest_forecasts:
    input:
        **other_replays(),
        replays=paths_of(rules.replay.output.forecasts, pool=POOLS, month=BACKTEST_MONTHS),
        hourly=expand(f"{RUN}/hourly/{{month}}.parquet", month=PRICE_MONTHS),
        truth=rules.world.output.truth if C["source"] == "synthetic" else [],
    output:
        f"{RUN}/backtest/forecasts.parquet",
    resources:
        **ask(3, 20),
    params:
        config=pick("market", "issue_time", "pools", "thresholds", "label_coverage"),
        days=lambda w: [day.isoformat() for day in require_backtest_covered()],
        others=[*other_replays()],
        code=code("backtest_forecasts.py"),
    script:
        "../scripts/backtest_forecasts.py"


POOLED = "_pooled"  # no name of a pool
SCORED = {**POOLS, POOLED: []}  # nodes that one job scores, each; POOLED: all together


rule metrics_part:
    input:
        rules.backtest_forecasts.output,
    output:
        f"{RUN}/backtest/metrics/{{part}}.parquet",
    wildcard_constraints:
        part="|".join(map(re.escape, SCORED)),
    resources:
        **ask(2, 20),
    params:
        config=pick("seed"),
        nodes=lambda w: SCORED[w.part],
        code=code("metrics.py"),
    script:
        "../scripts/metrics.py"


rule metrics:
    input:
        paths_of(rules.metrics_part.output, part=[POOLED, *POOLS]),
    output:
        f"{RUN}/backtest/metrics.parquet",
    resources:
        **ask(),
    params:
        code=code("join_metrics.py"),
    script:
        "../scripts/join_metrics.py"


rule summary:
    input:
        metrics=rules.metrics.output[0],
        forecasts=rules.backtest_forecasts.output[0],
    output:
        f"{RUN}/backtest/summary.md",
    resources:
        **ask(2, 20),
    params:
        run=C["run"],
        days=lambda w: [day.isoformat() for day in require_backtest_covered()],
        nodes=NODES,
        seed=C["seed"],
        code=code("summary.py"),
    script:
        "../scripts/summary.py"
