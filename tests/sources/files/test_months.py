"""Bad input is refused with file, column, row count and an example; good input comes through."""

import csv
import os
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from rtlmp.asof.vintages import load_observations
from rtlmp.catalog import SeriesName
from rtlmp.config import parse_config
from rtlmp.io import parquet
from rtlmp.io.files import BadFileError
from rtlmp.schemas.core import Observations, no_observations
from rtlmp.sources.files.coverage import coverage, issue_dates
from rtlmp.sources.files.months import read_months
from rtlmp.sources.files.pieces import Piece, pieces
from tests.helpers.build import ROOT, five_minutes, hourly_noise, read_frames, settings, utc

VALID, PUBLISH, VALUE = Observations.valid_time, Observations.publish_time, Observations.value


@pytest.fixture
def good():
    return five_minutes("2024-01-01 06:00", np.arange(600.0), "HB_NORTH")


def save(df: pd.DataFrame, path) -> list[Path]:
    df.to_parquet(path, index=False) if path.suffix == ".parquet" else df.to_csv(path, index=False)
    return [path]


@pytest.mark.parametrize("name", ["x.parquet", "x.csv"])
def test_parquet_and_csv_come_back_as_they_were(good, tmp_path, name):
    read = read_frames(save(good, tmp_path / name))
    pd.testing.assert_frame_equal(
        read[SeriesName.RT_LMP], good[list(read[SeriesName.RT_LMP].columns)]
    )
    Observations.validate(read[SeriesName.RT_LMP])


BAD = {
    "naive times": (
        lambda d: d.assign(**{VALID: d[VALID].dt.tz_localize(None)}),
        ["valid_time", "zone None", "600 of 600", "2024-01-01 06:00:12"],
    ),
    "a day that is none": (
        lambda d: d.assign(**{PUBLISH: d[PUBLISH].astype(str).mask(d.index == 3, "2024-02-30 1Z")}),
        ["publish_time", "not a UTC time", "1 of 600", "row 3", "2024-02-30 1Z"],
    ),
    "duplicates": (
        lambda d: pd.concat([d, d.iloc[[7]]]),
        ["the same key twice", "1 of 601 rows", "HB_NORTH"],
    ),
    "missing column": (lambda d: d.drop(columns=PUBLISH), ["no column ['publish_time']", "value"]),
    "unknown series": (
        lambda d: d.assign(**{Observations.series: "rt_lpm"}),
        ["unknown series", "rt_lpm", "rt_lmp"],
    ),
    "text for values": (
        lambda d: d.assign(**{VALUE: ["n/a", *d[VALUE].astype(str)[1:]]}),
        ["value", "not a number", "1 of 600", "n/a"],
    ),
    "empty values": (
        lambda d: d.assign(**{VALUE: d[VALUE].mask(d.index == 3)}),
        ["value", "not a number", "1 of 600", "row 3"],
    ),
    "endless values": (
        lambda d: d.assign(**{VALUE: d[VALUE].mask(d.index == 3, np.inf)}),
        ["value", "not a number"],
    ),
    "no location": (
        lambda d: d.assign(**{Observations.location: None}),
        ["location", "not text", "600 of 600"],
    ),
    "price before its time": (
        lambda d: d.assign(**{PUBLISH: d[VALID] - pd.Timedelta("1h")}),
        ["publish_time", "published before", "600 of 600"],
    ),
}


@pytest.mark.parametrize("case", BAD)
@pytest.mark.parametrize("suffix", [".parquet", ".csv"])
def test_bad_input_is_refused_with_reasons(good, tmp_path, case, suffix):
    spoil, words = BAD[case]
    if suffix == ".csv" and case == "naive times":
        words = [words[0], "not a UTC time"]
    with pytest.raises(BadFileError) as error:
        read_frames(save(spoil(good), tmp_path / f"bad{suffix}"))
    for word in ["bad" + suffix, *words]:
        assert word in str(error.value)


def test_numbers_of_a_csv_are_read_to_the_last_digit(good, tmp_path):
    exact = good.assign(**{VALUE: np.random.default_rng(0).normal(0, 50, len(good))})
    read = read_frames(save(exact, tmp_path / "x.csv"))[SeriesName.RT_LMP]
    assert read[VALUE].tolist() == exact[VALUE].tolist()


@pytest.mark.parametrize("name", ["x.parquet", "x.csv"])
def test_what_cannot_be_read_is_named(good, tmp_path, name):
    text = good.to_csv(index=False) + "1,2\n"
    (tmp_path / name).write_text(text)
    with pytest.raises(BadFileError, match=rf"{name}: .*(parquet|Expected 5 columns, got 2)"):
        read_frames([tmp_path / name])


