"""The value page: what the forecast earned, and other strategies."""

import re
from collections.abc import Mapping, Sequence
from typing import Final

import pandas as pd
from pandera.typing import DataFrame

from rtlmp import battery as rule
from rtlmp.battery import risk
from rtlmp.config import Battery
from rtlmp.evaluation.losses import format_interval
from rtlmp.evaluation.scores import rows_where
from rtlmp.evaluation.tables import Revenue
from rtlmp.report.page import Page, Picture, Section, Table, html_table

UNWRAPPED: Final = re.compile(r"(?<!\n)\n(?!\n|\d+\. ) *")  # line ends inside a paragraph


def revenue_page(
    run: str, battery: Battery, revenue: DataFrame[Revenue], trade: DataFrame[Revenue],
    pictures: Sequence[Picture],
) -> Page:  # fmt: skip
    """The page of one run."""
    about = ", ".join(f"{key.replace('_', ' ')} {value}" for key, value in battery.items())
    places = [str(p) for p in revenue[Revenue.location].unique()]
    return Page(
        f"What the forecast is worth: {run}",
        f"One battery a node: {about}.",
        [
            Section("In short", "Money after wear, 90 % block-bootstrap intervals.", (), pictures),
            *[Section(place, tables=[_measures(revenue, place)]) for place in places],
            Section("Reserves, and hours picked", tables=[html_table(trade, "", 2)]),
            Section("The rule", UNWRAPPED.sub(" ", rule.__doc__ or "")),
        ],
    )


def risk_page(
    run: str, units: Mapping[str, tuple[str, Battery]], table: DataFrame[Revenue],
    cases: Mapping[str, pd.DataFrame],
) -> Page:  # fmt: skip
    """The page of a portfolio: a section a battery, all together first."""
    size = "{} at {}, {power_mw:g} MW, {energy_mwh:g} MWh"
    about = "; ".join(size.format(name, node, **of) for name, (node, of) in units.items())
    places = [risk.PORTFOLIO, *units]
    rows = {place: rows_where(table, {Revenue.location: place}) for place in places}
    sections = [Section(place, tables=[html_table(of, "", 2)]) for place, of in rows.items()]
    sections.append(Section("What is meant", UNWRAPPED.sub(" ", risk.__doc__ or "")))
    absent = [f"{case}: not in the data" for case, days in cases.items() if days.empty]
    return Page(f"What a portfolio may lose: {run}", about, sections, absent)


def _measures(revenue: DataFrame[Revenue], place: str) -> Table:
    """A strategy a row, a measure a column."""
    rows = rows_where(revenue, {Revenue.location: place})
    text = [
        format_interval(v, low, high, ".2f")
        for v, low, high in rows[[Revenue.value, Revenue.low, Revenue.high]].to_numpy()
    ]
    wide = rows.assign(text=text).pivot(index=Revenue.rule, columns=Revenue.measure, values="text")
    order = list(rows[Revenue.measure].unique())
    money = rows[rows[Revenue.measure] == order[0]].sort_values(Revenue.value, ascending=False)
    return html_table(wide.loc[money[Revenue.rule], order].reset_index(), "Richest first.")
