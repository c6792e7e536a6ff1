"""The sheet of a forecast as an Excel workbook."""

import re
from io import BytesIO
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from pandera.typing import DataFrame

from rtlmp.forecast.forecast import sheet
from rtlmp.io.files import atomic
from rtlmp.io.tables import quoted
from rtlmp.schemas.core import Bounded


def write_workbook(rows: DataFrame[Bounded], tz: str, path: str | Path) -> None:
    """`sheet` of `rows`: Excel's times know no zone, so the headers name it."""
    table, valid, local = quoted(sheet(rows, tz)).round(4), Bounded.valid_time, "local_time"
    times = table[valid].dt
    table[local], table[valid] = times.tz_convert(tz).dt.tz_localize(None), times.tz_localize(None)
    made = BytesIO()
    table.rename(columns={local: f"{local} {tz}", valid: f"{valid} UTC"}).to_excel(
        made, index=False, freeze_panes=(1, 2)
    )
    atomic(path, lambda tmp: _undated(made, tmp))


def _undated(made: BytesIO, path: Path) -> None:
    """Without when it was made, for same inputs are to be the same bytes."""
    with ZipFile(made) as parts, ZipFile(path, "w") as kept:
        for name in parts.namelist():
            text = re.sub(rb"[^>]+(?=</dcterms:)", b"1980-01-01T00:00:00Z", parts.read(name))
            kept.writestr(ZipInfo(name), text, ZIP_DEFLATED)
