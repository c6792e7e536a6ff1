"""The morning at a glance: the hours to hold for real time, and how sure."""

from collections.abc import Mapping, Sequence
from typing import Final

import pandas as pd
from pandera.typing import DataFrame

from rtlmp.forecast.forecast import pool_forecast
from rtlmp.report.explain import Issue, moved_most
from rtlmp.report.figures.style import above
from rtlmp.report.page import NOTE, Table, html_table
from rtlmp.schemas.core import Bounded, Forecast

FEW: Final = 40  # nodes, of which a page has every threshold: it stays below 1.5 MB
KEYS: Final = [Bounded.location, Bounded.valid_time, Bounded.threshold]
ABOUT: Final = (
    "Likeliest hours of each day, by start and hour ending (HE); of the first, P, its bounds (5 "
    "and 95 %), what stands beside it, and what moved it: by what factor of the usual hour's P."
)


def with_grid(
    rows: DataFrame[Forecast], why: Mapping[str, Issue], pools: Mapping[str, Sequence[str]]
) -> pd.DataFrame:
    """`rows` and the same models' at every other point that all of their members are fitted at, as
    `rtlmp.probability_above` gives them."""
    tables, at = list[pd.DataFrame]([rows]), rows[Forecast.issue_time].iloc[0]
    for nodes in pools.values() if 0 < len(why) <= FEW else ():
        models, features = why[nodes[0]].models, {node: why[node].rows for node in nodes}
        grids = [{*member["model"]["grid"]} for m in models for member in m.card["members"]]
        if xs := sorted(set.intersection(*grids) - {*rows[Forecast.threshold]} if grids else ()):
            tables.append(pool_forecast(models, features, at, xs))
    return pd.concat(tables, ignore_index=True)


def glance(
    rows: pd.DataFrame, beside: Mapping[str, pd.DataFrame], why: Mapping[str, Issue], tz: str
) -> Table:
    """A row a node and local day, at the middle one of the thresholds: its three likeliest hours;
    of the first, the probability, its bounds, that of each forecast `beside` it, what moved it."""
    xs, p = sorted(rows[Bounded.threshold].unique()), Bounded.probability
    x, local = xs[(len(xs) - 1) // 2], rows[Bounded.valid_time].dt.tz_convert(tz)
    hold = [f"{t:%H:%M}\u00a0(HE\u00a0{t.hour + 1:02d})" for t in local]
    rows = rows.assign(day=local.dt.strftime("%a\u00a0%d\u00a0%b"), hold=hold)
    rows = rows[rows[Bounded.threshold] == x].sort_values(p, ascending=False, kind="stable")
    of_day = rows.groupby([Bounded.location, "day"], sort=False)
    best = of_day.head(1).assign(hold=of_day["hold"].agg(lambda of: ", ".join(of.head(3))).tolist())
    best = best.sort_values(KEYS, ignore_index=True)
    chances = {f"P({above(x)})": best[p], "from": best[Bounded.lower], "to": best[Bounded.upper]}
    chances |= {name: best[KEYS].merge(of, "left", KEYS)[p] for name, of in beside.items()}
    texts = pd.DataFrame(chances).map("{:.1%}".format).replace("nan%", "-")
    if why:
        texts["moved most by"] = [
            NOTE.format(text)
            for node, of in best.groupby(Bounded.location)
            for text in moved_most(why[str(node)], [*of[Bounded.valid_time]], x)
        ]
    table = best[[Bounded.location, "day", "hold"]].join(texts)
    return html_table(table, ABOUT)
