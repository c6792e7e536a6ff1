"""The rows of a forecast as files: one a node and threshold, and a workbook of the whole."""

import re
from collections.abc import Iterable
from functools import partial
from io import BytesIO
from math import nan
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import pyarrow.parquet as pq
from openpyxl import Workbook

from rtlmp.clock import HORIZON_HOURS
from rtlmp.config import threshold_name
from rtlmp.io.files import CHECKSUMS, atomic, folder_name, write_bytes
from rtlmp.io.parquet import open_parquet
from rtlmp.io.tables import read_table
from rtlmp.report.sheet import quoted, sheet
from rtlmp.schemas.columns import LOCATION, THRESHOLD
from rtlmp.schemas.core import Bounded


def export_files(whole: str | Path, paths: Iterable[str | Path]) -> None:
    """The 72 rows of `whole` of each of `paths`, <node>/<threshold>/<date>.parquet."""
    table = open_parquet(whole).read()
    nodes, thresholds = (table[c].to_pylist()[::HORIZON_HOURS] for c in (LOCATION, THRESHOLD))
    keys = zip(map(folder_name, nodes), map(threshold_name, thresholds), strict=True)
    first = {key: k * HORIZON_HOURS for k, key in enumerate(keys)}
    for path in map(Path, paths):
        rows = table.slice(first[path.parts[-3], path.parts[-2]], HORIZON_HOURS)
        atomic(path, partial(pq.write_table, rows, **CHECKSUMS))


def write_workbook(whole: str | Path, tz: str, path: str | Path) -> None:
    """`sheet` of the forecast `whole`. Excel's times know no zone: the header names it."""
    rows = read_table(Bounded, whole)
    table, valid, local = quoted(sheet(rows, tz)).round(4), Bounded.valid_time, "local_time"
    times = table[valid].dt
    table[local], table[valid] = times.tz_convert(tz).dt.tz_localize(None), times.tz_localize(None)
    table = table.rename(columns={local: f"{local} {tz}", valid: f"{valid} UTC"})
    book = Workbook(write_only=True)  # row by row: half the time of pandas
    page = book.create_sheet("Sheet1")
    page.freeze_panes = "C2"
    cells = table.astype(object).replace({nan: None})  # a single model has no bounds
    for row in ([*cells], *cells.itertuples(index=False, name=None)):
        page.append(row)
    book.save(made := BytesIO())
    with ZipFile(made) as parts, ZipFile(saved := BytesIO(), "w") as kept:
        for name in parts.namelist():
            text = parts.read(name)
            if name == "docProps/core.xml":  # same rows, same bytes: without the time
                text = re.sub(rb"[^>]+(?=</dcterms:)", b"1980-01-01T00:00:00Z", text)
            kept.writestr(ZipInfo(name), text, ZIP_DEFLATED)
    write_bytes(saved.getvalue(), path)
