"""A short live season, and a few kills: `python -m benchmarks season` and `kills` are the long."""

import pytest

from benchmarks.kills import killed
from benchmarks.season import of_days


@pytest.mark.integration
def test_four_mornings_amiss_end_in_time_and_equal_a_replay_or_say_what_they_lacked(tmp_path):
    """Both changes of the clock; postings late, broken, renamed, corrected."""
    found = of_days(4, tmp_path)
    assert len({*found["amiss"]}) == 4
    assert found["made"].all()
    assert found["on time"].all()
    silent = found[~found["equal"] & (found["marks"] == "")]
    assert silent.empty, silent.to_string()
    assert found.loc[found["amiss"].str.startswith("corrected"), "equal"].all()


@pytest.mark.integration
def test_killed_at_any_moment_the_same_command_makes_the_same_bytes(tmp_path):
    """A run and a fetch, each with its Snakemake killed alone and with all its processes."""
    kills = list(killed(tmp_path, 4, every=0))
    assert len({(of.task, of.at) for of in kills}) == 4
    assert all(of.recovered for of in kills), kills
