"""A model is what was saved, or refused by name before XGBoost sees a byte of it."""

import json

import numpy as np
import pytest

from rtlmp.io.files import BadFileError
from rtlmp.models import store
from rtlmp.models.estimators import fit
from rtlmp.models.store import Card, MemberCard, Trained, load_model, save_model
from tests.helpers.curves import model, training


@pytest.fixture
def saved(tmp_path, monkeypatch):
    """Two models, of which the first is good; a byte of another booster ends the test."""
    chosen, paths = model("hazard", rounds=5), []
    for seed in (1, 2):
        of = fit(training(1000, seed), chosen, seed)
        member = MemberCard(
            model=chosen, history_days=1, seed=seed, rows=1, gate_trees=0, state=of.state
        )
        card = {"features": ["a", "b", "c"], "members": [member], "calibration": {"50": [1.0]}}
        paths.append(([tmp_path / f"{seed}.ubj"], tmp_path / f"{seed}.json"))
        save_model(Trained([of], Card(**card)), *paths[-1])
    assert load_model(*paths[0]).members[0].boosted().num_boosted_rounds() == 5
    monkeypatch.setattr(store.xgb, "Booster", lambda **_: pytest.fail("parsed"))
    return paths


def test_a_forged_or_swapped_booster_is_refused_before_it_is_parsed(saved):
    ([mine], card), ([other], _) = saved
    whole = mine.read_bytes()
    at = whole.index(b"base_weights") + 40
    leaf = np.frombuffer(whole[at : at + 4], ">f4") + 1
    for body in (whole[:at] + leaf.tobytes() + whole[at + 4 :], other.read_bytes(), b"{}", b""):
        mine.write_bytes(body)
        with pytest.raises(BadFileError, match=r"1\.ubj: not the booster that its card describes"):
            load_model([mine], card)


@pytest.mark.parametrize("edit", ["features", "start", "calibration", "boosters_sha256", "digest"])
def test_an_edited_card_is_refused(saved, edit):
    boosters, path = saved[0]
    card = json.loads(path.read_text())
    state = card["members"][0]["state"]
    {
        "features": lambda: card["features"].reverse(),
        "start": lambda: state.update({key: [0.5] for key in [*state][:1]}),
        "calibration": lambda: card["calibration"].update({"50": [9.0]}),
        "boosters_sha256": lambda: card["boosters_sha256"].append("0"),
        "digest": lambda: card.pop("card_sha256"),
    }[edit]()
    path.write_text(json.dumps(card))
    with pytest.raises(BadFileError, match=r"1\.json: not the card that was saved"):
        load_model(boosters, path)


def test_a_cut_card_is_named(saved):
    boosters, path = saved[0]
    path.write_bytes(path.read_bytes()[:-20])
    with pytest.raises(BadFileError, match=r"1\.json: cannot be read, is it whole\? JSONDecode"):
        load_model(boosters, path)
