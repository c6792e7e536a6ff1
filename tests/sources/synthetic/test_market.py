"""The synthetic world: its truth is calibrated and complete, its calendar and clocks are right."""

from datetime import date
from typing import Final

import numpy as np
import pandas as pd
import pytest

from rtlmp.catalog import SeriesName
from rtlmp.clock import HORIZON_HOURS
from rtlmp.schemas.core import Observations, Truth
from rtlmp.sources.synthetic import NAMED, weather
from rtlmp.sources.synthetic.market import World, world
from rtlmp.sources.synthetic.price import (
    CURVE,
    HUBS,
    NOISE_GW,
    RUNS,
    TRIP_GW,
    TRIP_SHARE,
    price,
    spike_probability,
)
from rtlmp.sources.synthetic.publication import VINTAGES
from rtlmp.sources.synthetic.weather import UNKNOWN

TZ: Final = "America/Chicago"
START, END = date(2022, 10, 1), date(2024, 4, 15)
THRESHOLDS: Final = (50.0, 100.0, 200.0, 500.0)
HIT, LEAD_DAY, TOP = "hit", "lead_day", "top"
TIMES: Final = (Observations.valid_time, Observations.publish_time)
ACTUAL: Final = {
    SeriesName.LOAD_FORECAST: SeriesName.LOAD,
    SeriesName.WIND_FORECAST: SeriesName.WIND,
    SeriesName.SOLAR_FORECAST: SeriesName.SOLAR,
}


def make(
    start: date, end: date, nodes: tuple[str, ...] = tuple(HUBS), seed: int = 1,
    named: tuple[str, ...] = (), **more: object,
) -> World:  # fmt: skip
    settings = {
        "market": "ERCOT",
        "nodes": nodes,
        "synthetic": {"start": start, "end": end},
        "thresholds": THRESHOLDS,
        "issue_time": "10:00",
        "horizon": "next_midnight",
        "target": SeriesName.RT_LMP,
        "seed": seed,
    }
    return world(settings | more, named)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def big() -> World:
    return make(START, END)


@pytest.fixture(scope="module")
def scored(big: World) -> pd.DataFrame:
    return with_what_came(big)


def with_what_came(big: World) -> pd.DataFrame:
    """Truth with what came, where that is known."""
    runs = big.observations[SeriesName.RT_LMP]
    hour = runs[Observations.valid_time].dt.floor("h")
    top = runs.groupby([Observations.location, hour])[Observations.value].max().rename(TOP)
    both = big.truth.join(top, on=[Truth.location, Truth.valid_time], how="inner")
    both[HIT] = both[TOP] > both[Truth.threshold]
    both[LEAD_DAY] = (both[Truth.lead_hour] - 1) // 24 + 1
    return both


def latest(df: pd.DataFrame, ahead: int) -> pd.Series:
    """Forecasts made `ahead` local days before their hour, by valid time."""
    valid, made = (df[c].dt.tz_convert(TZ).dt.tz_localize(None).dt.normalize() for c in TIMES)
    chosen = df[(valid - made).dt.days == ahead]
    return pd.Series(chosen[Observations.value].to_numpy(), chosen[Observations.valid_time])


def z_score(residual: pd.Series, issue: pd.Series) -> float:
    """Of a mean of 0; hours of five days go together."""
    block = (issue - issue.min()).dt.days // 5
    sums = residual.groupby(block).sum()
    return float(sums.sum() / np.sqrt((sums**2).sum()))


def same(a: pd.DataFrame, b: pd.DataFrame) -> None:
    pd.testing.assert_frame_equal(
        a.reset_index(drop=True), b.reset_index(drop=True), check_exact=True
    )


def test_same_seed_same_world_other_seed_another():
    first, again, other = (make(START, date(2022, 10, 4), seed=s) for s in (1, 1, 2))
    assert first.observations.keys() == again.observations.keys()
    for q, frame in first.observations.items():
        same(frame, again.observations[q])
        assert not frame[Observations.value].equals(other.observations[q][Observations.value])
    same(first.truth, again.truth)
    assert not first.truth[Truth.probability].equals(other.truth[Truth.probability])


