"""The value page: what the forecast earned beside its rivals."""

import re
from collections.abc import Sequence
from typing import Final

import pandas as pd
from pandera.typing import DataFrame

import rtlmp.value as rule
from rtlmp.config import Battery
from rtlmp.findings import Worth
from rtlmp.metrics import bracketed
from rtlmp.report.page import Page, Section, Table, picture, table

UNWRAPPED: Final = re.compile(r"(?<!\n)\n(?!\n|\d+\. ) *")  # line ends inside a paragraph


def page(run: str, battery: Battery, worth: DataFrame[Worth], figures: Sequence[str]) -> Page:
    """The page of one run."""
    about = ", ".join(f"{key.replace('_', ' ')} {value}" for key, value in battery.items())
    pictures = [picture(path, "") for path in figures]
    places = [str(p) for p in worth[Worth.location].unique()]
    return Page(
        f"What the forecast is worth: {run}",
        f"One battery a node: {about}.",
        [
            Section("In short", "Money after wear, 90 % block-bootstrap intervals.", (), pictures),
            *[Section(place, tables=[_measures(worth, place)]) for place in places],
            Section("The rule", UNWRAPPED.sub(" ", rule.__doc__ or "")),
        ],
    )


def _measures(worth: DataFrame[Worth], place: str) -> Table:
    """A strategy a row, a measure a column."""
    rows = worth[worth[Worth.location] == place]
    text = [
        f"{v:.2f}" if pd.isna(low) else bracketed(v, low, high, ".2f")
        for v, low, high in rows[[Worth.value, Worth.low, Worth.high]].to_numpy()
    ]
    wide = rows.assign(text=text).pivot(index=Worth.rule, columns=Worth.measure, values="text")
    order = list(rows[Worth.measure].unique())
    money = rows[rows[Worth.measure] == order[0]].sort_values(Worth.value, ascending=False)
    return table(wide.loc[money[Worth.rule], order].reset_index(), "Richest first.")
