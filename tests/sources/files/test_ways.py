"""Ways to write an input file: each is read whole, or refused with file, row and an example."""

import gzip
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from rtlmp.asof.vintages import observation_table, to_us
from rtlmp.config import parse_config
from rtlmp.pipeline.dates import Dates
from rtlmp.schemas.core import Observations
from rtlmp.sources.files.coverage import coverage
from rtlmp.sources.files.folder import data_files
from rtlmp.sources.files.months import read_months
from tests.helpers.build import five_minutes, settings, utc

SERIES, PLACE, VALUE = Observations.series, Observations.location, Observations.value
VALID, PUBLISH = Observations.valid_time, Observations.publish_time
NOW = to_us(utc("2024-06-01"))
GOOD = five_minutes("2024-03-01 06:00", (np.arange(20, 620) / 10).tolist(), "HB_NORTH").astype(
    {SERIES: object, PLACE: object}
)
Write = Callable[[Path], object]


def text(change: Callable[[pd.DataFrame], pd.DataFrame] = lambda d: d, **form) -> str:
    rows = change(GOOD.copy())
    for c in {VALID, PUBLISH} & {*rows}:
        if isinstance(rows[c].dtype, pd.DatetimeTZDtype):
            rows[c] = rows[c].dt.strftime("%Y-%m-%dT%H:%M:%SZ")
    return rows.to_csv(**{"index": False, **form})


def csv(change=lambda d: d, name="x.csv", spoil=lambda t: t, encoding="utf-8", **form) -> Write:
    """A CSV file of changed rows, its text spoilt."""
    content = spoil(text(change, **form)).encode(encoding)
    return lambda folder: (folder / name).write_bytes(content)


def parquet(change=lambda d: d, name="x.parquet", cast=None, **form) -> Write:
    """A Parquet file of changed rows, its columns of other types."""

    def write(folder: Path) -> None:
        table = pa.Table.from_pandas(change(GOOD.copy()), preserve_index=False)
        for column, kind in (cast or {}).items():
            at = table.column_names.index(column)
            table = table.set_column(at, column, table[column].cast(kind))
        (folder / name).parent.mkdir(exist_ok=True, parents=True)
        pq.write_table(table, folder / name, **form)

    return write


def raw(content: bytes, name="x.csv") -> Write:
    return lambda folder: (folder / name).write_bytes(content)


def put(row: int, column: str, value: Any) -> Callable[[pd.DataFrame], pd.DataFrame]:
    return lambda d: d.assign(**{column: d[column].astype(object).mask(d.index == row, value)})


def times(shape: str) -> Callable[[pd.DataFrame], pd.DataFrame]:
    return lambda d: d.assign(**{c: d[c].dt.strftime(shape) for c in (VALID, PUBLISH)})


def local(d: pd.DataFrame, tz: str | None) -> pd.DataFrame:
    return d.assign(**{c: d[c].dt.tz_convert(tz) for c in (VALID, PUBLISH)})


def shift(row: int, column: str, by: str) -> Callable[[pd.DataFrame], pd.DataFrame]:
    return lambda d: d.assign(
        **{column: d[column].mask(d.index == row, d[column] + pd.Timedelta(by))}
    )


def line(row: int, new: Callable[[str], str]) -> Callable[[str], str]:
    """The text with the line of a row changed."""

    def spoil(content: str) -> str:
        lines = content.splitlines(keepends=True)
        return "".join([*lines[: row + 1], new(lines[row + 1]), *lines[row + 2 :]])

    return spoil


def packed(name: str, how: str) -> Write:
    def write(folder: Path) -> None:
        with pa.output_stream(str(folder / name), compression=how) as file:
            file.write(text().encode())

    return write


def linked(folder: Path) -> None:
    (folder.parent / "elsewhere").mkdir()
    parquet()(folder.parent / "elsewhere")
    (folder / "2024").symlink_to(folder.parent / "elsewhere")
    (folder.parent / "elsewhere/again").symlink_to(folder)


