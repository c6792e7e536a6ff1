"""A forecast that cannot be is refused with its values; one that is to be doubted says why."""

from datetime import date
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from rtlmp.asof.view import horizon_rows
from rtlmp.asof.vintages import US_PER_HOUR
from rtlmp.clock import horizon_start, issue_time
from rtlmp.evaluation.drift import trained_on
from rtlmp.forecast.forecast import Asked
from rtlmp.report.sheet import sheet
from rtlmp.report.suspect import flag_suspect, flags_told, require_possible
from rtlmp.schemas.core import Bounded, Flagged
from rtlmp.schemas.names import Forecaster
from tests.sources.test_freshness import DAY, config_of

CONFIG, XS, NODES = config_of("files"), [50.0, 100.0], ["N", "H"]
HORIZON = horizon_rows(issue_time(CONFIG, DAY), horizon_start(CONFIG, DAY))
KEY = (Bounded.location, Bounded.threshold, Bounded.lead_hour)
LOAD = "load_expected"


@pytest.fixture
def rows():
    each = [
        HORIZON.assign(location=node, threshold=x, probability=10 / x, model_date="2026-10-01")
        for node in NODES
        for x in XS
    ]
    return pd.concat(each, ignore_index=True).assign(lower=np.nan, upper=np.nan)


@pytest.fixture(scope="module")
def asked():
    at = int(pd.Timestamp(issue_time(CONFIG, DAY)).timestamp() * 1e6)
    issued = np.repeat(at - 24 * US_PER_HOUR * np.arange(1, 101), 72)
    load = 50_000 + np.random.default_rng(0).normal(0, 5_000, len(issued))
    lead = np.tile(np.arange(1, 73), 100)
    drift = trained_on(np.column_stack([lead, load]).astype(np.float32), issued, at)
    card = {"features": [Bounded.lead_hour, LOAD], "drift": drift}
    model = SimpleNamespace(card=card)
    return [Asked(DAY, NODES, [model], Forecaster.MODEL)]


def at_hour(rows, node="H", x=100.0, hour=7):
    return (rows[list(KEY)] == [node, x, hour]).all(axis=1)


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda r: r[~at_hour(r)], "287 rows, want 288; 1 node hours"),
        (lambda r: pd.concat([r, r[at_hour(r)]]), "289 rows, want 288; 0 node hours"),
        (lambda r: r[r["location"] == "N"], "144 rows, want 288; 72 node hours"),
        (lambda r: r.assign(probability=r["probability"].mask(at_hour(r), 1.2)), "1.2"),
        (lambda r: r.assign(probability=r["probability"].mask(at_hour(r), np.nan)), "1 node hours"),
        (lambda r: r.assign(probability=r["probability"].mask(at_hour(r), 0.21)), "0.21"),
    ],
    ids=["71 hours", "an hour twice", "no node", "above 1", "no number", "rises with x"],
)
def test_the_impossible_is_refused_with_its_values(rows, spoil, said):
    require_possible(rows, NODES, XS)
    with pytest.raises(ValueError, match="impossible") as refused:
        require_possible(spoil(rows), NODES, XS)
    assert said in str(refused.value)


def test_a_feature_beyond_training_is_said_of_its_node_alone_in_file_and_sheet(rows, asked):
    features = {node: HORIZON.assign(**{LOAD: np.float32(50_000)}) for node in NODES}
    assert flag_suspect(rows, asked, features, XS) is rows
    features["H"] = features["H"].assign(**{LOAD: np.float32(500_000)})
    flagged = flag_suspect(rows, asked, features, XS)
    [nothing, said] = flagged[Flagged.suspect].unique()
    assert nothing == ""
    assert said.startswith(f"H: 1 features beyond training: {LOAD} 500000 to 500000")
    assert set(flagged[flagged[Flagged.suspect] != ""][Bounded.location]) == {"H"}
    assert said in set(sheet(Bounded.validate(flagged), "America/Chicago")[Flagged.suspect])
    assert flags_told(flagged) == [f"suspect: {said}\n"]


def test_where_climatology_serves_no_feature_is_asked(rows):
    of = [Asked(date(2026, 10, 2), NODES, [], "climatology: none")]
    assert flag_suspect(rows, of, {}, XS) is rows
