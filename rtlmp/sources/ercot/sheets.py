"""Yearly workbooks -> the CSV that a posting of the same report would be.

gridstatus' readers are not used: they fetch for themselves, without time-outs, and where a workbook
has a row of the hour that the clock skips they take both passes of the repeated hour for one.
"""

import io
import zipfile

import pandas as pd

from rtlmp.sources.base.web import UnreadableError
from rtlmp.sources.ercot.times import squeeze


def workbook_csv(body: bytes, what: str) -> bytes:
    """A zip with a CSV file of each sheet of the workbook, or of the zip with one, that has rows.

    Raises UnreadableError where it is neither, or a row has no hour: but for a footer a sheet.
    """
    made = io.BytesIO()
    sheets = pd.read_excel(
        io.BytesIO(_excel(body)), sheet_name=None, dtype=str, keep_default_na=False, na_values=[""]
    )
    with zipfile.ZipFile(made, "w") as file:
        for name, sheet in sheets.items():
            rows = sheet.dropna(how="all").fillna("")
            if squeeze(str([*rows, ""][0])).startswith("HOUREND"):
                rows = _apart(rows)
            footers = int((rows.iloc[:, 1:2] == "").sum().sum())
            if footers > 1:
                lost = f"{footers} rows of {len(rows) + 1} without an hour"
                raise UnreadableError(f"{what}, sheet {name}: {lost}")
            if len(rows):
                file.writestr(f"{name}.csv", rows[rows.iloc[:, 1] != ""].to_csv(index=False))
    return made.getvalue()


def _excel(body: bytes) -> bytes:
    # loads most of a second; ERCOT's load archives have directories that zipfile refuses
    from gridstatus.utils import read_zip_member_with_local_header_fallback

    try:
        with zipfile.ZipFile(io.BytesIO(body)) as file:
            names = file.namelist()
            if "xl/workbook.xml" in names:
                return body
            return bytes(read_zip_member_with_local_header_fallback(file, names[0]))
    except (zipfile.BadZipFile, IndexError) as error:
        raise UnreadableError(f"no workbook but {body[:80]!r}") from error


def _apart(rows: pd.DataFrame) -> pd.DataFrame:
    """Day, hour ending and flag of 11/03/2024 02:00 DST, the repeated hour, or of a time."""
    texts = rows.iloc[:, 0]
    said = texts.str.split(expand=True).reindex(columns=range(3)).fillna("")
    # of a time: within the hour, though Excel is off by some ms
    start = pd.to_datetime(texts, format="ISO8601", errors="coerce") - pd.Timedelta("30min")
    timed = start.notna()
    said.loc[timed, 0] = start.dt.strftime("%m/%d/%Y")
    said.loc[timed, 1] = (start.dt.hour + 1).astype("Int64").astype(str)
    flag = (~timed & (said[2] != "")).map({True: "Y", False: "N"})
    clock = pd.DataFrame({"DeliveryDate": said[0], "HourEnding": said[1], "DSTFlag": flag})
    return pd.concat([clock, rows.iloc[:, 1:]], axis=1)
