"""Bytes of ERCOT's postings -> tables of texts, each row with its posting."""

import io
import re
import zipfile
from collections.abc import Sequence
from typing import Final

import numpy as np
import pyarrow as pa
from pyarrow import csv

from rtlmp.sources.base.store import Posting
from rtlmp.sources.ercot.reports import Report

POSTING: Final = "posting"  # row's index into the postings parsed


class ReportError(ValueError):
    """A file that is not what its report was: which, where, what is there, what to do."""


def members(report: Report, posting: Posting, body: bytes) -> list[bytes]:
    """The CSV files in a posting."""
    with zipfile.ZipFile(io.BytesIO(body)) as file:
        names = [n for n in file.namelist() if n.endswith(".csv") and report.member in n]
        if not names:
            raise ReportError(
                f"{report.name_of(posting)}: no CSV file {report.member!r} in it, but "
                f"{file.namelist()}; see whether ERCOT changed the report"
            )
        return [file.read(name) for name in names]


def squeezed(header: str) -> str:
    """A header without case, spaces and signs.

    >>> squeezed(" System_Wide Gen")
    'SYSTEMWIDEGEN'
    """
    return re.sub(r"[^A-Z0-9]", "", header.upper())


def text_table(
    report: Report, header: str, texts: Sequence[tuple[int, bytes]], postings: Sequence[Posting]
) -> pa.Table:
    """The files of one header, all columns text, and the posting of each row."""
    names = [squeezed(name) for name in header.split(",")]
    bodies = [rows.strip(b"\r\n") + b"\n" for _, rows in texts]
    counts = [body.count(b"\n") if len(body) > 1 else 0 for body in bodies]
    if not any(counts):
        return pa.table({name: pa.array([], pa.string()) for name in [*names, POSTING]})
    options = csv.ConvertOptions(column_types=dict.fromkeys(names, pa.string()))
    whole = io.BytesIO(b"".join(bodies))
    try:
        rows = csv.read_csv(whole, csv.ReadOptions(column_names=names), convert_options=options)
    except pa.ArrowInvalid as error:
        first = report.name_of(postings[texts[0][0]])
        raise ReportError(
            f"{first} and {len(texts) - 1} more: {error}; headers are {names}"
        ) from error
    return rows.append_column(POSTING, pa.array(np.repeat([k for k, _ in texts], counts)))
