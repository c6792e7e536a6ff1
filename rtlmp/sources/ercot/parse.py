"""Postings of one ERCOT report -> observations; many small files are read as one.

Rows of unwanted locations are dropped before anything is converted. A posting or a row that is not
what its report says is named and left out, the rest is read.
"""

from collections.abc import Iterable, Iterator, Sequence, Set

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from rtlmp.schemas.core import UTC_DTYPE, Observations, no_observations
from rtlmp.sources.base.store import Loss, Posting
from rtlmp.sources.base.vintages import Times
from rtlmp.sources.ercot import times
from rtlmp.sources.ercot.reports import SYSTEM, Cut, Report
from rtlmp.sources.ercot.texts import LINE, OF, Losses, text_tables


class ReportError(ValueError):
    """A posting that is not what its report was: which, where, what is there, what to do."""


def parse(
    report: Report,
    bodies: Sequence[tuple[Posting, bytes]],
    locations: Set[str] = frozenset(),
    lost: list[Loss] | None = None,
) -> pd.DataFrame:
    """Every observation in the postings `bodies`; prices only of `locations`, if any are named.

    What could not be read is added to `lost`. Raises ReportError where there is no such list.
    """
    postings = [posting for posting, _ in bodies]
    publish, tables = posting_times(postings), list[pd.DataFrame]()
    losses: Losses = {}
    for table in text_tables(bodies, report, losses):
        for cut in _present(report, table, losses):
            tables += _columns(report, cut, _rows(cut, table, locations, losses), publish, losses)
    found = [Loss(report.emil, *postings[k][:2], why, accepted=False, whole=whole)
             for k, why, whole in losses]  # fmt: skip
    if lost is not None:
        lost.extend(found)
    elif found:
        raise ReportError(said_of(report, found))
    return pd.concat(tables or [no_observations()], ignore_index=True)


def posting_times(postings: Iterable[Posting]) -> Times:
    """When each was published."""
    return pd.Series([posting.published for posting in postings]).astype(UTC_DTYPE)


def said_of(report: Report, losses: Sequence[Loss], most: int = 3) -> str:
    """The first of `losses`, and how many there are."""
    named = [(f"{report.name_of(*loss[1:3])}: ", loss.why) for loss in losses[:most]]
    first = "; ".join(name + why.removeprefix(name) for name, why in named)
    more = len(losses) - most
    return first + (f"; and {more} more" if more > 0 else "")


def _present(report: Report, texts: pa.Table, losses: Losses) -> Iterator[Cut]:
    """Each cut with the columns that are there; none where a needed one is not."""
    heads = [name for name in texts.column_names if name not in (OF, LINE)]
    wrong = [f"time {names}" for names in times.missing_times(heads)]
    cuts = [c._replace(columns={h: q for h, q in c.columns.items() if h in heads})
            for c in report.cuts]  # fmt: skip
    for given, cut in zip(report.cuts, cuts, strict=True):
        lost = {f"{q}/{at}" for q, at in {*given.columns.values()} - {*cut.columns.values()}}
        needed = [h for h in (cut.location, cut.tail, *(cut.where or ())[:1]) if h]
        if not cut.columns or (lost and not cut.some):
            wrong += sorted(lost)
        wrong += [h for h in needed if h not in heads]
    wrong += sorted({f"{h} once" for h in heads if h and heads.count(h) > 1})
    for k in pc.unique(texts[OF]).to_pylist() if wrong else ():
        why = f"no column for {[*dict.fromkeys(wrong)]}; the file has {heads}; if ERCOT renamed "
        why += "one, add its new name to rtlmp/sources/ercot/reports.py or times.py"
        losses[k, why, True] = None
    yield from () if wrong else cuts