def beside(*writes: Write) -> Write:
    """Several files."""
    return lambda folder: [write(folder) for write in writes]


def every(minutes: int, series: str = "rt_lmp") -> Callable[[pd.DataFrame], pd.DataFrame]:
    """A price every so many minutes, published an hour after."""

    def change(d: pd.DataFrame) -> pd.DataFrame:
        valid = d[VALID].iloc[0] + pd.to_timedelta(minutes * d.index, "min")
        publish = valid + pd.Timedelta("1h")
        return d.assign(**{SERIES: series, VALID: valid, PUBLISH: publish})

    return change


TIME = (VALID, PUBLISH)
ZIP = b"PK\x03\x04\x14\x00\x06\x00\x08\x00"
POINTER = b"version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n"
EMPTY = pa.table({c: pa.array([], pa.null()) for c in GOOD})

READ: dict[str, Write] = {
    "plain": csv(),
    "capitals": csv(name="X.CSV"),
    "gzip": packed("x.csv.gz", "gzip"),
    "bzip2": packed("x.csv.bz2", "bz2"),
    "zstd": packed("x.csv.zst", "zstd"),
    "gzip in two members": raw(
        gzip.compress(text()[:99].encode()) + gzip.compress(text()[99:].encode()), "x.csv.gz"
    ),
    "gzip by another name": packed("x.csv", "gzip"),
    "tabs": csv(name="x.tsv", sep="\t"),
    "semicolons": csv(sep=";"),
    "pipes": csv(sep="|"),
    "byte order mark": csv(encoding="utf-8-sig"),
    "byte order mark and quotes": csv(encoding="utf-8-sig", quoting=1),
    "Windows line ends": csv(lineterminator="\r\n"),
    "old Mac line ends": csv(lineterminator="\r"),
    "quotes": csv(quoting=1),
    "empty lines": csv(spoil=lambda t: t.replace("\n", "\n\n", 3) + "\n\n"),
    "no last line end": csv(spoil=lambda t: t.rstrip("\n")),
    "another column": csv(lambda d: d.assign(note="no, nothing")),
    "another column in Latin-1": csv(lambda d: d.assign(note="N\xfc"), encoding="latin-1"),
    "columns in another order": csv(lambda d: d[d.columns[::-1]]),
    "an index": csv(index=True),
    "+00:00": csv(times("%Y-%m-%d %H:%M:%S+00:00")),
    "+0000": csv(times("%Y-%m-%d %H:%M:%S.000000+0000")),
    "a space and UTC": csv(times("%Y-%m-%d %H:%M:%S UTC")),
    "a small z": csv(times("%Y-%m-%dT%H:%M:%Sz")),
    "an offset": csv(lambda d: times("%Y-%m-%dT%H:%M:%S-06:00")(local(d, "Etc/GMT+6"))),
    "local, offsets written": csv(
        lambda d: local(d, "America/Chicago").astype(dict.fromkeys(TIME, str))
    ),
    "blanks after names": csv(lambda d: d.assign(**{PLACE: "HB_NORTH   ", SERIES: " rt_lmp"})),
    "blanks after some names": csv(put(599, PLACE, "HB_NORTH\u00a0")),
    "blanks around numbers": csv(lambda d: d.assign(**{VALUE: " " + d[VALUE].astype(str) + " "})),
    "exponents": csv(float_format="%.4e"),
    "Parquet": parquet(),
    "Parquet .parq": parquet(name="x.parq"),
    "Parquet .pq": parquet(name="x.pq"),
    "Parquet in capitals": parquet(name="X.PARQUET"),
    "Parquet by another name": parquet(name="x.csv"),
    "a folder a year": beside(
        csv(lambda d: d[:300]), parquet(lambda d: d[300:], "2024/3/x.parquet")
    ),
    "partitions": lambda f: GOOD.assign(day=GOOD[VALID].dt.day).to_parquet(
        f, partition_cols=["day"]
    ),
    "a folder x.parquet": parquet(name="x.parquet/part-0.parquet"),
    "a link to a folder, and back": linked,
    "Etc/UTC": parquet(lambda d: local(d, "Etc/UTC")),
    "zone +00:00": parquet(cast=dict.fromkeys(TIME, pa.timestamp("us", "+00:00"))),
    "zone -06:00": parquet(cast=dict.fromkeys(TIME, pa.timestamp("us", "-06:00"))),
    "zone America/Chicago": parquet(lambda d: local(d, "America/Chicago")),
    "ns": parquet(cast=dict.fromkeys(TIME, pa.timestamp("ns", "UTC"))),
    "ms": parquet(cast=dict.fromkeys(TIME, pa.timestamp("ms", "UTC"))),
    "times as text": parquet(times("%Y-%m-%dT%H:%M:%SZ"), cast={PUBLISH: pa.large_string()}),
    "large strings": parquet(cast={PLACE: pa.large_string(), SERIES: pa.large_string()}),
    "categories": parquet(lambda d: d.astype({PLACE: "category", SERIES: "category"})),
    "decimals": parquet(cast={VALUE: pa.decimal128(9, 4)}),
    "numbers as text": parquet(cast={VALUE: pa.string()}),
    "row groups": parquet(row_group_size=7),
    "brotli": parquet(compression="brotli"),
    "no rows beside": beside(parquet(), parquet(lambda d: d[:0], "y.parquet")),
    "no rows nor types beside": beside(parquet(), lambda f: pq.write_table(EMPTY, f / "y.parquet")),
    "a header alone beside": beside(csv(), csv(lambda d: d[:0], "y.csv")),
}

