"""One careful way to ask a server: paced, timed, asked again while it is busy, broken or cut short.

Errors say what was asked of whom, what was answered and what to do; never a secret of ours.
"""

import json
import logging
import socket
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from email.utils import parsedate_to_datetime
from typing import Any, Final, NamedTuple, TypeVar, cast

import httpx
import requests
from requests.adapters import HTTPAdapter

from rtlmp.config.kinds import Host, Live
from rtlmp.sources.base.pace import Pace
from rtlmp.sources.base.redact import redacted, words

T = TypeVar("T")
BUSY: Final = frozenset({408, 425, 429, 502, 503, 504})
FAILED: Final = 500  # of one thing asked for, it may be
REFUSED: Final = frozenset({301, 302, 401})  # ERCOT answers 302 to the wrong kind of token
GONE: Final = frozenset({404, 410})
LONGEST_WAIT: Final = 900.0  # s; a server that wants more is down for today
LONGEST_TRY: Final = 50.0  # s of calls that timed out: a host that hangs is not to cost the morning
SHORT: Final = 3.0  # s, time-out where the last two calls failed


class FetchError(RuntimeError):
    """Nothing usable was answered: what was asked, what was there, what to do."""


class RefusedError(FetchError):
    """The server wants other credentials."""


class GoneError(FetchError):
    """The server is there, and what was asked for is not, or is unreadable each time."""


class UnreadableError(ValueError):
    """An answer that is not what was asked for; asking again may help."""


class BusyError(RuntimeError):
    """The server asks for patience, of `wait` seconds or as one likes."""

    def __init__(self, why: str, wait: float) -> None:
        super().__init__(f"{why}, asks to wait {wait:g} s" if wait else why)
        self.wait = wait


# requests' errors are OSErrors, and so are those of sockets, time-outs and urllib
PASSING: Final = (httpx.RequestError, OSError, UnreadableError, BusyError)
HANGS: Final = (httpx.TimeoutException, TimeoutError, requests.Timeout)


class Client(NamedTuple):
    http: httpx.Client
    hosts: Mapping[str, Host]
    attempts: int
    pace: Pace
    sleep: Callable[[float], None]
    tokens: list[str]  # in memory only
    failed: Counter[str] = Counter()  # noqa: RUF012  # calls of a host that failed, since it answered


class Request(NamedTuple):
    what: str  # for the error: report, day or posting
    host: str  # whose address and pace: one of live.hosts, or another by any name
    path: str  # of another host: the whole address
    params: Mapping[str, str] = {}
    headers: Mapping[str, str] = {}
    json: object = None  # sent as a POST
    form: Mapping[str, str] | None = None  # sent as a POST
    remedy: str = "try again later"


def client(live: Live, pace: Pace, sleep: Callable[[float], None] = time.sleep) -> Client:
    """A client that keeps what it asked to itself: httpx would log addresses with their keys."""
    logging.getLogger("httpx").setLevel(logging.WARNING)
    hosts = cast("Mapping[str, Host]", live["hosts"])
    http = httpx.Client(timeout=live["timeout"])
    return Client(http, hosts, live["attempts"], pace, sleep, [], Counter())


def fetch(client: Client, request: Request, read: Callable[[bytes], T]) -> T:
    """What `read` makes of the answer. Raises FetchError when every attempt failed."""
    host = request.host
    url = (client.hosts[host]["url"] if host in client.hosts else "") + request.path
    what = f"{request.what}: {httpx.URL(url).host}"
    fails = client.failed[host] > 1  # one alone may be of what was asked for

    def call() -> T:
        body = _send(client.http, url, request, SHORT if fails else client.http.timeout)
        try:
            return read(body)
        except UnreadableError:
            raise
        except (LookupError, TypeError, ValueError, AttributeError) as error:
            why = f"{type(error).__name__} {error} in {words(body)!r}"
            raise UnreadableError(why) from error

    asking = client._replace(attempts=1) if fails else client
    answer = with_retries(asking, host, what, request.remedy, call)
    del client.failed[host]
    return answer


def with_retries(client: Client, host: str, what: str, remedy: str, call: Callable[[], T]) -> T:
    """What `call` returns, called again after a growing wait while it fails for a passing cause.

    Raises FetchError without secrets, nor the errors that led to it.
    """
    failed, kind, spent = list[str](), FetchError, 0.0
    for attempt in range(client.attempts):
        client.pace(host)
        began = time.monotonic()
        try:
            return call()
        except FetchError as error:
            raise type(error)(redacted(str(error))) from None
        except PASSING as error:
            failed.append(f"{type(error).__name__} {error}".strip())
            kind = GoneError if isinstance(error, UnreadableError) else FetchError
            wait = max(2.0**attempt, error.wait if isinstance(error, BusyError) else 0.0)
            spent += (time.monotonic() - began) * isinstance(error, HANGS)
        if wait > LONGEST_WAIT or spent > LONGEST_TRY:
            break
        if attempt < client.attempts - 1:
            client.sleep(wait)
    client.failed[host] += 1
    why = "; ".join(dict.fromkeys(failed))
    raise kind(redacted(f"{what} failed {len(failed)} times: {why}; {remedy}"))


def read_json(body: bytes, *keys: str) -> Any:  # noqa: ANN401  # JSON has no type
    """What a JSON answer has under `keys`, one inside the other; `fetch` says where it is none."""
    found = json.loads(body)
    for key in keys:
        found = found[key]
    return found


def retry_after(text: str | None, now: Callable[[], float] = time.time) -> float:
    """Seconds that a Retry-After header asks for: a number or a date; 0 without one."""
    if not text:
        return 0.0
    try:
        return max(0.0, float(text))
    except ValueError:
        return max(0.0, parsedate_to_datetime(text).timestamp() - now())


@contextmanager
def time_limit(seconds: float) -> Iterator[None]:
    """A time-out for calls by requests and urllib inside, which gridstatus makes without one."""
    send, default = HTTPAdapter.send, socket.getdefaulttimeout()

    def timed(self: HTTPAdapter, request: object, **options: object) -> object:
        return send(self, request, **{**options, "timeout": options.get("timeout") or seconds})  # type: ignore[arg-type]

    socket.setdefaulttimeout(seconds)
    HTTPAdapter.send = timed  # type: ignore[method-assign,assignment]
    try:
        yield
    finally:
        HTTPAdapter.send = send  # type: ignore[method-assign]
        socket.setdefaulttimeout(default)


def _send(http: httpx.Client, url: str, request: Request, wait: float | httpx.Timeout) -> bytes:
    """The body of the answer, if that is a good one."""
    method = "GET" if request.json is None and request.form is None else "POST"
    params, headers, form = request.params or None, request.headers, request.form
    answer = http.request(
        method, url, params=params, headers=headers, json=request.json, data=form, timeout=wait
    )
    status = answer.status_code
    if status in BUSY:
        raise BusyError(f"HTTP {status}", retry_after(answer.headers.get("Retry-After")))
    if status == FAILED:
        raise UnreadableError(f"HTTP {status}: {words(answer.content)}")
    if status in REFUSED or answer.is_error:
        kind = RefusedError if status in REFUSED else GoneError if status in GONE else FetchError
        why = f": {said}" if (said := words(answer.content)) else ""
        raise kind(f"{request.what}: HTTP {status}{why}; {request.remedy}")
    return answer.content
