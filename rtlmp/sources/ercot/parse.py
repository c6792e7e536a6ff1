"""Postings of one ERCOT report -> observations; many small files are read as one.

A posting is a zip with one CSV (or some). All files with the same header are joined and parsed
at once, rows of unwanted locations dropped before anything is converted.
"""

import io
import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence, Set
from typing import Final

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv

from rtlmp.schemas.core import UTC_DTYPE, Observations, no_observations
from rtlmp.sources.base.store import Posting
from rtlmp.sources.base.vintages import Times
from rtlmp.sources.ercot.reports import SYSTEM, Cut, Report
from rtlmp.sources.ercot.times import TIME_HEADERS, valid_times

POSTING: Final = "posting"  # row's index into the postings parsed


class ReportError(ValueError):
    """A file that is not what its report was: which, where, what is there, what to do."""


def parse(
    report: Report, bodies: Sequence[tuple[Posting, bytes]], locations: Set[str] = frozenset()
) -> pd.DataFrame:
    """Every observation in the postings `bodies`; prices only of `locations`, if any are named."""
    by_header: dict[str, list[tuple[int, bytes]]] = {}
    for k, (posting, body) in enumerate(bodies):
        for text in _members(report, posting, body):
            header, _, rows = text.partition(b"\n")
            by_header.setdefault(header.decode("utf-8-sig"), []).append((k, rows))
    postings = [posting for posting, _ in bodies]
    publish = posting_times(postings)
    tables: list[pd.DataFrame] = []
    for heads, texts in by_header.items():
        table = _text_table(report, heads, texts, postings)
        for cut in _present(report, table, postings):
            tables += _columns(report, cut, _rows(cut, table, locations), publish)
    return pd.concat(tables or [no_observations()], ignore_index=True)


def posting_times(postings: Iterable[Posting]) -> Times:
    """When each was published."""
    return pd.Series([posting.published for posting in postings]).astype(UTC_DTYPE)


def _members(report: Report, posting: Posting, body: bytes) -> list[bytes]:
    """The CSV files in a posting."""
    with zipfile.ZipFile(io.BytesIO(body)) as file:
        names = [n for n in file.namelist() if n.endswith(".csv") and report.member in n]
        if not names:
            raise ReportError(
                f"{report.name_of(posting)}: no CSV file {report.member!r} in it, but "
                f"{file.namelist()}; see whether ERCOT changed the report"
            )
        return [file.read(name) for name in names]


def _text_table(
    report: Report, header: str, texts: Sequence[tuple[int, bytes]], postings: Sequence[Posting]
) -> pa.Table:
    """The files of one header, all columns text, and the posting of each row."""
    names = [re.sub(r"[^A-Z0-9]", "", name.upper()) for name in header.split(",")]
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


def _present(report: Report, texts: pa.Table, postings: Sequence[Posting]) -> Iterable[Cut]:
    """Each cut with the columns that are there. Raises where a needed one is not."""
    for cut in report.cuts:
        columns = {h: column for h, column in cut.columns.items() if h in texts.column_names}
        lost = {f"{q}/{at}" for q, at in {*cut.columns.values()} - {*columns.values()}}
        needed = [h for h in (cut.location, cut.tail, *(cut.where or ())[:1]) if h]
        missing = [h for h in needed if h not in texts.column_names]
        if missing or not columns or (lost and not cut.some):
            raise ReportError(
                f"{report.name_of(postings[0])}: no column for {sorted(lost) + missing}; "
                f"the file has {texts.column_names}; if ERCOT renamed one, add its new name to "
                "rtlmp/sources/ercot/reports.py"
            )
        yield cut._replace(columns=columns)


def _rows(cut: Cut, texts: pa.Table, locations: Set[str]) -> pa.Table:
    """The wanted rows and columns of `texts`, as trimmed text."""
    keep = {*cut.columns, cut.location, cut.tail, POSTING} | TIME_HEADERS
    for wanted, rule in ((True, cut.where), (False, cut.unless)):
        if rule and rule[0] in texts.column_names:
            same = pc.equal(pc.utf8_trim_whitespace(texts[rule[0]]), rule[1])
            texts = texts.filter(same if wanted else pc.invert(same))
    if cut.location and locations:
        names = pa.array([name.removesuffix(cut.suffix) for name in locations])
        texts = texts.filter(pc.is_in(pc.utf8_trim_whitespace(texts[cut.location]), names))
    return pa.table({
        name: texts[name] if name == POSTING else pc.utf8_trim_whitespace(texts[name])
        for name in texts.column_names
        if name in keep
    })  # fmt: skip


def _columns(report: Report, cut: Cut, texts: pa.Table, publish: Times) -> list[pd.DataFrame]:
    """Observations of a cut's rows, a frame a column."""
    if not texts.num_rows:
        return []
    rows = texts.drop_columns(list(cut.columns)).to_pandas()
    same = [name for name in (POSTING, cut.location, cut.tail) if name]
    shared = pd.DataFrame({Observations.valid_time: valid_times(rows, report.label, same)})
    shared[Observations.publish_time] = publish.iloc[rows[POSTING]].reset_index(drop=True)
    made = []
    for head, (series, location) in cut.columns.items():
        where = rows[cut.location] if cut.location else location
        tail = "/" + rows[cut.tail] if cut.tail else cut.suffix
        table = shared.assign(**{Observations.series: series.value})
        table[Observations.location] = where + tail
        table[Observations.value] = _numbers(report, head, texts[head])
        made.append(table)
    return [table.dropna() for table in (*made, *_totals(report, cut, made))]


def _totals(report: Report, cut: Cut, made: Sequence[pd.DataFrame]) -> Iterator[pd.DataFrame]:
    """The system where a file gives only its zones, per series."""
    given = cut.columns.values()
    for series in dict.fromkeys(q for q, _ in given) if report.total else ():
        if (series, SYSTEM) not in given:
            zones = [table for table, (q, _) in zip(made, given, strict=True) if q is series]
            values = pd.concat([zone[Observations.value] for zone in zones], axis=1)
            system = zones[0].assign(**{Observations.location: SYSTEM})
            whole = values.notna().all(axis=1)
            system[Observations.value] = values.agg(report.total, axis=1).where(whole)
            yield system


def _numbers(report: Report, head: str, texts: pa.ChunkedArray) -> "pd.Series[float]":
    """Numbers of the texts, NaN where one is empty. Raises where one is something else."""
    plain = pc.replace_substring(texts, ",", "")
    try:
        filled = pc.if_else(pc.equal(plain, ""), None, plain)
        numbers = pc.cast(filled, pa.float64()).to_pandas().astype(np.float64)
    except pa.ArrowInvalid:
        numbers = pd.to_numeric(plain.to_pandas(), errors="coerce").astype(np.float64)
    bad = ~np.isfinite(numbers)
    if bad.any() and (bad := bad & (plain.to_pandas() != "")).any():
        raise ReportError(
            f"{report.label}: column {head}: {int(bad.sum())} of {len(texts)} values "
            f"are not numbers, as {texts.to_pandas()[bad].iloc[0]!r}; see the postings in the store"
        )
    slope, offset = report.scale
    return numbers if report.scale == (1, 0) else numbers * slope + offset