UNREAD: dict[str, Write] = {
    "._x.parquet": raw(b"\0\5\x16\7\xff\xfe", "._x.parquet"),
    ".tmp.parquet": raw(b"PAR1", ".tmp.parquet"),
    "y.tmp.parquet": raw(b"PAR1", "y.tmp.parquet"),
    "~$x.csv": raw(b"\x08user", "~$x.csv"),
    "prices.xlsx": raw(ZIP, "prices.xlsx"),
    "x.csv.zip": raw(ZIP, "x.csv.zip"),
    "x.csv.crdownload": raw(b"serie", "x.csv.crdownload"),
    ".ipynb_checkpoints": lambda f: (f / ".ipynb_checkpoints").mkdir(),
}

NO_TIME = "not a UTC time"
NO_NUMBER = "not a number"
REFUSED: dict[str, tuple[Write, list[str]]] = {
    "UTF-16": (csv(encoding="utf-16"), ["UTF-16", r"\xff\xfev\x00"]),
    "UTF-16 without a mark": (csv(encoding="utf-16-le"), ["UTF-8", r"v\x00a"]),
    "Git LFS": (raw(POINTER, "x.parquet"), ["git lfs pull", "version https"]),
    "git-annex": (raw(b"/annex/objects/SHA256E-s1--0\n"), ["git annex get"]),
    "no byte of CSV": (raw(b""), ["0 bytes"]),
    "no byte of Parquet": (raw(b"", "x.parquet"), ["0 bytes"]),
    "a zip": (raw(ZIP), ["zip or an Excel workbook", "PK"]),
    "a web page": (raw(b"<!DOCTYPE html><html>Log in</html>"), ["web page", "DOCTYPE"]),
    "JSON": (raw(b'[{"series": "rt_lmp"}]'), ["no column", "rt_lmp"]),
    "CSV by the name of Parquet": (csv(name="x.parquet"), ["neither", "valid_time,series"]),
    "cut in a time": (csv(lambda d: d[[*d][::-1]], spoil=lambda t: t[:-9]), ["row 599", "is cut"]),
    "cut in a value": (csv(spoil=lambda t: t[:-2]), ["value", "row 599", "is cut", "61."]),
    "cut in a name": (
        csv(lambda d: d[[VALID, PUBLISH, VALUE, SERIES, PLACE]], spoil=lambda t: t[:-3]),
        ["location", "row 599", "HB_NOR"],
    ),
    "cut gzip": (
        raw(gzip.compress(text().encode())[:-40], "x.csv.gz"),
        ["cannot be read", "whole"],
    ),
    "broken gzip": (raw(gzip.compress(text().encode())[:99] + b"\xff" * 99, "x.csv.gz"), ["whole"]),
    "cut Parquet": (beside(parquet(), lambda f: os.truncate(f / "x.parquet", 3000)), ["whole"]),
    "a broken page": (beside(parquet(), lambda f: spoil_page(f / "x.parquet")), ["whole"]),
    "a link to nothing": (lambda f: (f / "x.csv").symlink_to(f / "gone"), ["No such file"]),
    "a long row": (
        csv(spoil=line(7, lambda r: r.replace("\n", ",late\n"))),
        ["row 7", "got 6", "late"],
    ),
    "a short row": (
        csv(spoil=line(7, lambda _: "rt_lmp,HB_NORTH\n")),
        ["row 7", "got 2", "HB_NORTH"],
    ),
    "a last line of a query": (csv(spoil=lambda t: t + "(600 rows)\n"), ["row 600", "(600 rows)"]),
    "a quote not closed": (
        csv(spoil=line(7, lambda r: r.replace("rt_lmp", '"rt_lmp'))),
        ["row 7", "HB_NORTH"],
    ),
    "a note that swallows rows": (
        csv(
            lambda d: d.assign(note="a"),
            spoil=lambda t: line(9, lambda r: r[:-2] + 'b"\n')(
                line(7, lambda r: r[:-2] + '"b\n')(t)
            ),
        ),
        ["note", "row 7", "quote"],
    ),
    "Latin-1": (
        csv(put(5, PLACE, "M\xdcNCHEN"), encoding="latin-1"),
        ["location", "row 5", "UTF-8", "NCHEN"],
    ),
    "no header": (csv(header=False), ["no column", "HB_NORTH"]),
    "lines above the header": (
        csv(spoil=lambda t: "prices of March\n" + t),
        ["no column", "prices of March"],
    ),
    "the header again": (
        csv(spoil=lambda t: line(7, lambda r: t[: t.index("\n") + 1] + r)(t)),
        ["row 7", "publish_time"],
    ),
    "units below the header": (csv(spoil=line(0, lambda r: "UTC,,,UTC,USD/MWh\n" + r)), ["row 0"]),
    "names in capitals": (csv(lambda d: d.rename(columns=str.title)), ["no column", "Valid_Time"]),
    "a column missing": (
        parquet(lambda d: d.drop(columns=PUBLISH)),
        ["no column ['publish_time']"],
    ),
    "partitions of a name": (
        lambda f: GOOD.to_parquet(f, partition_cols=[PLACE]),
        ["no column ['location']"],
    ),
    "a column twice": (
        csv(spoil=lambda t: t.replace("\n", ",1\n").replace("value,1", "value,value")),
        ["['value']", "twice"],
    ),
    "hour 24": (csv(put(7, VALID, "2024-02-29T24:00:00Z")), [VALID, NO_TIME, "row 7", "T24:00"]),
    "30 February": (
        csv(put(7, PUBLISH, "2024-02-30T06:00:00Z")),
        [PUBLISH, NO_TIME, "row 7", "02-30"],
    ),
    "NA for a day": (csv(put(7, VALID, "NA 18:00:00+00:00")), [VALID, NO_TIME, "row 7", "NA 18"]),
    "pending": (csv(put(7, PUBLISH, "pending")), [PUBLISH, NO_TIME, "row 7", "pending"]),
    "no time": (csv(put(7, PUBLISH, "")), [PUBLISH, "row 7"]),
    "no zone": (csv(times("%Y-%m-%d %H:%M:%S")), [NO_TIME, "row 0", "600 of 600", "2024-03-01 06"]),
    "a date": (csv(times("%Y-%m-%d")), [NO_TIME, "row 0", "2024-03-01"]),
    "an American date": (csv(times("%m/%d/%Y %H:%M")), [NO_TIME, "row 0", "03/01/2024"]),
    "a zone by letters": (csv(times("%Y-%m-%d %H:%M:%S CST")), [NO_TIME, "row 0", "CST"]),
    "seconds since 1970": (
        csv(lambda d: d.assign(**{VALID: d[VALID].astype("int64")})),
        [VALID, NO_TIME, "row 0"],
    ),
    "a number for a time": (
        parquet(lambda d: d.assign(**{VALID: d[VALID].astype("int64")})),
        [VALID, NO_TIME],
    ),
    "Parquet without a zone": (
        parquet(lambda d: local(d, None)),
        ["zone None", "row 0", "2024-03-01 06"],
    ),
    "INT96": (
        parquet(use_deprecated_int96_timestamps=True, store_schema=False),
        ["zone None", "row 0"],
    ),
    "no time in Parquet": (
        parquet(lambda d: d.assign(**{VALID: d[VALID].mask(d.index == 7)})),
        ["missing time", "row 7"],
    ),
    "the year 3000": (csv(put(7, VALID, "3000-03-01T06:00:00Z")), [NO_TIME, "row 7"]),
    "decimal commas": (csv(sep=";", decimal=","), [VALUE, NO_NUMBER, "2,0"]),
    "decimal commas between commas": (csv(decimal=",", quoting=3, escapechar="\\"), ["row 0"]),
    "thousands": (csv(put(7, VALUE, "1,234.5")), [NO_NUMBER, "row 7", "1,234.5"]),
    "dollars": (csv(put(7, VALUE, "$5")), [NO_NUMBER, "row 7", "$5"]),
    "no value": (csv(put(7, VALUE, "")), [NO_NUMBER, "row 7"]),
    "endless": (parquet(put(7, VALUE, np.inf), cast={VALUE: pa.float64()}), [NO_NUMBER, "row 7"]),
    "true": (parquet(lambda d: d.assign(**{VALUE: d[VALUE] > 0})), [NO_NUMBER, "True"]),
    "a number for a place": (
        parquet(lambda d: d.assign(**{PLACE: 51291})),
        [PLACE, "not text", "51291"],
    ),
    "a list for a place": (
        parquet(lambda d: d.assign(**{PLACE: [["A"]] * 600})),
        ["no column ['location']"],
    ),
    "no place": (csv(put(7, PLACE, "  ")), [PLACE, "not text", "row 7"]),
    "a typing error": (csv(put(7, SERIES, "rt_lpm")), ["unknown series", "row 7", "rt_lpm"]),
    "another case": (
        csv(lambda d: put(7, PLACE, "hb north")(d)),
        [PLACE, "row 7", "HB_NORTH", "hb north"],
    ),
    "another case in a later file": (
        beside(
            csv(lambda d: d[:300], "a.csv"), csv(lambda d: d[300:].assign(**{PLACE: "Hb_North"}))
        ),
        [PLACE, "row 0", "HB_NORTH", "Hb_North"],
    ),
    "-9999": (
        csv(put(7, VALUE, -9999)),
        [VALUE, "mark for no value", "1 of 600", "row 7", "-9999"],
    ),
    "99999": (
        parquet(put(7, VALUE, 99999.0), cast={VALUE: pa.float64()}),
        ["mark for no", "row 7", "99999"],
    ),
    "above any cap": (csv(put(7, VALUE, 12000.5)), ["price cap", "row 7", "12000.5"]),
    "a fill value": (csv(put(7, VALUE, 9.96921e36)), ["mark for no", "row 7"]),
    "known before it was": (csv(shift(7, PUBLISH, "-1h")), [PUBLISH, "published before", "row 7"]),
    "known a year late": (csv(shift(7, PUBLISH, "-365D")), [PUBLISH, "published before", "row 7"]),
    "known years later": (csv(lambda d: shift(7, VALID, "-366D")(d)), ["300 days", "row 7"]),
    "known in the future": (
        csv(shift(7, PUBLISH, "2200D")),
        [PUBLISH, "in the future", "row 7", "2030"],
    ),
    "a key twice": (csv(lambda d: pd.concat([d, d[7:8]])), ["the same key twice", "1 of 601"]),
    "a key in two files": (beside(csv(), csv(lambda d: d[7:8], "y.csv")), ["two files", "y.csv"]),
    "hourly prices": (csv(every(60)), ["every 60 min", "5 min", VALID, "x.csv"]),
    "15-minute prices": (parquet(every(15)), ["every 15 min", "5 min", VALID]),
}