def test_rows_of_a_later_row_group_are_counted_from_the_first_of_the_file(good, tmp_path):
    bad = good.assign(**{VALUE: good[VALUE].mask(good.index == 503)})
    bad.to_parquet(tmp_path / "x.parquet", index=False, row_group_size=100)
    with pytest.raises(BadFileError, match=r"1 of 100 rows, the first is row 503: "):
        read_frames([tmp_path / "x.parquet"])


def test_files_of_no_rows_and_with_a_byte_order_mark_are_read(good, tmp_path):
    (tmp_path / "a.csv").write_text(good.to_csv(index=False), encoding="utf-8-sig")
    paths = [tmp_path / "a.csv", *save(good.iloc[:0], tmp_path / "b.parquet")]
    paths += save(good.iloc[:0].astype(object), tmp_path / "c.parquet")
    assert len(read_frames(paths)[SeriesName.RT_LMP]) == len(good)
    assert not [*read_months(paths[1:])]


def test_one_key_in_two_files_is_refused(good, tmp_path):
    paths = save(good, tmp_path / "a.parquet") + save(good.iloc[:5], tmp_path / "b.parquet")
    with pytest.raises(BadFileError, match="the same key in two files: 5 of 605"):
        read_frames(paths)


def test_months_are_those_of_publication(tmp_path):
    rows = five_minutes("2024-01-31 23:50", [1.0, 2.0, 3.0])
    made = read_months(save(rows, tmp_path / "x.parquet"))
    assert {m: len(of.value) for _, m, (of, _) in made} == {"2024-01": 2, "2024-02": 1}
    Observations.validate(no_observations())


def test_a_month_is_whole_however_the_files_are_split(good, tmp_path):
    """Row groups out of order, two series mixed, a month in three files: nothing is lost."""
    rows = pd.concat([good, hourly_noise(SeriesName.LOAD, "ERCOT", "2023-11-20", 100, 1)])
    shuffled = rows.sample(frac=1, random_state=3)
    parts = np.array_split(np.arange(len(rows)), 3)
    paths = []
    for k, of in enumerate(parts):
        paths.append(tmp_path / f"{k}.{'csv' if k == 1 else 'parquet'}")
        part = shuffled.iloc[of]
        if k == 1:
            part.to_csv(paths[-1], index=False)
        else:
            part.to_parquet(paths[-1], index=False, row_group_size=100)
    made = [(q, m) for q, m, _ in read_months(paths)]
    assert len(made) == len(set(made))
    keys = [PUBLISH, VALID]
    got = pd.concat(read_frames(paths).values()).sort_values(keys, ignore_index=True)
    want = rows.sort_values(keys, ignore_index=True)
    pd.testing.assert_frame_equal(got[list(want.columns)], want)


@pytest.mark.parametrize("suffix", [".parquet", ".csv"])
def test_coverage_is_that_of_the_target_at_the_nodes(good, tmp_path, suffix):
    other = hourly_noise(SeriesName.LOAD, "ERCOT", "2023-01-01", 900, 1)
    paths = save(pd.concat([good, other]), tmp_path / f"x{suffix}")
    config = parse_config(settings(source="files", data_dir=str(tmp_path), nodes=["HB_NORTH"]))
    covered = coverage(config, paths)
    assert covered.first == utc("2024-01-01 06:01:12")
    assert [str(d) for d in issue_dates(config, covered)] == ["2024-01-01", "2024-01-02"]
    config["nodes"] = ["HB_PAN"]
    there = r"rt_lmp at \['HB_PAN'\]; it holds rt_lmp at \['HB_NORTH'\]"
    with pytest.raises(ValueError, match=there):
        coverage(config, paths)
    config["nodes"] = ["HB_NORHT"]
    with pytest.raises(ValueError, match=r"\['HB_NORHT'\]; did you mean HB_NORTH\?; it holds"):
        coverage(config, paths)


def test_nodes_without_a_recent_price_are_named_and_do_not_stop_the_others(good, tmp_path, caplog):
    old = good.assign(**{Observations.location: "OLD_RN"})
    for column in (VALID, PUBLISH):
        old[column] -= pd.Timedelta("30D")
    paths = save(old, tmp_path / "a.parquet") + save(good, tmp_path / "b.csv")
    nodes = ["HB_NORTH", "OLD_RN", "HB_TYPO"]
    config = parse_config(settings(source="files", data_dir=str(tmp_path), nodes=nodes))
    assert coverage(config, paths).last == good[PUBLISH].max()
    said = [record.getMessage() for record in caplog.records]
    assert "no rt_lmp at ['HB_TYPO']; it holds rt_lmp at ['HB_NORTH', 'OLD_RN'], in" in said[0]
    assert said[1] == "no rt_lmp at OLD_RN since 2023-12-04 07:56Z"
    assert len(said) == 2


