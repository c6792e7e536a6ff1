"""ERCOT's two doors: the public site for the last days, the archive of its API for all others.

The site needs no key. The archive needs an account, whose name, password and key come from the
environment and stay in memory. Its tokens are of two kinds and sources disagree on which one is
right, so both are tried.
"""

import io
import os
import zipfile
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any, Final, TypeVar

from rtlmp.sources.base import web
from rtlmp.sources.base.redact import HIDDEN, words
from rtlmp.sources.base.store import Posting
from rtlmp.sources.base.web import Client, FetchError, GoneError, Request, fetch, read_json
from rtlmp.sources.ercot.reports import Report
from rtlmp.sources.ercot.texts import UNZIPPING
from rtlmp.sources.ercot.times import ZONE, published, published_in_order

T = TypeVar("T")
SECRETS: Final = ("ERCOT_API_USERNAME", "ERCOT_API_PASSWORD", "ERCOT_PUBLIC_API_SUBSCRIPTION_KEY")
USERNAME, PASSWORD, SUBSCRIPTION = SECRETS
APPLICATION: Final = "fec253ea-0d06-4272-a5e6-b478baeecd70"  # ERCOT's public API, for all
PAGE: Final = 1000
REGISTER: Final = (
    f"For all since 2014 register at apiexplorer.ercot.com, set {', '.join(SECRETS)} in the "
    "environment and live.archive: true."
)
EXPIRED: Final = "if it has expired, set ERCOT_API_* to take it from the archive"
ABROAD: Final = "ERCOT's site answers only in the United States; else try again later"


class CredentialsError(RuntimeError):
    """A name or key that is needed is not in the environment."""


def site_listing(report: Report, client: Client) -> list[Posting]:
    """Every posting of `report` that the public site still has."""
    path, query = "/misapp/servlets/IceDocListJsonWS", {"reportTypeId": str(report.number)}
    return fetch(client, Request(f"{report.label}: listing", "mis", path, query), site_postings)


def archive_listing(
    report: Report, start: datetime, end: datetime, client: Client
) -> list[Posting]:
    """Postings of `report` in the archive from `start` to `end`, oldest first."""
    edges = {"postDatetimeFrom": start, "postDatetimeTo": end + timedelta(hours=1)}
    span = {key: f"{at.astimezone(ZONE):%Y-%m-%dT%H:%M:%S}" for key, at in edges.items()}
    found: list[dict[str, Any]] = []
    page, pages = 1, 1
    while page <= pages:
        what = f"{report.label}: archive {start:%Y-%m-%d}..{end:%Y-%m-%d}, page {page}"
        params = {**span, "size": str(PAGE), "page": str(page)}
        request = Request(what, "api", f"/archive/{report.emil}", params)
        rows, pages = _authorised(client, request, _archive_page)
        found += [row for row in rows if not row["friendlyName"].lower().endswith("xml")]
        page += 1
    found.sort(key=lambda row: int(row["docId"]))
    names = [row["friendlyName"] for row in found]
    times = published_in_order([row["postDatetime"] for row in found], names)
    ids = [str(row["docId"]) for row in found]
    return [Posting(*row, site=False) for row in zip(ids, times, names, strict=True)]


def from_site(report: Report, posting: Posting, client: Client) -> bytes:
    """The bytes of a recent posting. Raises GoneError where the site has none that can be read."""
    path, query = "/misdownload/servlets/mirDownload", {"doclookupId": posting.id}
    request = Request(report.name_of(*posting[:2]), "mis", path, query, remedy=ABROAD)
    try:
        return fetch(client, request, whole_zip)
    except GoneError as error:
        raise GoneError(f"{error}".replace(ABROAD, EXPIRED)) from None


