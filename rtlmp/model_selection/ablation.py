"""What each part of the features adds: the folds refitted without it.

A part left out is NaN in training and in what is asked: trees cannot split on it.
"""

from collections.abc import Iterator, Sequence
from typing import Final

import numpy as np
import pandas as pd
from pandera.typing import DataFrame

from rtlmp.asof.vintages import Floats
from rtlmp.catalog import SeriesName
from rtlmp.config.jobs import FoldSettings
from rtlmp.evaluation.bootstrap import format_interval, interval
from rtlmp.features import fundamentals, prices
from rtlmp.features.matrix import DESIGN, FEATURES
from rtlmp.features.registry import Group
from rtlmp.model_selection.cross_validation import refitted
from rtlmp.model_selection.folds import Fold
from rtlmp.model_selection.paired_loss import climatology_loss, daily_loss, resampled
from rtlmp.report.markdown import markdown
from rtlmp.schemas.selection import Ablation

LEAD_DAYS: Final = (0, 1, 2, 3)


def reading(*series: SeriesName) -> list[str]:
    """Features that read any of these, alone or with others."""
    return [f.name for f in FEATURES if f.inputs & {*series}]


PARTS: Final[dict[tuple[str, str], list[str]]] = {
    **{("group", group.value): [f.name for f in FEATURES if f.group is group] for group in Group},
    ("inputs", "day-ahead prices"): reading(SeriesName.DAM_SPP),
    ("inputs", "reserve prices"): reading(*prices.RESERVES),
    ("inputs", "real-time prices"): reading(SeriesName.RT_MAX, SeriesName.RT_MEAN),
    ("inputs", "load"): reading(SeriesName.LOAD, SeriesName.LOAD_FORECAST),
    ("inputs", "wind and solar forecasts"): reading(
        SeriesName.WIND_FORECAST, SeriesName.SOLAR_FORECAST
    ),
    ("inputs", "net load"): [f.name for f in FEATURES if f.inputs >= {*fundamentals.NET_LOAD}],
    ("inputs", "outages"): reading(SeriesName.OUTAGE_FORECAST),
    ("inputs", "temperature forecasts"): reading(SeriesName.TEMPERATURE_FORECAST),
}


def ablate_features(folds: Sequence[Fold], config: FoldSettings) -> DataFrame[Ablation]:
    """Every part, threshold and lead day."""
    whole = refitted(folds, config)
    rows = [
        {Ablation.kind: kind, Ablation.part: part, Ablation.columns: len(columns), **row}
        for (kind, part), columns in PARTS.items()
        for p in [[q for f in folds for q in refitted([without(f, columns)], config)]]
        for row in _differences(folds, whole, p, config)
    ]
    return Ablation.validate(pd.DataFrame(rows))


def without(fold: Fold, columns: Sequence[str]) -> Fold:
    """The fold as if these features were never known."""
    at = [DESIGN.index(c) for c in columns]
    x, learnt = fold.x.copy(), fold.learnt.rows.x.copy()
    x[:, at] = learnt[:, at] = np.nan
    rows = fold.learnt.rows._replace(x=learnt)
    return fold._replace(x=x, learnt=fold.learnt._replace(rows=rows))


def _differences(
    folds: Sequence[Fold], whole: Sequence[Floats], p: Sequence[Floats], config: FoldSettings
) -> Iterator[dict[str, object]]:
    """Loss without less loss with, by threshold and lead day, in both units."""
    for lead_day in LEAD_DAYS:
        with_, less = daily_loss(folds, whole, lead_day), daily_loss(folds, p, lead_day)
        for metric, base in (("percent", with_), ("points", climatology_loss(folds, lead_day))):
            total = 100 * (less - with_).sum(axis=1) / base.sum(axis=1)
            seed = config["seed"]
            each = 100 * resampled(less - with_, seed) / resampled(base, seed)
            for x, value, of in zip(config["thresholds"], total, each, strict=True):
                low, high = interval(of)
                yield {
                    Ablation.threshold: float(x),
                    Ablation.lead_day: lead_day,
                    Ablation.metric: metric,
                    Ablation.value: value,
                    Ablation.low: low,
                    Ablation.high: high,
                }


def ablation_page(table: DataFrame[Ablation], folds: Sequence[Fold], run: str) -> str:
    """The table on a page of Markdown, a section a lead day and unit."""
    first, last = folds[0].span.origin, folds[-1].span.last
    lines = [
        f"# What each part of the features adds: {run}, issue dates {first} to {last}\n",
        "Log loss refitted without the part less log loss with it; brackets are the 5 % and 95 % "
        "points of a block bootstrap over issue days. Points are hundredths of skill.",
    ]
    for (metric, lead_day), rows in table.groupby([Ablation.metric, Ablation.lead_day]):
        lines += [f"\n## {metric}, {f'lead day {lead_day}' if lead_day else 'all lead days'}\n"]
        lines += markdown(_wide(rows), "{}")
    return "\n".join([*lines, ""])


def _wide(rows: pd.DataFrame) -> pd.DataFrame:
    text = [
        format_interval(value, low, high, "+.1f")
        for value, low, high in rows[[Ablation.value, Ablation.low, Ablation.high]].to_numpy()
    ]
    keys = [Ablation.kind, Ablation.part, Ablation.columns]
    wide = rows.assign(**{Ablation.value: text}).pivot(
        index=keys, columns=Ablation.threshold, values=Ablation.value
    )
    return wide.rename(columns=lambda x: f"${x:g}").reset_index()
