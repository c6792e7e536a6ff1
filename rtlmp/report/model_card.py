"""A page a dated model: data, parameters, skill and calibration on days it has not seen, drift."""

from collections.abc import Iterator, Sequence
from typing import Final

import numpy as np
import pandas as pd

from rtlmp.asof.vintages import Archive
from rtlmp.config import threshold_name
from rtlmp.config.jobs import ReplaySettings
from rtlmp.evaluation.drift import BINS
from rtlmp.evaluation.losses import log_loss
from rtlmp.features.history import HistoryRows
from rtlmp.forecast.forecast import model_probability
from rtlmp.forecast.gate import held_out_rows
from rtlmp.models.store import Trained

SHOWN: Final = 10  # features of the drift table


def model_card(
    model: Trained, history: Sequence[HistoryRows], prices: Archive, config: ReplaySettings
) -> str:
    """Markdown. `history` and `prices` as for the gate: only what its own issue time knew."""
    card = model.card
    settings = {
        f"member {k}": {**of["model"], "history_days": of["history_days"], "seed": of["seed"]}
        for k, of in enumerate(card["members"])
    }
    index = pd.Series(card.get("drift", {}).get("index"), card["features"], float, "index")
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
            "\n## Drift: features of the latest days against those of training in that season\n",
            f"Population stability index over {BINS} classes, median {index.median():.3f}.\n",
            index.nlargest(SHOWN).to_frame().to_markdown(floatfmt=".3f"),
            "",
        ]
    )


def _scores(
    model: Trained, history: Sequence[HistoryRows], prices: Archive, config: ReplaySettings
) -> Iterator[dict[str, str | float]]:
    rows = held_out_rows(model, history, prices, config)
    p = model_probability(model, rows["x"], config["thresholds"], gate_trees=True)
    for x, *both in zip(config["thresholds"], rows["spiked"].T, p.T, strict=True):
        names = ["spike frequency", "mean probability"]
        of = pd.DataFrame(dict(zip(names, both, strict=True))).dropna()
        y, *each = of.assign(base=of[names[0]].mean()).to_numpy().T
        loss, climatology = (pd.Series(log_loss(y, forecast)).mean() for forecast in each)
        found = {"above": threshold_name(x), "rows": len(y), **of.mean(), "log loss": loss}
        yield {**found, "skill": 1 - loss / climatology if climatology else np.nan}