@pytest.mark.parametrize("suffix", [".parquet", ".csv"])
def test_a_month_reads_the_files_that_may_hold_a_row_of_it(tmp_path, suffix):
    paths = []
    for start in ("2023-12-30", "2024-01-31 23:00", "2024-02-10"):
        rows = five_minutes(start, np.arange(24.0), "HB_NORTH")
        paths += save(rows, tmp_path / f"{start[:10]}{suffix}")
    whole = {(q, m): rows for q, m, rows in read_months(paths)}
    for month, held in {"2023-12": [0], "2024-01": [1], "2024-02": [1, 2]}.items():
        there = [
            k for k, p in enumerate(pieces(paths, [PUBLISH], {})) if month in p.months(*[month] * 2)
        ]
        assert there == held
        own = {(q, m): rows for q, m, rows in read_months([paths[k] for k in held], [month])}
        np.testing.assert_array_equal(
            own[SeriesName.RT_LMP, month][0].value, whole[SeriesName.RT_LMP, month][0].value
        )


def test_dates_of_text_are_parsed_once_and_again_when_it_changed(good, tmp_path, monkeypatch):
    paths = save(good, tmp_path / "x.csv")
    first = [*pieces(paths, [PUBLISH], {})]
    with monkeypatch.context() as patch:
        patch.setattr(Piece, "read", None)
        assert [*pieces(paths, [PUBLISH], {})] == first
    save(good.iloc[:5], paths[0])
    assert [*pieces(paths, [PUBLISH], {})] != first


@pytest.mark.parametrize("suffix", [".parquet", ".csv"])
def test_coverage_refuses_what_the_raw_months_will(good, tmp_path, suffix):
    naive = good.assign(**{PUBLISH: good[PUBLISH].dt.tz_localize(None)})
    config = parse_config(settings(source="files", data_dir=str(tmp_path), nodes=["HB_NORTH"]))
    with pytest.raises(BadFileError, match=rf"x{suffix}: column publish_time: .*600 of 600"):
        coverage(config, save(naive, tmp_path / f"x{suffix}"))


@pytest.mark.parametrize("suffix", [".parquet", ".csv"])
def test_coverage_is_read_without_pandas(good, tmp_path, suffix):
    (path,) = save(good, tmp_path / f"x{suffix}")
    config = {"source": "files", "target": SeriesName.RT_LMP.value, "nodes": ["HB_NORTH"]}
    script = (
        "import sys; from pathlib import Path; from rtlmp.sources.files.coverage import coverage;"
        f"coverage({config}, [Path({str(path)!r})]); sys.exit('pandas' in sys.modules)"
    )
    subprocess.run([sys.executable, "-c", script], cwd=ROOT, check=True)


def test_quoted_names_and_words_are_read_alike(good, tmp_path):
    path = tmp_path / "x.csv"
    good.to_csv(path, index=False, quoting=csv.QUOTE_ALL)
    config = parse_config(settings(source="files", data_dir=str(tmp_path), nodes=["HB_NORTH"]))
    assert coverage(config, [path]).first == utc("2024-01-01 06:01:12")
    assert len(read_frames([path])[SeriesName.RT_LMP]) == len(good)


@pytest.mark.parametrize("size", [50, 1000])
def test_coverage_counts_the_nodes_alone_however_the_rows_are_grouped(good, tmp_path, size):
    late = good.assign(**{VALID: good[VALID] + pd.Timedelta("9D"), "location": "HB_PAN"})
    late[PUBLISH] = good[PUBLISH] + pd.Timedelta("9D")
    rows = pd.concat([late, good.iloc[::-1]])
    rows.to_parquet(tmp_path / "x.parquet", index=False, row_group_size=size)
    config = parse_config(settings(source="files", data_dir=str(tmp_path), nodes=["HB_NORTH"]))
    covered = coverage(config, [tmp_path / "x.parquet"])
    of_node = good[good["location"] == "HB_NORTH"][PUBLISH]
    assert covered == (of_node.min(), of_node.max())


def test_a_footer_that_kills_who_looks_at_it_is_named(good, tmp_path, monkeypatch):
    paths = save(good, tmp_path / "good.parquet") + save(good[:9], tmp_path / "deadly.parquet")
    look = parquet.column_extent

    def deadly(of):
        return os.kill(os.getpid(), signal.SIGKILL) if of.num_values == 9 else look(of)

    monkeypatch.setattr(parquet, "column_extent", deadly)
    for read in (read_frames, load_observations):
        with pytest.raises(BadFileError, match=r"deadly\.parquet: its footer cannot be read"):
            read(paths)


def test_a_footer_that_names_a_column_otherwise_is_read(good, tmp_path):
    (path,) = save(good, tmp_path / "x.parquet")
    body = path.read_bytes()
    at = body.rindex(b"publish_time", 0, body.index(b"ARROW:schema"))  # of the row group
    path.write_bytes(body[:at] + b"publirh_time" + body[at + 12 :])
    assert len(read_frames([path])[SeriesName.RT_LMP]) == 600
