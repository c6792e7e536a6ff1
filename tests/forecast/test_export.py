"""Every node and threshold finds its own rows, in whatever order the pools made them."""

from datetime import date

import numpy as np
import pandas as pd

from rtlmp.asof.view import horizon_rows, long_table
from rtlmp.clock import horizon_start, issue_time
from rtlmp.config import parse_config
from rtlmp.io.tables import read_table, write_table
from rtlmp.report.export import export_files
from rtlmp.schemas.core import Forecast
from tests.helpers.build import settings


def test_rows_go_to_the_file_that_names_them(tmp_path):
    c, day = parse_config(settings()), date(2024, 7, 1)
    asks = horizon_rows(issue_time(c, day), horizon_start(c, day))
    keys = [(node, x) for node in "CAB" for x in (50, 52.5)]
    parts = [
        long_table(
            asks.assign(**{Forecast.location: node}), [x], {Forecast.probability: p}, "2024-07-01"
        )
        for k, (node, x) in enumerate(keys)
        for p in [np.full((72, 1), k / 10)]
    ]
    write_table(Forecast, pd.concat(parts, ignore_index=True), tmp_path / "whole.parquet")
    paths = [tmp_path / node / f"{x:g}" / "2024-07-01.parquet" for node, x in sorted(keys)]
    export_files(tmp_path / "whole.parquet", paths)
    for (node, x), part in zip(keys, parts, strict=True):
        made = read_table(Forecast, tmp_path / node / f"{x:g}" / "2024-07-01.parquet")
        pd.testing.assert_frame_equal(made, part)
