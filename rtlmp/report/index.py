"""An index of the pages of a run, and the pages of targets that leave tables alone."""

import json
from pathlib import Path
from typing import Final

import pandas as pd
import pyarrow.parquet as pq
from markupsafe import Markup

from rtlmp.evaluation.scores import ALL, rows_where
from rtlmp.evaluation.tables import Blocks, MetricsBy
from rtlmp.io.tables import read_frame
from rtlmp.report import TABLED
from rtlmp.report.figures.skill import LABEL, SKILL, skill_by
from rtlmp.report.page import Page, Picture, Section, Table, drawn, html_table, render
from rtlmp.report.tables import DECIDED, SKILLS, wide_scores
from rtlmp.schemas.core import Metrics
from rtlmp.schemas.names import Forecaster

PAGES: Final = ("report/daily/*.html", "report/*.html", "[ab]*/*.md", "model/*/*/*.md")
MOST: Final = 100  # rows of a table on a page
LINK: Final = Markup('<a href="{0}">{0}</a>')
POOLED: Final = {Metrics.location: ALL, Metrics.lead_day: 0, Blocks.month: ALL}
REFERENCES: Final = (Forecaster.CLIMATOLOGY, Forecaster.PERSISTENCE)  # not drawn: far off
VALUES: Final = [Metrics.metric, Metrics.value, Metrics.low, Metrics.high]
ABOUT: Final = (
    "All nodes, lead days and months together where a table has that, the first "
    f"{MOST} rows. Skill is against climatology, brackets are 90 % block-bootstrap intervals. "
    "Columns are explained in docs/outputs.md."
)


def write_index(root: Path) -> None:
    """`index.html` of the pages that the run in `root` has, the newest issue date first."""
    for name, patterns in TABLED.items():
        if paths := [path for of in patterns for path in sorted(root.glob(of))]:
            page = Page(f"{name.title()}: run {root.name}", ABOUT, [_told(p, root) for p in paths])
            linked = page._replace(links=[("All pages", "../index.html")])
            render(linked, root / f"report/{name}.html")
    if paths := [path for pattern in PAGES for path in sorted(root.glob(pattern))[::-1]]:
        links = [[LINK.format(path.relative_to(root).as_posix())] for path in paths]
        section = Section("Pages", tables=[Table("", ["page"], links)])
        render(Page(f"Run {root.name}", "What is there.", [section]), root / "index.html")


def _told(path: Path, root: Path) -> Section:
    """A table, its columns with their units; above scores, a figure of the skill."""
    rows = read_frame(path)
    for column, pooled in POOLED.items():
        if column in rows and (rows[column] == pooled).any():
            rows = rows[rows[column] == pooled].drop(columns=column)
    rows, pictures = _scored(rows) if Metrics.metric in rows else (rows, [])
    of = json.loads((pq.read_schema(path).metadata or {}).get(b"rtlmp", b"{}"))
    name, units = path.relative_to(root).with_suffix("").as_posix(), of.get("units", {})
    table = html_table(rows.head(MOST), f"{name}: {len(rows)} rows")
    heads = [", ".join(filter(None, [str(c).replace("_", " "), units.get(str(c))])) for c in rows]
    return Section(name, pictures=pictures, tables=[table._replace(header=heads)])


def _scored(rows: pd.DataFrame) -> tuple[pd.DataFrame, list[Picture]]:
    """A column a metric; and skill by fold, by local hour or by model, if there is some."""
    if split := [*rows.columns.difference([*Metrics.to_schema().columns, MetricsBy.by])]:
        rows = rows_where(rows, {Metrics.model: Forecaster.MODEL})
    wide = wide_scores(rows, [*rows.columns.difference(VALUES, sort=False)], [*SKILLS, *DECIDED])
    rows = rows[~rows[Metrics.model].isin(REFERENCES) & (rows[Metrics.metric] == SKILL)]
    rows = rows_where(rows, {MetricsBy.by: "hour"}) if MetricsBy.by in rows else rows
    by, caption = [*split, Metrics.model][0], f"{LABEL}, 90 % block-bootstrap intervals"
    return wide, [drawn(skill_by(rows, by), caption)] if len(rows) else []
