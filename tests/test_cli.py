"""`rtlmp` from any folder: what it lists, refuses and makes, and what a wheel of it holds."""

import json
import os
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import jsonschema
import pytest
import yaml

from rtlmp import cli
from tests.helpers import schema
from tests.helpers.build import ROOT

RTLMP = [sys.executable, "-c", "from rtlmp.cli import command_line; command_line()"]


def said(command: list[str], cwd: Path, package: Path = ROOT) -> str:
    env = {**os.environ, "PYTHONPATH": str(package)}
    done = subprocess.run(command, cwd=cwd, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_every_target_is_a_rule_and_is_described():
    rules = (ROOT / "Snakefile").read_text()
    rules += "".join(p.read_text() for p in (ROOT / "workflow/rules").glob("*.smk"))
    for name, (about, files) in cli.TARGETS.items():
        assert re.search(rf"^(use )?rule (\w+ as )?{name}\b", rules, re.M), name
        assert len(about) > 20
        assert files or name in ("data_dir", "publish")
    named = re.findall(r"^rule (\w+):", (ROOT / "Snakefile").read_text(), re.M)
    assert {*named} <= {*cli.TARGETS}


@pytest.mark.parametrize(("typed", "meant"), [("forcast", "forecast"), ("chek", "check")])
def test_a_misspelt_target_is_refused_with_the_one_meant(typed, meant, capsys):
    assert cli.command(typed, []) == 2
    assert f"no target {typed}; did you mean {meant}?" in capsys.readouterr().err


def test_a_failed_run_ends_with_its_exit_code(monkeypatch, capsys):
    monkeypatch.setattr(cli, "run_snakemake", lambda *_, **__: 1)
    assert cli.command("forecast", []) == 1
    assert "rtlmp forecast: failed" in capsys.readouterr().err


def test_the_last_line_says_where_the_files_are(tmp_path, monkeypatch, capsys):
    def ran(*_, **told):
        (tmp_path / "forecast/A").mkdir(parents=True)
        for name in ("2024-03-10.csv", "2024-03-09.csv", "A/2024-03-10.png"):
            (tmp_path / "forecast" / name).touch()
        run = {"root": str(tmp_path), "date": "2024-03-10"}
        Path(told[cli.TOLD]).write_text(json.dumps(run))
        return 0

    monkeypatch.setattr(cli, "run_snakemake", ran)
    assert cli.command("forecast", []) == 0
    *files, last = capsys.readouterr().out.splitlines()
    assert files == ["  forecast/2024-03-10.csv", "  forecast/A/2024-03-10.png"]
    assert last == f"rtlmp forecast, 2024-03-10: 2 files in {tmp_path}, 0 s"


def test_the_schema_for_editors_is_of_the_settings_there_are():
    of = json.loads(schema.FILE.read_text())
    assert of == schema.schema(), "run python -m tests.helpers.schema"
    for path in (ROOT / "config.yaml", *(ROOT / "config").glob("*.yaml")):
        jsonschema.validate(
            json.loads(json.dumps(yaml.safe_load(path.read_text()), default=str)), of
        )
    for wrong in ({"threshold": [50]}, {"model": {"max_depth": 30}}, {"gate": {"dais": 1}}):
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate(wrong, of)


@pytest.mark.integration
def test_a_wheel_runs_from_an_empty_folder(tmp_path):
    """What pip would unpack, beside nothing of the checkout."""
    source, here, installed = (tmp_path / of for of in ("source", "here", "installed"))
    skip = shutil.ignore_patterns(".*", "results", "build", "*.egg-info", "__pycache__")
    shutil.copytree(ROOT, source, ignore=skip)
    here.mkdir()
    build = "from setuptools import build_meta as of; of.build_wheel('dist')"
    subprocess.run([sys.executable, "-c", build], cwd=source, capture_output=True, check=True)
    [wheel] = (source / "dist").glob("*.whl")
    with zipfile.ZipFile(wheel) as file:
        file.extractall(installed)
    shutil.rmtree(source)
    text = said([*RTLMP, "check", "--configfile", "config/test.yaml"], here, installed)
    assert re.search(r"^forecast_date +1$", text, re.M)
    assert not (here / "results").exists()
