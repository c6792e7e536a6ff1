"""What a forecast is worth: a battery that trades on it, settled on the prices that came.

The rule (strategy `forecast`), and what it assumes:

1. Each morning at issue time D the exceedance curve gives, for each hour of D+1 and D+2, the
   probability that its highest price falls in each class between the thresholds.
2. Hours known by then say what mean price such an hour has: of the same hour of day over four
   weeks in the lowest class, of all known hours in the others. Their sum is E[RT].
3. A linear programme over these 48 hours finds when to charge and discharge: expected revenue
   less wear, under power, state of charge, efficiency and cycles a local day.
4. What it would sell on D+1 is offered day-ahead, an hour at a time, at E[RT] and not below:
   sold there only if the auction pays at least what keeping the energy is expected to.
5. An offer at or below the day-ahead price is awarded in full at that price, and delivered as
   far as the store allows; the rest is bought back in real time.
6. At midnight the programme is solved again from the true state of charge and the awards. Its
   schedule is followed in real time; nothing else is learnt on the way.
7. The battery moves no price, never fails, and what is stored at midnight is kept.
8. Settled on the day-ahead price and the target price of each interval (an LMP holds no scarcity
   adders). Reserves (`trade`) are another programme.
9. Perfect foresight knows every price of the window and both markets, under the same limits;
   `day_ahead_perfect` knows those of the auction alone.
10. `climatology_rule` and `persistence_rule` are this rule with a baseline's curve, and
   `forecast_real_time` is it without day-ahead offers.
"""

from enum import StrEnum
from typing import Final, TypeAlias

from rtlmp.catalog import SeriesName
from rtlmp.config.kinds import Battery

# what prices that come are multiplied by, and the share left of their distance to the day's mean
Stress: TypeAlias = tuple[float, float]
CALM: Final[Stress] = (1, 1)


def reserve_series(battery: Battery) -> list[SeriesName]:
    """Day-ahead prices of the reserves that it sells."""
    return [SeriesName[f"DAM_AS_{name.upper()}"] for name in battery.get("reserves", {})]


class StrategyName(StrEnum):
    """As in the tables; the last two know the prices to come."""

    FORECAST = "forecast"
    FORECAST_REAL_TIME = "forecast_real_time"
    CLIMATOLOGY_RULE = "climatology_rule"
    PERSISTENCE_RULE = "persistence_rule"
    DAY_AHEAD = "day_ahead"
    PERSISTENCE = "persistence"
    FIXED_CLOCK = "fixed_clock"
    PERFECT = "perfect_foresight"
    DAY_AHEAD_PERFECT = "day_ahead_perfect"