def test_later_end_and_more_nodes_only_add_rows():
    few = make(START, date(2022, 10, 4))
    more = make(START, date(2022, 10, 9), nodes=("RN_1", *HUBS, "RN_2"))
    keys = [c for c in Observations.to_schema().columns if c != Observations.value]
    for q, frame in few.observations.items():
        found = more.observations[q].merge(frame[keys], on=keys)
        same(found, frame)
    keys = [c for c in Truth.to_schema().columns if c != Truth.probability]
    same(few.truth[keys].merge(more.truth, on=keys), few.truth)
    prices = more.observations[SeriesName.RT_LMP].groupby(Observations.location)[Observations.value]
    assert prices.mean().nunique() == len(HUBS) + 2


def test_lambda_and_shadow_prices_are_made_where_named_and_add_up_to_the_lmp():
    plain, asked = make(START, date(2022, 10, 4)), make(START, date(2022, 10, 4), named=NAMED)
    for q, frame in plain.observations.items():
        same(frame, asked.observations[q])
    assert {*asked.observations} - {*plain.observations} == {*NAMED}
    lmp, free, shadow = (
        asked.observations[q].pivot(
            index=Observations.valid_time, columns=Observations.location, values=Observations.value
        )
        for q in (SeriesName.RT_LMP, *NAMED)
    )
    for node in HUBS:
        into, out = (shadow[f"{way} {node}/BASE CASE"] for way in ("INTO", "OUT OF"))
        assert not (into.notna() & out.notna()).any()
        assert min(into.min(), out.min()) > 0
        congestion = (into.fillna(0) - out.fillna(0)).reindex(lmp.index, fill_value=0)
        assert np.allclose(free["ERCOT"] + congestion, lmp[node])
    report = asked.observations[SeriesName.SHADOW_PRICE]
    after = report[Observations.publish_time] - report[Observations.valid_time].dt.floor("h")
    assert {*after} == {pd.Timedelta(minutes=65)}


def test_frames_are_in_the_schema_and_in_order(big):
    for q, frame in big.observations.items():
        assert list(frame) == list(Observations.to_schema().columns)
        assert (frame[Observations.series] == q).all()
        order = [Observations.publish_time, Observations.valid_time, Observations.location]
        same(frame, frame.sort_values(order))
        assert np.isfinite(frame[Observations.value]).all()
    assert list(big.truth) == list(Truth.to_schema().columns)
    days = (END - START).days + 1
    assert len(big.truth) == days * HORIZON_HOURS * len(HUBS) * len(THRESHOLDS)


@pytest.mark.parametrize(
    ("q", "clock", "days_after"),
    [(SeriesName.LOAD, "05:50", 1), (SeriesName.DAM_SPP, "13:30", -1)]
    + [(q, clock, None) for q, clock in VINTAGES.items()],
)
def test_published_at_the_local_clock(big, q, clock, days_after):
    valid, publish = (big.observations[q][c].dt.tz_convert(TZ).dt.tz_localize(None) for c in TIMES)
    assert (publish.dt.strftime("%H:%M") == clock).all()
    ahead = (publish.dt.normalize() - valid.dt.normalize()).dt.days
    assert set(ahead) == ({0, -1, -2, -3, -4, -5} if days_after is None else {days_after})
    if days_after is None:
        assert (publish <= valid).all()


def test_real_time_is_published_after_the_run_and_wind_after_the_hour(big):
    delay = {
        q: big.observations[q][Observations.publish_time]
        - big.observations[q][Observations.valid_time]
        for q in (SeriesName.RT_LMP, SeriesName.WIND, SeriesName.SOLAR)
    }
    assert (delay[SeriesName.RT_LMP] == pd.Timedelta(minutes=1)).all()
    assert (delay[SeriesName.WIND] == pd.Timedelta(minutes=115)).all()
    assert (delay[SeriesName.SOLAR] == pd.Timedelta(minutes=115)).all()


