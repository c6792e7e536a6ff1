"""ERCOT's two doors: the public site for the last days, the archive of its API for all others.

The site needs no key. The archive needs an account, whose name, password and key come from the
environment and stay in memory. Its tokens are of two kinds and sources disagree on which one is
right, so both are tried.
"""

import io
import json
import os
import zipfile
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any, Final, TypeVar
from zoneinfo import ZoneInfo

from rtlmp.config.live import Live
from rtlmp.sources.base.store import Posting
from rtlmp.sources.base.web import Client, FetchError, RefusedError, Request, UnreadableError, fetch
from rtlmp.sources.ercot.files import posting_label
from rtlmp.sources.ercot.reports import Report
from rtlmp.sources.ercot.times import TZ, published, published_in_order

T = TypeVar("T")
SECRETS: Final = ("ERCOT_API_USERNAME", "ERCOT_API_PASSWORD", "ERCOT_PUBLIC_API_SUBSCRIPTION_KEY")
APPLICATION: Final = "fec253ea-0d06-4272-a5e6-b478baeecd70"  # ERCOT's public API, for all
SITE_KEY: Final = "ListDocsByRptTypeRes"
PAGE: Final = 1000
EXPIRED: Final = "it may have expired: set ERCOT_API_* to take it from the archive, or try later"


class CredentialsError(RuntimeError):
    """A name or key that is needed is not in the environment."""


def site_listing(report: Report, client: Client, live: Live) -> list[Posting]:
    """Every posting of `report` that the public site still has."""
    ask = Request(
        f"{report.emil} {report.about}: listing",
        "mis",
        f"{live['hosts']['mis']['url']}/misapp/servlets/IceDocListJsonWS",
        {"reportTypeId": str(report.number)},
    )
    return fetch(client, ask, site_postings)


def archive_listing(
    report: Report, start: datetime, end: datetime, client: Client, live: Live
) -> list[Posting]:
    """Postings of `report` in the archive from `start` to `end`, oldest first."""
    found: list[dict[str, Any]] = []
    page, pages = 1, 1
    while page <= pages:
        ask = _archive_ask(report, start, end, page, live)
        answer = _authorised(client, live, ask, lambda body: _json(body, "archives"))
        found += [a for a in answer["archives"] if not a["friendlyName"].lower().endswith("xml")]
        page, pages = page + 1, int(answer["_meta"]["totalPages"])
    found.sort(key=lambda a: int(a["docId"]))
    names = [a["friendlyName"] for a in found]
    times = published_in_order([a["postDatetime"] for a in found], names)
    ids = [str(a["docId"]) for a in found]
    return [Posting(*row, site=False) for row in zip(ids, times, names, strict=True)]


def from_site(report: Report, posting: Posting, client: Client, live: Live) -> bytes:
    """The bytes of a recent posting."""
    ask = Request(
        posting_label(report, posting),
        "mis",
        f"{live['hosts']['mis']['url']}/misdownload/servlets/mirDownload",
        {"doclookupId": posting.id},
        remedy=EXPIRED,
    )
    return fetch(client, ask, whole_zip)


def from_archive(
    report: Report, postings: Sequence[Posting], client: Client, live: Live
) -> dict[str, bytes]:
    """The bytes of up to `report.batch` postings by id, in one call."""
    first, last = postings[0], postings[-1]
    ask = Request(
        f"{report.emil} {report.about}: {len(postings)} postings {first.published:%Y-%m-%d %H:%MZ} "
        f"to {last.published:%Y-%m-%d %H:%MZ}",
        "api",
        f"{live['hosts']['api']['url']}/archive/{report.emil}/download",
        json={"docIds": [posting.id for posting in postings]},
    )
    return _authorised(client, live, ask, lambda body: _each(body, postings))


