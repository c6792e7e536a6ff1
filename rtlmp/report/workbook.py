"""The sheet of a forecast as an Excel workbook."""

import re
from io import BytesIO
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from rtlmp.forecast.forecast import sheet
from rtlmp.io.files import write_bytes
from rtlmp.io.tables import quoted, read_table
from rtlmp.schemas.core import Bounded


def write_workbook(whole: str | Path, tz: str, path: str | Path) -> None:
    """`sheet` of the forecast `whole`. Excel's times know no zone: the header names it."""
    rows = read_table(Bounded, whole)
    table, valid, local = quoted(sheet(rows, tz)).round(4), Bounded.valid_time, "local_time"
    times = table[valid].dt
    table[local], table[valid] = times.tz_convert(tz).dt.tz_localize(None), times.tz_localize(None)
    table = table.rename(columns={local: f"{local} {tz}", valid: f"{valid} UTC"})
    table.to_excel(made := BytesIO(), index=False, freeze_panes=(1, 2))
    with ZipFile(made) as parts, ZipFile(book := BytesIO(), "w") as kept:
        for name in parts.namelist():  # same rows, same bytes: without the time
            text = re.sub(rb"[^>]+(?=</dcterms:)", b"1980-01-01T00:00:00Z", parts.read(name))
            kept.writestr(ZipInfo(name), text, ZIP_DEFLATED)
    write_bytes(book.getvalue(), path)