def _rows(cut: Cut, texts: pa.Table, locations: Set[str], losses: Losses) -> pa.Table:
    """The wanted rows and columns of `texts`, as trimmed text; what is no time is lost."""
    keep = {*cut.columns, cut.location, cut.tail, *(cut.where or ()), *(cut.unless or ())}
    keep |= times.TIME_HEADERS
    kept = {n: pc.utf8_trim_whitespace(texts[n]) for n in texts.column_names if n in keep}
    texts = pa.table({**kept, OF: texts[OF], LINE: texts[LINE]})
    if cut.location and locations and not cut.every:
        names = pa.array([name.removesuffix(cut.suffix) for name in locations])
        texts = texts.filter(pc.is_in(texts[cut.location], names))
    texts = _readable(cut, texts, losses)
    for wanted, rule in ((True, cut.where), (False, cut.unless)):
        if rule and rule[0] in texts.column_names:
            same = pc.equal(texts[rule[0]], rule[1])
            texts = texts.filter(same if wanted else pc.invert(same))
    return texts


def _readable(cut: Cut, texts: pa.Table, losses: Losses) -> pa.Table:
    """`texts` without rows whose time, flag or location is none."""
    named = dict.fromkeys((cut.location, cut.tail), lambda names: names != "")
    good = np.ones(len(texts), dtype=bool)
    for head, check in (times.time_checks() | named).items():
        if head in texts.column_names:
            unique = pc.unique(texts[head]).to_pandas()
            wrong = pa.array(unique[~check(unique).astype(bool)], pa.string())
            good &= ~_lose(head, texts, pc.is_in(texts[head], wrong).to_numpy() & good, losses)
    texts = texts if good.all() else texts.filter(pa.array(good))
    for hour in {*times.HOURS} & {*texts.column_names}:
        if "25" in {ending[:2] for ending in pc.unique(texts[hour]).to_pylist()}:
            late = times.impossible_hours(texts.drop_columns([*cut.columns]).to_pandas(), hour)
            texts = texts.filter(pa.array(~_lose(hour, texts, late.to_numpy(bool), losses)))
    return texts


def _lose(
    head: str, texts: pa.Table, bad: npt.NDArray[np.bool_], losses: Losses
) -> npt.NDArray[np.bool_]:
    """`bad`, the rows whose text in column `head` is wrong, after naming them by posting."""
    if bad.any():
        of, lines = (texts[name].to_numpy() for name in (OF, LINE))
        counts = np.bincount(of)
        for k in np.unique(of[bad]):
            first, *more = np.flatnonzero(bad & (of == k))
            others = f" and {len(more)} more of {counts[k]}" if more else ""
            why = f"row {lines[first]}{others}: {head} is {texts[head][first].as_py()!r}"
            losses[int(k), why, bool(2 * (1 + len(more)) > counts[k])] = None
    return bad


def _columns(
    report: Report, cut: Cut, texts: pa.Table, publish: Times, losses: Losses
) -> list[pd.DataFrame]:
    """Observations of a cut's rows, a frame a column."""
    if not texts.num_rows:
        return []
    rows = texts.drop_columns(list(cut.columns)).to_pandas()
    same = [name for name in (OF, cut.location, cut.tail) if name]
    shared = pd.DataFrame({Observations.valid_time: times.valid_times(rows, report.label, same)})
    shared[Observations.publish_time] = publish.iloc[rows[OF]].reset_index(drop=True)
    made = []
    for head, (series, location) in cut.columns.items():
        where = rows[cut.location] if cut.location else location
        tail = "/" + rows[cut.tail] if cut.tail else cut.suffix
        table = shared.assign(**{Observations.series: series.value})
        table[Observations.location] = where + tail
        table[Observations.value] = _numbers(report, head, texts, losses)
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


def _numbers(report: Report, head: str, texts: pa.Table, losses: Losses) -> "pd.Series[float]":
    """Numbers of a column, NaN where a text is empty, or something else and so lost."""
    plain = pc.replace_substring(texts[head], ",", "")
    try:
        filled = pc.if_else(pc.equal(plain, ""), None, plain)
        numbers = pc.cast(filled, pa.float64()).to_pandas().astype(np.float64)
    except pa.ArrowInvalid:
        numbers = pd.to_numeric(plain.to_pandas(), errors="coerce").astype(np.float64)
    bad = ~np.isfinite(numbers)
    if bad.any():
        bad &= plain.to_pandas() != ""
        numbers = numbers.mask(_lose(head, texts, bad.to_numpy(bool), losses))
    slope, offset = report.scale
    return numbers if report.scale == (1, 0) else numbers * slope + offset
