"""Make observation files, for `source: files`, of files of other shapes.

ERCOT's reports as downloaded by hand (zip, CSV, workbook), frames of gridstatus saved as CSV or
Parquet, and tables of one's own. docs/data.md has examples.
"""

import argparse
import io
import re
import sys
import time
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final, TypeAlias

import pandas as pd
import pyarrow as pa
from pandera.typing import DataFrame

from rtlmp.asof.vintages import EPOCH
from rtlmp.catalog import BY_NAME
from rtlmp.io.files import BadFileError, folder_name, naming
from rtlmp.io.tables import read_frame, write_table
from rtlmp.schemas.core import Observations
from rtlmp.sources.base.store import Posting
from rtlmp.sources.base.vintages import distinct_vintages
from rtlmp.sources.ercot.parse import parse
from rtlmp.sources.ercot.reports import REPORTS, Report
from rtlmp.sources.ercot.times import TZ, published
from rtlmp.sources.files.folder import header, kind_of, read_text, unpacked
from rtlmp.sources.files.months import read_months
from rtlmp.sources.imports.table import OPTIONS, RULE, public, table_observations

POSTED: Final = re.compile(r"cdr\.0*(\d+)\.\d+\.(\d{8})\.(\d{6})", re.IGNORECASE)
REPORT, COLUMNS, KEEP, PLACES = "--report", "--columns", "--keep", "--places"
Columns: TypeAlias = dict[str, str]  # their names by role, or by place
KNOWN_AS: Final = {name: r for r in REPORTS for name in (r.emil, str(r.number))}


def main(arguments: Sequence[str] | None = None) -> None:
    """Raises BadFileError with all that is to be said of a file, or what is wrong with its rows."""
    parser = argparse.ArgumentParser(prog="python -m rtlmp.sources.imports", description=__doc__)
    parser.add_argument("files", nargs="+", type=Path)
    parser.add_argument("--to", required=True, type=Path, help="folder of what is made: data_dir")
    parser.add_argument(KEEP, nargs="+", default=[], help="locations to keep; default: all")
    parser.add_argument(COLUMNS, nargs="+", default=[], help="as valid_time=Timestamp value=Price")
    each = "where each place has a column: HB_NORTH=COLUMN HB_WEST=COLUMN"
    parser.add_argument(PLACES, nargs="+", default=[], help=each)
    of_ercot = "of ERCOT, as np6-905-cd, where no name says it"
    parser.add_argument(REPORT, default="", choices=[*KNOWN_AS], metavar="REPORT", help=of_ercot)
    for option, about in OPTIONS.items():
        parser.add_argument(option, default="", help=about.replace("%", "%%"))
    given = parser.parse_args(arguments)
    said = {option: getattr(given, option[2:]) for option in (REPORT, *OPTIONS)}
    named, places = (
        {role: name for role, _, name in (pair.partition("=") for pair in pairs)}
        for pairs in (given.columns, given.places)
    )
    found: dict[str, list[pd.DataFrame]] = {}
    for path in given.files:
        for name, rows in _observations(path, said, named, places, {*given.keep}):
            found.setdefault(name, []).append(rows)
    for name, parts in found.items():
        rows = distinct_vintages(pd.concat(parts, ignore_index=True))
        if rows.empty:
            raise BadFileError(f"{name}: no value at {given.keep or 'any place'}: see {KEEP}")
        out = _written(given.to, name, rows)
        [*read_months([out], now=time.time() * 1e6)]  # the checks that a run will make
        sys.stdout.write(f"{out}: {len(rows)} values\n")


