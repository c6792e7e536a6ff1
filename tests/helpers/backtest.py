"""A finished backtest whose truth is known."""

import numpy as np
import pandas as pd

from rtlmp.schemas.core import UTC_DTYPE, Scored

TZ = "America/Chicago"


def finished(days=12, start="2024-03-01", seed=0):
    """A backtest of one node whose model knows the true probability."""
    rng = np.random.default_rng(seed)
    parts = []
    for day in pd.date_range(start, periods=days, freq="D", tz=TZ):
        valid = pd.date_range(day + pd.DateOffset(days=1), periods=72, freq="h").tz_convert("UTC")
        local = valid.tz_convert(TZ).hour.to_numpy()
        p = np.where(np.isin(local, (18, 19, 20)), 0.5, 0.1)
        price = np.where(np.random.default_rng(valid.asi8 % 2**32).random(72) < p, 150.0, 20.0)
        for model, q in (
            ("model", p),
            ("climatology", 0 * p + 0.15),
            ("persistence", rng.random(72)),
        ):
            parts.append(pd.DataFrame({
                Scored.issue_time: day + pd.Timedelta("10h"), Scored.valid_time: valid,
                Scored.lead_hour: np.arange(1, 73), Scored.location: "N", Scored.threshold: 100.0,
                Scored.probability: q, Scored.model_date: "2024-03-01", Scored.model: model,
                Scored.max_price: price, Scored.lead_day: np.arange(72) // 24 + 1}))  # fmt: skip
    rows = pd.concat(parts, ignore_index=True)
    times = {
        c: rows[c].dt.tz_convert("UTC").astype(UTC_DTYPE)
        for c in (Scored.issue_time, Scored.valid_time)
    }
    return Scored.validate(rows.assign(**times))
