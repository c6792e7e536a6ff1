from datetime import UTC, datetime

from rtlmp.catalog import READ
from rtlmp.clock import issue_time

LIVE = C["source"] == "live"
NOW = datetime.now(UTC) if LIVE else issue_time(C, plan.day) if C.get("date") else plan.covered.last
NOWCAST = f"{RUN}/nowcast/model/{month(NOW)}"
SERVING = {"boosters": plan.boosters(NOWCAST), "card": f"{NOWCAST}/card.json"}
KNOWN = [q for q in plan.series if q == C["target"] or q.step == "h" and q in READ]
PUBLISHED = plan.published_near(KNOWN, month(NOW))
FEED = {key: C[key] for key in ("market", "target", "nodes")}


use rule _long as nowcast_train with:
    input:
        lambda w: plan.raw(KNOWN, nowcast_months(w.month)),
    output:
        boosters=plan.boosters(f"{RUN}/nowcast/model/{{month}}"),
        card=f"{RUN}/nowcast/model/{{month}}/card.json",
    log:
        f"{LOGS}/nowcast_train/{{month}}.log",
    threads: C["model"]["threads"]
    params:
        **uses("nowcast_train.py", gate=plan.ungated),
        feed=FEED,
        months=lambda w: nowcast_months(w.month),


def nowcast_months(before):
    since = month(month_days(before)[0] - plan.history)
    return [m for m in plan.price_months if since <= m < before]


# A live one asks for what is new itself, and serves by the model there is: it cannot wait.
use rule _medium as nowcast_latest with:
    input:
        [path for path in [*SERVING["boosters"], SERVING["card"]] if not (LIVE and exists(path))],
        [] if LIVE else PUBLISHED,
    output:
        [f"{RUN}/nowcast/recent.parquet"] if LIVE else [],
        [f"{RUN}/nowcast/latest.{kind}" for kind in ("parquet", "csv")],
    log:
        f"{LOGS}/nowcast.log",
    localrule: True
    params:
        **uses("nowcast.py"),
        **SERVING,
        feed=FEED,
        known=lambda w: list(filter(exists, PUBLISHED)) if LIVE else PUBLISHED,
        series=lambda w: KNOWN,
        thresholds=lambda w: C["thresholds"],
        at=f"{NOW}",
