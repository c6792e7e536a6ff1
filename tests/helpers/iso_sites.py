"""What the sites of the other markets answer gridstatus 0.37.0, made for the day that is asked.

Names and layouts of columns are those that its parsers read; every table holds a day of numbers.
"""

import io
import json
import re
import time
import urllib.error
import urllib.request
import zipfile
from collections.abc import Callable
from email.utils import format_datetime
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import pandas as pd
import pytest
from requests import Response
from requests.adapters import HTTPAdapter

NODE = "HUB A"
PARTS = ("LMP", "MCE", "MCC", "MCL")
FOUND, MISSING = 200, 404
Table = pd.DataFrame


def times(day: Any, tz: str, freq: str) -> pd.DatetimeIndex:
    first = pd.Timestamp(pd.Timestamp(day).date(), tz=tz)
    return pd.date_range(first, first + pd.DateOffset(days=1), freq=freq, inclusive="left")


def day_of(url: str) -> pd.Timestamp:
    return pd.Timestamp(re.findall(r"20\d{6}", url)[-1])


def today() -> str:
    return f"{pd.Timestamp.now():%Y%m%d}"


def zipped(name: str, body: str) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr(name, body)
    return file.getvalue()


def csv(**columns: Any) -> str:
    return Table(columns).to_csv(index=False)


def each(values: pd.Index, names: list[str] | tuple[str, ...]) -> Table:
    """A row a value and name."""
    return pd.MultiIndex.from_product([values, names], names=["t", "name"]).to_frame(index=False)


# CAISO: OASIS gives 24 hours from the start, an hour of all nodes, and a page when in a hurry
def oasis(url: str) -> bytes:
    query = {k: v[0] for k, v in parse_qs(urlsplit(url).query).items()}
    start, end = (pd.Timestamp(query[k][:14]) for k in ("startdatetime", "enddatetime"))
    name = query["queryname"]
    freq = "5min" if name == "PRC_INTVL_LMP" else "h"
    stop = min(end, start + pd.Timedelta("1h")) if query.get("grp_type") == "ALL" else end
    stamps = pd.date_range(start, stop, freq=freq, inclusive="left")
    kinds = {"PRC_AS": ["SR", "RU"], "SLD_FCST": ["CA ISO-TAC", "PGE-TAC"]}.get(name, PARTS)
    rows = each(stamps, kinds)
    rows["INTERVALSTARTTIME_GMT"] = rows["t"].dt.strftime("%Y-%m-%dT%H:%M:%S-00:00")
    ends = rows["t"] + pd.Timedelta(freq if freq != "h" else "1h")
    rows["INTERVALENDTIME_GMT"] = ends.dt.strftime("%Y-%m-%dT%H:%M:%S-00:00")
    rows["MARKET_RUN_ID"], rows["ANC_REGION"] = "DAM", "AS_CAISO"
    rows["LMP_TYPE"] = rows["ANC_TYPE"] = rows["TAC_AREA_NAME"] = rows["name"]
    rows["MW"] = rows["VALUE"] = 10.0
    nodes = query.get("node", "OTHER").split(",")
    if name.endswith("LMP"):
        assert len(nodes) <= 10
        ghg = rows[rows["name"] == "LMP"].assign(LMP_TYPE="MGHG")
        rows = pd.concat([pd.concat([rows, ghg]).assign(NODE=node) for node in nodes])
    return zipped("oasis.csv", rows.drop(columns=["t", "name"]).to_csv(index=False))


def outlook(*columns: str) -> Callable[[str], str]:
    clock = pd.date_range("2000-01-01", periods=288, freq="5min").strftime("%H:%M")
    return lambda _: csv(Time=clock, **dict.fromkeys(columns, 10.0))


