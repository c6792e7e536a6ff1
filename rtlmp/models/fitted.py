"""What a fitted estimator is: a booster, numbers, or both. Nothing that runs code when opened."""

from typing import NamedTuple, TypeAlias

import xgboost as xgb

State: TypeAlias = dict[str, list[float] | list[list[float]] | str]  # goes into JSON


class Fitted(NamedTuple):
    booster: xgb.Booster | None
    state: State

    def boosted(self) -> xgb.Booster:
        """The booster, where the estimator is made of one."""
        if self.booster is None:
            raise TypeError(f"no booster in a fitted model of {sorted(self.state)}")
        return self.booster
