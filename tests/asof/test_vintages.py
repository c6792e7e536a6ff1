"""What is read of large files: the parts that are needed, and nothing is lost by it."""

from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from rtlmp.asof import vintages as archive
from rtlmp.asof.vintages import load_observations, to_us
from rtlmp.catalog import SeriesName
from rtlmp.io.parquet import possible_row_groups
from rtlmp.schemas.core import Observations
from tests.helpers.build import hourly_noise, utc

PLACES = ("A", "B", "C", "D")
SINCE = utc("2024-07-05 03:00")


@pytest.fixture
def saved(tmp_path, monkeypatch) -> Path:
    """Two series at four places, a row group of fifty rows."""
    monkeypatch.setattr(archive, "ROW_GROUP", 50)
    rows = pd.concat(
        hourly_noise(q, place, "2024-07-01", 10, k)
        for k, (q, place) in enumerate(product((SeriesName.RT_MAX, SeriesName.RT_MEAN), PLACES))
    )
    rows.to_parquet(tmp_path / "whole.parquet", index=False)
    archive.save_observations(
        load_observations([tmp_path / "whole.parquet"]), tmp_path / "grouped.parquet"
    )
    return tmp_path / "grouped.parquet"


def frame(held: archive.RowsBySeries) -> pd.DataFrame:
    tables = [archive.observation_table(q, *part).to_pandas() for q, part in held.items()]
    return pd.concat(tables, ignore_index=True)


@pytest.mark.parametrize("places", [(), ("B",), ("B", "D"), ("E",)])
@pytest.mark.parametrize("since", [0, to_us(SINCE)])
def test_a_part_is_what_the_whole_has_of_it(saved, places, since):
    whole = pd.read_parquet(saved)
    wanted = whole[Observations.location].isin(places or PLACES)
    wanted &= whole[Observations.valid_time] >= (SINCE if since else utc("1970-01-01"))
    held: Any = load_observations([saved], places, since)
    assert bool(held) == wanted.any()
    if held:
        expected = whole[wanted].reset_index(drop=True)
        pd.testing.assert_frame_equal(frame(held), expected)


def test_row_groups_without_any_of_it_are_not_read(saved):
    file = archive.pq.ParquetFile(saved)
    all_of_them = possible_row_groups(file, {})
    assert len(all_of_them) == file.num_row_groups == -(-2 * 4 * 240 // 50)
    of_place = possible_row_groups(file, {Observations.location: ("B", "B")})
    late = possible_row_groups(file, {Observations.valid_time: (to_us(SINCE), None)})
    assert len(of_place) < len(all_of_them) / 3
    assert 0 < len(late) < len(all_of_them)


def test_the_rows_of_one_file_are_copied_only_to_leave_out_a_place_without_any():
    rows = archive.VintageRows(*(np.zeros(2, dtype) for dtype in (int, int, np.intp, float)))
    assert archive.concat_series([(rows, ["A"])])[0] is rows
    assert archive.concat_series([(rows, ["A", "B"])])[1] == ["A"]
