"""A server on 127.0.0.1 that answers like ERCOT, Open-Meteo and the EIA, and misbehaves on demand.

What it says follows from the time alone: a posting's id holds its report and its second, so the
public site, the archive and a second run agree without any state.
"""

import io
import json
import threading
import zipfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple
from urllib.parse import parse_qs, urlsplit

from rtlmp.sources.ercot.reports import REPORTS
from tests.helpers import workbooks
from tests.helpers.ercot_world import BY_EMIL, CENTRAL, DAY, HOUR, TEXTS, number, postings

BY_NUMBER = {report.number: report for report in REPORTS}
UNITS = {"temperature": "°C", "relative": "%", "wind": "m/s", "shortwave": "W/m²", "cloud": "%"}
Fault = Callable[[BaseHTTPRequestHandler], bool]  # whether it answered


class Server(NamedTuple):
    url: str
    asked: list[str]  # path and query of every request
    faults: list[tuple[str, Fault]]  # text in the path, what to do once
    edits: list[Callable[[str, str], str]]  # emil and CSV of each posting -> CSV
    now: Callable[[], datetime]
    clients: ExitStack  # closed with the server
    silent: dict[str, datetime]  # reports that stopped, and when
    since: list[datetime]  # first hour in workbooks

    def count(self, text: str) -> int:
        return sum(text in asked for asked in self.asked)


def zipped(name: str, body: bytes) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr(zipfile.ZipInfo(name), body, zipfile.ZIP_DEFLATED)  # the same bytes each time
    return made.getvalue()


def posting_id(emil: str, at: datetime) -> str:
    return f"{BY_EMIL[emil].number}{int(at.timestamp())}"


def document(server: Server, doc_id: str) -> bytes:
    report, at = BY_NUMBER[int(doc_id[:-10])], datetime.fromtimestamp(int(doc_id[-10:]), UTC)
    made = TEXTS[report.emil](at)
    for edit in server.edits:
        made = edit(report.emil, made)
    return zipped(f"{report.member}_{report.emil}.csv", made.encode())


def workbook_listing(server: Server, number: str) -> object:
    now = server.now()
    years = range(server.since[0].year, now.astimezone(CENTRAL).year + 1)
    names = {year: f"{workbooks.KINDS[number].file}_{year}" for year in years}
    documents = [
        {"Document": {"DocID": f"book-{number}-{year}-{workbooks.posted(now, year):%Y%m%d}",
                      "FriendlyName": name, "ConstructedName": f"rpt.000{number}.{name}.zip",
                      "PublishDate": workbooks.posted(now, year).astimezone(CENTRAL).isoformat()}}
        for year, name in names.items()
        if workbooks.posted(now, year).year >= year
    ]  # fmt: skip
    return {"ListDocsByRptTypeRes": {"DocumentList": documents}}


def workbook(server: Server, name: str, year: int) -> bytes:
    now = server.now()
    until = workbooks.until(name, now, year)
    made = workbooks.workbook(name, year, server.since[0], until)
    return zipped(f"{workbooks.KINDS[name].file}_{year}.xlsx", made)


def load_page(server: Server) -> bytes:
    years = range(server.now().year, server.since[0].year - 1, -1)
    links = [f'<li><a class="x" href="https://www.ercot.com/files/docs/{y}/02/10/Native_Load_{y}.zip">'
             f"\n<span>{y} ERCOT Hourly Load Data</span></a></li>" for y in years]  # fmt: skip
    return f'<html><a href="/gridinfo/load">Load</a><ul>{"".join(links)}</ul></html>'.encode()


def yearly(server: Server, path: str, query: dict[str, str]) -> bytes | None:
    if "Native_Load" in path:
        return workbook(server, "load", int(path[-8:-4]))
    if "load_hist" in path:
        return load_page(server)
    if query.get("doclookupId", "").startswith("book"):
        _, number, year, _ = query["doclookupId"].split("-")
        return workbook(server, number, int(year))
    if query.get("reportTypeId") in workbooks.KINDS:
        return json.dumps(workbook_listing(server, query["reportTypeId"])).encode()
    return None


def name_of(emil: str, at: datetime) -> str:
    return f"{emil}_{'xhr_' if at.astimezone(CENTRAL).fold else ''}csv"


def site_listing(server: Server, query: dict[str, str]) -> object:
    report = BY_NUMBER[int(query["reportTypeId"])]
    now = server.now()
    until = min(now, server.silent.get(report.emil, now))
    documents = [
        {"Document": {"DocID": posting_id(report.emil, at), "FriendlyName": name,
                      "PublishDate": at.astimezone(CENTRAL).isoformat()}}
        for at in postings(report.emil, now - report.days_kept * DAY, until)
        for name in (name_of(report.emil, at), name_of(report.emil, at)[:-3] + "xml")
    ]  # fmt: skip
    return {"ListDocsByRptTypeRes": {"DocumentList": documents}}


