"""Origins of rolling-origin cross-validation, and the spans that are refused."""

from datetime import date, timedelta
from typing import Final, NamedTuple

from rtlmp.clock import HORIZON_HOURS, RETRAIN_EPOCH, days, horizon_start, issue_time
from rtlmp.config import Config
from rtlmp.config.jobs import ClockSettings, FoldSettings
from rtlmp.config.kinds import Window

LABEL_DELAY: Final = timedelta(hours=2)  # from the end of an hour to its label, punctual or not


class FoldWindow(NamedTuple):
    """Issue dates that one fold scores, both included, and the date of its model."""

    model_date: date
    origin: date
    last: date


def fold_windows(config: FoldSettings, window: Window) -> list[FoldWindow]:
    """The folds of `window`. Raises ValueError where the embargo is too short."""
    every, embargo = (config["validation"][k] for k in ("every_days", "embargo_days"))
    if embargo < (least := days_to_label(config)):
        raise ValueError(
            f"validation.embargo_days {embargo}: want {least} or more, {HORIZON_HOURS} hours from "
            f"{config['horizon']} at {config['issue_time']}, {LABEL_DELAY} until a label is known"
        )
    return [
        FoldWindow(
            origin - timedelta(days=embargo),
            origin,
            min(origin + timedelta(days=every - 1), window["end"]),
        )
        for origin in [*days(window["start"], window["end"])][::every]
    ]


def days_to_label(config: ClockSettings) -> int:
    """Whole days from an issue time until every label of its horizon is known."""
    to_first = horizon_start(config, RETRAIN_EPOCH) - issue_time(config, RETRAIN_EPOCH)
    longest = to_first + timedelta(hours=HORIZON_HOURS + 1) + LABEL_DELAY  # clock change
    return -(-longest // timedelta(days=1))


def labels_known(config: ClockSettings, window: Window) -> date:
    """The date by whose issue time every label of `window` is known."""
    return window["end"] + timedelta(days=days_to_label(config))


def require_before_backtest(config: Config) -> Window:
    """The window of `tune`. Raises ValueError where its labels reach into the backtest's."""
    tune, test = config["tune"], config["backtest"]
    if (known := labels_known(config, tune)) >= test["start"]:
        raise ValueError(
            f"tune {tune['start']} to {tune['end']}: its last label comes by {known}, in the test "
            f"window backtest {test['start']} to {test['end']}: end it "
            f"{days_to_label(config)} days before"
        )
    return tune
