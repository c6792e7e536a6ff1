"""The record: every forecast as it was issued, a file an entry that never changes, each with the
SHA-256 of the one before. `SHA256SUMS`, read by `sha256sum -c`, has that of the last one too. They
are no output of a rule: Snakemake deletes those before it makes them again."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Final, NamedTuple, TypeAlias

import pandas as pd
from pandera.typing import DataFrame

from rtlmp.evaluation.tables import Recorded
from rtlmp.io.files import sha256, write_text
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
        digest = sha256([path.read_bytes()])
        if digest != listed.get(name, digest if k > len(listed) else ""):
            return Record(entries, f"{path}: changed since it was entered", last)
        first = read_frame(path).iloc[0]
        if first[Recorded.previous] != last:
            return Record(entries, f"{path}: was not entered after {last or 'nothing'}", last)
        entries[path], last = (digest, first[Recorded.issue_time]), digest
    return Record(entries, "", last)


def enter(
    path: str | Path, made_of: MadeOf, folder: Path, run: str, record: Record | None = None
) -> Record:
    """The record with the forecast at `path`, of one issue date, entered where its last entry of
    that date, if any, says otherwise; as it was where its chain is broken.

    `record`: what `folder` holds, if it has been read: checking it reads every entry.
    """
    record = record or read_record(folder)
    rows = read_table(Bounded, path)[[*Bounded.to_schema().columns]]
    at = rows[Recorded.issue_time].iloc[0]
    same = [entry for entry, (_, issued) in record.entries.items() if issued == at]
    if record.fault or (same and rows.equals(read_table(Recorded, same[-1])[[*rows]])):
        return record
    rows[Recorded.run], rows[Recorded.revised] = run, bool(same)
    rows[Recorded.inputs_hash], rows[Recorded.previous] = _hash(made_of, at), record.last
    partial = folder / f".{at:%Y%m%d%H%M}"
    write_table(Recorded, rows, partial)
    entry, last = folder / f"{len(record.entries) + 1:06d}.parquet", sha256([partial.read_bytes()])
    entry.hardlink_to(partial)  # unlike a rename, never over what another job entered
    partial.unlink()
    entries = {**record.entries, entry: (last, at)}
    sums = (f"{digest}  {of.name}\n" for of, (digest, _) in entries.items())
    write_text("".join(sums), folder / SUMS)
    return Record(entries, "", last)


def as_issued(record: Record, first: datetime, at: datetime) -> list[DataFrame[Bounded]]:
    """What was entered first of each issue time of [first, at)."""
    of = {issued: path for path, (_, issued) in reversed(record.entries.items())}
    return [read_table(Bounded, of[issued]) for issued in sorted(of) if first <= issued < at]


def _hash(made_of: MadeOf, at: datetime) -> str:
    """SHA-256 of the models' files and the features issued `at`, of those that are there."""
    there = {name: [p for p in map(Path, of) if p.exists()] for name, of in made_of.items()}
    tables = map(read_frame, there["features"])
    issued = (rows[rows[Recorded.issue_time] == at] for rows in tables)
    hashes = (pd.util.hash_pandas_object(rows, index=False).to_numpy() for rows in issued)
    models = (path.read_bytes() for path in (*there["boosters"], *there["cards"]))
    return sha256([*models, *hashes])
