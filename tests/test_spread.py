"""Every node and threshold finds its own rows, in whatever order the pools made them."""

from datetime import date

import numpy as np
import pandas as pd

from rtlmp.backtest import asked
from rtlmp.config import checked
from rtlmp.forecasting import table
from rtlmp.spread import spread
from rtlmp.tables import Forecast, read, write
from tests.build import settings


def test_rows_go_to_the_file_that_names_them(tmp_path):
    asks = asked(checked(settings()), date(2024, 7, 1))
    keys = [(node, x) for node in "CAB" for x in (50, 52.5)]
    parts = [
        table(
            asks.assign(**{Forecast.location: node}), [x], {Forecast.probability: p}, "2024-07-01"
        )
        for k, (node, x) in enumerate(keys)
        for p in [np.full((72, 1), k / 10)]
    ]
    write(Forecast, pd.concat(parts, ignore_index=True), tmp_path / "whole.parquet")
    paths = [tmp_path / node / f"{x:g}" / "2024-07-01.parquet" for node, x in sorted(keys)]
    spread(tmp_path / "whole.parquet", paths)
    for (node, x), part in zip(keys, parts, strict=True):
        made = read(Forecast, tmp_path / node / f"{x:g}" / "2024-07-01.parquet")
        pd.testing.assert_frame_equal(made, part)