def spoil_page(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[4:400] = b"\xff" * 396
    path.write_bytes(content)


def read(folder: Path) -> pd.DataFrame:
    """All rows, as a run reads them: its dates first, then its months."""
    files, _ = data_files(folder)
    config = parse_config(settings(source="files", data_dir=str(folder), nodes=["HB_NORTH"]))
    covered = coverage(config, files)
    months = read_months(files, now=NOW)
    rows = pd.concat(observation_table(q, *of).to_pandas() for q, _, of in months)
    assert covered == (rows[PUBLISH].min(), rows[PUBLISH].max())
    return rows


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "data").mkdir()
    return tmp_path / "data"


@pytest.mark.parametrize("way", READ)
def test_what_can_be_read_is_read_whole(folder, way):
    READ[way](folder)
    rows = read(folder).sort_values(PUBLISH, ignore_index=True)
    pd.testing.assert_frame_equal(rows[[*GOOD]], GOOD, check_dtype=False)


@pytest.mark.parametrize("name", UNREAD)
def test_what_is_not_read_is_named(folder, name):
    csv()(folder)
    UNREAD[name](folder)
    assert data_files(folder)[1] == [name]
    assert len(read(folder)) == len(GOOD)


@pytest.mark.parametrize("way", REFUSED)
def test_what_cannot_be_read_is_refused_with_file_row_and_example(folder, way):
    write, words = REFUSED[way]
    write(folder)
    with pytest.raises(ValueError) as error:
        read(folder)
    for word in [".parquet" if list(folder.rglob("*.parquet")) else "x.csv", *words]:
        assert word in str(error.value)


