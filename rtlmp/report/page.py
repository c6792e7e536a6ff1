"""One self-contained HTML page: text, tables, pictures and charts, nothing fetched."""

import base64
import json
import math
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple

import numpy as np
import pandas as pd
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from rtlmp.asof.vintages import Floats
from rtlmp.io.files import write_text
from rtlmp.report.figures.style import above, ramp

ASSETS: Final = Path(__file__).parent / "assets"


class Picture(NamedTuple):
    caption: str
    base64: str


class Table(NamedTuple):
    caption: str
    header: list[str]
    rows: list[list[str]]
    folded: bool = False


class Section(NamedTuple):
    title: str
    about: str = ""
    charts: Sequence[str] = ()  # JSON
    pictures: Sequence[Picture] = ()
    tables: Sequence[Table] = ()


class Page(NamedTuple):
    title: str
    about: str
    sections: Sequence[Section]
    warnings: Sequence[str] | None = None  # None: nothing is looked at


class Line(NamedTuple):
    name: str
    colour: str
    values: Floats


class Panel(NamedTuple):
    unit: str
    lines: Sequence[Line]
    percent: bool = False
    log: bool = False
    marks: Sequence[tuple[float, str]] = ()  # value, colour


def render(page: Page, path: str | Path) -> None:
    """Write `page`, whole or not at all."""
    html = Environment(
        loader=FileSystemLoader(ASSETS), autoescape=True, undefined=StrictUndefined
    ).get_template("page.html")
    css, js = ((ASSETS / name).read_text() for name in ("page.css", "chart.js"))
    text = html.render(page=page, css=css, js=js)
    write_text(text, path)


def group(name: str, local: pd.DatetimeIndex, panels: Sequence[Panel]) -> dict[str, object]:
    """One choice of a chart: an hour a step, on the market's clock."""
    midnight = [i for i, t in enumerate(local) if t.hour == 0]
    every = max(1, len(midnight) // 8)
    return {
        "name": name,
        "labels": [f"{t:%a %d %b %Y %H:%M %Z}" for t in local],
        "ticks": [[i, f"{local[i]:%a %d %b}"] for i in midnight[::every]],
        "panels": [_panel(panel) for panel in panels],
    }


def chart(groups: Sequence[dict[str, object]]) -> str:
    """JSON that may stand inside a script element."""
    return json.dumps({"groups": groups}, allow_nan=False).replace("<", "\\u003c")


def picture(path: str | Path, caption: str) -> Picture:
    return Picture(caption, base64.b64encode(Path(path).read_bytes()).decode())


def html_table(df: pd.DataFrame, caption: str, folded: bool = False, digits: int = 3) -> Table:
    """`df` as text; numbers to `digits` places, holes as a dash."""
    rows = [[_cell(v, digits) for v in row] for row in df.itertuples(index=False)]
    return Table(caption, [str(c).replace("_", " ") for c in df], rows, folded)


def probabilities(wide: pd.DataFrame) -> Panel:
    """A line a threshold; `wide` has a column each."""
    colours = ramp(wide.columns)
    lines = [
        Line(above(x), colour, np.asarray(wide[x], np.float64)) for x, colour in colours.items()
    ]
    return Panel("probability of a price above", lines, percent=True)


def prices(values: "pd.Series[float]", thresholds: Iterable[Any]) -> Panel:
    """The hours' highest prices, thresholds marked."""
    marks = list(ramp(thresholds).items())
    line = Line("highest price $/MWh", "#000000", np.asarray(values, np.float64))
    return Panel("highest real-time price of the hour, $/MWh (log)", [line], log=True, marks=marks)


def _panel(panel: Panel) -> dict[str, object]:
    return {
        "unit": panel.unit,
        "percent": panel.percent,
        "log": panel.log,
        "marks": [{"value": v, "colour": c} for v, c in panel.marks],
        "lines": [{**s._asdict(), "values": _json(s.values)} for s in panel.lines],
    }


def _json(values: Floats) -> list[float | None]:
    return [None if math.isnan(v) else round(float(v), 4) for v in values]


def _cell(value: object, digits: int) -> str:
    if isinstance(value, float):
        return "-" if math.isnan(value) else f"{value:,.{digits}f}"
    return str(value)
