"""Postings of one ERCOT report -> observations; many small files are read as one.

A posting is a zip with one CSV (or some). All files with the same header are joined and parsed
at once, rows of unwanted locations dropped before anything is converted.
"""

from collections.abc import Iterable, Sequence, Set
from typing import cast

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from pandera.typing import DataFrame

from rtlmp.schemas.core import UTC_DTYPE, Observations, no_observations
from rtlmp.sources.base.store import Posting
from rtlmp.sources.ercot.files import POSTING, ReportError, members, posting_label, text_table
from rtlmp.sources.ercot.reports import SYSTEM, Cut, Report
from rtlmp.sources.ercot.times import POSTED, TIME_HEADERS, published, valid_times


def parse(
    report: Report, held: Sequence[tuple[Posting, bytes]], locations: Set[str] = frozenset()
) -> DataFrame[Observations]:
    """Every observation in the postings `held`; prices only of `locations`, if any are named."""
    groups: dict[str, list[tuple[int, bytes]]] = {}
    for k, (posting, body) in enumerate(held):
        for text in members(report, posting, body):
            header, _, rows = text.partition(b"\n")
            groups.setdefault(header.decode("utf-8-sig"), []).append((k, rows))
    names = [posting for posting, _ in held]
    parts = [
        part
        for header, texts in groups.items()
        for part in tabulated(report, text_table(report, header, texts, names), names, locations)
    ]
    return cast(
        "DataFrame[Observations]", pd.concat(parts or [no_observations()], ignore_index=True)
    )


def tabulated(
    report: Report, texts: pa.Table, postings: Sequence[Posting], locations: Set[str]
) -> list[pd.DataFrame]:
    """Observations in a table of texts with squeezed headers, a frame a column."""
    times = [posting.published for posting in postings]
    publish = pd.Series(times).astype(UTC_DTYPE) if times else None
    made = []
    for cut in _present(report, texts, postings):
        rows = _rows(cut, texts, locations)
        if rows.num_rows:
            made += _columns(report, cut, rows, publish)
    return made


def _present(report: Report, texts: pa.Table, postings: Sequence[Posting]) -> Iterable[Cut]:
    """Each cut with the columns that are there. Raises where a needed one is not."""
    for cut in report.cuts:
        columns = {h: column for h, column in cut.columns.items() if h in texts.column_names}
        lost = {f"{q}/{at}" for q, at in {*cut.columns.values()} - {*columns.values()}}
        asked = [h for h in (cut.location, cut.tail, *(cut.where or ())[:1]) if h]
        missing = [h for h in asked if h not in texts.column_names]
        if missing or not columns or (lost and not cut.some):
            raise ReportError(
                f"{posting_label(report, postings[0])}: no column for {sorted(lost) + missing}; "
                f"the file has {texts.column_names}; if ERCOT renamed one, add its new name to "
                "rtlmp/sources/ercot_reports.py"
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


def _columns(
    report: Report, cut: Cut, texts: pa.Table, publish: "pd.Series[pd.Timestamp] | None"
) -> list[pd.DataFrame]:
    about = f"{report.emil} {report.about}"
    rows = texts.drop_columns(list(cut.columns)).to_pandas()
    same = [name for name in (POSTING, cut.location, cut.tail) if name]
    shared = pd.DataFrame({Observations.valid_time: valid_times(rows, about, same)})
    shared[Observations.publish_time] = _publish(rows, publish, shared[Observations.valid_time])
    made = []
    for head, (series, location) in cut.columns.items():
        values = _numbers(report, head, texts[head])
        where = rows[cut.location] if cut.location else location
        tail = "/" + rows[cut.tail] if cut.tail else cut.suffix
        part = shared.assign(**{Observations.series: series.value})
        part[Observations.location], part[Observations.value] = where + tail, values
        made.append(part)
    return [part.dropna() for part in made + _totals(report, cut, made)]


def _publish(
    rows: pd.DataFrame, publish: "pd.Series[pd.Timestamp] | None", valid: "pd.Series[pd.Timestamp]"
) -> "pd.Series[pd.Timestamp]":
    """When each row was posted: as it says, as its posting says, or a minute after its run."""
    if POSTED in rows:
        return rows[POSTED].map(lambda text: published(text, "")).astype(UTC_DTYPE)
    if publish is None:
        return valid + pd.Timedelta(minutes=1)
    return publish.iloc[rows[POSTING]].reset_index(drop=True)


def _totals(report: Report, cut: Cut, made: Sequence[pd.DataFrame]) -> list[pd.DataFrame]:
    """The system where a file gives only its zones, per series."""
    added = []
    for series in {q for q, _ in cut.columns.values()} if report.total else ():
        of = [m for m, (q, _) in zip(made, cut.columns.values(), strict=True) if q is series]
        if (series, SYSTEM) not in cut.columns.values():
            values = pd.concat([m[Observations.value] for m in of], axis=1)
            total = values.agg(report.total, axis=1).where(values.notna().all(axis=1))
            added.append(of[0].assign(**{Observations.location: SYSTEM}))
            added[-1][Observations.value] = total
    return added


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
            f"{report.emil} {report.about}: column {head}: {int(bad.sum())} of {len(texts)} values "
            f"are not numbers, as {texts.to_pandas()[bad].iloc[0]!r}; see the postings in the store"
        )
    slope, offset = report.scale
    return numbers if report.scale == (1, 0) else numbers * slope + offset