@pytest.mark.parametrize("by", ["-2000D", "70D"])
def test_no_date_follows_from_a_price_that_stands_alone(folder, by, caplog):
    alone = GOOD[7:8].assign(**{c: GOOD[c] + pd.Timedelta(by) for c in TIME})
    parquet(lambda d: pd.concat([d, alone]), row_group_size=50)(folder)
    config = parse_config(settings(source="files", data_dir=str(folder), nodes=["HB_NORTH"]))
    covered = coverage(config, data_files(folder)[0])
    assert covered == (GOOD[PUBLISH].min(), GOOD[PUBLISH].max())
    assert "1 prices stand alone" in caplog.text


def test_a_folder_that_is_not_there_is_answered_with_what_is(folder):
    with pytest.raises(ValueError, match=r"datum: no such folder; .* has \['data'\]"):
        data_files(folder.parent / "datum")
    raw(ZIP, "x.xlsx")(folder)
    with pytest.raises(ValueError, match=r"no Parquet or CSV file in it, but \['x.xlsx'\]"):
        data_files(folder)


def test_home_is_expanded(folder, monkeypatch):
    monkeypatch.setenv("HOME", str(folder.parent))
    csv()(folder)
    config = parse_config(settings(source="files", data_dir="~/data", nodes=["HB_NORTH"]))
    assert Dates.of(config).files == [folder / "x.csv"]


def test_what_a_folder_holds_instead_is_listed(folder):
    csv(lambda d: d.assign(**{PLACE: "HB_WEST"}))(folder)
    with pytest.raises(ValueError, match=r"it holds rt_lmp at \['HB_WEST'\]"):
        read(folder)
    csv(lambda d: d.assign(**{SERIES: "dam_spp"}))(folder)
    with pytest.raises(ValueError, match=r"it holds the series \['dam_spp'\]"):
        read(folder)
