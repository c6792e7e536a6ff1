"""What is written is written whole, what is read is what was written, and errors name the file."""

import os
from pathlib import Path

import numpy as np
import pytest

from rtlmp.asof.vintages import load_observations
from rtlmp.features.history import HistoryRows, read_history, write_history
from rtlmp.io.files import BadFileError, load_json, write_text
from rtlmp.io.tables import read_frame, read_table, write_table
from rtlmp.schemas.core import Observations
from tests.helpers.build import five_minutes


def flipped(path: Path, at: int) -> None:
    body = bytearray(path.read_bytes())
    body[at] ^= 1
    path.write_bytes(body)


def load(path):
    return load_observations([path])


@pytest.mark.parametrize("read", [read_frame, load, lambda path: read_table(Observations, path)])
def test_a_bit_error_in_the_pages_of_a_table_is_refused_by_name(tmp_path, read):
    path = tmp_path / "rows.parquet"
    for at in (100, 1000, 2000, 5000):
        write_table(Observations, five_minutes("2024-01-01", [float(k) for k in range(600)]), path)
        flipped(path, at)
        with pytest.raises(BadFileError, match=r"rows\.parquet: cannot be read"):
            read(path)


def test_a_bit_error_in_training_rows_is_refused_by_name(tmp_path):
    each, path = np.arange(100), tmp_path / "rows.arrow"
    x = np.ones((100, 4), np.float32)
    write_history(HistoryRows(x, each, each, each * 0, ["N"], [*"abcd"]), path)
    whole = path.read_bytes()
    assert read_history(path).x.tolist() == x.tolist()
    flipped(path, whole.index(np.float32(1).tobytes() * 20) + 5)
    with pytest.raises(BadFileError, match=r"rows\.arrow: not the rows that were written"):
        read_history(path)
    path.write_bytes(whole[:-30])
    with pytest.raises(BadFileError, match=r"rows\.arrow: cannot be read"):
        read_history(path)


@pytest.mark.parametrize("text", ["", "{", '{"all": 3}', "[1]", "\x00"])
def test_json_that_is_cut_or_something_else_is_named(tmp_path, text):
    (tmp_path / "gate.json").write_text(text)
    with pytest.raises(BadFileError, match=r"gate\.json: cannot be read, is it whole\? "):
        load_json(tmp_path / "gate.json", dict[str, dict[str, str]])


def test_what_lasts_is_on_the_disk_before_it_has_its_name(tmp_path, monkeypatch):
    path, synced = tmp_path / "a.txt", []

    def fsync(opened: int) -> None:
        synced.append((Path(f"/proc/self/fd/{opened}").readlink().name, path.exists()))

    monkeypatch.setattr(os, "fsync", fsync)
    write_text("a", path)
    assert synced == []
    path.unlink()
    write_text("a", path, lasting=True)
    assert synced == [(f".{os.getpid()}.a.txt", False), (tmp_path.name, True)]
