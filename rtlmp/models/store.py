"""A dated model on disk: boosters as UBJSON, the rest as JSON. Opening one runs no code."""

from collections.abc import Iterable, Sequence
from importlib.metadata import version
from itertools import zip_longest
from pathlib import Path
from typing import Any, Final, NamedTuple, NotRequired, TypedDict, cast

import xgboost as xgb

from rtlmp.config.model import Model
from rtlmp.evaluation.drift import Drift
from rtlmp.io.files import BadFileError, atomic, json_sha256, load_json, naming, sha256, write_json
from rtlmp.models.calibration import Calibration
from rtlmp.models.curve import Fitted, State

PACKAGES: Final = ("scikit-learn", "numpy", "pandas")  # of a card, beside XGBoost
CARD: Final = "card_sha256"  # key in a card of the digest of all else in it
EMPTY: Final = b"{}"  # UBJSON and JSON alike
AGAIN: Final = "delete its folder, and the next run trains it again"


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
    fit_sha256: NotRequired[str]  # of all that it follows from: rows, settings, base, code
    drift: NotRequired[Drift]
    boosters_sha256: NotRequired[list[str]]  # of the members' files


class Trained(NamedTuple):
    """A dated model: its mean over members is what it says."""

    members: list[Fitted]
    card: Card

    def weights(self) -> list[float]:
        """Of each member in that mean."""
        return [of["model"].get("weight", 1.0) for of in self.card["members"]]


def save_model(trained: Trained, boosters: Sequence[str | Path], card: str | Path) -> None:
    """A file a member, and the card; each whole or not there. No booster: an empty object."""
    for member, path in zip_longest(trained.members, boosters):
        booster = member and member.booster
        save = booster.save_model if booster else lambda p: p.write_bytes(EMPTY)
        atomic(path, save, lasting=True)
    digests = [sha256([Path(path).read_bytes()]) for path in boosters]
    made = {**trained.card, "boosters_sha256": digests}
    write_json({**made, CARD: json_sha256(made)}, card, lasting=True)


def read_card(path: str | Path) -> Card:
    """The card at `path`. Raises BadFileError where it is not as it was saved."""
    card = load_json(path, dict[str, Any])
    if card.pop(CARD, None) != json_sha256(card):
        raise BadFileError(f"{path}: not the card that was saved, or of an older version: {AGAIN}")
    return cast("Card", card)


def load_model(boosters: Sequence[str | Path], card: str | Path) -> Trained:
    """The model saved at these paths. Raises BadFileError where one is not as it was saved."""
    with naming(card):
        of = read_card(card)
        each, digests = of["members"], of["boosters_sha256"]  # no members: its training failed
        members = zip(map(Path, boosters), each, digests, strict=bool(each))
        return Trained([_opened(*member) for member in members], of)


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


def _opened(path: Path, of: MemberCard, digest: str) -> Fitted:
    """A member, if its bytes are those that were saved: of others XGBoost may kill the process."""
    if sha256([saved := path.read_bytes()]) != digest:
        raise BadFileError(f"{path}: not the booster that its card describes: {AGAIN}")
    if saved == EMPTY:
        return Fitted(None, of["state"])
    booster = xgb.Booster(params={"nthread": of["model"]["threads"]})
    booster.load_model(bytearray(saved))
    return Fitted(booster, of["state"])


def package_versions() -> dict[str, str]:
    """What a card says it was made with; XGBoost is distributed under several names."""
    return {"xgboost": xgb.__version__} | {name: version(name) for name in PACKAGES}