def archive_listing(emil: str, query: dict[str, str]) -> object:
    span = [datetime.fromisoformat(query[k]).replace(tzinfo=CENTRAL).astimezone(UTC)
            for k in ("postDatetimeFrom", "postDatetimeTo")]  # fmt: skip
    found = list(postings(emil, *span))[::-1]
    size, page = int(query["size"]), int(query["page"])
    archives = [
        {"docId": int(posting_id(emil, at)), "friendlyName": name_of(emil, at),
         "postDatetime": f"{at.astimezone(CENTRAL):%Y-%m-%dT%H:%M:%S}.000"}
        for at in found[(page - 1) * size : page * size]
    ]  # fmt: skip
    return {"_meta": {"totalPages": max(1, -(-len(found) // size))}, "archives": archives}


def bulk(server: Server, ids: list[str]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as file:
        for doc_id in ids:
            file.writestr(f"{doc_id}.zip", document(server, doc_id))
    return made.getvalue()


def weather(query: dict[str, str], now: datetime) -> object:
    first = query.get("start_date") or query["run"][:10]
    last = query.get("end_date") or (datetime.fromisoformat(first) + 4 * DAY).date().isoformat()
    start = datetime.fromisoformat(first).replace(tzinfo=UTC)
    hours = [start + k * HOUR for k in range((datetime.fromisoformat(last).replace(tzinfo=UTC)
             - start) // HOUR + 24)]  # fmt: skip
    names = query["hourly"].split(",")
    lead = {n: int(n[-1]) * DAY - 8 * HOUR if "previous_day" in n else timedelta(0) for n in names}
    hourly: dict[str, list[Any]] = {
        n: [number(n, h) if "run" in query or h - lead[n] <= now else None for h in hours]
        for n in names
    }
    hourly["time"] = [f"{h:%Y-%m-%dT%H:%M}" for h in hours]
    point = {"utc_offset_seconds": 0, "hourly": hourly,
             "hourly_units": {n: UNITS[n.split("_")[0]] for n in names}}  # fmt: skip
    count = len(query["latitude"].split(","))
    return [point] * count if count > 1 else point


def gas(query: dict[str, str]) -> object:
    start, end = (datetime.fromisoformat(query[k]) for k in ("start", "end"))
    days = (start + k * DAY for k in range((end - start).days + 1))
    data = [{"period": f"{d:%Y-%m-%d}", "series": "RNGWHHD", "value": str(number(d) / 20)}
            for d in days if d.weekday() < 5]  # fmt: skip
    return {"response": {"data": data}}


def answer(server: Server, path: str, sent: bytes) -> bytes:
    split = urlsplit(path)
    query = {k: v[0] for k, v in parse_qs(split.query).items()}
    if (made := yearly(server, split.path, query)) is not None:
        return made
    if "mirDownload" in split.path:
        return document(server, query["doclookupId"])
    if split.path.endswith("/download"):
        return bulk(server, [str(i) for i in json.loads(sent)["docIds"]])
    return json.dumps(said(server, split.path, query)).encode()


def said(server: Server, path: str, query: dict[str, str]) -> object:
    if "IceDocListJsonWS" in path:
        return site_listing(server, query)
    if path.endswith("/token"):
        return {"id_token": "identity-token", "access_token": "access-token"}
    if "/archive/" in path:
        return archive_listing(path.rpartition("/")[2], query)
    return gas(query) if "natural-gas" in path else weather(query, server.now())


@contextmanager
def serving(now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> Iterator[Server]:
    """A running server; `now` is until when postings exist."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = 1 << 16  # head and body in one packet: else each answer waits 40 ms

        def do_GET(self) -> None:
            sent = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            server.asked.append(self.path)
            for k, (match, fault) in enumerate(server.faults):
                if match in self.path:
                    server.faults.pop(k)
                    if fault(self):
                        return
                    break
            reply(self, 200, answer(server, self.path, sent))

        do_POST = do_GET  # noqa: N815  # the name is http.server's

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as http:
        http.daemon_threads = True
        server = Server(
            f"http://127.0.0.1:{http.server_address[1]}", [], [], [], now, ExitStack(), {}, []
        )
        thread = threading.Thread(target=http.serve_forever, daemon=True)
        thread.start()
        with server.clients:
            yield server
        http.shutdown()
        thread.join()


def reply(handler: BaseHTTPRequestHandler, status: int, body: bytes = b"", **headers: str) -> bool:
    """Answer with `status` and `body`."""
    handler.send_response(status)
    for name, value in headers.items():
        handler.send_header(name.replace("_", "-"), value)
    handler.send_header("Content-Length", str(len(body)))
    handler.end_headers()
    handler.wfile.write(body)
    return True


def hosts(url: str, **calls: int) -> dict[str, dict[str, object]]:
    """`live.hosts` of the config, all of them this server."""
    at = {"token": f"{url}/token", "api": f"{url}/api"}
    names = ("mis", "api", "token", "weather", "weather_runs", "gas", "isos")
    return {n: {"url": at.get(n, url), "calls_per_minute": calls.get(n, 10**7)} for n in names}