# NYISO: local clock, ending for five minutes, with the zone in some files
def nyiso(freq: str, names: list[str], *values: str, end: bool = False, zone: bool = False,
          name: str = "Name") -> Callable[[str], bytes | str]:  # fmt: skip
    def body(url: str) -> bytes | str:
        stamps = times(day_of(url), "US/Eastern", freq)
        rows = each(stamps + pd.Timedelta("5min") if end else stamps, names)
        clock = rows["t"].dt.strftime("%m/%d/%Y %H:%M:%S")
        zones = {"Time Zone": rows["t"].dt.strftime("%Z")} if zone else {}
        columns = {"Time Stamp": clock, **zones, name: rows["name"], "PTID": 1}
        return Table({**columns, **dict.fromkeys(values, 10.0)}).to_csv(index=False)

    return body


LBMP = ("LBMP ($/MWHr)", "Marginal Cost Losses ($/MWHr)", "Marginal Cost Congestion ($/MWHr)")
RESERVES = ("10 Min Spinning Reserve ($/MWHr)", "10 Min Non-Synchronous Reserve ($/MWHr)",
            "30 Min Operating Reserve ($/MWHr)", "NYCA Regulation Capacity ($/MWHr)")  # fmt: skip


def isolf(url: str) -> str:
    hours = [
        t for k in range(6) for t in times(day_of(url) + pd.Timedelta(days=k), "US/Eastern", "h")
    ]
    clock = [f"{t:%m/%d/%Y %H:%M}" for t in hours]
    return Table({"Time Stamp": clock, "Capitl": 1.0, "NYISO": 10.0}).to_csv(index=False)


# ISO-NE: four lines, a header, units, rows, a count
def isone(columns: dict[str, Any], above: int = 4) -> str:
    header, *rows = Table({"H": "D", **columns}).to_csv(index=False).splitlines()
    top = ["C,title"] * above
    return "\n".join([*top, header, header, *rows, f"T,{len(rows)}", ""])


def isone_five(url: str) -> str:
    first, last = map(int, re.findall(r"_(\d\d)-(\d\d)\.csv", url)[0])
    stamps = times(day_of(url.rsplit("_", 1)[0]), "US/Eastern", "5min")
    clock = [f"{t:%H:%M:%S}" for t in stamps if first <= t.hour < last]
    prices = ("LMP", "Energy Component", "Congestion Component", "Loss Component")
    return isone({"Local Time": clock, "Location ID": 4000, **dict.fromkeys(prices, 10.0)})


def isone_now(_: str) -> str:
    now = pd.Timestamp.now("US/Eastern")
    clock = [f"{now:%Y-%m-%d} 00:00:00", f"{now.floor('5min'):%Y-%m-%d %H:%M:%S}"]
    prices = ("LMP", "Energy Component", "Congestion Component", "Loss Component")
    return isone({"Local Time": clock, "Location ID": 4000, **dict.fromkeys(prices, 10.0)}, 3)


def isone_ahead(url: str) -> str:
    day = day_of(url)
    hours = [f"{t.hour + 1:02d}" for t in times(day, "US/Eastern", "h")]
    prices = ("Locational Marginal Price", "Energy Component", "Congestion Component",
              "Marginal Loss Component")  # fmt: skip
    place = {"Location ID": 4000, "Location Name": NODE, "Location Type": "HUB"}
    when = {"Date": f"{day:%m/%d/%Y}", "Hour Ending": hours}
    return isone({**when, **place, **dict.fromkeys(prices, 10.0)})


def isone_load(url: str) -> str:
    clock = [f"{t:%m/%d/%Y %H:%M:%S}" for t in times(day_of(url), "US/Eastern", "5min")]
    return isone({"Date/Time": clock, "Native Load": 10.0, "Asset Related Load": 9.0})


def isone_mix(url: str) -> str:
    stamps = times(day_of(url), "US/Eastern", "5min")
    when = {"Date": f"{day_of(url):%m/%d/%Y}", "Time": [f"{t:%H:%M:%S}" for t in stamps]}
    return isone({**when, "Fuel Category": "Wind", "Gen Mw": 10.0})


