"""Tables as text, and what a table's file says of it."""

import builtins
import json

import pandas as pd
import pyarrow.parquet as pq

from rtlmp.asof.vintages import save_observations
from rtlmp.io.tables import read_frame, write_table
from rtlmp.schemas.core import Metrics, Observations, no_observations


def told(path):
    return json.loads(pq.read_schema(path).metadata[b"rtlmp"])


def test_a_file_names_its_schema_and_units_however_it_was_written(tmp_path):
    write_table(Observations, no_observations(), tmp_path / "a.parquet")
    save_observations({}, tmp_path / "b.parquet")  # without pandas
    whole, plain = told(tmp_path / "a.parquet"), told(tmp_path / "b.parquet")
    assert plain == {key: whole[key] for key in ("schema_version", "units")}
    assert (whole["schema"], whole["units"]) == ("Observations", {"value": "as `series`"})
    assert whole["columns"][Observations.publish_time] == "when the value became public, UTC"
    write_table(Metrics, Metrics.empty(), tmp_path / "c.parquet")
    assert told(tmp_path / "c.parquet")["units"][Metrics.threshold] == "USD/MWh"


def test_arrow_is_handed_no_python_file(tmp_path, monkeypatch):
    """Its threads may outlive the interpreter with one: the process then ends by SIGABRT."""
    made = pd.DataFrame({"a": [1.5, None], "b": pd.Categorical(["x", "y"])})
    made.attrs["of"] = "a call"
    made.to_parquet(tmp_path / "a.parquet")
    monkeypatch.setattr(builtins, "open", None)
    read = read_frame(tmp_path / "a.parquet")
    monkeypatch.undo()
    pd.testing.assert_frame_equal(read, made)
    assert read.attrs == made.attrs