@pytest.mark.parametrize("q", VINTAGES)
def test_this_mornings_forecast_covers_every_horizon(big, q):
    frame = big.observations[q]
    asks = big.truth[[Truth.issue_time, Truth.valid_time]].drop_duplicates()
    issue = asks[Truth.issue_time].dt.tz_convert(TZ).dt.date
    made = frame[Observations.publish_time].dt.tz_convert(TZ).dt.date
    known = pd.MultiIndex.from_arrays([made, frame[Observations.valid_time]])
    assert pd.MultiIndex.from_arrays([issue, asks[Truth.valid_time]]).isin(known).all()


@pytest.mark.parametrize(("day", "hours"), [("2023-03-12", 23), ("2022-11-06", 25)])
def test_a_changed_day_has_an_hour_less_or_more_of_12_runs_each(big, day, hours):
    for q, rows in (
        (SeriesName.RT_LMP, RUNS * len(HUBS)),
        (SeriesName.DAM_SPP, len(HUBS)),
        (SeriesName.LOAD, 1),
    ):
        valid = big.observations[q][Observations.valid_time]
        valid = valid[valid.dt.tz_convert(TZ).dt.date == date.fromisoformat(day)]
        assert valid.dt.floor("h").value_counts().to_list() == [rows] * hours


@pytest.mark.parametrize("issue", ["2023-03-09", "2023-03-11", "2022-11-03", "2022-11-05"])
def test_horizon_is_72_hours_across_clock_changes(big, issue):
    made = big.truth[Truth.issue_time] == pd.Timestamp(f"{issue} 10:00", tz=TZ)
    for _, one in big.truth[made].groupby([Truth.location, Truth.threshold]):
        midnight = pd.Timestamp(issue, tz=TZ) + pd.DateOffset(days=1)
        assert one[Truth.lead_hour].to_list() == list(range(1, 73))
        hours = pd.date_range(midnight, periods=72, freq="h", tz=TZ)
        assert (one[Truth.valid_time].to_numpy() == hours.tz_convert("UTC").to_numpy()).all()


def test_every_hour_has_12_runs_off_the_round_minute(big):
    runs = big.observations[SeriesName.RT_LMP][Observations.valid_time]
    assert (runs.dt.floor("h").value_counts() == RUNS * len(HUBS)).all()
    seconds = (runs - runs.dt.floor("5min")).dt.total_seconds()
    assert seconds.between(8, 39).all()
    assert seconds.nunique() > 20


@pytest.mark.parametrize("q", ACTUAL)
def test_forecasts_err_more_the_earlier_and_as_stated(big, q):
    actual = big.observations[ACTUAL[q]].set_index(Observations.valid_time)[Observations.value]
    error = [(latest(big.observations[q], k) - actual).dropna().std() for k in range(1, 6)]
    assert error == sorted(error)
    np.testing.assert_allclose(np.array(error) / error[0], UNKNOWN[1:], rtol=0.1)


@pytest.mark.parametrize("q", VINTAGES)
def test_forecasts_are_martingales(big, q):
    """A revision cannot be seen coming from the forecast revised or from the last revision."""
    by_lead = pd.DataFrame({k: latest(big.observations[q], k) for k in range(1, 5)}).dropna()
    days = by_lead.index.to_series()
    last = by_lead[2] - by_lead[3]
    for known in (last, by_lead[2] - by_lead[2].mean(), last * 0 + 1):
        assert abs(z_score((by_lead[1] - by_lead[2]) * known, days)) < 4


def test_prices_are_like_ercots(big, scored):
    prices = big.observations[SeriesName.RT_LMP].groupby(Observations.location)[Observations.value]
    assert prices.max().max() <= CURVE[0, 1]
    assert prices.median().between(15, 25).all()
    negative = prices.agg(lambda p: (p < 0).mean())
    assert negative["HB_WEST"] > 0.05 > negative["HB_NORTH"] > 0.002
    rates = scored.groupby(Truth.threshold)[HIT].mean()
    expected = {
        50.0: (0.12, 0.2),
        100.0: (0.035, 0.075),
        200.0: (0.015, 0.035),
        500.0: (0.005, 0.016),
    }
    assert all(low < rates[x] < high for x, (low, high) in expected.items())


