"""Figures of what the models use, by what each estimator has, and of what moved a forecast."""

from collections.abc import Iterable
from typing import Final

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from pandera.typing import DataFrame

from rtlmp.evaluation.tables import Drivers, Importance
from rtlmp.models.curve import Fitted
from rtlmp.models.network import LAYERS
from rtlmp.models.store import Trained
from rtlmp.report.explain import START
from rtlmp.report.figures import style
from rtlmp.report.figures.data import BacktestResults

TOP: Final = 20  # features shown
MOST: Final = 4  # factor of a probability at which colours end


def importance(results: BacktestResults) -> Figure:
    """Share of the strongest features, with the range over dated models."""
    rows = importance_table(results.models).head(TOP).iloc[::-1]
    figure, (ax,) = style.panels(1, 5.2)
    figure.set_figwidth(7)
    bars = style.whiskers(rows, Importance.share)
    ax.barh(
        rows[Importance.feature], rows[Importance.share], color=style.BLUE, xerr=bars, ecolor="0.4"
    )
    style.tidy(ax, "share of the gain of trees, weights of networks and lines", "")
    style.percent(ax, "x", decimals=0)
    if rows.empty:
        used = {of["model"]["estimator"] for m in results.models for of in m.card["members"]}
        style.tidy(ax, "", "", f"{', '.join(sorted(used)) or 'no model'}: nothing to split on")
    return figure


def explanation(table: pd.DataFrame, tz: str, threshold: float) -> Figure:
    """Hour by hour, how much the strongest features multiply P(> `threshold`) of one node."""
    rows = table[table[Drivers.threshold] == threshold]
    wide = rows.pivot(index=Drivers.feature, columns=Drivers.valid_time, values=Drivers.effect)
    hours = pd.DatetimeIndex(wide.columns).tz_convert(tz)
    effects = wide.drop(index=START)
    shown = effects.loc[effects.abs().mean(axis=1).nlargest(TOP).index]
    figure = Figure(figsize=(10, 7), layout="constrained")
    top, heat = figure.subplots(2, 1, sharex=True, height_ratios=(1, 4))
    top.stairs(100 * np.exp(wide.sum()), style.hour_edges(hours), color=style.BLUE)
    node = rows[Drivers.location].iloc[0]
    style.tidy(top, "", "P, %", f"{node}, {style.above(threshold)}: what moves the probability")
    top.set_ylim(0, max(10, top.get_ylim()[1]))
    reach = np.log(MOST)
    rows_at = np.arange(len(shown) + 1)
    mesh = heat.pcolormesh(
        style.hour_edges(hours), rows_at, shown, cmap="RdBu_r", vmin=-reach, vmax=reach
    )
    heat.set_yticks(rows_at[:-1] + 0.5, shown.index, fontsize=style.NOTE)
    heat.invert_yaxis()
    heat.set_xlabel(f"local time ({tz})")
    style.local_time(heat, hours)
    ticks = [1 / MOST, 1 / 2, 1, 2, MOST]
    bar = figure.colorbar(mesh, ax=heat, ticks=np.log(ticks), extend="both")
    bar.set_ticklabels([f"x {t:.3g}" for t in ticks])
    bar.set_label("factor of the probability")
    return figure


def importance_table(models: Iterable[Trained]) -> DataFrame[Importance]:
    """Mean share of each feature over dated models, and its 5 % to 95 % range; no row where no
    member tells."""
    shares = pd.DataFrame([_mean_share(trained) for trained in models]).fillna(0.0)
    low, high = (shares.quantile(q) for q in (0.05, 0.95))
    named = {Importance.share: shares.mean(), Importance.low: low, Importance.high: high}
    made = pd.DataFrame(named).sort_values(Importance.share, ascending=False)
    return Importance.validate(made.rename_axis(Importance.feature).reset_index())


def _mean_share(trained: Trained) -> "pd.Series[float]":
    names = [*trained.card["features"], "threshold"]
    found = [pd.Series(_strength(of, names), dtype=float) for of in trained.members]
    shares = pd.DataFrame({k: of / of.sum() for k, of in enumerate(found) if of.sum() > 0})
    weights = pd.Series(trained.weights())[shares.columns]
    return shares.fillna(0.0).mul(weights).sum(axis=1) / weights.sum()


def _strength(of: Fitted, names: list[str]) -> dict[str, float]:
    """Total gain of the trees, or size of the first weights of standardised features."""
    if of.booster:
        score = of.booster.get_score(importance_type="total_gain")
        return {names[int(key[1:])]: float(np.mean(gain)) for key, gain in score.items()}
    if layers := of.state.get(LAYERS):
        size = np.abs(np.array(layers[0], dtype=float)).sum(axis=1)
        return dict(zip(names[:-1], size.tolist(), strict=False))  # other inputs come after
    return {}


FIGURES: Final = (importance,)
