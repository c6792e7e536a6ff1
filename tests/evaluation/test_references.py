"""Our scores against the reference implementations, on random inputs, to 1e-12."""

import numpy as np
import pytest
import scores.probability as reference
import statsmodels.api as sm
import xarray as xr
from scipy.integrate import trapezoid
from sklearn.metrics import brier_score_loss, confusion_matrix, precision_recall_fscore_support
from sklearn.metrics import log_loss as sklearn_log_loss

from rtlmp.evaluation.losses import HAC_LAGS, diebold_mariano, log_loss
from rtlmp.evaluation.scores import Sample, sample_scores
from rtlmp.evaluation.verification import (
    corp_curve,
    decision_scores,
    decomposition,
    isotonic_recalibration,
    relative_value,
    threshold_weighted_crps,
)
from rtlmp.schemas.names import Metric

EXACT = {"rtol": 0, "atol": 1e-12}
RATIOS = [0.02, 0.1, 0.3, 0.7]
pytestmark = pytest.mark.parametrize("seed", range(4))


def random_cell(seed, rows=600):
    rng = np.random.default_rng(seed)
    p = np.round(rng.beta(0.4, 3, rows), 3 + seed)  # ties too
    return (rng.random(rows) < p**1.2).astype(float), p


def array(values):
    return xr.DataArray(values, dims=["row"])


def test_mean_scores_equal_scikit_learn(seed):
    y, p = random_cell(seed)
    climate = np.full_like(p, 0.1)
    got = sample_scores(Sample(np.arange(len(y)) // 24, y, p, climate), seed)
    assert got["brier"][0] == pytest.approx(brier_score_loss(y, p), abs=1e-12)
    clipped = np.clip(p, 1e-6, 1 - 1e-6)
    assert got["log_loss"][0] == pytest.approx(sklearn_log_loss(y, clipped), abs=1e-12)
    assert log_loss(y, p).mean() == pytest.approx(sklearn_log_loss(y, clipped), abs=1e-12)
    skill = 1 - brier_score_loss(y, p) / brier_score_loss(y, climate)
    assert got["brier_skill"][0] == pytest.approx(skill, abs=1e-12)


def test_brier_equals_scores(seed):
    y, p = random_cell(seed)
    got = sample_scores(Sample(np.arange(len(y)) // 24, y, p, p), seed)["brier"][0]
    assert got == pytest.approx(float(reference.brier_score(array(p), array(y))), abs=1e-12)


def test_recalibration_equals_scores(seed):
    y, p = random_cell(seed)
    theirs = reference.isotonic_fit(p, y)
    values, order = np.unique(p, return_index=True)
    expected = np.interp(values, theirs["fcst_sorted"], theirs["regression_values"])
    np.testing.assert_allclose(isotonic_recalibration(y, p)[order], expected, **EXACT)


def test_parts_of_the_brier_score_sum_to_it(seed):
    y, p = random_cell(seed)
    parts = decomposition(y, p)
    whole = parts[Metric.MISCALIBRATION] - parts[Metric.DISCRIMINATION] + parts[Metric.UNCERTAINTY]
    assert whole == pytest.approx(brier_score_loss(y, p), abs=1e-12)
    assert min(parts.values()) >= 0


def test_decisions_equal_scikit_learn(seed):
    y, p = random_cell(seed)
    for ratio in RATIOS:
        got, act = decision_scores(y, p, ratio), p >= ratio
        names = ["true_negatives", "false_positives", "false_negatives", "true_positives"]
        assert [got[n] for n in names] == confusion_matrix(y, act).ravel().tolist()
        theirs = precision_recall_fscore_support(y, act, average="binary", zero_division=np.nan)
        ours = [got[n] for n in ("precision", "recall", "f1")]
        np.testing.assert_allclose(ours, np.array(theirs[:3], float), **EXACT)


def test_economic_value_equals_scores(seed):
    y, p = random_cell(seed)
    for ratio in RATIOS:
        theirs = reference.relative_economic_value(
            array(p), array(y), cost_loss_ratios=[ratio], probability_thresholds=[ratio]
        )
        ours = relative_value(y, p, ratio)
        np.testing.assert_allclose(ours, float(theirs.squeeze()), **EXACT)


def test_threshold_weighted_crps_is_the_integral_of_brier_scores(seed):
    rng = np.random.default_rng(seed)
    x = np.array([50.0, 100, 200, 500])
    p = np.sort(rng.random((300, 4)), axis=1)[:, ::-1]
    above = (rng.lognormal(4, 1.5, 300)[:, None] > x).astype(float)
    brier = [float(reference.brier_score(array(p[:, k]), array(above[:, k]))) for k in range(4)]
    ours = threshold_weighted_crps(((p - above) ** 2).T, x).mean()
    np.testing.assert_allclose(ours, trapezoid(brier, x), **EXACT)


def test_diebold_mariano_equals_a_regression_on_a_constant(seed):
    rng = np.random.default_rng(seed)
    clustered = np.convolve(rng.normal(size=187), np.ones(4) / 4, "valid")
    loss, challenger = rng.normal(size=184) ** 2, rng.normal(size=184) ** 2 + 0.2 * clustered
    ours = diebold_mariano(loss, challenger)
    hac = {"cov_type": "HAC", "cov_kwds": {"maxlags": HAC_LAGS, "use_correction": False}}
    theirs = sm.OLS(loss - challenger, np.ones(184)).fit(**hac)
    assert ours.difference == pytest.approx(float(theirs.params[0]), abs=1e-12)
    assert ours.statistic == pytest.approx(float(theirs.tvalues[0]), abs=1e-12)
    assert ours.p_value == pytest.approx(float(theirs.pvalues[0]), abs=1e-12)


def test_reliability_band_holds_its_nominal_coverage(seed):
    inside = []
    for k in range(12):
        rng = np.random.default_rng([seed, k])
        p = rng.beta(0.5, 4, 3000)
        curve = corp_curve((rng.random(3000) < p).astype(float), p, seed)
        held = (curve.low - 1e-12 <= curve.frequency) & (curve.frequency <= curve.high + 1e-12)
        inside.append(np.average(held, weights=curve.rows))
    error = np.std(inside) / np.sqrt(12)
    assert 0.9 - 3 * error < np.mean(inside) < 0.9 + 3 * error + 0.03


def test_unreliable_probabilities_leave_the_band(seed):
    rng = np.random.default_rng(seed)
    p = rng.beta(0.5, 4, 8000)
    curve = corp_curve((rng.random(8000) < p / 2).astype(float), p, seed)
    upper = curve.probability > 0.2
    assert (curve.frequency < curve.low)[upper].mean() > 0.9
