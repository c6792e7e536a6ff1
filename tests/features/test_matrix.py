"""Every feature in the registry, present and future, keeps these promises without a new test."""

import numpy as np
import pandas as pd
import pytest

from rtlmp.asof.view import view
from rtlmp.catalog import DERIVED, MARKETS, READ, SeriesName
from rtlmp.features.fundamentals import REGIONS
from rtlmp.features.matrix import DESIGN, FEATURES, feature_tables
from rtlmp.features.registry import Feature
from rtlmp.schemas.core import Features, Observations
from tests.helpers.build import archive_of_frames, hourly_noise, observations, utc, vintages

NODES = pd.Index(["N", "H"])
START, DAYS = "2024-01-08", 66
MARKET = MARKETS["ERCOT"]
# 2024-03-10 is the spring clock change: this horizon holds it
ISSUE, HORIZON = utc("2024-03-09 16:00"), utc("2024-03-10 06:00")


def everything() -> pd.DataFrame:
    """Every series, before, at and after the issue time."""
    actuals = (
        SeriesName.RT_MAX,
        SeriesName.RT_MEAN,
        SeriesName.RT_COVERAGE,
        SeriesName.LOAD,
        SeriesName.WIND,
        SeriesName.SOLAR,
        SeriesName.DAM_SPP,
    )
    forecasts = [q for q in READ if "_FORECAST" in q.name]
    parts = [
        *(hourly_noise(q, n, START, DAYS, s) for s, q in enumerate(actuals) for n in NODES),
        *(hourly_noise(q, MARKET.system, START, DAYS, 9 + s) for s, q in enumerate(actuals)),
        *(vintages(q, MARKET.system, START, DAYS, 40 + s) for s, q in enumerate(forecasts)),
        *(vintages(q, place, START, DAYS, 60 + s) for s, (q, place) in enumerate(REGIONS)),
    ]
    return pd.concat(parts, ignore_index=True)


@pytest.fixture(scope="module")
def clean():
    return everything()


@pytest.fixture(scope="module")
def seen(clean):
    return view(archive_of_frames([clean]), ISSUE, HORIZON, MARKET, NODES)


@pytest.fixture(scope="module")
def poisoned(clean):
    later = clean[Observations.publish_time] > ISSUE
    assert later.any()
    of_labels = {SeriesName.RT_SECOND, SeriesName.RT_THIRD}  # of hours with gaps: here are none
    there = {*READ, *DERIVED} - {SeriesName.RT_LMP, SeriesName.RT_SPP} - of_labels
    assert set(clean[later][Observations.series]) >= there
    values = clean[Observations.value].mask(later, 1e9)
    return view(
        archive_of_frames([clean.assign(**{Observations.value: values})]),
        ISSUE,
        HORIZON,
        MARKET,
        NODES,
    )


@pytest.mark.parametrize("feature", FEATURES, ids=lambda f: f.name)
def test_sees_nothing_published_later(feature: Feature, seen, poisoned):
    got = np.broadcast_to(feature.compute(seen), (72, len(NODES)))
    np.testing.assert_array_equal(got, np.broadcast_to(feature.compute(poisoned), got.shape))
    assert np.isfinite(got).any(), "a feature that is never there proves nothing"


@pytest.mark.parametrize("feature", FEATURES, ids=lambda f: f.name)
def test_reads_only_what_it_says(feature: Feature, clean, seen):
    """Registered inputs are what decides it: any other series may be anything."""
    others = ~clean[Observations.series].isin({q.value for q in feature.inputs})
    values = clean[Observations.value].where(~others, 1.0)
    changed = view(
        archive_of_frames([clean.assign(**{Observations.value: values})]),
        ISSUE,
        HORIZON,
        MARKET,
        NODES,
    )
    np.testing.assert_array_equal(feature.compute(changed), feature.compute(seen))


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
    assert len(set(DESIGN)) == len(DESIGN)


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