def isone_forecast(body: str) -> str:
    [start] = re.findall(r"startDate=(\d\d/\d\d/\d{4})", unquote(body))
    hours = times(start, "US/Eastern", "h")
    made = (hours[0] - pd.Timedelta("14h")).isoformat()
    rows = [{"BeginDate": t.isoformat(), "CreationDate": made, "Mw": 10.0} for t in hours]
    return json.dumps([{"data": {"forecast": rows}}])


# PJM: Data Miner's pages of JSON, UTC times beside local ones
def pjm(names: dict[str, Any], freq: str = "5min", **columns: Any) -> Callable[[str], str]:
    def body(url: str) -> str:
        query = {k: v[0] for k, v in parse_qs(urlsplit(url).query).items()}
        [span] = [v for k, v in query.items() if k.endswith("_ept")]
        start, end = (pd.Timestamp(t, tz="US/Eastern") for t in span.split("to"))
        stamps = pd.date_range(start.ceil(freq), end, freq=freq).tz_convert("UTC")
        [(key, values)] = names.items()
        rows = each(stamps, values).rename(columns={"name": key})
        utc = rows.pop("t").dt.strftime("%Y-%m-%dT%H:%M:%S")
        made = start.tz_convert("UTC") - pd.Timedelta("14h")
        whens = {"evaluated_at_utc": f"{made:%Y-%m-%dT%H:%M:%S}"}
        whens |= dict.fromkeys(("datetime_beginning_utc", "forecast_hour_beginning_utc"), utc)
        kept = {k: v for k, v in whens.items() if k in query["fields"]}
        items = rows.assign(**kept, **columns).to_dict("records")
        return json.dumps({"items": items, "totalRows": len(items)})

    return body


def pjm_lmp(kind: str, freq: str) -> Callable[[str], str]:
    parts = ("total_lmp", "system_energy_price", "congestion_price", "marginal_loss_price")
    values = {f"{part}_{kind}": 10.0 for part in parts}
    return pjm({"pnode_id": [51288]}, freq, pnode_name="HUB", type="HUB", **values)


def pnodes(_: str) -> str:
    kind = {"pnode_subtype": "HUB", "pnode_type": "BUS", "voltage_level": None}
    since = {"effective_date": "2004-01-01", "termination_date": "9999-12-31"}
    node = {"pnode_id": 51288, "pnode_name": NODE, **kind, **since}
    return json.dumps(
        {"items": [node, {**node, "pnode_id": 1, "pnode_name": "HUB B"}], "totalRows": 2}
    )


# MISO: EST; JSON of today and yesterday, files of the rest
def miso_five(url: str) -> str:
    back = pd.Timedelta("24h" if "Previous" in url else "0h")
    stamps = times(pd.Timestamp.now("EST") - back, "EST", "5min")
    ends = (stamps + pd.Timedelta("5min")).strftime("%Y-%m-%dT%H:%M:%S")
    headers = ["INTERVAL", "CPNODE", "LMP", "MLC", "MCC"]
    rows = [[t, node, "10.0", "1.0", "1.0"] for t in ends for node in (NODE, "OTHER")]
    return json.dumps({"headers": headers, "data": rows})


def miso_week(url: str) -> bytes:
    until = day_of(url) - pd.Timedelta(days=7)
    if until > pd.Timestamp.now() - pd.Timedelta(days=7):
        raise FileNotFoundError(url)
    stamps = pd.date_range(until - pd.Timedelta(days=7), until, freq="5min", inclusive="left")
    rows = csv(MKTHOUR_EST=stamps, PNODENAME=NODE, LMP=10.0, CON_LMP=1.0, LOSS_LMP=1.0)
    return zipped("week.csv", "title\n" * 4 + rows + "end,,,,\n")


def miso_ahead(_: str) -> str:
    hours = {f"HE {k}": 10.0 for k in range(1, 25)}
    return "title\n" * 4 + csv(Node=NODE, Type="Hub", Value=["LMP", "MCC", "MLC"], **hours)


