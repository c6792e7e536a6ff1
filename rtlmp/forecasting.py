"""Issue date + model -> 72 probabilities a node and threshold. The daily path and the backtest
both come here, an issue date at a time, so they agree to the last bit."""

from collections.abc import Mapping, Sequence
from datetime import date

import numpy as np
import pandas as pd
from pandera.typing import DataFrame

from rtlmp.asof import Floats, Matrix
from rtlmp.clock import HORIZON_HOURS, issue_time
from rtlmp.config import Config, threshold_name
from rtlmp.features import DESIGN
from rtlmp.models.exceedance import exceedance, survival
from rtlmp.models.store import Trained
from rtlmp.tables import Asks, Features, Flagged, Forecast


def forecast(
    models: Sequence[Trained],
    features: Mapping[str, DataFrame[Features]],
    at: pd.Timestamp,
    thresholds: list[float],
) -> DataFrame[Forecast]:
    """Issued at `at` by the mean of `models`, the newest first: 72 rows a node and threshold.

    `features` holds a table a node of the pool.
    """
    asks = {node: _asked(rows, node, at) for node, rows in features.items()}
    x = np.concatenate([rows[DESIGN].to_numpy(np.float32) for rows in asks.values()])
    probability = np.mean([_exceedance(trained, x, thresholds) for trained in models], axis=0)
    blocks = np.split(probability, len(asks))
    parts = [
        table(rows, node, x, p, models[0].card["date"])
        for (node, rows), block in zip(asks.items(), blocks, strict=True)
        for x, p in zip(thresholds, block.T, strict=True)
    ]
    return Forecast.validate(pd.concat(parts, ignore_index=True))


def daily(
    models: Mapping[str, Sequence[Trained]],
    features: Mapping[str, DataFrame[Features]],
    config: Config,
    day: date,
) -> DataFrame[Forecast]:
    """The forecast issued on `day` for every node: each pool by its own models."""
    at = pd.Timestamp(issue_time(config, day))
    parts = [
        forecast(models[pool], {n: features[n] for n in nodes}, at, config["thresholds"])
        for pool, nodes in config["pools"].items()
    ]
    return Forecast.validate(pd.concat(parts, ignore_index=True))


def split(rows: DataFrame[Forecast]) -> dict[tuple[str, str], pd.DataFrame]:
    """The 72 rows of each (node, threshold as it stands in a path)."""
    return {
        (str(node), threshold_name(x)): of[of[Forecast.threshold] == x].reset_index(drop=True)
        for node, of in rows.groupby(Forecast.location, sort=False)
        for x in of[Forecast.threshold].unique()
    }


def sheet(rows: DataFrame[Forecast], tz: str) -> pd.DataFrame:
    """For a spreadsheet: an hour a row, local times, a column of probabilities a threshold."""
    keys = [Forecast.location, Forecast.valid_time, Forecast.lead_hour, Forecast.model_date]
    keys += [name for name in (Flagged.stale,) if name in rows]
    wide = rows.pivot(index=keys, columns=Forecast.threshold, values=Forecast.probability)
    flat = wide.rename(columns=lambda x: f"above_{x:g}").reset_index()
    local = flat[Forecast.valid_time].dt.tz_convert(tz).dt.strftime("%Y-%m-%d %H:%M %Z")
    flat.insert(0, "local_time", local)
    return flat


def table(
    asks: pd.DataFrame, node: str, threshold: float, probability: Floats, model_date: str
) -> pd.DataFrame:
    """Probabilities (72,) of one node and threshold in the promised columns."""
    return pd.DataFrame(
        {
            Forecast.issue_time: asks[Asks.issue_time],
            Forecast.valid_time: asks[Asks.valid_time],
            Forecast.lead_hour: asks[Asks.lead_hour],
            Forecast.location: node,
            Forecast.threshold: float(threshold),
            Forecast.probability: probability,
            Forecast.model_date: model_date,
        }
    )


def _exceedance(trained: Trained, x: Matrix, thresholds: list[float]) -> Floats:
    model = trained.card["model"]
    return exceedance(survival(trained.fitted, x, model), model["grid"], thresholds)


def _asked(table: pd.DataFrame, node: str, at: pd.Timestamp) -> pd.DataFrame:
    rows = table[table[Asks.issue_time] == at]
    if len(rows) != HORIZON_HOURS:
        held = table[Asks.issue_time]
        raise ValueError(
            f"{node}: {len(rows)} feature rows for issue time {at}, want {HORIZON_HOURS}; "
            f"the file holds {held.nunique()} issue times, {held.min()} to {held.max()}"
        )
    return rows
