"""Schedules as an operator installs them, as far as a machine that runs none can tell."""

import os
import re
import shutil
import subprocess

import pytest
import yaml

from rtlmp.catalog import MARKETS
from tests.helpers.build import ROOT

DEPLOY = ROOT / "deploy"
COMMAND = "-m rtlmp.pipeline.morning --configfile config/live.yaml"
systemd = pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="no systemd-analyze")


def issue_minute() -> str:
    return yaml.safe_load((ROOT / "config/live.yaml").read_text())["issue_time"]


@systemd
def test_units_are_what_systemd_takes(tmp_path):
    for path in DEPLOY.glob("rtlmp.*"):
        (tmp_path / path.name).write_text(path.read_text().replace("/srv/rtlmp", str(ROOT)))
    units = [str(path) for path in sorted(tmp_path.iterdir())]
    done = subprocess.run(
        ["systemd-analyze", "verify", *units], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    [at] = re.findall(r"^OnCalendar=(.*)$", (DEPLOY / "rtlmp.timer").read_text(), re.M)
    assert at == f"*-*-* {issue_minute()}:02 {MARKETS['ERCOT'].tz}"
    subprocess.run(["systemd-analyze", "calendar", at], capture_output=True, check=True)


def test_all_schedules_start_the_morning_at_the_issue_time_of_the_live_example():
    hour, minute = issue_minute().split(":")
    assert COMMAND in (DEPLOY / "rtlmp.service").read_text()
    [line] = [s for s in (DEPLOY / "crontab").read_text().splitlines() if s[0] != "#"]
    assert line.startswith(f"{minute} {int(hour) + 5},{int(hour) + 6} * * * cd ")  # CDT, CST
    job = yaml.safe_load((DEPLOY / "cronjob.yaml").read_text())["spec"]
    assert job["schedule"] == f"{minute} {int(hour)} * * *"
    assert job["timeZone"] == MARKETS["ERCOT"].tz
    [container] = job["jobTemplate"]["spec"]["template"]["spec"]["containers"]
    assert "/app/config/live.yaml" in container["args"]


@pytest.mark.integration
def test_the_line_of_cron_runs_with_an_empty_environment(tmp_path):
    """With settings that are refused at once, in place of a fetch: exit code 12 in the log."""
    [line] = [s for s in (DEPLOY / "crontab").read_text().splitlines() if s[0] != "#"]
    command = line.split(" * * * ")[1].replace("/srv/rtlmp", str(ROOT))
    refused = tmp_path / "refused.yaml"
    refused.write_text("issue_time: 10\n")
    command = command.replace("config/live.yaml", f"{refused} --directory {tmp_path}")
    command = command.replace("morning.log", str(tmp_path / "morning.log"))
    done = subprocess.run(
        ["env", "-i", "PATH=/usr/bin:/bin", f"PYTHONPATH={ROOT}", "sh", "-c", command],
        cwd="/", check=False, env={**os.environ},
    )  # fmt: skip
    log = (tmp_path / "morning.log").read_text()
    assert done.returncode == 12, log
    assert 'issue_time: a local time in quotes: "10:00" (got 10)' in log
    assert "morning: refused, exit code 12" in log