def miso_load(url: str) -> bytes:
    """The day before as it was, and this day and those after it as they are forecast."""
    zones = ("LRZ1", "LRZ2_7", "LRZ3_5", "LRZ4", "LRZ6", "LRZ8_9_10", "MISO")
    days = [day_of(url) + pd.Timedelta(days=k) for k in range(-1, 6)]
    rows = each(pd.Index(days), [str(k) for k in range(1, 25)])
    table: dict[str, Any] = {
        "Market Day": rows["t"].dt.strftime("%m/%d/%Y"),
        "HourEnding": rows["name"],
    }
    past = rows["t"] < day_of(url)
    for zone in zones:
        table |= {f"{zone} MTLF (MWh)": 11.0, f"{zone} ActualLoad (MWh)": past.map({True: 10.0})}
    body, file = Table(table), io.BytesIO()
    title = Table([["report"], [""]]).reindex(columns=range(len(table)))
    whole = pd.concat([title, Table([[*table]]), body.set_axis(range(len(table)), axis=1)])
    whole.to_excel(file, sheet_name="Sheet1", header=False, index=False)
    return file.getvalue()


def miso_mix(_: str) -> str:
    stamps = times(pd.Timestamp.now("EST") - pd.Timedelta("24h"), "EST", "5min")
    fuels = (
        "Battery Storage",
        "Coal",
        "Imports",
        "Natural Gas",
        "Nuclear",
        "Other",
        "Solar",
        "Wind",
    )
    rows = each(stamps, fuels)
    clock = rows["t"].dt.strftime("%Y-%m-%d %I:%M:%S %p")
    table = Table({"INTERVALEST": clock, "CATEGORY": rows["name"], "ACT": "10"})
    return json.dumps({"Fuel": {"Type": table.to_dict("records")}})


# SPP: CSV by ends of intervals in GMT
def spp(end: str, freq: str, back: int = 0, **columns: Any) -> Callable[[str], str]:
    def body(url: str) -> str:
        days = [day_of(url)]
        days += [days[0] - pd.Timedelta(days=k) for k in range(1, back)]
        stamps = pd.DatetimeIndex([t for d in sorted(days) for t in times(d, "US/Central", freq)])
        ends = (stamps.tz_convert("UTC") + pd.Timedelta("1h" if freq == "h" else freq)).tz_localize(
            None
        )
        return csv(Interval=ends, **{end: ends}, **columns)

    return body


