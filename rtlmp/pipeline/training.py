"""A training that fails leaves a model that says so."""

import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import cast

from rtlmp.io.files import NOT_OURS
from rtlmp.models.store import Card, Trained, load_model


def train_or_say(
    fit: Callable[[], Trained], day: date, pool: list[str], boosters: list[Path], card: Path
) -> Trained:
    """What `fit` gives; if it fails, the model in these files, if there is one, or none, with why.

    Raises faults of the machine: the next run tries again. To Snakemake all else is done.
    """
    try:
        return fit()
    except NOT_OURS:
        raise
    except Exception as error:
        why = f"{type(error).__name__}: {error}"
    sys.stderr.write(f"training failed: {why}\n")
    if card.exists() and (before := load_model(boosters, card)).members:
        kept = {**before.card, "failed": f"{why}; it serves as it was trained before"}
        return before._replace(card=cast("Card", kept))
    spans = dict.fromkeys(("trained_from", "trained_until"), "")
    said = {"date": day.isoformat(), "pool": pool, **spans, "rows": 0, "members": [], "failed": why}
    return Trained([], cast("Card", said))
