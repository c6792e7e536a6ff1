"""ERCOT's headers, from ERCOT: `python -m tests.helpers.ercot_headers` writes the schema's.

ercot_headers.csv has them for where shared/recorded is not: a report, its source, its columns.
"""

import csv
import re
from pathlib import Path
from typing import Final
from xml.etree import ElementTree

from rtlmp.sources.ercot.reports import REPORTS
from tests.helpers.build import ROOT

SCHEMA: Final = ROOT.parent / "shared/recorded/Current_Day_Reports.xsd"
PAGE: Final = Path(__file__).with_name("ercot_headers.csv")
XS: Final = "{http://www.w3.org/2001/XMLSchema}"


def stored_headers() -> dict[str, list[str]]:
    """By report, of the file beside this one."""
    return {emil: columns for emil, _, *columns in csv.reader(PAGE.read_text().splitlines())}


def schema_headers() -> dict[str, list[str]]:
    """By report that we read and that ERCOT's schema of its current-day reports has."""
    known = {re.sub(r"\D", "", report.emil): report.emil for report in REPORTS}
    found: dict[str, list[str]] = {}
    for report in ElementTree.parse(SCHEMA).getroot().iter(f"{XS}element"):
        about = report.findtext(f"{XS}annotation/{XS}documentation") or ""
        named = re.match(r"NP(\d+)-?(\d+)", about.strip())
        if named and (emil := known.get("".join(named.groups()))):
            *_, row = report.iter(f"{XS}sequence")
            columns = [of.get("name") or of.get("ref") or "" for of in row.iter(f"{XS}element")]
            found.setdefault(emil, columns)
    return found


if __name__ == "__main__":
    rows = [[emil, SCHEMA.name, *columns] for emil, columns in schema_headers().items()]
    kept = [row for row in csv.reader(PAGE.read_text().splitlines()) if row[1] != SCHEMA.name]
    with PAGE.open("w", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(sorted([*rows, *kept]))
