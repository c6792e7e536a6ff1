"""What sets of features add: the folds refitted without each.

A feature left out is NaN in training and in the horizon: trees cannot split on it.
"""

from collections.abc import Iterator, Sequence
from typing import Final

import numpy as np
import pandas as pd
from pandera.typing import DataFrame

from rtlmp.catalog import SeriesName
from rtlmp.config.jobs import FoldSettings
from rtlmp.evaluation.losses import format_interval
from rtlmp.features import fundamentals
from rtlmp.features.matrix import FEATURES
from rtlmp.features.registry import Group
from rtlmp.model_selection.cross_validation import FoldForecast, daily_loss, estimate, refit
from rtlmp.model_selection.folds import Fold
from rtlmp.model_selection.tables import Ablation
from rtlmp.report.tables import markdown

LEAD_DAYS: Final = (0, 1, 2, 3)


def reading(*series: SeriesName) -> list[str]:
    """Features that read any of these, alone or with others."""
    return [f.name for f in FEATURES if f.inputs & {*series}]


FEATURE_SETS: Final[dict[tuple[str, str], list[str]]] = {
    **{("group", group.value): [f.name for f in FEATURES if f.group is group] for group in Group},
    ("inputs", "day-ahead prices"): reading(SeriesName.DAM_SPP),
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
    """Every feature set, threshold and lead day."""
    whole, tables = refit(folds, config), []
    for (kind, name), columns in FEATURE_SETS.items():
        less = [
            f._replace(fold=fold)  # its copy without the features lives no longer than needed
            for fold in folds
            for f in refit([without(fold, columns)], config)
        ]
        there = len({*columns} & {*folds[0].training.design})
        keys = {Ablation.kind: kind, Ablation.part: name, Ablation.columns: there}
        tables += [pd.DataFrame(keys | rows) for rows in _differences(whole, less, config)]
    return Ablation.validate(pd.concat(tables, ignore_index=True))


def without(fold: Fold, columns: Sequence[str]) -> Fold:
    """The fold as if these features were never known."""
    at = [k for k, name in enumerate(fold.training.design) if name in columns]
    x, fitted = fold.x.copy(), fold.training.rows.x.copy()
    x[:, at] = fitted[:, at] = np.nan
    rows = fold.training.rows._replace(x=fitted)
    return fold._replace(x=x, training=fold.training._replace(rows=rows))


def _differences(
    whole: Sequence[FoldForecast], less: Sequence[FoldForecast], config: FoldSettings
) -> Iterator[dict[str, object]]:
    """Loss without less loss with, by lead day, in both units: columns of a row a threshold."""
    for lead_day in LEAD_DAYS:
        loss = daily_loss(whole, lead_day)
        change = daily_loss(less, lead_day) - loss
        climatology = daily_loss([f.climatology for f in whole], lead_day)
        for metric, base in (("percent", loss), ("points", climatology)):
            value, low, high = estimate(lambda d, of: 100 * d / of, config["seed"], change, base)
            yield {
                Ablation.threshold: np.array(config["thresholds"], np.float64),
                Ablation.lead_day: lead_day,
                Ablation.metric: metric,
                Ablation.value: value,
                Ablation.low: low,
                Ablation.high: high,
            }


def ablation_page(table: DataFrame[Ablation], folds: Sequence[Fold], run: str) -> str:
    """The table on a page of Markdown, a section a lead day and unit."""
    first, last = folds[0].window.origin, folds[-1].window.last
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
    estimates = rows[[Ablation.value, Ablation.low, Ablation.high]].to_numpy()
    text = [format_interval(value, low, high, "+.1f") for value, low, high in estimates]
    wide = rows.assign(**{Ablation.value: text}).pivot(
        index=[Ablation.kind, Ablation.part, Ablation.columns],
        columns=Ablation.threshold,
        values=Ablation.value,
    )
    return wide.rename(columns="${:g}".format).reset_index()
