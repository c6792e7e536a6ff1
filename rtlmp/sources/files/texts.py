"""Observation files of text: CSV, packed or not, with any usual separator."""

import csv as rows_of
import re
from collections.abc import Mapping
from io import TextIOWrapper
from pathlib import Path
from typing import Final

import pyarrow as pa
from pyarrow import csv

from rtlmp.io.files import BadFileError, naming
from rtlmp.sources.files.folder import unpacked

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
