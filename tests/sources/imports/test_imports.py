"""Tables of others become the same observations, whatever their shape; nothing is guessed."""

import zipfile

import numpy as np
import pandas as pd
import pytest

from rtlmp.io.files import BadFileError
from rtlmp.schemas.core import Observations
from rtlmp.sources.files.folder import data_files
from rtlmp.sources.imports.__main__ import main
from tests.helpers.build import read_frames, utc

HOURS = pd.date_range("2024-10-30 05:00", "2024-11-06 06:00", freq="h", tz="UTC", inclusive="left")
LOCAL = HOURS.tz_convert("America/Chicago")  # the clock is set back on 3 November
PRICE = np.arange(len(HOURS)) / 10
FLAG = ["NY"[at.fold] for at in LOCAL]
EVE = (LOCAL.tz_localize(None).normalize() - pd.Timedelta("10.5h")).tz_localize(LOCAL.tz)
SAID = ["--series", "dam_spp", "--published", "13:30", "--zone", "America/Chicago"]
AMERICAN = ["--pattern", "%m/%d/%Y"]
ORDER = ["--second", "order", "--location", "HB_NORTH"]


def hour_ending(**more):
    ending = [f"{at.hour + 1:02d}:00" for at in LOCAL]
    return pd.DataFrame(
        {"Delivery Date": LOCAL.strftime("%m/%d/%Y"), "Hour Ending": ending, **more, "SPP": PRICE}
    )


def gridstatus():
    return pd.DataFrame(
        {
            "Time": LOCAL,
            "Interval Start": LOCAL,
            "Interval End": LOCAL + pd.Timedelta("1h"),
            "Location": "HB_NORTH",
            "Market": "DAY_AHEAD_HOURLY",
            "SPP": PRICE,
        }
    )


def stamps(shape, back="0h"):
    return pd.DataFrame({"When": (LOCAL + pd.Timedelta(back)).strftime(shape), "Price": PRICE})


WAYS = {
    "gridstatus.csv": (gridstatus(), ["--published", "13:30", "--zone", "America/Chicago"]),
    "gridstatus.parquet": (gridstatus(), ["--published", "13:30", "--zone", "America/Chicago"]),
    "flagged.csv": (
        hour_ending(**{"Settlement Point": "HB_NORTH", "DST Flag": FLAG}),
        [*SAID, *AMERICAN],
    ),
    "flagged.xlsx": (
        hour_ending(**{"Settlement Point": "HB_NORTH", "DST Flag": FLAG}),
        [*SAID, *AMERICAN],
    ),
    "report.csv": (
        hour_ending(**{"Settlement Point": "HB_NORTH", "DSTFlag": FLAG}).rename(
            columns={"SPP": "SettlementPointPrice"}
        ),
        ["--report", "np4-190-cd", "--published", "13:30"],
    ),
    "in_order.csv": (hour_ending(), [*SAID, *AMERICAN, *ORDER]),
    "beginning.csv": (
        stamps("%Y-%m-%d %H:%M"),
        [*SAID, *ORDER, "--labels", "begin", "--columns", "valid_time=When"],
    ),
    "offsets.csv": (
        stamps("%Y-%m-%dT%H:%M:%S%z", "1h"),
        [*SAID, *ORDER, "--labels", "end", "--columns", "valid_time=When"],
    ),
    "standard_time.csv": (
        stamps("%d").assign(When=(HOURS - pd.Timedelta("6h")).strftime("%d.%m.%y %H:%M")),
        ["--series", "dam_spp", "--zone", "Etc/GMT+6", "--location", "HB_NORTH", "--pattern",
         "%d.%m.%y %H:%M", "--labels", "begin", "--columns", "valid_time=When", "publish_time=Eve"],
    ),
}  # fmt: skip


def save(table, path):
    if path.suffix == ".parquet":
        table.to_parquet(path, index=False)
    elif path.suffix == ".xlsx":
        table.to_excel(path, index=False)
    else:
        table.to_csv(path, index=False)
    return str(path)


@pytest.mark.parametrize("name", WAYS)
def test_every_shape_gives_the_same_observations(tmp_path, name):
    table, said = WAYS[name]
    if "publish_time=Eve" in said:
        table = table.assign(Eve=EVE.tz_convert("UTC").strftime("%Y-%m-%dT%H:%MZ"))
    main([save(table, tmp_path / name), "--to", str(tmp_path / "out"), *said])
    (rows,) = read_frames(data_files(tmp_path / "out")[0]).values()
    rows = rows.sort_values(Observations.valid_time, ignore_index=True)
    assert rows[Observations.valid_time].tolist() == HOURS.tolist()
    assert rows[Observations.publish_time].tolist() == EVE.tz_convert("UTC").tolist()
    assert rows[Observations.value].tolist() == PRICE.tolist()
    assert {*rows[Observations.location]} == {"HB_NORTH"}


