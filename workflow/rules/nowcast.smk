from datetime import UTC, datetime

from rtlmp.catalog import BY_NAME, MINUTES, READ
from rtlmp.clock import issue_time

LIVE = C["source"] == "live"
NOW = datetime.now(UTC) if LIVE else issue_time(C, plan.day) if C.get("date") else plan.covered.last
KNOWN = [q for q in plan.series if q == C["target"] or q.step == "h" and q in READ]
PUBLISHED = plan.published_near(KNOWN, month(NOW))
FEED = {key: C[key] for key in ("market", "target", "nodes")}


use rule _long as nowcast_train with:
    input:
        lambda w: plan.raw(KNOWN, plan.months_before(w.month)),
    output:
        boosters=plan.boosters(f"{RUN}/nowcast/model/{{minutes}}/{{month}}"),
        card=f"{RUN}/nowcast/model/{{minutes}}/{{month}}/card.json",
    log:
        f"{LOGS}/nowcast_train/{{minutes}}/{{month}}.log",
    threads: C["model"]["threads"]
    params:
        **uses("nowcast_train.py", gate=plan.ungated),
        feed=FEED,
        months=lambda w: plan.months_before(w.month),


LENGTHS = [MINUTES[BY_NAME[C["target"]].step], MINUTES["h"]]
SERVING = plan.paths_of(rules.nowcast_train.output, minutes=LENGTHS, month=month(NOW))


# A live one asks for what is new itself, and serves by the models there are: it cannot wait.
use rule _medium as nowcast_latest with:
    input:
        [path for path in SERVING if not (LIVE and exists(path))],
        [] if LIVE else PUBLISHED,
    output:
        [f"{RUN}/nowcast/recent.parquet"] if LIVE else [],
        [f"{RUN}/nowcast/latest.{kind}" for kind in ("parquet", "csv")],
    log:
        f"{LOGS}/nowcast.log",
    localrule: True
    params:
        **uses("nowcast.py"),
        models=lambda w: SERVING,
        feed=FEED,
        known=lambda w: list(filter(exists, PUBLISHED)) if LIVE else PUBLISHED,
        thresholds=lambda w: C["thresholds"],
        at=f"{NOW}",
