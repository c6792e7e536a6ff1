"""The pages say what the code does: columns as in the schemas, links to files that are there."""

import re

from tests.helpers.build import ROOT
from tests.helpers.columns import PAGE, page

PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]


def test_every_column_stands_in_the_outputs_page():
    assert PAGE.read_text() == page(PAGE.read_text()), "run python -m tests.helpers.columns"


def test_links_lead_to_files():
    lost = [
        (of.name, link)
        for of in PAGES
        for link in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", of.read_text())
        if not (of.parent / link).exists()
    ]
    assert not lost


def test_the_readme_is_read_in_five_minutes():
    assert len((ROOT / "README.md").read_text().splitlines()) <= 120


def test_every_fault_has_its_test():
    rows = [s for s in (ROOT / "docs/faults.md").read_text().splitlines() if s.endswith("` |")]
    assert len(rows) >= 60
    proved = [re.findall(r"`([\w/]+\.py)::(\w+)` \|$", row) for row in rows]
    lost = [
        row
        for row, named in zip(rows, proved, strict=True)
        if not named
        or not (path := ROOT / "tests" / named[0][0]).exists()
        or f"def {named[0][1]}(" not in path.read_text()
    ]
    assert not lost
