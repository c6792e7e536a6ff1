"""What was entered stays as it was, or the record says where it does not."""

import pytest

from rtlmp.evaluation.tables import Recorded
from rtlmp.io.tables import read_table, write_table
from rtlmp.report.record import enter, read_record
from rtlmp.schemas.core import Bounded
from tests.sources.test_freshness import config_of, forecast

NOTHING: dict[str, list[str]] = {"features": [], "boosters": [], "cards": []}
NAMES = ["000001.parquet", "000002.parquet", "000003.parquet"]


@pytest.fixture
def folder(tmp_path):
    """Three forecasts of one date, each with other values."""
    for p in (0.1, 0.2, 0.3):
        entered(tmp_path, p)
    return tmp_path / "record"


def entered(root, p):
    rows = forecast(config_of("files")).assign(probability=p)
    write_table(Bounded, rows, root / "forecast.parquet")
    return enter(root / "forecast.parquet", NOTHING, root / "record", "run")


def test_a_forecast_is_entered_once_and_again_where_it_says_otherwise(folder):
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    assert not entered(folder.parent, 0.3).fault
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before
    assert [path.name for path in read_record(folder).entries] == NAMES
    revised = [read_table(Recorded, folder / name)[Recorded.revised].all() for name in NAMES]
    assert revised == [False, True, True]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("what", ["changed", "removed"])
def test_a_changed_and_a_removed_entry_are_named_and_nothing_follows_them(folder, name, what):
    if what == "removed":
        (folder / name).unlink()
    else:
        rows = read_table(Recorded, folder / name)
        write_table(Recorded, rows.assign(probability=0.9), folder / name)
    there = {*folder.iterdir()}
    assert entered(folder.parent, 0.5).fault.startswith(f"{folder / name}: {what}")
    assert {*folder.iterdir()} == there


def test_swapped_entries_are_found_by_the_chain_too(folder):
    one, two = (folder / name for name in NAMES[1:])
    two.rename(folder / "aside"), one.rename(two), (folder / "aside").rename(one)
    assert read_record(folder).fault.startswith(f"{one}: changed")
    sums = (folder / "SHA256SUMS").read_text()
    first, second, third = (line[:64] for line in sums.splitlines())
    forged = zip((first, third, second), NAMES, strict=True)
    (folder / "SHA256SUMS").write_text("".join(f"{of}  {name}\n" for of, name in forged))
    assert read_record(folder).fault.startswith(f"{one}: was not entered after {first}")


def test_a_kill_before_the_last_entry_is_listed_loses_nothing(folder):
    lines = (folder / "SHA256SUMS").read_text().splitlines(keepends=True)
    (folder / "SHA256SUMS").write_text("".join(lines[:-1]))
    assert not entered(folder.parent, 0.4).fault
    assert len((folder / "SHA256SUMS").read_text().splitlines()) == 4