def _written(to: Path, name: str, rows: DataFrame[Observations]) -> Path:
    """The file made of them; one that holds others is not written over."""
    first, last = (rows[Observations.publish_time].agg(end) for end in ("min", "max"))
    only = [of[0] for c in (Observations.series, Observations.location)
            if len(of := rows[c].unique()) == 1]  # fmt: skip
    words = [name.replace(" ", "_"), *map(folder_name, only)]
    out = to / "-".join([*words, f"{first:%Y%m%dT%H%M}", f"{last:%Y%m%dT%H%M}.parquet"])
    if out.exists():
        both = pd.concat([read_frame(out), rows], ignore_index=True)
        if lost := len(both.drop_duplicates(Observations.Config.unique)) - len(rows):
            raise BadFileError(f"{out} holds {lost} values that these options do not give: "
                               "remove it, or name another folder by --to")  # fmt: skip
    write_table(Observations, rows, out)
    return out


def _observations(
    path: Path, said: dict[str, str], named: Columns, places: Columns, keep: set[str]
) -> Iterator[tuple[str, pd.DataFrame]]:
    """Those of each table in a file, and the name of the file to be made of them."""
    with TemporaryDirectory() as scratch:
        for name, file in _files(path.name, path, Path(scratch)):
            posted, kind = POSTED.search(name), kind_of(file)
            report = KNOWN_AS.get(said[REPORT] or (posted.group(1) if posted else ""))
            if report and kind != "parquet":
                with naming(file), unpacked(file, kind) as opened:
                    body = opened.read()
                yield report.emil, _report(path, name, body, report, said["--published"], keep)
            else:
                table = read_frame(file).astype(str) if kind == "parquet" else _words(file, kind)
                for at, column in (places or {"": ""}).items():
                    own = {**said, "--location": at} if at else said
                    roles = {**named, Observations.value: column} if at else named
                    rows = table_observations(file, table, own, roles)
                    place = rows[Observations.location]
                    yield Path(name).stem, rows[place.isin(keep or place)]


def _files(name: str, path: Path, scratch: Path) -> Iterator[tuple[str, Path]]:
    """The file itself, or those in it, in zips of zips and on sheets too; and their names."""
    if not zipfile.is_zipfile(path):
        yield name, path
        return
    folder = scratch / f"in {path.name}"  # errors show it
    folder.mkdir()
    with zipfile.ZipFile(path) as file:
        members = [member for member in file.namelist() if not member.endswith("/")]
        if "xl/workbook.xml" in members:
            for sheet, of in pd.read_excel(path, sheet_name=None, dtype=str).items():
                of.to_csv(folder / f"{sheet}.csv", index=False)
                yield f"{name} {sheet}.csv", folder / f"{sheet}.csv"
            return
        for member in members:
            known = member if POSTED.search(member) else f"{name} {member}"
            yield from _files(known, Path(file.extract(member, folder)), folder)


def _words(path: Path, packed: str | None) -> pd.DataFrame:
    """All columns of a CSV as they are written."""
    with naming(path):
        kinds = dict.fromkeys(header(path, packed)[1], pa.string())
        return read_text(path, packed, kinds).to_pandas()


def _report(
    path: Path, name: str, body: bytes, report: Report, rule: str, places: set[str]
) -> pd.DataFrame:
    """What a posting says, published when its name says, else by the rule."""
    posted = POSTED.search(name)
    at = published("T".join(posted.groups()[1:]), name) if posted else EPOCH
    if not posted and not re.fullmatch(RULE, rule):
        raise BadFileError(f"{path}: {name}: no time of posting in its name (cdr.00012301....): "
                           f"say --published: {OPTIONS['--published']}")  # fmt: skip
    zipped = io.BytesIO()
    with zipfile.ZipFile(zipped, "w") as file:
        file.writestr(name, body)
    try:
        rows = parse(report, [(Posting(name, at, name), zipped.getvalue())], places)
    except (ValueError, KeyError, StopIteration) as error:
        raise BadFileError(f"{path}: {name}: {type(error).__name__} {error}") from error
    for q, of in () if posted else rows.groupby(Observations.series):
        by_rule = public(of[Observations.valid_time], rule, TZ, BY_NAME[str(q)])
        rows.loc[of.index, Observations.publish_time] = by_rule
    return rows


if __name__ == "__main__":
    try:
        main()
    except (ValueError, OSError) as error:
        sys.exit(str(error))
