"""What each estimator's models rest on: a share of every feature, by what the estimator has."""

from collections.abc import Iterable
from typing import Final

import numpy as np
import pandas as pd
from pandera.typing import DataFrame

from rtlmp.models.curve import Fitted
from rtlmp.models.lightgbm import GATE_TREES, REMAINING_TREES
from rtlmp.models.store import Trained
from rtlmp.schemas.evaluation import Importance

COEFFICIENTS: Final = "coefficients"  # of a logistic regression's state


def importance_table(models: Iterable[Trained]) -> DataFrame[Importance]:
    """Mean share of each feature over dated models, and its 5 % to 95 % range; no row where no
    member tells."""
    shares = pd.DataFrame([_mean_share(trained) for trained in models]).fillna(0.0)
    made = pd.DataFrame(
        {
            Importance.share: shares.mean(),
            Importance.low: shares.quantile(0.05),
            Importance.high: shares.quantile(0.95),
        }
    ).sort_values(Importance.share, ascending=False)
    return Importance.validate(made.rename_axis(Importance.feature).reset_index())


def _mean_share(trained: Trained) -> "pd.Series[float]":
    names = [*trained.card["features"], "threshold"]
    found = [pd.Series(_strength(of, names), dtype=float) for of in trained.members]
    shares = pd.DataFrame([of / of.sum() for of in found if of.sum() > 0])
    return shares.fillna(0.0).mean()


def _strength(of: Fitted, names: list[str]) -> dict[str, float]:
    """Total gain of the trees, or size of the coefficients on standardised features."""
    if of.booster:
        score = of.booster.get_score(importance_type="total_gain")
        return {names[int(key[1:])]: float(np.mean(gain)) for key, gain in score.items()}
    if COEFFICIENTS in of.state:  # those after the features are intercepts
        size = np.abs(np.array(of.state[COEFFICIENTS], dtype=float))
        return dict(zip(names[:-1], size.tolist(), strict=False))
    total = dict[str, float]()
    for trees in of.state.keys() & {GATE_TREES, REMAINING_TREES}:
        import lightgbm as lgb  # slow to import

        gain = lgb.Booster(model_str=str(of.state[trees])).feature_importance("gain")
        for name, more in zip(names, gain.tolist(), strict=True):
            total[name] = total.get(name, 0.0) + more
    return total
