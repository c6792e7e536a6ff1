"""What a forecast must beat, made from the same public past. Climatology has its home here."""

from collections.abc import Callable
from typing import Final, TypeAlias

import numpy as np
import numpy.typing as npt

from rtlmp.asof.labels import Labels, spike
from rtlmp.asof.vintages import Floats
from rtlmp.schemas.names import Forecaster

Hours: TypeAlias = npt.NDArray[np.int32]  # of a local day
# (a node's labels known at issue time, their hours, target hours, x) -> (72, len(x))
Baseline: TypeAlias = Callable[[Labels, Hours, Hours, list[float]], Floats]


def climatology(past: Labels, hours: Hours, target: Hours, thresholds: list[float]) -> Floats:
    """Spike frequency of the node in the local hour, half a success in two hours added."""
    return np.column_stack([_frequency(spike(past, x), hours)[target] for x in thresholds])


def persistence(past: Labels, hours: Hours, target: Hours, thresholds: list[float]) -> Floats:
    """1 if the latest known day spiked in the same local hour, else 0."""
    return np.column_stack([_latest(spike(past, x), hours)[target] for x in thresholds])


def _frequency(spikes: Floats, hours: Hours) -> Floats:
    sure = ~np.isnan(spikes)
    count = np.bincount(hours[sure], minlength=24)
    return (np.bincount(hours[sure], spikes[sure], minlength=24) + 0.5) / (count + 2)


def _latest(spikes: Floats, hours: Hours) -> Floats:
    sure = ~np.isnan(spikes)
    out = np.zeros(24)
    out[hours[sure]] = spikes[sure]  # hours ascend: the latest stands
    return out


BASELINES: Final[dict[Forecaster, Baseline]] = {
    Forecaster.CLIMATOLOGY: climatology,
    Forecaster.PERSISTENCE: persistence,
}
