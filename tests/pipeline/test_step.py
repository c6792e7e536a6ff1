"""A step says once how long it took and what came of it."""

import json
import re

import pandas as pd
import pytest
from pyarrow import feather

from rtlmp.pipeline.job import JSON_LOG, timed_step


def test_a_step_says_its_time_and_rows(tmp_path, capsys):
    pd.DataFrame({"a": range(1234)}).to_parquet(tmp_path / "a.parquet")
    feather.write_feather(pd.DataFrame({"a": range(66)}), tmp_path / "a.arrow")
    made = [str(tmp_path / "a.parquet"), str(tmp_path / "a.arrow"), "a.png"]
    with timed_step("train", {"pool": "all"}, made):
        pass
    assert re.fullmatch(r"step train all: [\d.]+ s, 1,300 rows\n", capsys.readouterr().err)


def test_a_step_that_fails_says_why_as_an_object_too(capsys, monkeypatch):
    monkeypatch.setenv(JSON_LOG, "json")
    with pytest.raises(ValueError, match="no rows"), timed_step("raw", {}, ["missing.parquet"]):
        raise ValueError("no rows in a.csv")
    told = json.loads(capsys.readouterr().err)
    assert told["step"] == "raw"
    assert told["failed"] == "ValueError: no rows in a.csv"
    assert told["seconds"] >= 0