def whole_zip(body: bytes) -> bytes:
    """`body`, if it is a zip that can be read to its end. ERCOT says errors with HTTP 200."""
    try:
        with zipfile.ZipFile(io.BytesIO(body)) as file:
            broken = file.testzip()
    except zipfile.BadZipFile as error:
        raise UnreadableError(f"not a zip but {body[:80]!r}") from error
    if broken:
        raise UnreadableError(f"a broken zip, at {broken}")
    return body


def site_postings(body: bytes) -> list[Posting]:
    documents = [row["Document"] for row in _json(body, SITE_KEY)[SITE_KEY]["DocumentList"]]
    return [
        Posting(d["DocID"], published(d["PublishDate"], d["FriendlyName"]), d["FriendlyName"])
        for d in documents
        if not d["FriendlyName"].lower().endswith("xml")
    ]


def _archive_ask(report: Report, start: datetime, end: datetime, page: int, live: Live) -> Request:
    edges = {"postDatetimeFrom": start, "postDatetimeTo": end + timedelta(hours=1)}
    span = {k: f"{t.astimezone(ZoneInfo(TZ)):%Y-%m-%dT%H:%M:%S}" for k, t in edges.items()}
    return Request(
        f"{report.emil} {report.about}: archive {start:%Y-%m-%d}..{end:%Y-%m-%d}, page {page}",
        "api",
        f"{live['hosts']['api']['url']}/archive/{report.emil}",
        {**span, "size": str(PAGE), "page": str(page)},
    )


def _json(body: bytes, key: str) -> dict[str, Any]:
    try:
        found = json.loads(body)
    except ValueError as error:
        raise UnreadableError(f"not JSON but {body[:80]!r}") from error
    if key not in found:
        raise UnreadableError(f"JSON without {key}: {sorted(found)}")
    return found


def _each(body: bytes, postings: Sequence[Posting]) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(whole_zip(body))) as outer:
        found = {name.split(".")[0]: outer.read(name) for name in outer.namelist()}
    if missing := [p.id for p in postings if p.id not in found]:
        raise UnreadableError(f"{len(found)} postings, without {missing[:3]} of {len(missing)}")
    return {p.id: whole_zip(found[p.id]) for p in postings}


def _authorised(client: Client, live: Live, ask: Request, read: Callable[[bytes], T]) -> T:
    """As `fetch`, with the token that worked last, else the other kind, else a new login's."""
    key = _secrets()[SECRETS[2]]
    for kinds in (client.memo.get("tokens", []), None):
        for token in _login(client, live) if kinds is None else kinds:
            headers = {"Authorization": f"Bearer {token}", "Ocp-Apim-Subscription-Key": key}
            try:
                answer = fetch(client, ask._replace(headers=headers), read)
            except RefusedError:
                continue
            client.memo["tokens"] = [token]
            return answer
    raise FetchError(f"{ask.what}: ERCOT refused both kinds of token; check {', '.join(SECRETS)}")


def _login(client: Client, live: Live) -> list[str]:
    secrets = _secrets()
    form = {
        "grant_type": "password",
        "username": secrets[SECRETS[0]],
        "password": secrets[SECRETS[1]],
        "response_type": "id_token",
        "scope": f"openid {APPLICATION} offline_access",
        "client_id": APPLICATION,
    }
    remedy = f"check {SECRETS[0]} and {SECRETS[1]}"
    ask = Request("ERCOT login", "token", live["hosts"]["token"]["url"], form=form, remedy=remedy)
    given = fetch(client, ask, json.loads)
    tokens = [given[kind] for kind in ("id_token", "access_token") if given.get(kind)]
    if not tokens:
        raise FetchError(f"ERCOT login: no token among {sorted(given)}; {remedy}")
    return tokens


def _secrets() -> dict[str, str]:
    held = {name: os.environ.get(name, "") for name in SECRETS}
    if missing := [name for name, value in held.items() if not value]:
        raise CredentialsError(
            f"ERCOT's archive needs {', '.join(missing)} in the environment: register at "
            "apiexplorer.ercot.com; without it only the last days can be had: set start to those"
        )
    return held
