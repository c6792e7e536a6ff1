"""The value page: what the forecast earned, and other strategies."""

import re
from collections.abc import Sequence
from typing import Final

import pandas as pd
from pandera.typing import DataFrame

from rtlmp import battery as rule
from rtlmp.config import Battery
from rtlmp.evaluation.losses import format_interval
from rtlmp.evaluation.scores import rows_where
from rtlmp.evaluation.tables import Revenue
from rtlmp.report.page import Page, Section, Table, html_table, picture

UNWRAPPED: Final = re.compile(r"(?<!\n)\n(?!\n|\d+\. ) *")  # line ends inside a paragraph


def revenue_page(
    run: str, battery: Battery, revenue: DataFrame[Revenue], figures: Sequence[str]
) -> Page:
    """The page of one run."""
    about = ", ".join(f"{key.replace('_', ' ')} {value}" for key, value in battery.items())
    pictures = [picture(path, "") for path in figures]
    places = [str(p) for p in revenue[Revenue.location].unique()]
    return Page(
        f"What the forecast is worth: {run}",
        f"One battery a node: {about}.",
        [
            Section("In short", "Money after wear, 90 % block-bootstrap intervals.", (), pictures),
            *[Section(place, tables=[_measures(revenue, place)]) for place in places],
            Section("The rule", UNWRAPPED.sub(" ", rule.__doc__ or "")),
        ],
    )


def _measures(revenue: DataFrame[Revenue], place: str) -> Table:
    """A strategy a row, a measure a column."""
    rows = rows_where(revenue, {Revenue.location: place})
    text = [
        f"{v:.2f}" if pd.isna(low) else format_interval(v, low, high, ".2f")
        for v, low, high in rows[[Revenue.value, Revenue.low, Revenue.high]].to_numpy()
    ]
    wide = rows.assign(text=text).pivot(index=Revenue.rule, columns=Revenue.measure, values="text")
    order = list(rows[Revenue.measure].unique())
    money = rows[rows[Revenue.measure] == order[0]].sort_values(Revenue.value, ascending=False)
    return html_table(wide.loc[money[Revenue.rule], order].reset_index(), "Richest first.")
