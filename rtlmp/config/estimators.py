"""Names of estimators. Apart from other names, of which a new one should not retrain models."""

from enum import StrEnum


class EstimatorName(StrEnum):
    """As in the config; `rtlmp.models.estimators` has their functions."""

    HAZARD = "hazard"
    FOREST = "forest"
    SEPARATE = "separate"
    LIGHTGBM = "lightgbm"
    LOGISTIC = "logistic"
