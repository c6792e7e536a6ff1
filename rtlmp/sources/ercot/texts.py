"""Postings -> text tables: all files with the same header as one, a row that is none named.

And yearly workbooks -> the CSV that a posting of the same report would be. gridstatus' readers are
not used: they fetch for themselves, without time-outs, and where a workbook has a row of the hour
that the clock skips they take both passes of the repeated hour for one.
"""

import io
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from typing import Final, Literal, TypeAlias

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv

from rtlmp.sources.base.store import Posting, unsealed
from rtlmp.sources.base.web import UnreadableError
from rtlmp.sources.ercot.reports import Report
from rtlmp.sources.ercot.times import squeeze

OF: Final = "of posting"  # index of a row's posting
LINE: Final = "line of file"  # its row there; the header is 1
Texts: TypeAlias = tuple[int, bytes]  # index of a posting, and rows of a file in it
UNZIPPING: Final = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError)
# what could not be read, in the order it was met: index of the posting, why, more than half of it
Losses: TypeAlias = dict[tuple[int, str, bool], None]


def text_tables(
    bodies: Sequence[tuple[Posting, bytes]], report: Report, losses: Losses
) -> Iterator[pa.Table]:
    """The files in `bodies`, a table a header: squeezed names, texts, `OF` and `LINE`."""
    by_header: dict[tuple[str, ...], list[Texts]] = {}
    for k, (posting, stored) in enumerate(bodies):
        try:
            body = unsealed(report.emil, posting.id, stored)
            for text in _members(report.member, body):
                head, _, rows = text.partition(b"\n")
                if not (rows if head and not report.sparse else head).strip():
                    raise ValueError(f"a CSV file without a row, header {head[:60]!r}")
                squeezed = tuple(map(squeeze, head.decode("utf-8-sig").split(",")))
                by_header.setdefault(squeezed, []).append((k, rows))
        except (*UNZIPPING, ValueError) as error:
            losses[k, f"{error}"[:200], True] = None
    for names, texts in by_header.items():
        yield from _text_table(names, texts, losses)


def _members(member: str, body: bytes) -> list[bytes]:
    """The CSV files in a posting whose names hold `member`. Raises ValueError without one."""
    with zipfile.ZipFile(io.BytesIO(body)) as file:
        names = [n for n in file.namelist() if n.lower().endswith(".csv") and member in n]
        if not names:
            raise ValueError(f"no CSV file {member!r} in it, but {file.namelist()}")
        return [file.read(name) for name in names]


def _text_table(
    names: tuple[str, ...], texts: Sequence[Texts], losses: Losses
) -> Iterator[pa.Table]:
    """All columns text; a row of more or fewer cells is lost, a blank one says nothing."""
    bodies = [rows.rstrip(b"\r\n").decode(errors="replace").encode() + b"\n" for _, rows in texts]
    counts = [body.count(b"\n") if len(body) > 1 else 0 for body in bodies]
    if not any(counts):
        return
    of = np.repeat(np.array([k for k, _ in texts]), counts)
    lines = np.concatenate([np.arange(count) + 2 for count in counts])
    table, skipped = _read(names, b"".join(bodies))
    if len(table) + len(skipped) != len(of):  # quotes that do not close join rows
        if len(texts) == 1:
            losses[texts[0][0], f"its rows cannot be told apart: {texts[0][1][:60]!r}", True] = None
        for one in texts if len(texts) > 1 else ():
            yield from _text_table(names, [one], losses)
        return
    skips = [row.number - 1 for row in skipped]
    for row, at in zip(skipped, skips, strict=True):
        why = f"{row.actual_columns} cells under {row.expected_columns} headers: {row.text[:60]!r}"
        losses[int(of[at]), f"row {lines[at]}: {why}", False] = None
    said = np.logical_or.reduce([pc.not_equal(column, "").to_numpy() for column in table.columns])
    for name, places in ((OF, of), (LINE, lines)):
        table = table.append_column(name, pa.array(np.delete(places, skips)))
    yield table.filter(pa.array(said))


def _read(names: Sequence[str], body: bytes) -> tuple[pa.Table, list[csv.InvalidRow]]:
    """Rows of text without header, and those that are too long or too short; all or none."""
    skipped: list[csv.InvalidRow] = []

    def skip(row: csv.InvalidRow) -> Literal["skip"]:
        skipped.append(row)
        return "skip"

    read = csv.ReadOptions(column_names=names, use_threads=False)
    rows = csv.ParseOptions(ignore_empty_lines=False, invalid_row_handler=skip)
    kinds = csv.ConvertOptions(column_types=dict.fromkeys(names, pa.string()))
    try:
        return csv.read_csv(io.BytesIO(body), read, rows, kinds), skipped
    except pa.ArrowInvalid:
        return pa.table({}), []


def workbook_csv(body: bytes, what: str) -> bytes:
    """A zip with a CSV file of each sheet of the workbook, or of the zip with one, that has rows.

    Raises UnreadableError where it is neither, or a row has no hour: but for a footer a sheet.
    """
    made = io.BytesIO()
    sheets = pd.read_excel(
        io.BytesIO(_excel(body)), sheet_name=None, dtype=str, keep_default_na=False, na_values=[""]
    )
    with zipfile.ZipFile(made, "w") as file:
        for name, sheet in sheets.items():
            rows = sheet.dropna(how="all").fillna("")
            if squeeze(str([*rows, ""][0])).startswith("HOUREND"):
                rows = _apart(rows)
            footers = int((rows.iloc[:, 1:2] == "").sum().sum())
            if footers > 1:
                lost = f"{footers} rows of {len(rows) + 1} without an hour"
                raise UnreadableError(f"{what}, sheet {name}: {lost}")
            if len(rows):
                file.writestr(f"{name}.csv", rows[rows.iloc[:, 1] != ""].to_csv(index=False))
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


def _apart(rows: pd.DataFrame) -> pd.DataFrame:
    """Day, hour ending and flag of 11/03/2024 02:00 DST, the repeated hour, or of a time."""
    texts = rows.iloc[:, 0]
    said = texts.str.split(expand=True).reindex(columns=range(3)).fillna("")
    # of a time: within the hour, though Excel is off by some ms
    start = pd.to_datetime(texts, format="ISO8601", errors="coerce") - pd.Timedelta("30min")
    timed = start.notna()
    said.loc[timed, 0] = start.dt.strftime("%m/%d/%Y")
    said.loc[timed, 1] = (start.dt.hour + 1).astype("Int64").astype(str)
    flag = (~timed & (said[2] != "")).map({True: "Y", False: "N"})
    clock = pd.DataFrame({"DeliveryDate": said[0], "HourEnding": said[1], "DSTFlag": flag})
    return pd.concat([clock, rows.iloc[:, 1:]], axis=1)
