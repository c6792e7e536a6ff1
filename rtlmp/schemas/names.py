"""Names that tables hold as values: forecasters, metrics. Spelled here and nowhere else."""

from enum import StrEnum


class Forecaster(StrEnum):
    """Who made a forecast; challengers and data-denied models have the names of the config."""

    MODEL = "model"
    TRUTH = "truth"  # of a synthetic world
    CLIMATOLOGY = "climatology"  # the reference of every skill
    PERSISTENCE = "persistence"


class Metric(StrEnum):
    """Scores of `Metrics`; a skill is 1 - score / score of climatology on the same rows."""

    ROWS = "rows"
    BASE_RATE = "base_rate"
    MEAN_PROBABILITY = "mean_probability"
    BRIER = "brier"
    BRIER_SKILL = "brier_skill"
    LOG_LOSS = "log_loss"
    LOG_LOSS_SKILL = "log_loss_skill"
    AUC = "auc"
    AVERAGE_PRECISION = "average_precision"
    MISCALIBRATION = "miscalibration"  # CORP parts of the Brier score
    DISCRIMINATION = "discrimination"
    UNCERTAINTY = "uncertainty"
    TWCRPS = "twcrps"  # USD/MWh
    # of acting from a probability on
    TRUE_POSITIVES = "true_positives"
    FALSE_POSITIVES = "false_positives"
    FALSE_NEGATIVES = "false_negatives"
    TRUE_NEGATIVES = "true_negatives"
    PRECISION = "precision"
    RECALL = "recall"
    F1 = "f1"
    ECONOMIC_VALUE = "economic_value"
