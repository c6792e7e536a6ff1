"""A dated model on disk: booster as UBJSON, the rest as JSON. Opening one runs no code."""

import hashlib
import json
from collections.abc import Iterable, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Final, NamedTuple, TypedDict

import numpy as np
import numpy.typing as npt
import xgboost as xgb

from rtlmp.config import Model
from rtlmp.models.exceedance import Fitted
from rtlmp.tables import atomic, write_text

PACKAGES: Final = ("xgboost", "numpy", "pandas")


class Card(TypedDict):
    """What a model says of itself."""

    date: str
    pool: list[str]
    trained_from: str  # issue times, UTC: first one in, and the first one out
    trained_until: str
    rows: int
    features: list[str]
    start: list[float]  # log odds of each grid point, where the booster starts
    model: Model
    seed: int
    packages: dict[str, str]
    inputs_sha256: str


class Trained(NamedTuple):
    fitted: Fitted
    card: Card


def save(trained: Trained, booster: str | Path, card: str | Path) -> None:
    """Two files, each whole or not there."""
    atomic(booster, lambda path: trained.fitted.booster.save_model(path))
    write_text(json.dumps(trained.card, indent=1) + "\n", card)


def load(booster: str | Path, card: str | Path) -> Trained:
    """The model saved at these paths."""
    described: Card = json.loads(Path(card).read_text())
    loaded = xgb.Booster(params={"nthread": described["model"]["threads"]})
    loaded.load_model(booster)
    return Trained(Fitted(loaded, described["start"]), described)


def load_each(boosters: Iterable[str], cards: Iterable[str]) -> dict[str, dict[str, Trained]]:
    """The models at these paths, by pool and by ISO date."""
    found: dict[str, dict[str, Trained]] = {}
    for booster, card in zip(boosters, cards, strict=True):
        folder = Path(card).parent
        found.setdefault(folder.parent.name, {})[folder.name] = load(booster, card)
    return found


def digest(arrays: Sequence[npt.NDArray[np.generic]]) -> str:
    """sha256 of the training arrays: equal inputs, equal hash."""
    total = hashlib.sha256()
    for array in arrays:
        total.update(np.ascontiguousarray(array).data)
    return total.hexdigest()


def packages() -> dict[str, str]:
    """Versions that a model's bytes depend on."""
    return {name: version(name) for name in PACKAGES}
