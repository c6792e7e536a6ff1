"""A dated model on disk: boosters as UBJSON, the rest as JSON. Opening one runs no code."""

import hashlib
import json
from collections.abc import Iterable, Sequence
from importlib.metadata import version
from itertools import zip_longest
from pathlib import Path
from typing import Final, NamedTuple, TypedDict

import numpy as np
import numpy.typing as npt
import xgboost as xgb

from rtlmp.config.model import Model
from rtlmp.io.files import atomic, write_json
from rtlmp.models.calibration import Calibration
from rtlmp.models.curve import Fitted, State

PACKAGES: Final = ("lightgbm", "scikit-learn", "numpy", "pandas")  # of a card, beside XGBoost
EMPTY: Final = b"{}"  # UBJSON and JSON alike


class MemberCard(TypedDict):
    """One member of a dated model."""

    model: Model
    history_days: int
    seed: int
    rows: int
    gate_trees: int  # first trees, which have not seen the days that the champion gate holds out
    state: State


class Card(TypedDict):
    """What a model says of itself."""

    date: str
    pool: list[str]
    trained_from: str  # issue times, UTC: first one in, and the first one out
    trained_until: str
    held_out_from: str  # no gate tree has seen one day in `gate.every` from here on
    rows: int
    unknown: float  # share of rows left out, for their hour's price is unknown
    base: str  # ISO date of the model that it updates; empty: it started from nothing
    lent: str  # node whose price it was trained on, where its pool has none
    failed: str  # why its training did: it has no members, or those of before
    features: list[str]
    members: list[MemberCard]
    calibration: Calibration
    packages: dict[str, str]
    inputs_sha256: str


class Trained(NamedTuple):
    """A dated model: its mean over members is what it says."""

    members: list[Fitted]
    card: Card


def save_model(trained: Trained, boosters: Sequence[str | Path], card: str | Path) -> None:
    """A file a member, and the card; each whole or not there. No booster: an empty object."""
    for member, path in zip_longest(trained.members, boosters):
        booster = member and member.booster
        atomic(path, booster.save_model if booster else lambda p: p.write_bytes(EMPTY))
    write_json(trained.card, card)


def load_model(boosters: Sequence[str | Path], card: str | Path) -> Trained:
    """The model saved at these paths."""
    described: Card = json.loads(Path(card).read_text())
    of = described["members"]
    members = zip(map(Path, boosters), of, strict=bool(of))  # none: its training failed
    return Trained([_opened(path, of) for path, of in members], described)


def load_models(boosters: Iterable[str], cards: Iterable[str]) -> dict[str, dict[str, Trained]]:
    """The models at these paths, by pool and by ISO date; a model's boosters in order."""
    by_folder: dict[Path, list[str]] = {}
    for path in boosters:
        by_folder.setdefault(Path(path).parent, []).append(path)
    found: dict[str, dict[str, Trained]] = {}
    for card in cards:
        folder = Path(card).parent
        found.setdefault(folder.parent.name, {})[folder.name] = load_model(by_folder[folder], card)
    return found


def _opened(path: Path, of: MemberCard) -> Fitted:
    if path.read_bytes() == EMPTY:
        return Fitted(None, of["state"])
    booster = xgb.Booster(params={"nthread": of["model"]["threads"]})
    booster.load_model(path)
    return Fitted(booster, of["state"])


def package_versions() -> dict[str, str]:
    """What a card says it was made with; XGBoost is distributed under several names."""
    return {"xgboost": xgb.__version__} | {name: version(name) for name in PACKAGES}


def digest(arrays: Sequence[npt.NDArray[np.generic]], base: Card | None) -> str:
    """sha256 of the training arrays, and of what an older model had: equal inputs, equal hash."""
    total = hashlib.sha256(base["inputs_sha256"].encode() if base else b"")
    for array in arrays:
        total.update(np.ascontiguousarray(array).data)
    return total.hexdigest()
