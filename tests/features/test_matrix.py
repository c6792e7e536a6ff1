"""Every feature in the registry, present and future, keeps these promises without a new test."""

import numpy as np
import pandas as pd
import pytest

from rtlmp.asof.view import view
from rtlmp.catalog import DERIVED, MARKETS, READ, SeriesName
from rtlmp.config import parse_config
from rtlmp.features.fundamentals import REGIONS
from rtlmp.features.matrix import FEATURES, feature_tables, features_of
from rtlmp.features.registry import Feature
from rtlmp.schemas.core import Features, Observations
from tests.helpers.build import (
    archive_of_frames,
    hourly_noise,
    observations,
    settings,
    utc,
    vintages,
)

NODES = pd.Index(["N", "H"])
START, DAYS = "2024-01-08", 66
MARKET = MARKETS["ERCOT"]
# 2024-03-10 is the spring clock change: both horizons hold it; day-ahead prices come at CLEARED
CLOCKS = {
    "next_midnight": (utc("2024-03-09 16:00"), utc("2024-03-10 06:00")),
    "next_hour": (utc("2024-03-09 19:56"), utc("2024-03-09 20:00")),
}
ISSUE, HORIZON = CLOCKS["next_midnight"]
CLEARED = pd.Timedelta("19h30min")  # UTC, of the day before
BOTH = [parse_config(settings(horizon=h)) for h in CLOCKS]
ASKED = [(c["horizon"], f) for c in BOTH for f in features_of(c)]


def everything() -> pd.DataFrame:
    """Every series, before, at and after the issue time."""
    actuals = (
        SeriesName.RT_MAX,
        SeriesName.RT_MEAN,
        SeriesName.RT_COVERAGE,
        SeriesName.LOAD,
        SeriesName.WIND,
        SeriesName.SOLAR,
    )
    forecasts = [q for q in READ if "_FORECAST" in q.name]
    parts = [
        *(hourly_noise(q, n, START, DAYS, s) for s, q in enumerate(actuals) for n in NODES),
        *(hourly_noise(q, MARKET.system, START, DAYS, 9 + s) for s, q in enumerate(actuals)),
        *(vintages(q, MARKET.system, START, DAYS, 40 + s) for s, q in enumerate(forecasts)),
        *(vintages(q, place, START, DAYS, 60 + s) for s, (q, place) in enumerate(REGIONS)),
    ]
    auction = pd.concat(
        hourly_noise(SeriesName.DAM_SPP, n, START, DAYS, s) for s, n in enumerate((*NODES, "ERCOT"))
    )
    day = auction[Observations.valid_time].dt.floor("D")
    cleared = auction.assign(publish_time=day - pd.Timedelta("1D") + CLEARED)
    return pd.concat([*parts, cleared], ignore_index=True)


@pytest.fixture(scope="module")
def clean():
    return everything()


@pytest.fixture(scope="module")
def seen(clean):
    return {h: view(archive_of_frames([clean]), *at, MARKET, NODES) for h, at in CLOCKS.items()}


@pytest.fixture(scope="module")
def poisoned(clean):
    return {h: spoilt_after(clean, *at) for h, at in CLOCKS.items()}


def spoilt_after(clean, issue, start):
    later = clean[Observations.publish_time] > issue
    assert later.any()
    of_labels = {SeriesName.RT_SECOND, SeriesName.RT_THIRD}  # of hours with gaps: here are none
    there = {*READ, *DERIVED} - {SeriesName.RT_LMP, SeriesName.RT_SPP} - of_labels
    assert set(clean[later][Observations.series]) >= there
    values = clean[Observations.value].mask(later, 1e9)
    spoilt = clean.assign(**{Observations.value: values})
    return view(archive_of_frames([spoilt]), issue, start, MARKET, NODES)


def label(case) -> str:
    return case if isinstance(case, str) else case.name


@pytest.mark.parametrize(("horizon", "feature"), ASKED, ids=label)
def test_sees_nothing_published_later(horizon, feature: Feature, seen, poisoned):
    got = np.broadcast_to(feature.compute(seen[horizon]), (72, len(NODES)))
    want = np.broadcast_to(feature.compute(poisoned[horizon]), got.shape)
    np.testing.assert_array_equal(got, want)
    assert np.isfinite(got).any(), "a feature that is never there proves nothing"


