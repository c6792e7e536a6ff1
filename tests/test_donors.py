"""Donors: other places and other prices that train a model and change nothing else."""

from datetime import date

import numpy as np
import pandas as pd

from rtlmp.archive import load
from rtlmp.asof import archive
from rtlmp.catalog import Q
from rtlmp.clock import days
from rtlmp.config import checked
from rtlmp.donors import renamed
from rtlmp.features import learned
from rtlmp.history import draw
from rtlmp.tables import Observations, write
from rtlmp.training import train
from tests.build import hourly_noise, observations, settings

DAY = date(2024, 7, 20)
DONORS = {"OLD": {"price": "rt_spp", "at": "HUB", "start": "2024-06-01", "end": "2024-06-30"}}
MODEL = {"rounds": 5, "grid": [25, 50, 100, 200], "min_child_weight": 1, "threads": 1}


def config():
    small = {"history_days": 40, "model": MODEL, "thresholds": [50]}
    return checked(settings(nodes=["N"], donors=DONORS, **small))


def prices(node: str, seed: int):
    highest = hourly_noise(Q.RT_MAX, node, "2024-06-01", 60, seed)
    parts = [highest.assign(series=q.value) for q in (Q.RT_MAX, Q.RT_MEAN)]
    full = highest.assign(series=Q.RT_COVERAGE.value, value=1.0)
    return pd.concat([*parts, full], ignore_index=True)


def test_a_donor_has_its_own_price_and_the_auction_of_its_place(tmp_path):
    at = pd.date_range("2024-06-01", periods=2, freq="h", tz="UTC", unit="us")
    kinds = [(Q.RT_SPP, "HUB", 1.0), (Q.DAM_SPP, "HUB", 2.0), (Q.RT_LMP, "HUB", 3.0)]
    kinds += [(Q.RT_SPP, "N", 4.0)]
    rows = pd.concat([observations(q, place, at, at, [v, v]) for q, place, v in kinds])
    write(Observations, rows, tmp_path / "all.parquet")
    held, donors = load([tmp_path / "all.parquet"]), config()["donors"]
    for auction, q, value in ((False, Q.RT_SPP, 1.0), (True, Q.DAM_SPP, 2.0)):
        [(kind, (own, names))] = renamed(held, donors, auction=auction).items()
        assert (kind, names) == (q, ["OLD"])
        assert own.value.tolist() == [value, value]


def test_a_donor_trains_and_the_nodes_keep_their_features():
    c, issued = config(), list(days(date(2024, 6, 10), DAY))
    every = draw(c)
    data = archive([prices("N", 1), prices("OLD", 2)])
    own, old = (
        learned(data, issued, {**c, "nodes": [n], "pools": {"all": [n]}}, every)["all"]
        for n in ("N", "OLD")
    )
    alone = learned(archive([prices("N", 1)]), issued, c, every)["all"]
    np.testing.assert_array_equal(own.x, alone.x)
    one, two = (train(h, data, c, DAY) for h in ([own], [own, old]))
    assert two.card["rows"] == 2 * one.card["rows"]
    assert two.card["pool"] == ["N", "OLD"]
    assert np.isfinite(two.members[0].state["start"]).all()
