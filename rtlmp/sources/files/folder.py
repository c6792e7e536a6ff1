"""Which files of a folder are observations and of what kind, and how those of text are read: CSV,
packed or not, with any usual separator."""

import csv as rows_of
import os
import re
from collections.abc import Mapping, Sequence
from io import TextIOWrapper
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from pyarrow import csv

from rtlmp.io.files import BadFileError, naming

MAKE_IT: Final = (
    "put your observations there (docs/data.md), or make it from ERCOT's archive with an account: "
    "snakemake data_dir --config source=live run=archive start=2021-10-01 date=2025-01-01 "
    "--configfile, with the same file"
)
DATA: Final = re.compile(r"\.(parquet|parq|pq|(csv|tsv)(\.(gz|bz2|zst))?)$", re.IGNORECASE)
UNFINISHED: Final = re.compile(r"^(\.|~\$)|\.(tmp|part|partial|crdownload)\.\w+$", re.IGNORECASE)
KINDS: Final = {b"PAR1": "parquet", b"\x1f\x8b": "gzip", b"BZh": "bz2", b"\x28\xb5\x2f\xfd": "zstd"}
FOREIGN: Final = {  # how a file begins that is neither Parquet nor CSV
    b"version https://git-lfs": "a pointer of Git LFS, not the file: fetch it by git lfs pull",
    b"/annex/objects": "a pointer of git-annex, not the file: fetch it by git annex get",
    b"\xff\xfe": "text in UTF-16: save it as UTF-8",
    b"\xfe\xff": "text in UTF-16: save it as UTF-8",
    b"PK\x03\x04": "a zip or an Excel workbook: unpack it, or import it (docs/data.md)",
    b"\xd0\xcf\x11\xe0": "an old Excel workbook: import it (docs/data.md)",
    b"<": "a web page or XML",
    b"ARROW1": "an Arrow file: write it as Parquet",
}


def data_files(folder: Path) -> tuple[list[Path], list[str]]:
    """Observation files in `folder` and the folders in it; and the names of all other files.

    Raises ValueError where there is no such folder or no such file, with what is there.
    """
    if not folder.is_dir():
        near = next(above for above in folder.absolute().parents if above.is_dir())
        there = sorted(path.name for path in near.glob("[!.]*"))[:20]
        raise ValueError(f"data_dir {folder}: no such folder; {near} has {there}; {MAKE_IT}")
    found, others, seen = list[Path](), list[str](), set[str]()
    for here, folders, names in os.walk(folder, onerror=_refuse, followlinks=True):
        hidden = [name for name in folders if name.startswith(".")]
        again = os.path.realpath(here) in seen  # by a link
        seen.add(os.path.realpath(here))
        folders[:] = [] if again else [name for name in folders if name not in hidden]
        for path in () if again else [Path(here, name) for name in (*names, *hidden)]:
            if _is_data(path):
                found.append(path)
            else:
                others.append(str(path.relative_to(folder)))
    if not found:
        raise ValueError(
            f"data_dir {folder}: no Parquet or CSV file in it, but {sorted(others)[:20]}"
        )
    return sorted(found), sorted(others)


def kind_of(path: Path) -> str | None:
    """What a file is by its first bytes: "parquet", or how its CSV is packed.

    Raises BadFileError for another kind.
    """
    with naming(path), path.open("rb") as file:
        head = file.read(64)
    what = next((what for start, what in FOREIGN.items() if head.startswith(start)), None)
    kind = next((kind for start, kind in KINDS.items() if head.startswith(start)), None)
    if not head:
        what = "0 bytes: its copy or download did not end"
    elif not kind and (path.suffix.lower().startswith(".p") or b"\0" in head):
        what = what or "neither a parquet file nor CSV in UTF-8"
    if what:
        raise BadFileError(f"{path}: {what}; it begins with {head!r}")
    return kind


def bad_rows(
    path: Path, columns: Sequence[str], bad: npt.ArrayLike, why: str, first: int, example: object
) -> BadFileError:
    """What is said of rows that are `bad`, the first of which is row `first` of the file."""
    marks = np.asarray(bad)
    return BadFileError(
        f"{path}: column {', '.join(columns)}: {why}: {marks.sum()} of {len(marks)} rows, "
        f"the first is row {first}: {example}"
    )


