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