def from_archive(
    report: Report, postings: Sequence[Posting], client: Client
) -> Iterator[tuple[Posting, bytes | GoneError]]:
    """Each of up to `report.batch` postings, in one call, or why it cannot be had.

    What a lot lacks or has broken is asked for again, and a lot that cannot be had in halves.
    """
    first, last = (f"{p.published:%Y-%m-%d %H:%MZ}" for p in (postings[0], postings[-1]))
    named = f"{report.label}: {len(postings)} postings {first} to {last}"
    what = named if len(postings) > 1 else report.name_of(*postings[0][:2])
    wanted = {"docIds": [posting.id for posting in postings]}
    request = Request(what, "api", f"/archive/{report.emil}/download", json=wanted)
    found: dict[str, bytes | Exception] = {}
    try:
        found = _authorised(client, request, _inner)
    except GoneError as error:
        found = {postings[0].id: error}
    good = {p: body for p in postings if isinstance(body := found.get(p.id), bytes)}
    yield from good.items()
    lacking, half = [p for p in postings if p not in good], len(postings) // 2
    if half and lacking:
        for part in [lacking] if good else [postings[:half], postings[half:]]:
            yield from from_archive(report, part, client)
    else:
        for p in lacking:
            why = str(found.get(p.id, "not in the lot that was asked for"))
            yield p, GoneError(why if what in why else f"{what}: {why}")


def whole_zip(body: bytes) -> bytes:
    """`body`, if it is a zip that can be read to its end. ERCOT says errors with HTTP 200."""
    try:
        with zipfile.ZipFile(io.BytesIO(body)) as file:
            broken = file.testzip()
    except UNZIPPING as error:
        raise web.UnreadableError(f"not a zip but {words(body)!r}: {error}") from error
    if broken:
        raise web.UnreadableError(f"a broken zip, at {broken}")
    return body


def site_postings(body: bytes) -> list[Posting]:
    """Postings in a listing of the public site."""
    listed = read_json(body, "ListDocsByRptTypeRes", "DocumentList")
    return [
        Posting(d["DocID"], published(d["PublishDate"], d["FriendlyName"]), d["FriendlyName"])
        for d in (row["Document"] for row in listed)
        if not d["FriendlyName"].lower().endswith("xml")
    ]


def _archive_page(body: bytes) -> tuple[list[dict[str, Any]], int]:
    """Rows of a page, and how many pages there are."""
    return read_json(body, "archives"), int(read_json(body, "_meta", "totalPages"))


def _inner(body: bytes) -> dict[str, bytes | Exception]:
    """The zips in a lot by their id, or what is wrong with one."""
    with zipfile.ZipFile(io.BytesIO(whole_zip(body))) as outer:
        inner = {name.split(".")[0]: outer.read(name) for name in outer.namelist()}
    found: dict[str, bytes | Exception] = {}
    for name, zipped in inner.items():
        try:
            found[name] = whole_zip(zipped)
        except web.UnreadableError as error:
            found[name] = error
    return found


def _authorised(client: Client, request: Request, read: Callable[[bytes], T]) -> T:
    """As `fetch`, with the token that worked last, else the other kind, else a new login's."""
    secrets = require_account(request.what)
    key = {"Ocp-Apim-Subscription-Key": secrets[SUBSCRIPTION]}
    for login in (False, True):
        for token in _login(client, secrets) if login else client.tokens:
            headers = {"Authorization": f"Bearer {token}"} | key
            try:
                answer = fetch(client, request._replace(headers=headers), read)
            except web.RefusedError:
                continue
            client.tokens[:] = [token]
            return answer
    remedy = f"check {', '.join(SECRETS)}"
    raise FetchError(f"{request.what}: ERCOT refused both kinds of token; {remedy}")


def _login(client: Client, secrets: dict[str, str]) -> list[str]:
    form = {
        "grant_type": "password",
        "username": secrets[USERNAME],
        "password": secrets[PASSWORD],
        "response_type": "id_token",
        "scope": f"openid {APPLICATION} offline_access",
        "client_id": APPLICATION,
    }
    remedy = f"check {USERNAME} and {PASSWORD}"
    given = fetch(client, Request("ERCOT login", "token", "", form=form, remedy=remedy), read_json)
    tokens = [given[kind] for kind in ("id_token", "access_token") if given.get(kind)]
    HIDDEN.update(tokens)
    if not tokens:
        raise FetchError(f"ERCOT login: no token among {sorted(given)}; {remedy}")
    return tokens


def require_account(what: str) -> dict[str, str]:
    """Name, password and key. Raises CredentialsError where one is not in the environment."""
    secrets = {name: os.environ.get(name, "") for name in SECRETS}
    if missing := [name for name, value in secrets.items() if not value]:
        raise CredentialsError(
            f"{what}: ERCOT's archive needs {', '.join(missing)} in the environment: register at "
            "apiexplorer.ercot.com; without it only the last days can be had: set start to those"
        )
    return secrets
