"""A retraining that is to update a model starts from nothing where the features have drifted."""

from datetime import date, timedelta

import numpy as np
import pytest

from rtlmp.asof.vintages import to_us
from rtlmp.clock import days, issue_time
from rtlmp.config import parse_config
from rtlmp.features.history import node_sample, write_history
from rtlmp.features.matrix import training_features
from rtlmp.io.tables import write_table
from rtlmp.models.store import load_model, save_model
from rtlmp.pipeline import training
from rtlmp.pipeline.training import read_training
from rtlmp.schemas.core import Observations
from tests.helpers.build import archive_of_frames, hourly_targets, settings

DAY = date(2024, 7, 20)
SMALL = {"rounds": 8, "grid": [25, 50, 100, 200], "min_child_weight": 1, "threads": 1}


def config_of(psi, **changed):
    drift = {"psi": psi, "cusum": None}
    few = {"history_days": 40, "model": SMALL, "refit": {"update_days": 14}, **changed}
    return parse_config(settings(nodes=["N"], thresholds=[50], drift=drift, **few))


CONFIG = config_of(0.5)


@pytest.fixture(scope="module")
def given(tmp_path_factory):
    """Files of the training of DAY, which is to update the model of four days before."""
    root = tmp_path_factory.mktemp("run")
    prices = hourly_targets("N", "2024-05-01", 90, seed=0)
    files = dict.fromkeys(("auxiliary_history", "auxiliary_hourly", "base_cards"), ())
    files |= {"hourly": [], "history": [], "moved": [], "base_boosters": ()}
    for month in ("2024-06", "2024-07"):
        first = date.fromisoformat(f"{month}-01")
        issued = list(days(first, first + timedelta(days=29)))
        made = training_features(archive_of_frames([prices]), issued, CONFIG, node_sample(CONFIG))
        of = made["all"]
        noise = np.random.default_rng(0).normal(size=of.x.shape).astype(np.float32)
        noise[:, 0] = of.x[:, 0]
        later = (of.issued >= to_us(issue_time(CONFIG, DAY - timedelta(days=30))))[:, None]
        for kind, x in (("history", noise), ("moved", noise + 9 * later)):
            files[kind].append(str(root / f"{kind}/{month}.arrow"))
            write_history(of._replace(x=x.astype(np.float32)), files[kind][-1])
        files["hourly"].append(str(root / f"hourly/{month}.parquet"))
        write_table(Observations, prices, files["hourly"][-1])
    files["hourly"] = files["hourly"][:1]
    before = DAY - timedelta(days=4)
    base = read_training(files, CONFIG, before, None).fit()
    save_model(base, [root / "booster.ubj"], root / "card.json")
    of_base = {"base_boosters": [root / "booster.ubj"], "base_cards": [root / "card.json"]}
    return files | of_base


def test_it_updates_while_nothing_drifts_or_no_limit_is_set(given):
    moved = {**given, "history": given["moved"]}
    for files, config in ((given, CONFIG), (moved, config_of(None))):
        assert read_training(files, config, DAY, None).fit().card["base"] == "2024-07-16"


def test_beyond_the_limit_it_starts_from_nothing_on_all_of_its_history(given):
    moved = {**given, "history": given["moved"]}
    card = read_training(moved, CONFIG, DAY, None).fit().card
    assert card["base"] == ""
    assert np.median(card["drift"]["index"]) > 0.5
    assert card["rows"] > 30 * 72
    alone = {**moved, "base_boosters": (), "base_cards": ()}
    from_nothing = read_training(alone, config_of(None), DAY, None).fit().card
    assert {**from_nothing, "fit_sha256": ""} == {**card, "fit_sha256": ""}  # limits differ


def test_a_card_holds_what_the_model_and_the_one_it_updates_were_trained_on(given):
    card = read_training(given, CONFIG, DAY, None).fit().card
    drift = card["drift"]
    assert {len(of) for of in (drift["low"], drift["high"], drift["index"])} == {99}
    assert drift["days"] == 40
    lead = card["features"].index("lead_hour")
    assert (drift["low"][lead], drift["high"][lead]) == (1, 72)
    assert np.isfinite(drift["index"]).all()


def test_what_follows_from_the_same_is_not_fitted_again(given, tmp_path, monkeypatch):
    paths = [tmp_path / "booster.ubj"], tmp_path / "card.json"
    save_model(read_training(given, CONFIG, DAY, None).fit(), *paths)
    saved = [path.read_bytes() for path in (*paths[0], paths[1])]
    before, fits = load_model(*paths), []
    fit = training.fit_model
    monkeypatch.setattr(training, "fit_model", lambda *a: fits.append(a) or fit(*a))
    save_model(read_training(given, CONFIG, DAY, None, before=before).fit(), *paths)
    assert fits == []
    assert [path.read_bytes() for path in (*paths[0], paths[1])] == saved
    moved = {**given, "history": given["moved"]}
    failed = before._replace(card={**before.card, "failed": "no memory"})
    cases = [(given, config_of(0.5, seed=8), before), (moved, CONFIG, before)]
    for count, (files, config, of) in enumerate([*cases, (given, CONFIG, failed)], 1):
        read_training(files, config, DAY, None, before=of).fit()
        assert len(fits) == count
    read_training(given, CONFIG, DAY, None, "changed", before).fit()
    assert len(fits) == 4


def test_a_model_that_cannot_be_read_is_made_anew(given, tmp_path, capsys):
    paths = [tmp_path / "booster.ubj"], tmp_path / "card.json"
    assert training.model_before(*paths) is None
    save_model(read_training(given, CONFIG, DAY, None).fit(), *paths)
    paths[0][0].write_bytes(b"{}")
    assert training.model_before(*paths) is None
    assert "booster.ubj" in capsys.readouterr().err
