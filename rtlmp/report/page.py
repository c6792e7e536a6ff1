"""One self-contained HTML page: text, tables, pictures and charts, nothing fetched."""

import base64
import json
import math
from collections.abc import Container, Iterable, Mapping, Sequence
from io import BytesIO
from pathlib import Path
from typing import Any, Final, NamedTuple, TypedDict

import pandas as pd
from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template
from markupsafe import Markup
from matplotlib.figure import Figure

from rtlmp.config import threshold_name
from rtlmp.io.files import write_text
from rtlmp.report.figures.style import BLUE, above, ramp
from rtlmp.schemas.core import Metrics

NOTE: Final = Markup("<small>{}</small>")
ASSETS: Final = Path(__file__).parent / "assets"


class Picture(NamedTuple):
    caption: str
    base64: str


class Table(NamedTuple):
    caption: str
    header: Sequence[str]
    rows: Sequence[Sequence[str]]  # escaped, but for markupsafe.Markup


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
    fine: str = "No warnings."
    links: Sequence[tuple[str, str]] = ()  # text, address


class Line(TypedDict):
    name: str
    colour: str
    values: list[float | None]
    alone: bool  # drawn where its threshold alone is


class Panel(TypedDict):
    unit: str
    percent: bool
    marks: list[dict[str, object]]  # value, colour
    lines: list[Line]


def render(page: Page, path: str | Path) -> None:
    """Write `page`, whole or not at all."""
    html = Environment(
        loader=FileSystemLoader(ASSETS), autoescape=True, undefined=StrictUndefined
    ).get_template("page.html")
    kinds = ("uPlot.min.css", "page.css"), ("uPlot.iife.min.js", "chart.js")
    css, js = ("\n".join((ASSETS / f).read_text() for f in (f"vendor/{a}", b)) for a, b in kinds)
    write_text(html.render(page=page, css=css, js=js), path)


def group(name: str, local: pd.DatetimeIndex, panels: Sequence[Panel]) -> dict[str, object]:
    """One choice of a chart: an hour a step, on the market's clock."""
    return {
        "name": name,
        "labels": [f"{t:%a %d %b %Y %H:%M %Z} (HE {t.hour + 1:02d})" for t in local],
        "ticks": [[i, f"{t:%a %d %b}"] for i, t in enumerate(local) if t.hour == 0],
        "panels": panels,
    }


def chart(groups: Sequence[dict[str, object]]) -> str:
    """JSON that may stand inside a script element."""
    return json.dumps({"groups": groups}, allow_nan=False).replace("<", "\\u003c")


def picture(path: str | Path, caption: str | Path, job: object) -> Picture:
    """With the text of a file `caption`, as Snakemake's own report renders it for `job`."""
    text = Template(Path(caption).read_text()).render(snakemake=job).strip()
    return Picture(text, base64.b64encode(Path(path).read_bytes()).decode())


def drawn(figure: Figure, caption: str) -> Picture:
    """One that no file has."""
    figure.savefig(made := BytesIO(), dpi=110, bbox_inches="tight", metadata={"Software": None})
    return Picture(caption, base64.b64encode(made.getvalue()).decode())


def html_table(df: pd.DataFrame, caption: str, digits: int = 3) -> Table:
    """`df` as text; numbers to `digits` places, thresholds as they are named, holes as a dash."""
    if Metrics.threshold in df:
        df = df.assign(**{Metrics.threshold: df[Metrics.threshold].map(threshold_name)})
    rows = [[_cell(v, digits) for v in row] for row in df.itertuples(index=False)]
    return Table(caption, [str(c).replace("_", " ") for c in df], rows)


def probabilities(
    wide: pd.DataFrame, beside: Mapping[str, pd.DataFrame] = {}, more: Container[float] = ()
) -> Panel:
    """A line a threshold, which each table has a column each; where its threshold is chosen, what
    stands `beside` it too, and those of `more` only."""
    colours = ramp(x for x in wide if x not in more)
    lines = [
        _line(f"{above(x)} {name}".strip(), colours.get(x, BLUE), table[x], bool(name) or x in more)
        for name, table in {"": wide, **beside}.items()
        for x in sorted(map(float, wide.columns))
    ]
    unit = "probability of a price above"
    return Panel(unit=unit, percent=True, marks=[], lines=lines)


def prices(values: "pd.Series[float]", thresholds: Iterable[Any]) -> Panel:
    """The hours' highest prices, thresholds marked."""
    marks: list[dict[str, Any]] = [{"value": x, "colour": c} for x, c in ramp(thresholds).items()]
    unit = "highest real-time price of the hour, $/MWh (log from 10)"
    lines = [_line("highest price $/MWh", "#000000", values)]
    return Panel(unit=unit, percent=False, marks=marks, lines=lines)


def _line(name: str, colour: str, values: "pd.Series[float]", alone: bool = False) -> Line:
    rounded = [None if math.isnan(v) else round(float(v), 4) for v in values]
    return Line(name=name, colour=colour, values=rounded, alone=alone)


def _cell(value: object, digits: int) -> str:
    if isinstance(value, float):
        return "-" if math.isnan(value) else f"{value:,.{digits}f}"
    return value if isinstance(value, str) else str(value)
