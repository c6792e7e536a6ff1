"""What changed between two issue dates, shared out without remainder."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rtlmp.report.changes import coalitions, shapley

PLAYERS = frozenset("abc")


@given(st.lists(st.floats(-5, 5), min_size=8, max_size=8))
def test_shares_sum_to_the_change(values):
    game = {s: np.array([v]) for s, v in zip(coalitions(PLAYERS), values, strict=True)}
    total = sum(shapley(game).values())
    assert total == pytest.approx(game[PLAYERS] - game[frozenset()], abs=1e-12)


def test_a_player_that_changes_nothing_gets_nothing_and_equals_get_equal_shares():
    game = {s: np.array([6.0 * ("a" in s and "b" in s)]) for s in coalitions(PLAYERS)}
    shares = shapley(game)
    assert [float(shares[p][0]) for p in "abc"] == pytest.approx([3, 3, 0])
