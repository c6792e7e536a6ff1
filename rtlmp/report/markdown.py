"""A table as Markdown."""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from rtlmp.config import threshold_name


def markdown(table: pd.DataFrame, number: str) -> Iterator[str]:
    yield "| " + " | ".join(map(str, table.columns)) + " |"
    yield "|" + "---|" * len(table.columns)
    for row in table.itertuples(index=False):
        yield "| " + " | ".join(_cell(v, number) for v in row) + " |"


def _cell(value: object, number: str) -> str:
    if isinstance(value, float):
        whole = float(value).is_integer() and not np.isclose(value, 0)
        return threshold_name(value) if whole else number.format(value)
    return str(value)
