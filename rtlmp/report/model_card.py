"""A page a dated model: data, parameters, skill and calibration on days it has not seen, drift."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Final

import numpy as np
import pandas as pd

from rtlmp.asof.vintages import Archive, Floats, Matrix, to_us
from rtlmp.config import threshold_name
from rtlmp.config.jobs import ReplaySettings
from rtlmp.evaluation.losses import log_loss
from rtlmp.features.history import HistoryRows
from rtlmp.forecast.forecast import model_probability
from rtlmp.forecast.gate import held_out_rows
from rtlmp.models.store import Trained

BINS: Final = 10  # classes of equal weight in which a feature drifts
SHOWN: Final = 10  # features of the drift table
RARE: Final = 1e-4  # share of a class that holds nothing
DRIFTED: Final = 0.25  # stability index from which a feature is said to have moved


def model_card(
    model: Trained, history: Sequence[HistoryRows], prices: Archive, config: ReplaySettings
) -> str:
    """Markdown. `history` and `prices` as for the gate: only what its own issue time knew."""
    card = model.card
    settings = {
        f"member {k}": {**of["model"], "history_days": of["history_days"], "seed": of["seed"]}
        for k, of in enumerate(card["members"])
    }
    drifted, moved = drift(model, history), f"from {DRIFTED} on a feature has moved"
    scores = pd.DataFrame(_scores(model, history, prices, config))
    return "\n".join(
        [
            f"# Model {card['date']}: {', '.join(card['pool'])}\n",
            f"{card['rows']:,} rows, issued {card['trained_from']} to {card['trained_until']}; "
            f"{card['unknown']:.1%} more had an hour whose price is unknown; updates: "
            f"{card['base'] or 'none'}; "
            + (f"the price of {card['lent']}, for its own has none; " if card["lent"] else "")
            + f"{len(card['features'])} features; inputs {card['inputs_sha256'][:12]}; "
            + ", ".join(f"{name} {version}" for name, version in card["packages"].items())
            + ".\n",
            "## Parameters\n",
            pd.DataFrame(settings).astype(str).rename_axis("setting").to_markdown(),
            f"\n## On days held out since {card['held_out_from']}, by the trees that have not seen "
            "them",
            "\nSkill is against the frequency of those days themselves: hard to beat.\n",
            scores.to_markdown(index=False, floatfmt=".4f"),
            "\n## Drift: features since then against all before\n",
            f"Population stability index over {BINS} classes; {moved}: "
            f"{int((drifted >= DRIFTED).sum())} of {len(drifted)}.\n",
            drifted.nlargest(SHOWN).rename("index").to_frame().to_markdown(floatfmt=".3f"),
            "",
        ]
    )


def drift(model: Trained, history: Sequence[HistoryRows]) -> "pd.Series[float]":
    """Population stability index of each feature: days held out against those before."""
    card = model.card
    since, held_out, until = (
        to_us(datetime.fromisoformat(card[k]))
        for k in ("trained_from", "held_out_from", "trained_until")
    )
    before, recent = (
        np.concatenate([p.x[(p.issued >= a) & (p.issued < b)] for p in history])
        for a, b in ((since, held_out), (held_out, until))
    )
    moved = [stability(before[:, k], recent[:, k]) for k in range(before.shape[1])]
    return pd.Series(moved, card["features"], name="index", dtype=float)


def stability(before: Matrix, recent: Matrix) -> float:
    """Sum over classes of (r - b) ln(r / b); missing values are a class of their own."""
    known = before[~np.isnan(before)]
    cuts = np.linspace(0, 1, BINS + 1)[1:-1]
    edges = np.unique(np.quantile(known, cuts)) if len(known) else known
    shares = []
    for values in (before, recent):
        place = np.where(np.isnan(values), len(edges) + 1, np.searchsorted(edges, values))
        count = np.bincount(place.astype(np.intp), minlength=len(edges) + 2)
        shares.append(np.maximum(count / max(len(values), 1), RARE))
    b, r = shares
    return float(((r - b) * np.log(r / b)).sum())


def _scores(
    model: Trained, history: Sequence[HistoryRows], prices: Archive, config: ReplaySettings
) -> Iterator[dict[str, str | float]]:
    rows = held_out_rows(model, history, prices, config)
    p = model_probability(model, rows["x"], config["thresholds"], gate_trees=True)
    for k, x in enumerate(config["thresholds"]):
        known = ~np.isnan(rows["spiked"][:, k])
        y, forecast = rows["spiked"][known, k], p[known, k]
        base, loss = _mean(y), _mean(log_loss(y, forecast))
        climatology = _mean(log_loss(y, np.full(len(y), base)))
        yield {
            "above": threshold_name(x),
            "rows": len(y),
            "spike frequency": base,
            "mean probability": _mean(forecast),
            "log loss": loss,
            "skill": 1 - loss / climatology if climatology else np.nan,
        }


def _mean(values: Floats) -> float:
    return float(values.mean()) if len(values) else np.nan