SPP_PRICES: dict[str, Any] = {"LMP": 10.0, "MLC": 1.0, "MCC": 1.0, "MEC": 8.0}
MIX = "Solar,Wind,Geothermal,Biomass,Small hydro,Coal,Nuclear,Natural gas,Large hydro,Imports"
OUTLOOK = dict.fromkeys(("Coal Market", "Coal Self", "Wind Market", "Wind Self"), 5.0)
SITES: list[tuple[str, Callable[[str], bytes | str]]] = [
    ("oasis.caiso.com", oasis),
    ("/demand.csv", outlook("Day ahead forecast", "Hour ahead forecast", "Current demand")),
    ("/fuelsource.csv", outlook(*MIX.split(","))),
    ("RT_LBMP_ZONE/CSV/current", lambda _: nyiso("5min", ["HUD VL"], *LBMP)(today())),
    ("RT_LBMP_GEN/CSV/current", lambda _: nyiso("5min", [NODE], *LBMP)(today())),
    ("RT_LBMP_ZONE", nyiso("5min", ["HUD VL"], *LBMP, end=True)),
    ("RT_LBMP_GEN", nyiso("5min", [NODE], *LBMP, end=True)),
    ("DAM_LBMP_ZONE", nyiso("h", ["HUD VL"], *LBMP)),
    ("DAM_LBMP_GEN", nyiso("h", [NODE], *LBMP)),
    ("DAM_ASP", nyiso("h", ["WEST"], *RESERVES, zone=True)),
    ("RT_ACTUAL_LOAD", nyiso("5min", ["CAPITL", "WEST"], "Load", zone=True)),
    ("ISO_LF", isolf),
    ("rtfuelmix", nyiso("5min", ["Hydro", "Wind"], "Gen MW", zone=True, name="Fuel Category")),
    ("5min-rt-prelim", isone_five),
    ("currentrollinginterval", isone_now),
    ("WW_DALMP_ISO", isone_ahead),
    ("fiveminutesystemload", isone_load),
    ("genfuelmix", isone_mix),
    ("isoexpress", lambda _: ""),
    ("wsclient", isone_forecast),
    ("v1/pnode", pnodes),
    ("rt_fivemin_hrl_lmps", pjm_lmp("rt", "5min")),
    ("da_hrl_lmps", pjm_lmp("da", "h")),
    ("inst_load", pjm({"area": ["PJM RTO", "AEP"]}, instantaneous_load=10.0)),
    ("hrl_load_metered", pjm({"load_area": ["RTO", "AEP"]}, "h", mkt_region="RTO", mw=10.0,
                             nerc_region="RTO", zone="RTO", is_verified=True)),
    ("load_frcstd_hist", pjm({"forecast_area": ["RTO_COMBINED"]}, "h", forecast_load_mw=10.0)),
    ("gen_by_fuel", pjm({"fuel_type": ["Coal", "Wind"]}, "h", is_renewable=False, mw=10.0)),
    ("GetRealTimeFiveMinExPost", miso_five),
    ("_5MIN_LMP.zip", miso_week),
    ("_da_expost_lmp.csv", miso_ahead),
    ("_df_al.xls", miso_load),
    ("FuelMix/Yesterday", miso_mix),
    ("RTBM-LMP-DAILY-SL", spp(" GMT Interval", "5min", **{" Settlement Location Name": NODE,
                              " PNODE Name": "P", **SPP_PRICES})),
    ("DA-LMP-SL", spp("GMTIntervalEnd", "h", Pnode="P", **{"Settlement Location": NODE,
                      **SPP_PRICES})),
    ("OP-MTLF", spp("GMTIntervalEnd", "h", 3, BAA="SPP", MTLF=11.0, **{"Averaged Actual": 10.0})),
    ("GenMix365", lambda _: spp("GMT MKT Interval", "5min", 4, **OUTLOOK)(
        f"{today()}0000.csv")),
]  # fmt: skip


class Sites:
    """Answers of `SITES` to requests and to urllib, one of which gridstatus asks; or `broken`."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.asked: list[str] = []
        self.broken: dict[str, Callable[[str], bytes | str]] = {}
        patch.setattr(time, "sleep", lambda _: None)
        patch.setattr(HTTPAdapter, "send", lambda _, request, **__: self.requests(request))
        patch.setattr(urllib.request, "urlopen", self.urllib)

    def body(self, url: str, sent: str = "") -> bytes | None:
        self.asked.append(url)
        routes = [*self.broken.items(), *SITES]
        answer = next(make for part, make in routes if part in url)
        try:
            made = answer(sent or unquote(url))
        except FileNotFoundError:
            return None
        return made if isinstance(made, bytes) else made.encode()

    def requests(self, request: Any) -> Response:
        made = self.body(request.url, str(request.body or ""))
        response = Response()
        response.status_code, response.url = (MISSING if made is None else FOUND), request.url
        response._content, response.request = made or b"", request
        response.raw = io.BytesIO()
        posted = format_datetime(
            pd.Timestamp.now("UTC").to_pydatetime() - pd.Timedelta(days=2), True
        )
        response.headers.update({"Content-Type": "text/csv", "Last-Modified": posted})
        response.headers["Content-Disposition"] = "attachment; filename=a.csv.zip"
        return response

    def urllib(self, request: Any, **_: Any) -> Any:
        url = request if isinstance(request, str) else request.full_url
        if (made := self.body(url)) is None:
            raise urllib.error.HTTPError(url, MISSING, "Not Found", {}, None)  # type: ignore[arg-type]
        file = io.BytesIO(made)
        file.headers = {}  # type: ignore[attr-defined]
        return file
