"""The table behind each figure."""

from collections.abc import Iterable
from typing import Final

import numpy as np
import pandas as pd
from pandera.typing import DataFrame
from sklearn.metrics import precision_recall_curve, roc_curve

from rtlmp.asof.vintages import Floats
from rtlmp.evaluation.decisions import economic_value
from rtlmp.evaluation.pairs import pairs
from rtlmp.evaluation.scenarios import latest_issued
from rtlmp.evaluation.scores import Sample, pooled_samples
from rtlmp.models.store import Trained
from rtlmp.schemas.core import Metrics, Scored
from rtlmp.schemas.evaluation import Importance
from rtlmp.schemas.names import Forecaster

LOCAL, RATE, SHARE, VALUE = "local_time", "observed", "share", "value"
POINTS: Final = 400  # of a drawn curve
RATIOS: Final = np.geomspace(0.002, 0.8, 60)  # cost/loss


def timeline(scored: DataFrame[Scored], node: str, tz: str, days: int = 7) -> pd.DataFrame:
    """Probabilities issued the day before, and prices, `days` local days around the highest."""
    rows = latest_issued(scored)
    rows = rows[(rows[Scored.model] == Forecaster.MODEL) & (rows[Scored.location] == node)]
    keys = [Scored.valid_time, Scored.max_price]
    rows = rows.fillna({Scored.max_price: -np.inf})
    wide = rows.pivot(index=keys, columns=Scored.threshold, values=Scored.probability)
    wide = wide.reset_index(1)
    wide = wide.replace({Scored.max_price: -np.inf}, np.nan)
    wide.index = pd.DatetimeIndex(wide.index).tz_convert(tz)
    peak = pd.Timestamp(wide[Scored.max_price].idxmax()).normalize()
    first = peak - pd.Timedelta(days=days // 2)
    return wide[(wide.index >= first) & (wide.index < first + pd.Timedelta(days=days))]


def by_hour(scored: DataFrame[Scored], tz: str) -> pd.DataFrame:
    """Mean probability and observed frequency by threshold and local hour, lead day 1."""
    rows = scored[(scored[Scored.model] == Forecaster.MODEL) & (scored[Scored.lead_day] == 1)]
    rows = rows[rows[Scored.max_price].notna()]
    hour = rows[Scored.valid_time].dt.tz_convert(tz).dt.hour
    spike = rows[Scored.max_price] > rows[Scored.threshold]
    made = rows.assign(**{LOCAL: hour, RATE: spike.astype(float)})
    return made.groupby([Scored.threshold, LOCAL])[[Scored.probability, RATE]].mean().reset_index()


def roc(scored: DataFrame[Scored]) -> pd.DataFrame:
    """ROC points by model and threshold, all nodes and leads."""
    parts = []
    for cell, s in _pooled(scored):
        false, true, _ = roc_curve(s.y, s.p)
        parts.append(
            pd.DataFrame({**cell, "false_alarm_rate": false, "hit_rate": true}).iloc[_some(false)]
        )
    return pd.concat(parts, ignore_index=True)


def precision_recall(scored: DataFrame[Scored]) -> pd.DataFrame:
    """Precision and recall by model and threshold, with the base rate."""
    parts = []
    for cell, s in _pooled(scored):
        precision, recall, _ = precision_recall_curve(s.y, s.p)
        columns = {"precision": precision[:-1], "recall": recall[:-1], RATE: s.y.mean()}
        parts.append(pd.DataFrame({**cell, **columns}).iloc[_some(recall[:-1])])
    return pd.concat(parts, ignore_index=True)


def value_curve(scored: DataFrame[Scored]) -> pd.DataFrame:
    """Relative economic value by cost/loss ratio."""
    return pd.DataFrame(
        {**cell, "cost_loss": ratio, VALUE: economic_value(s.y, s.p, float(ratio))}
        for cell, s in _pooled(scored)
        for ratio in RATIOS
    )


def importance(models: Iterable[Trained]) -> DataFrame[Importance]:
    """Mean share of total gain of each feature over dated models, and its 5 % to 95 % range."""
    gains = [_gain(trained) for trained in models]
    shares = pd.DataFrame(gains).fillna(0.0)
    made = pd.DataFrame(
        {
            Importance.share: shares.mean(),
            Importance.low: shares.quantile(0.05),
            Importance.high: shares.quantile(0.95),
        }
    ).sort_values(Importance.share, ascending=False)
    return Importance.validate(made.rename_axis(Importance.feature).reset_index())


def duration(scored: DataFrame[Scored]) -> pd.DataFrame:
    """Share of hours whose highest price is above each price, by node."""
    hours = scored.drop_duplicates([Scored.location, Scored.valid_time]).dropna()
    parts = []
    for node, rows in hours.groupby(Scored.location):
        price = np.sort(rows[Scored.max_price].to_numpy())[::-1]
        share = np.arange(1, len(price) + 1) / len(price)
        parts.append(pd.DataFrame({Scored.location: node, Scored.max_price: price, SHARE: share}))
    return pd.concat(parts, ignore_index=True)


def _pooled(scored: DataFrame[Scored]) -> Iterable[tuple[dict[str, str | float | int], Sample]]:
    for of in pairs(scored):
        for model, s in pooled_samples(of).items():
            yield {Metrics.model: model, Metrics.threshold: of.threshold}, s


def _some(x: Floats) -> "list[int]":
    """Rows of about POINTS places along `x`, ends included."""
    at = np.searchsorted(np.sort(x), np.linspace(x.min(), x.max(), POINTS))
    order = np.argsort(x, kind="stable")
    return sorted({0, len(x) - 1, *order[np.minimum(at, len(x) - 1)].tolist()})


def _gain(trained: Trained) -> dict[str, float]:
    names = [*trained.card["features"], "threshold"]
    score = trained.members[0].boosted().get_score(importance_type="total_gain")
    gain = {name: float(np.mean(g)) for name, g in score.items()}
    total = sum(gain.values())
    return {names[int(key[1:])]: g / total for key, g in gain.items()}
