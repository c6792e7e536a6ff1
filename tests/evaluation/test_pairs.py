"""Scores read a backtest a threshold at a time, from a table or from the parts of a file."""

from functools import partial

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from rtlmp.evaluation.pairs import Pairs, pairs, read_pairs
from rtlmp.evaluation.score_tables import all_metrics
from rtlmp.evaluation.scores import ALL, score_table
from rtlmp.io.parquet import write_row_groups
from rtlmp.schemas.core import Metrics, Scored
from tests.helpers.backtest import finished

MODEL_ROWS = 12 * 72


@pytest.fixture(scope="module")
def scored():
    """Two nodes, two thresholds; the models' rows in different orders."""
    nodes = [finished(seed=k).assign(**{Scored.location: name}) for k, name in enumerate("BA")]
    both = pd.concat(nodes, ignore_index=True)
    parts = [both.assign(**{Scored.threshold: x}) for x in (100.0, 20.5)]
    return Scored.validate(pd.concat(parts, ignore_index=True).sample(frac=1, random_state=3))


@pytest.fixture(scope="module")
def path(scored, tmp_path_factory):
    """A row group for each threshold, issue date and node."""
    made = tmp_path_factory.mktemp("cases") / "forecasts.parquet"
    keys = [Scored.threshold, Scored.issue_time, Scored.location]
    groups = (rows for _, rows in scored.groupby(keys))
    write_row_groups(map(partial(pa.Table.from_pandas, preserve_index=False), groups), made)
    return made


def in_order(of: Pairs) -> Pairs:
    return of.at(np.lexsort((of.place, of.valid, of.issued)))


def test_a_row_stands_once_beside_the_probability_of_each_model(scored):
    low, high = pairs(scored)
    assert (low.threshold, high.threshold) == (20.5, 100.0)
    assert high.p.shape == (3, 2 * MODEL_ROWS)
    for model in high.models:
        rows = scored[(scored[Scored.model] == model) & (scored[Scored.threshold] == 100)]
        rows = rows.sort_values([Scored.issue_time, Scored.valid_time, Scored.location])
        np.testing.assert_array_equal(high.of(model), rows[Scored.probability])
        np.testing.assert_array_equal(high.highest, rows[Scored.max_price])
        assert [high.places[k] for k in high.place] == list(rows[Scored.location])


def test_the_parts_of_a_file_are_the_table(scored, path):
    for one, other in zip(pairs(scored), read_pairs(path), strict=True):
        read = in_order(other)
        assert {*read.models} == {*one.models}
        read = read._replace(models=one.models, p=np.stack([read.of(m) for m in one.models]))
        for a, b in zip(one, read, strict=True):
            np.testing.assert_array_equal(a, b)


def test_scores_made_in_parts_are_those_of_the_whole(scored, path):
    whole = score_table(pairs(scored), 7)
    each = [score_table(read_pairs(path, [node]), 7, "each") for node in "AB"]
    made = pd.concat([score_table(read_pairs(path), 7, "pooled"), *each], ignore_index=True)
    keys = [Metrics.threshold, Metrics.location, Metrics.model, Metrics.lead_day, Metrics.metric]
    one, other = (of.sort_values(keys, ignore_index=True) for of in (whole, made))
    assert set(one[Metrics.location]) == {ALL, "A", "B"}
    pd.testing.assert_frame_equal(one, other, rtol=1e-12)


def test_questions_that_a_model_left_out_or_whose_price_never_came_are_not_scored(scored):
    x = scored[scored[Scored.threshold] == 100].reset_index(drop=True)
    left = x.drop(x.index[x[Scored.model] == "persistence"][:5])
    assert next(pairs(left)).p.shape == (3, 2 * MODEL_ROWS - 5)
    unknown = x.assign(**{Scored.max_price: x[Scored.max_price].where(x[Scored.location] == "A")})
    [of] = pairs(unknown)
    assert (of.places, len(of.highest)) == (["A"], MODEL_ROWS)


def test_a_part_of_a_file_whose_prices_never_came_is_left_out(scored, tmp_path):
    first = scored[Scored.issue_time] == scored[Scored.issue_time].min()
    rows = scored.assign(**{Scored.max_price: scored[Scored.max_price].mask(first)})
    groups = (of for _, of in rows.groupby([Scored.threshold, Scored.issue_time]))
    tables = map(partial(pa.Table.from_pandas, preserve_index=False), groups)
    write_row_groups(tables, tmp_path / "forecasts.parquet")
    for one, other in zip(pairs(rows), read_pairs(tmp_path / "forecasts.parquet"), strict=True):
        assert len(one.issued) == len(other.issued) == 2 * (MODEL_ROWS - 72)
        np.testing.assert_array_equal(one.of("model"), in_order(other).of("model"))


def test_a_question_answered_twice_is_refused(scored):
    twice = pd.concat([scored, scored[scored[Scored.model] == "model"].head(1)])
    with pytest.raises(ValueError, match="a model forecast one hour of a node twice"):
        list(pairs(twice))


def test_a_pool_without_a_spike_or_a_price_has_an_empty_table(scored):
    scored = scored.sort_values(Scored.model)
    calm = scored.assign(**{Scored.max_price: 1.0})
    unknown = scored.assign(**{Scored.max_price: np.nan})
    for rows, found in ((calm, {"twcrps"}), (unknown, set())):
        made = all_metrics(pairs(rows), 7, "each")
        assert set(made[Metrics.metric]) == found
    whole = all_metrics(pairs(scored), 7, "both")
    assert not whole.empty
    joined = pd.concat([whole, made], ignore_index=True)
    pd.testing.assert_frame_equal(Metrics.validate(joined), whole)


def test_nothing_half_written_is_left(tmp_path):
    def tables():
        yield pa.table({"a": [1]})
        raise RuntimeError("stopped")

    with pytest.raises(RuntimeError, match="stopped"):
        write_row_groups(tables(), tmp_path / "whole.parquet")
    assert not list(tmp_path.iterdir())