def test_one_error_asks_for_all_that_is_missing(tmp_path):
    path = save(stamps("%m/%d/%Y %H:%M"), tmp_path / "x.csv")
    with pytest.raises(BadFileError) as error:
        main([path, "--to", str(tmp_path / "out"), "--columns", "valid_time=When"])
    asked = ("--series", "--location", "--zone", "--labels", "--pattern", "--published", "--second")
    for word in ["x.csv", "When", "10/30/2024 00:00", *asked]:
        assert word in str(error.value)
    assert not (tmp_path / "out").exists()


TWICE = [
    "x.csv",
    "Delivery Date",
    "twice",
    "2 of 169 rows",
    "row 97",
    "2024-11-03 01:00",
    "--second",
]
WRONG = {
    "an hour that comes twice": (lambda d: d, [], TWICE),
    "only one of two passes": (
        lambda d: d.drop(index=98), ["--second", "order"], ["twice", "1 of 168 rows", "row 97"]),
    "hour 25": (
        lambda d: d.assign(**{"Hour Ending": d["Hour Ending"].mask(d.index == 5, "25:00")}),
        [], ["Hour Ending", "no hour", "row 5", "25"]),
    "no number": (lambda d: d.assign(SPP=d["SPP"].astype(object).mask(d.index == 5, "n/a")),
                  [], ["SPP", "not a number", "row 5", "n/a"]),
    "30 February": (
        lambda d: d.assign(**{"Delivery Date": d.iloc[:, 0].mask(d.index == 5, "02/30/2024")}),
        [], ["not a time as %m/%d/%Y", "row 5", "02/30/2024"]),
    "another column": (lambda d: d, ["--columns", "value=Prise"], ["no 'Prise'"]),
    "another zone": (lambda d: d, ["--zone", "Central"], ["--zone", "America/Chicago"]),
}  # fmt: skip


@pytest.mark.parametrize("case", WRONG)
def test_rows_are_asked_about_and_never_guessed(tmp_path, case):
    spoil, said, words = WRONG[case]
    path = save(spoil(hour_ending()), tmp_path / "x.csv")
    given = [*SAID, *AMERICAN, "--location", "HB_NORTH", *said]
    with pytest.raises(BadFileError) as error:
        main([path, "--to", str(tmp_path / "out"), *given])
    for word in words:
        assert word in str(error.value)


def test_a_time_that_the_clock_skips_is_refused(tmp_path):
    table = pd.DataFrame({"When": ["2024-03-10 01:00", "2024-03-10 02:00"], "Price": [1, 2]})
    said = [*SAID, "--location", "N", "--labels", "begin", "--columns", "valid_time=When"]
    with pytest.raises(BadFileError, match=r"skips this time.*row 1: \['2024-03-10 02:00"):
        main([save(table, tmp_path / "x.csv"), "--to", str(tmp_path), *said])


def test_a_posting_says_its_report_and_time_by_its_name(tmp_path):
    row = "09/29/2026,12,1,HB_NORTH,HU,22.42,N\n09/29/2026,12,1,LZ_WEST,LZ,9,N\n"
    head = "DeliveryDate,DeliveryHour,DeliveryInterval,SettlementPointName,SettlementPointType,"
    name = "cdr.00012301.0000000000000000.20260929.111701.SPPHLZNP6905_20260929_1115"
    for folder, inner in (("a", f"{name}.csv"), ("b", "inner.csv")):
        (tmp_path / folder).mkdir()
        with zipfile.ZipFile(tmp_path / folder / f"{name}_csv.zip", "w") as file:
            file.writestr(inner, f"{head}SettlementPointPrice,DSTFlag\n{row}")
    for folder in "ab":
        posted, made = str(tmp_path / folder / f"{name}_csv.zip"), tmp_path / folder / "out"
        main([posted, "--to", str(made), "--keep", "HB_NORTH"])
        (rows,) = read_frames(data_files(made)[0]).values()
        assert rows[Observations.valid_time].tolist() == [utc("2026-09-29 16:00")]
        assert rows[Observations.publish_time].tolist() == [utc("2026-09-29 16:17:01")]
        assert rows[Observations.value].tolist() == [22.42]
    with pytest.raises(BadFileError, match=r"no value at \['HB_WEST'\]"):
        main([posted, "--to", str(tmp_path / "no"), "--keep", "HB_WEST"])


def test_a_column_each_place_and_no_file_loses_what_another_import_made(tmp_path):
    table = hour_ending(**{"DST Flag": FLAG, "West price": PRICE + 1}).rename(columns={"SPP": "N"})
    said = [save(table, tmp_path / "x.csv"), "--to", str(tmp_path / "out"), *SAID, *AMERICAN]
    main([*said, "--places", "HB_NORTH=N", "HB_WEST=West price"])
    (rows,) = read_frames(data_files(tmp_path / "out")[0]).values()
    means = rows.groupby(Observations.location)[Observations.value].mean()
    assert means.to_dict() == {"HB_NORTH": PRICE.mean(), "HB_WEST": PRICE.mean() + 1}
    with pytest.raises(BadFileError, match=rf"holds {len(HOURS)} values that .* do not give"):
        main([*said, "--places", "HB_NORTH=N", "HB_SOUTH=N"])
    for place in ("A", "B"):
        main([*said, "--location", place, "--columns", "value=N"])
    assert len(data_files(tmp_path / "out")[0]) == 3
