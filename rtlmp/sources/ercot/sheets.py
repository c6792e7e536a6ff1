"""Yearly workbooks -> the CSV that a posting of the same report would be.

gridstatus' readers are not used: they fetch for themselves, without time-outs, and where a workbook
has a row of the hour that the clock skips they take both passes of the repeated hour for one.
"""

import io
import zipfile
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

import openpyxl

from rtlmp.sources.base.web import UnreadableError
from rtlmp.sources.ercot.times import squeeze


def workbook_csv(body: bytes, what: str) -> bytes:
    """A zip with a CSV file of each sheet of the workbook, or of the zip with one, that has rows.

    Raises UnreadableError where it is neither, or a row has no hour: but for a footer a sheet.
    """
    book = openpyxl.load_workbook(io.BytesIO(_excel(body)), read_only=True, data_only=True)
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as file:
        for sheet in book.worksheets:
            sheet.reset_dimensions()  # some are stored wrong, and the rest would be left out
            rows = _rows(sheet.iter_rows(values_only=True), f"{what}, sheet {sheet.title}")
            if rows:
                file.writestr(f"{sheet.title}.csv", "\n".join(map(",".join, rows)))
    return made.getvalue()


def _excel(body: bytes) -> bytes:
    # loads most of a second; ERCOT's load archives have directories that zipfile refuses
    from gridstatus.utils import read_zip_member_with_local_header_fallback

    try:
        with zipfile.ZipFile(io.BytesIO(body)) as file:
            names = file.namelist()
            if "xl/workbook.xml" in names:
                return body
            return bytes(read_zip_member_with_local_header_fallback(file, names[0]))
    except (zipfile.BadZipFile, IndexError) as error:
        raise UnreadableError(f"no workbook but {body[:80]!r}") from error


def _rows(cells: Iterable[Sequence[object]], what: str) -> list[list[str]]:
    """Texts of a sheet with its header first; day, hour and flag apart."""
    rows = [row for row in cells if any(cell is not None for cell in row)]
    if not rows:
        return []
    if squeeze(str(rows[0][0])).startswith("HOUREND"):
        texts = [["DeliveryDate", "HourEnding", "DSTFlag", *map(_text, rows[0][1:])]]
        texts += [[*_hour(row[0]), *map(_text, row[1:])] for row in rows[1:]]
    else:
        texts = [[*map(_text, row)] for row in rows]
    texts = [row + [""] * (len(texts[0]) - len(row)) for row in texts]
    footers = [row for row in texts if not row[1]]
    if len(footers) > 1:
        raise UnreadableError(f"{what}: {len(footers)} rows of {len(texts)} without an hour")
    return [row for row in texts if row[1]]


def _text(cell: object) -> str:
    if isinstance(cell, datetime):
        return f"{cell:%m/%d/%Y}"
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return "" if cell is None else str(cell).replace(",", "").strip()


def _hour(cell: object) -> tuple[str, str, str]:
    """Day, hour ending and flag of 11/03/2024 02:00 DST, the repeated hour, or of a time."""
    if isinstance(cell, datetime):
        start = cell + timedelta(minutes=-30)  # within the hour, though Excel is off by some ms
        return f"{start:%m/%d/%Y}", str(start.hour + 1), "N"
    day, hour, *repeated = [*_text(cell).split(), "", ""][:3]
    return day, hour, "Y" if repeated[0] else "N"
