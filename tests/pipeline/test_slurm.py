"""The pipeline on Slurm, as `.ci/slurm` starts one: the same bits, on both nodes."""

import subprocess
from typing import NamedTuple

import pytest

from tests.helpers.repo import LEAST, Repo, edit

PROFILES = [word for name in ("slurm", "slurm-ci") for word in ("--profile", f"profiles/{name}")]


def slurm(*words: str) -> list[list[str]]:
    """Lines of a command of Slurm, as words."""
    done = subprocess.run(words, capture_output=True, text=True, check=True, timeout=10)
    return [line.split() for line in done.stdout.splitlines()]


def partition_is_up() -> bool:
    try:
        return ["ci", "up"] in slurm("sinfo", "--noheader", "--format=%R %a")
    except (OSError, subprocess.SubprocessError):
        return False


pytestmark = [
    pytest.mark.integration,
    pytest.mark.skipif(not partition_is_up(), reason="no Slurm here: .ci/slurm starts one"),
]


# Memory that is not enough for the jobs of one rule.
FEATURES = "use rule _medium as features with:\n"
LITTLE = "    resources:\n        **job_needs(0.3, 20),\n"
STARVED = ("workflow/rules/data.smk", FEATURES, FEATURES + LITTLE)


class Job(NamedTuple):
    node: str
    memory: str
    end: str
    rule: str


def jobs() -> list[Job]:
    """Every job that Slurm has seen, by number."""
    return [
        Job(*words)
        for words in slurm(
            "squeue", "--states=all", "--noheader", "--sort=i", "--format=%N %m %T %k"
        )
    ]


@pytest.fixture(scope="module")
def on_slurm(tmp_path_factory):
    """After a backtest whose jobs of features first get too little memory."""
    made = Repo(tmp_path_factory.mktemp("slurm"), **LEAST)
    file, enough, little = STARVED
    edit(made.root / file, enough, little)
    made.run(*PROFILES, "backtest")
    return made


def test_results_equal_those_of_a_local_run_to_the_bit(on_slurm, tmp_path):
    local = Repo(tmp_path, **LEAST)
    local.run("backtest")
    here, there = local.contents(), on_slurm.contents()
    assert list(here) == list(there)
    assert [name for name in here if here[name] != there[name]] == []


@pytest.mark.usefixtures("on_slurm")
def test_the_jobs_were_spread_over_both_nodes():
    assert {job.node for job in jobs()} == {"n1", "n2"}


def test_a_job_killed_for_its_memory_was_tried_again_with_more(on_slurm):
    logs = on_slurm.root.glob(".snakemake/slurm_logs/rule_features/2024-03/*.log")
    assert any("exceeded memory limit" in log.read_text() for log in logs)
    ends = [job for job in jobs() if job.rule.endswith("features_wildcards_2024-03")]
    assert [job.memory for job in ends[:2]] == ["308M", "616M"]
    assert ends[0].end != "COMPLETED"
    assert ends[-1].end == "COMPLETED"
    assert {job.end for job in jobs() if "features" not in job.rule} == {"COMPLETED"}


def test_a_second_run_does_nothing(on_slurm):
    before = len(jobs())
    assert "Nothing to be done" in on_slurm.run(*PROFILES, "backtest")
    assert len(jobs()) == before
