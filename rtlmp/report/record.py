"""The record: every forecast as it was issued, a file an entry that never changes, each with the
SHA-256 of the one before. `SHA256SUMS`, read by `sha256sum -c`, has that of the last one too. They
are no output of a rule: Snakemake deletes those before it makes them again."""

import hashlib
from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Final, NamedTuple, TypeAlias

import pandas as pd
from pandera.typing import DataFrame

from rtlmp.evaluation.tables import Recorded
from rtlmp.io.files import write_text
from rtlmp.io.tables import read_frame, read_table, write_table
from rtlmp.schemas.core import Bounded

SUMS: Final = "SHA256SUMS"
MadeOf: TypeAlias = Mapping[str, Iterable[str]]  # paths of features, boosters and cards


class Record(NamedTuple):
    entries: dict[Path, tuple[str, datetime]]  # SHA-256, issue time; up to the first broken one
    fault: str  # what is wrong with that one; empty: the chain holds
    last: str  # SHA-256 of the last entry; empty: there is none


def read_record(folder: Path) -> Record:
    """The record in `folder`, checked. A kill may leave the last ones unlisted, and only those."""
    sums, entries, last = folder / SUMS, dict[Path, tuple[str, datetime]](), ""
    lines = sums.read_text().splitlines() if sums.exists() else []
    listed = {line[66:]: line[:64] for line in lines}
    names = sorted({*listed, *(path.name for path in folder.glob("[0-9]*.parquet"))})
    for k, name in enumerate(names, 1):
        path = folder / f"{k:06d}.parquet"
        if path.name != name or not path.exists():
            return Record(entries, f"{path}: removed", last)
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        if digest != listed.get(name, digest if k > len(listed) else ""):
            return Record(entries, f"{path}: changed since it was entered", last)
        first = read_frame(path).iloc[0]
        if first[Recorded.previous] != last:
            return Record(entries, f"{path}: was not entered after {last or 'nothing'}", last)
        entries[path], last = (digest, first[Recorded.issue_time]), digest
    return Record(entries, "", last)


def enter(path: str | Path, made_of: MadeOf, folder: Path, run: str) -> Record:
    """The record with the forecast at `path`, of one issue date, entered where its last entry of
    that date, if any, says otherwise; as it was where its chain is broken."""
    record, rows = read_record(folder), read_table(Bounded, path)[[*Bounded.to_schema().columns]]
    at = rows[Recorded.issue_time].iloc[0]
    same = [entry for entry, (_, issued) in record.entries.items() if issued == at]
    if record.fault or (same and rows.equals(read_table(Recorded, same[-1])[[*rows]])):
        return record
    rows[Recorded.run], rows[Recorded.revised] = run, bool(same)
    rows[Recorded.inputs_hash], rows[Recorded.previous] = _hash(made_of, at), record.last
    partial = folder / f".{at:%Y%m%d%H%M}"
    write_table(Recorded, rows, partial)
    # unlike a rename, never over what another job entered
    (folder / f"{len(record.entries) + 1:06d}.parquet").hardlink_to(partial)
    partial.unlink()
    record = read_record(folder)
    sums = (f"{digest}  {entry.name}\n" for entry, (digest, _) in record.entries.items())
    write_text("".join(sums), folder / SUMS)
    return record


def as_issued(record: Record, first: datetime, at: datetime) -> list[DataFrame[Bounded]]:
    """What was entered first of each issue time of [first, at)."""
    of = {issued: path for path, (_, issued) in reversed(record.entries.items())}
    return [read_table(Bounded, of[issued]) for issued in sorted(of) if first <= issued < at]


def _hash(made_of: MadeOf, at: datetime) -> str:
    """SHA-256 of the models' files and the features issued `at`, of those that are there."""
    files = [Path(path) for name in ("boosters", "cards") for path in made_of[name]]
    total = hashlib.sha256(b"".join(path.read_bytes() for path in files if path.exists()))
    for rows in (read_frame(path) for path in made_of["features"] if Path(path).exists()):
        issued = rows[rows[Recorded.issue_time] == at]
        total.update(pd.util.hash_pandas_object(issued, index=False).to_numpy().tobytes())
    return total.hexdigest()