def test_spikes_come_on_summer_evenings_and_winter_mornings(scored):
    """More than in the middle of the day or of the night."""
    local = scored[Truth.valid_time].dt.tz_convert(TZ).dt
    summer, winter = local.month.isin([6, 7, 8, 9]), local.month.isin([12, 1, 2])
    rate = scored[HIT].where(scored[Truth.threshold] == 100)
    evening, morning, noon = (
        local.hour.isin(h) for h in ([18, 19, 20, 21], [6, 7], [11, 12, 13, 14])
    )
    assert rate[summer & evening].mean() > 3 * rate[summer & noon].mean()
    assert rate[winter & morning].mean() > 2 * rate[winter & noon].mean()


@pytest.mark.parametrize("threshold", THRESHOLDS)
@pytest.mark.parametrize("lead_day", [1, 2, 3])
def test_truth_is_as_frequent_as_it_says(scored, threshold, lead_day):
    part = scored[(scored[Truth.threshold] == threshold) & (scored[LEAD_DAY] == lead_day)]
    assert abs(z_score(part[HIT] - part[Truth.probability], part[Truth.issue_time])) < 4


def test_truth_is_reliable_in_bins(scored):
    edges = [0, 0.002, 0.01, 0.03, 0.1, 0.2, 0.4, 0.6, 0.8, 1]
    bins = pd.cut(scored[Truth.probability], edges)
    for _, part in scored.groupby([bins, scored[LEAD_DAY]], observed=True):
        residual = part[HIT] - part[Truth.probability]
        assert abs(z_score(residual, part[Truth.issue_time])) < 4
        assert abs(residual.mean()) < 0.05


def test_nothing_public_at_issue_time_improves_on_the_truth(big, scored):
    """Residuals are uncorrelated with yesterday's prices, forecasts, their revisions, the hour."""
    part = scored[(scored[Truth.threshold] == 100) & (scored[LEAD_DAY] == 1)]
    hour = part[Truth.valid_time]
    residual = part[HIT] - part[Truth.probability]
    day_before = scored.drop_duplicates([Truth.valid_time, Truth.location]).set_index(
        [Truth.location, Truth.valid_time]
    )[TOP]
    earlier = pd.MultiIndex.from_arrays([part[Truth.location], hour - pd.Timedelta(days=2)])
    known = {
        "price two days before": np.log(day_before.reindex(earlier).clip(lower=1)).to_numpy(),
        "hour": np.cos(hour.dt.hour * np.pi / 12).to_numpy(),
        "truth": np.log(part[Truth.probability]).to_numpy(),
    }
    for q in VINTAGES:
        one, two = (latest(big.observations[q], k).reindex(hour).to_numpy() for k in (1, 2))
        known |= {q: one, f"revision of {q}": one - two}
    for name, x in known.items():
        signal = np.nan_to_num((x - np.nanmean(x)) / np.nanstd(x))
        assert abs(z_score(residual * signal, part[Truth.issue_time])) < 4, name


def test_truth_knows_less_of_later_days(scored):
    p = scored[Truth.probability].clip(1e-12, 1 - 1e-12)
    loss = -np.log(p.where(scored[HIT], 1 - p))
    shared = scored.groupby([Truth.location, Truth.threshold, Truth.valid_time])[HIT].transform(
        "size"
    )
    mean = loss[shared == 3].groupby([scored[Truth.threshold], scored[LEAD_DAY]]).mean().unstack()
    assert (mean[1] < mean[3]).all()
    assert mean.sum().is_monotonic_increasing


def test_truth_is_informative_but_not_certain(scored):
    """Area under the ROC curve at 100 USD/MWh, by ranks."""
    part = scored[(scored[Truth.threshold] == 100) & (scored[LEAD_DAY] == 1)]
    hits = part[HIT].sum()
    ranks = part[Truth.probability].rank()[part[HIT]].sum()
    area = (ranks - hits * (hits + 1) / 2) / (hits * (len(part) - hits))
    assert 0.88 < area < 0.95


