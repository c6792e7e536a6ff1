"""What a morning ends with: an exit code for each way it can go."""

import json
import os
import tempfile
from pathlib import Path
from types import SimpleNamespace

import pytest

from rtlmp.pipeline import morning
from rtlmp.pipeline.morning import STATUS_COPY, Verdict


@pytest.mark.parametrize(
    ("snakemake", "told", "code"),
    [
        (0, Verdict.GOOD, 0),
        (0, Verdict.DEGRADED, 10),
        (0, Verdict.LATE, 11),
        (1, Verdict.LATE, 11),
        (1, Verdict.GOOD, 10),  # the forecast is there, something else is not
        (1, Verdict.FAILED, 1),
        (1, None, 12),
    ],
)
def test_each_ending_has_its_exit_code(monkeypatch, snakemake, told, code):
    def run(command, env, check):
        assert "--configfile" in command
        assert not check
        if "status" in command and told is not None:
            Path(env[STATUS_COPY]).write_text(json.dumps({"verdict_code": told}))
        return type("Done", (), {"returncode": snakemake})

    monkeypatch.setattr(morning.subprocess, "run", run)
    assert morning.morning(["--configfile", "mine.yaml"]) == code
    assert STATUS_COPY not in os.environ


def test_an_alert_adds_to_the_exit_code(monkeypatch):
    def run(_, env, check):
        told = {"verdict_code": Verdict.LATE, "alerts": ["HB_WEST: ..."]}
        if STATUS_COPY in env:
            Path(env[STATUS_COPY]).write_text(json.dumps(told))
        return type("Done", (), {"returncode": int(check)})

    monkeypatch.setattr(morning.subprocess, "run", run)
    assert morning.morning([]) == 31


def test_exit_codes_are_documented():
    page = (Path(__file__).parents[2] / "docs/operating.md").read_text()
    for verdict in Verdict:
        assert f"| {verdict.value} | {verdict.name.lower()} |" in page


def test_a_user_without_home_or_name_gets_both(monkeypatch):
    """As a cluster makes one for a container: Snakemake would not start."""
    given = {}
    monkeypatch.setattr(
        morning.subprocess,
        "run",
        lambda *_, env, **__: given.update(env) or SimpleNamespace(returncode=0),
    )
    monkeypatch.delenv("HOME", raising=False)
    monkeypatch.setenv("USER", "desk")
    morning.run_snakemake("forecast", [])
    assert (given["HOME"], given["USER"]) == (tempfile.gettempdir(), "desk")
