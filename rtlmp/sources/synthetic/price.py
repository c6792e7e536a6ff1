"""Economic half of the synthetic world: margins, the scarcity curve, and the true probability.

A node's margin, in GW, is the plant started for the net load (load and outages less wind and sun)
foreseen the day before, less the actual net load, plus what the grid does: wind beyond its norm
stays in the west. Each SCED run adds noise of its own, now and then a tripped unit, and
`CURVE` turns what is left into a price.
"""

from functools import cache
from math import sqrt
from typing import Final, NamedTuple

import numpy as np
from scipy.special import ndtr, ndtri

from rtlmp.asof.vintages import Floats, Ints
from rtlmp.sources.synthetic.weather import UNKNOWN, Hours, Weather, generator, within_days

RUNS: Final = 12  # SCED runs an hour
COMMITTED_GW: Final = 21.3  # plant on line whatever the net load
FOLLOW: Final = 0.78  # plant started for a GW of net load that is foreseen the day before
WIND_NORM_GW: Final = 15.0  # wind that the grid carries everywhere
# Margin in GW, price in USD/MWh; straight between the points, the market's limits at both ends.
CURVE: Final[Floats] = np.array([
    (-1.6, 5000.0), (1.2, 1200.0), (2.6, 500.0), (4.0, 200.0), (5.4, 100.0), (7.6, 50.0),
    (10.2, 28.0), (12.8, 20.0), (15.5, 15.0), (18.5, 5.0), (20.5, 0.0), (26.0, -20.0),
    (50.0, -250.0),
])  # fmt: skip
CAP: Final = float(CURVE[0, 1])
NOISE_GW: Final = 0.8
TRIP_SHARE: Final = 0.004  # of runs
TRIP_GW: Final = (3.0, 1.5)  # mean and sd of the margin lost
BIDS_GW: Final = 0.4  # by which day-ahead bids miss the forecasts
BIN_GW: Final = 0.25
QUADRATURE: Final = np.polynomial.hermite_e.hermegauss(15)


class Trait(NamedTuple):
    """What sets a node apart."""

    wind: float  # share of the wind beyond its norm that is stuck here; negative: that is missed
    offset: float  # GW
    local_sd: float  # GW of congestion that no forecast sees, sampled anew every day


class Margin(NamedTuple):
    """Margin in GW; `known[0]`: observed, `known[1 + k]`: as foreseen k days ahead; (7, hours)."""

    known: Floats
    early_sd: Floats  # of errors that commitment still answers, (hours,)
    late_sd: Floats  # of those of the day-ahead forecast, which it does not, (hours,)
    local_sd: float  # of what nobody foresees

    def sd(self, hour: Ints, ahead: Ints) -> Floats:
        """GW still open at `hour` for those who know the forecast made `ahead` days before."""
        total = UNKNOWN[ahead] ** 2
        early, late = np.maximum(total - 1, 0), np.minimum(total, 1)
        weather = early * self.early_sd[hour] ** 2 + late * self.late_sd[hour] ** 2
        return np.asarray(np.sqrt(weather + self.local_sd**2))


HUBS: Final = {
    "HB_NORTH": Trait(wind=-0.04, offset=0.0, local_sd=0.5),
    "HB_HOUSTON": Trait(wind=-0.08, offset=-0.2, local_sd=0.7),
    "HB_WEST": Trait(wind=0.2, offset=1.0, local_sd=1.0),
}


NO_GRID: Final = Trait(wind=0.0, offset=0.0, local_sd=0.0)  # whose price is lambda


def trait(node: str, seed: int) -> Trait:
    """Known for the hubs, random by its name for any other node."""
    wind, offset, local = generator(seed, f"trait {node}").random(3)
    return HUBS.get(node, Trait(0.5 * wind - 0.1, offset - 0.5, 0.4 + 0.8 * local))


def margin(state: Weather, own: Trait) -> Margin:
    """Plant committed for the day-ahead net load, less the net load, plus what the grid adds."""
    net = state.load.known + state.outage.known - state.solar.known - state.wind.known
    committed = COMMITTED_GW + FOLLOW * net[[2, 2, *range(2, len(net))]]
    stuck = own.wind * (state.wind.known - WIND_NORM_GW)
    shares = np.array([0, 0, 0, own.wind])[:, None]
    sds = np.array([q.sd for q in (state.load, state.outage, state.solar, state.wind)])
    return Margin(
        known=np.asarray(committed - net + stuck + own.offset),
        early_sd=np.sqrt(np.sum(((1 - FOLLOW + shares) * sds) ** 2, axis=0)),
        late_sd=np.sqrt(np.sum(((1 + shares) * sds) ** 2, axis=0)),
        local_sd=own.local_sd,
    )


def node_margin(state: Weather, hours: Hours, node: str, seed: int) -> Margin:
    """A node's margin; its own congestion is a surprise, alike within a day."""
    public = margin(state, trait(node, seed))
    (local,) = within_days(generator(seed, f"congestion {node}"), hours, 1)
    public.known[0] += public.local_sd * local
    return public


def run_noise(hours: Hours, seed: int) -> Floats:
    """GW that each run finds beside the hour's margin, everywhere; independent; (hours, 12)."""
    z, dice = np.moveaxis(generator(seed, "runs").standard_normal((len(hours.day), RUNS, 2)), -1, 0)
    tripped = dice < ndtri(TRIP_SHARE)
    return np.where(tripped, TRIP_GW[1] * z - TRIP_GW[0], NOISE_GW * z)


def price(gw: Floats) -> Floats:
    """USD/MWh at a margin, strictly falling between the market's limits."""
    return np.asarray(np.interp(gw, CURVE[:, 0], CURVE[:, 1]))


def day_ahead_price(public: Margin, name: str, seed: int) -> Floats:
    """Mean USD/MWh over all that the morning before leaves open, give or take; (hours,)."""
    z, weight = QUADRATURE
    hour = np.arange(len(public.late_sd))
    view = BIDS_GW * generator(seed, f"bids {name}").standard_normal(len(hour))
    sd = public.sd(hour, np.ones_like(hour))
    prices = price((public.known[2] + view)[:, None] + sd[:, None] * z)
    return np.asarray(prices @ (weight / weight.sum()), np.float64)


def spike_probability(mean: Floats, sd: Floats, threshold: float) -> Floats:
    """P(a run of the hour is priced above `threshold`) where the margin is Normal(mean, sd) GW.

    That is P(margin + worst noise of the hour < margin priced at `threshold`): a Gaussian integral
    for every value of the noise, uniform within its bin; off by less than 0.001.
    """
    if threshold >= CAP:
        return np.zeros_like(mean)
    gw, usd = CURVE[::-1].T
    gap = np.interp(threshold, usd, gw, left=np.inf) - mean
    width = np.hypot(sd, BIN_GW / sqrt(12))
    return np.asarray(sum(p * ndtr((gap - noise) / width) for noise, p in _worst_noise()))


@cache
def _worst_noise() -> list[tuple[float, float]]:
    """The lowest noise of an hour's runs: (middle of a bin in GW, probability)."""
    edges = np.arange(-12.0, 2.0, BIN_GW)
    mean, sd = TRIP_GW
    tripped, normal = ndtr((edges + mean) / sd), ndtr(edges / NOISE_GW)
    below = 1 - (1 - TRIP_SHARE * tripped - (1 - TRIP_SHARE) * normal) ** RUNS
    bins = zip((edges - BIN_GW / 2).tolist(), np.diff(below, prepend=0).tolist(), strict=True)
    return [(noise, p) for noise, p in bins if p > 0]
