"""An index of the pages of a run, and a page of what targets leave as tables alone."""

from pathlib import Path
from typing import Final

from markupsafe import Markup

from rtlmp.evaluation.scores import ALL
from rtlmp.io.tables import read_frame
from rtlmp.report import TABLED
from rtlmp.report.page import Page, Section, Table, html_table, render
from rtlmp.schemas.core import Metrics

PAGES: Final = ("report/daily/*.html", "report/*.html", "[ab]*/*.md", "model/*/*/*.md")
MOST: Final = 100  # rows of a table on a page
LINK: Final = Markup('<a href="{0}">{0}</a>')


def write_index(root: Path) -> None:
    """`index.html` of the pages that the run in `root` has, the newest issue date first."""
    if paths := [path for of in TABLED for path in sorted(root.glob(f"{of}/**/[!f]*.parquet"))]:
        about = "All nodes and lead days together where a table has that."
        made = [Section("Tables", tables=[_rows(path, root) for path in paths])]
        render(Page(f"Tables of {root.name}", about, made), root / "report/tables.html")
    if paths := [path for pattern in PAGES for path in sorted(root.glob(pattern))[::-1]]:
        links = [[LINK.format(path.relative_to(root).as_posix())] for path in paths]
        section = Section("Pages", tables=[Table("", ["page"], links)])
        render(Page(f"Run {root.name}", "What is there.", [section]), root / "index.html")


def _rows(path: Path, root: Path) -> Table:
    rows, name = read_frame(path), path.relative_to(root).with_suffix("").as_posix()
    for column, pooled in ((Metrics.location, ALL), (Metrics.lead_day, 0)):
        if column in rows and (rows[column] == pooled).any():
            rows = rows[rows[column] == pooled]
    return html_table(rows.head(MOST), f"{name}: {len(rows)} rows")