@pytest.mark.parametrize("threshold", [-300.0, 0.0, 50.0, 100.0, 4000.0, 5000.0])
@pytest.mark.parametrize(("mean", "sd"), [(3.0, 2.0), (8.0, 2.5), (13.0, 3.0), (30.0, 2.5)])
def test_probability_is_that_of_simulated_hours(threshold, mean, sd):
    rng = np.random.default_rng(1)
    n = 40_000
    usual = NOISE_GW * rng.standard_normal((n, RUNS))
    trip = TRIP_GW[1] * rng.standard_normal((n, RUNS)) - TRIP_GW[0]
    noise = np.where(rng.random((n, RUNS)) < TRIP_SHARE, trip, usual)
    margin = mean + sd * rng.standard_normal((n, 1))
    share = (price(margin + noise).max(axis=1) > threshold).mean()
    (p,) = spike_probability(np.array([mean]), np.array([sd]), threshold)
    assert abs(share - p) < 4 * np.sqrt(p * (1 - p) / n) + 1e-3


def test_quarter_hours_are_means_of_three_runs_and_have_no_exact_truth():
    made = make(START, START, target=SeriesName.RT_SPP)
    runs, quarters = (made.observations[q] for q in (SeriesName.RT_LMP, SeriesName.RT_SPP))
    slot = runs[Observations.valid_time].dt.floor("15min")
    means = runs.groupby([slot, Observations.location])[Observations.value].mean()
    keys = [Observations.valid_time, Observations.location]
    got = quarters.set_index(keys)[Observations.value].sort_index()
    np.testing.assert_allclose(got, means.sort_index(), rtol=1e-12)
    assert made.truth.empty


@pytest.mark.parametrize(
    ("issue_time", "horizon", "exact"),
    [
        ("09:30", "next_midnight", False),
        ("09:56", "next_midnight", True),
        ("13:56", "next_hour", False),
    ],
)
def test_truth_is_exact_of_days_to_come_after_the_forecasts(issue_time, horizon, exact):
    made = make(START, START, issue_time=issue_time, horizon=horizon)
    assert len(made.truth) == exact * 72 * len(HUBS) * len(THRESHOLDS)


def test_winter_storms_are_foretold_cold_dear_and_change_no_other_day(monkeypatch):
    """One that begins on every fourth winter day, against none at all."""
    span = date(2022, 11, 1), date(2023, 3, 31)
    made = {}
    for share in (0.0, 0.25):
        monkeypatch.setattr(weather, "STORMY", share)
        made[share] = make(*span)
    hours = weather.calendar(*span, TZ)
    cold = weather.storm_degrees(hours, weather.generator(1, "winter storms"))
    assert 0.2 < (cold > 0).mean() < 0.6
    none, many = made[0.0], made[0.25]
    for q, frame in many.observations.items():
        stormy = frame[Observations.valid_time].dt.floor("h").isin(hours.start[cold > 0])
        ordinary = none.observations[q][~stormy]
        if q not in (SeriesName.RT_LMP, SeriesName.RT_SPP, SeriesName.DAM_SPP):
            more = (
                frame[stormy][Observations.value] - none.observations[q][stormy][Observations.value]
            )
            sign = {
                SeriesName.TEMPERATURE_FORECAST: -1,
                SeriesName.LOAD_FORECAST: 1,
                SeriesName.OUTAGE_FORECAST: 1,
                SeriesName.LOAD: 1,
            }.get(q, 0)
            assert np.sign(more.mean()) == sign, q
        same(frame[~stormy], ordinary)
    came = with_what_came(many)
    came = came[came[Truth.valid_time].isin(hours.start[cold > 0])]
    rates = [with_what_came(w).groupby(Truth.threshold)[HIT].mean()[100.0] for w in (none, many)]
    assert rates[1] > 1.5 * rates[0]
    for _, part in came.groupby([Truth.threshold, LEAD_DAY]):
        assert abs(z_score(part[HIT] - part[Truth.probability], part[Truth.issue_time])) < 4