@pytest.mark.parametrize("feature", FEATURES, ids=lambda f: f.name)
def test_reads_only_what_it_says(feature: Feature, clean, seen):
    """Registered inputs are what decides it: any other series may be anything."""
    others = ~clean[Observations.series].isin({q.value for q in feature.inputs})
    values = clean[Observations.value].where(~others, 1.0)
    changed = archive_of_frames([clean.assign(**{Observations.value: values})])
    horizon = feature.only or "next_midnight"
    found = feature.compute(view(changed, *CLOCKS[horizon], MARKET, NODES))
    np.testing.assert_array_equal(found, feature.compute(seen[horizon]))


def test_what_the_auction_cleared_before_issue_time_is_known_of_its_own_hours_alone(clean):
    """By 19:56 UTC prices up to the end of the next UTC day; published at 19:57, none of that."""
    own, top, rank = (f for f in FEATURES if f.only)
    assert [f.name for f in features_of(BOTH[0])] == [
        f.name for f in FEATURES if f not in (own, top, rank)
    ]
    issue, start = CLOCKS["next_hour"]
    hours = pd.date_range(start, periods=72, freq="h")
    of_n = (clean[["series", "location"]] == [SeriesName.DAM_SPP, "N"]).all(axis=1)
    price = clean[of_n].set_index(Observations.valid_time)[Observations.value]
    for late, known in ((pd.Timedelta(0), 28), (pd.Timedelta("27min"), 4)):
        moved = clean.assign(publish_time=clean[Observations.publish_time] + late * of_n)
        lone = view(archive_of_frames([moved]), issue, start, MARKET, pd.Index(["N"]))
        got = own.compute(lone)[:, 0]
        want = np.arcsinh(price.reindex(hours).to_numpy() / 20)
        np.testing.assert_array_equal(got[:known], want[:known])
        assert np.isnan(got[known:]).all()
    local = price.tz_convert(MARKET.tz)
    today = local[local.index.date == hours[0].tz_convert(MARKET.tz).date()]
    today = today[today.index < utc("2024-03-10")]  # the rest comes 27 min later
    assert top.compute(lone)[0, 0] == np.arcsinh(today.max() / 20)
    assert rank.compute(lone)[0, 0] == (today < today.loc[hours[0]]).mean()


def test_a_series_that_no_source_has_leaves_its_columns_missing():
    only_prices = pd.concat([hourly_noise(q, n, START, DAYS, 1) for q in DERIVED for n in NODES])
    lone = view(archive_of_frames([only_prices]), ISSUE, HORIZON, MARKET, NODES)
    made = dict(feature_tables([lone]))["N"]
    absent = [f.name for f in FEATURES if f.inputs and not f.inputs & DERIVED]
    assert made[absent].isna().all().all()
    present = [f.name for f in FEATURES if f.inputs and f.inputs <= DERIVED]
    assert made[present].notna().any().all()


def test_a_node_without_prices_has_rows_all_the_same(clean):
    of = view(archive_of_frames([clean]), ISSUE, HORIZON, MARKET, pd.Index(["N", "NEW"]))
    made = dict(feature_tables([of]))
    assert len(made["NEW"]) == 72
    assert list(made["NEW"].columns) == list(made["N"].columns)


def test_names_are_unique_and_not_a_table_column():
    names = [f.name for f in FEATURES]
    assert len({*names, *Features.to_schema().columns}) == len(names) + len(
        Features.to_schema().columns
    )


def test_a_view_of_an_hour_takes_the_day_it_names():
    """Same hour a week before the target, across the clock change, by local clock."""
    from rtlmp.features.reading import back

    valid = pd.date_range("2024-02-20", "2024-03-09 15:00", freq="h", tz="UTC")
    local = valid.tz_convert(MARKET.tz)
    stamp = local.dayofyear * 100.0 + local.hour
    data = archive_of_frames([observations(SeriesName.DAM_SPP, "N", valid, valid, stamp)])
    lone = view(data, ISSUE, HORIZON, MARKET, pd.Index(["N"]))
    want = (lone.local - pd.DateOffset(days=7)).dayofyear * 100.0 + lone.local.hour
    ordinary = lone.local.normalize() > lone.local[0].normalize()
    np.testing.assert_array_equal(back(lone, SeriesName.DAM_SPP, 7)[ordinary, 0], want[ordinary])