def unpacked(path: Path, packed: str | None) -> pa.NativeFile:
    """The bytes of a CSV file."""
    return pa.input_stream(str(path), compression=packed)


def _is_data(path: Path) -> bool:
    """By its name; a link to nothing is, and will be refused."""
    named = DATA.search(path.name) and not UNFINISHED.search(path.name)
    return bool(named) and (path.is_file() or not path.exists())


def _refuse(error: OSError) -> None:
    raise BadFileError(f"{error.filename}: cannot be read: {error.strerror}") from error


ODD: Final = re.compile("[\n\r\udc80-\udcff]")


def header(path: Path, packed: str | None) -> tuple[str, list[str]]:
    """Separator and names of the columns; the last line is refused where it is cut."""
    with naming(path), unpacked(path, packed) as raw:
        first = TextIOWrapper(raw, "utf-8-sig", "replace", newline="").readline()
    separator = max(",;\t|", key=first.count)
    names = next(rows_of.reader([first], delimiter=separator), [])
    if not packed:
        _refuse_cut(path, separator, names)
    return separator, names


def read_text(path: Path, packed: str | None, types: Mapping[str, pa.DataType]) -> pa.Table:
    """Columns of a whole file. Raises BadFileError with the row that is not like the header."""
    separator, names = header(path, packed)
    parse = csv.ParseOptions(delimiter=separator)
    convert = csv.ConvertOptions(include_columns=list(types), column_types=types)
    try:
        with unpacked(path, packed) as file:
            table = csv.read_csv(file, parse_options=parse, convert_options=convert)
    except (pa.ArrowInvalid, OSError):
        _refuse_odd_row(path, packed, separator, names)
        raise
    if _quoted(path, packed):  # a quote that is not closed swallows rows
        _refuse_odd_row(path, packed, separator, names)
    return table


def _refuse_odd_row(path: Path, packed: str | None, separator: str, names: list[str]) -> None:
    """Raises BadFileError at the first row that has another width, a line break or odd bytes."""
    row, fields, why, column = -2, list[str](), "", 0
    with unpacked(path, packed) as raw:
        text = TextIOWrapper(raw, "utf-8-sig", "surrogateescape", newline="")
        try:
            for fields in filter(None, rows_of.reader(text, delimiter=separator)):
                row += 1
                odd = [k for k, field in enumerate(fields) if ODD.search(field)]
                if len(fields) != len(names):
                    column = min(len(fields), len(names)) - 1
                    why = f"Expected {len(names)} columns, got {len(fields)}"
                elif odd:
                    column, why = odd[0], "not UTF-8, or a quote that runs over the end of its line"
                if why:
                    break
        except rows_of.Error as error:
            row, why = row + 1, str(error)
    if why:
        example = separator.join(fields)[:200]
        raise BadFileError(f"{path}: column {names[column]}: row {row}: {why}: {example!r}")


def _quoted(path: Path, packed: str | None) -> bool:
    with unpacked(path, packed) as raw:
        return any(b'"' in block for block in iter(lambda: raw.read(1 << 20), b""))


def _refuse_cut(path: Path, separator: str, names: list[str]) -> None:
    """Raises BadFileError where the last line has no end and a shorter last field than before."""
    with path.open("rb") as file:
        file.seek(-min(4096, path.stat().st_size), 2)
        end = file.read().decode("utf-8", "replace")
        lines = end.splitlines()
        if end.endswith(("\n", "\r")) or not lines[2:]:
            return
        file.seek(0)
        fields, last = (line.split(separator) for line in lines[-2:])
        tail = [of[-1].partition(".")[2] if "." in fields[-1] else of[-1] for of in (fields, last)]
        if len(tail[1]) < len(tail[0]):
            column = names[min(len(last), len(names)) - 1]
            row = sum(1 for line in file if line.strip()) - 2
            raise BadFileError(
                f"{path}: column {column}: row {row}, the last, is cut: {lines[-1]!r}; if it is "
                "whole, end it with a line break"
            )
