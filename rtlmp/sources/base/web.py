"""One careful way to ask a server: paced, timed, asked again while it is busy, broken or cut short.

Errors say what was asked of whom, what came and what to do; never a header, a form or a
parameter, for these hold secrets.
"""

import fcntl
import logging
import os
import socket
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Final, NamedTuple, TypeVar

import httpx
from requests.adapters import HTTPAdapter

T = TypeVar("T")
Sleep = Callable[[float], None]
BUSY: Final = frozenset({408, 425, 429, 500, 502, 503, 504})
REFUSED: Final = frozenset({301, 302, 401})  # ERCOT answers 302 to the wrong kind of token
LONGEST_WAIT: Final = 900.0  # s; a server that wants more is down for today


class FetchError(RuntimeError):
    """Nothing usable came: what was asked, what was there, what to do."""


class RefusedError(FetchError):
    """The server wants other credentials."""


class UnreadableError(ValueError):
    """An answer that is not what was asked for; asking again may help."""


class BusyError(RuntimeError):
    """The server asks for patience, of `wait` seconds or as one likes."""

    def __init__(self, why: str, wait: float) -> None:
        super().__init__(f"{why}, asks to wait {wait:g} s" if wait else why)
        self.wait = wait


# requests' errors are OSErrors, and so are those of sockets, time-outs and urllib
PASSING: Final = (httpx.RequestError, OSError, UnreadableError, BusyError)


class Client(NamedTuple):
    http: httpx.Client
    attempts: int
    pace: Callable[[str], None]  # waits until the named host may be called again
    sleep: Sleep
    memo: dict[str, list[str]]  # tokens, in memory only


class Request(NamedTuple):
    what: str  # for the error: report, day or posting
    host: str  # whose pace
    url: str
    params: Mapping[str, str] = {}
    headers: Mapping[str, str] = {}
    json: object = None  # sent as a POST
    form: Mapping[str, str] | None = None  # sent as a POST
    remedy: str = "try again later"


def client(
    timeout: float, attempts: int, pace: Callable[[str], None], sleep: Sleep = time.sleep
) -> Client:
    """A client that keeps what it asked to itself: httpx would log addresses with their keys."""
    logging.getLogger("httpx").setLevel(logging.WARNING)
    return Client(httpx.Client(timeout=timeout), attempts, pace, sleep, {})


def fetch(client: Client, ask: Request, read: Callable[[bytes], T]) -> T:
    """What `read` makes of the answer. Raises FetchError when every attempt failed."""

    def call() -> T:
        answer = _send(client.http, ask)
        if answer.status_code in BUSY:
            wait = retry_after(answer.headers.get("Retry-After"))
            raise BusyError(f"HTTP {answer.status_code}", wait)
        return read(answer.content)

    said = f"{ask.what}: {httpx.URL(ask.url).host}"
    return with_retries(client, ask.host, said, ask.remedy, call)


def with_retries(client: Client, host: str, said: str, remedy: str, call: Callable[[], T]) -> T:
    """What `call` returns, called again after a growing wait while it fails for a passing cause."""
    failed: list[str] = []
    for attempt in range(client.attempts):
        client.pace(host)
        try:
            return call()
        except PASSING as error:
            failed.append(f"{type(error).__name__} {error}".strip())
            wait = max(2.0**attempt, error.wait if isinstance(error, BusyError) else 0.0)
        if wait > LONGEST_WAIT:
            break
        if attempt < client.attempts - 1:
            client.sleep(wait)
    raise FetchError(f"{said} failed {len(failed)} times: {'; '.join(failed)}; {remedy}")


def retry_after(text: str | None, now: Callable[[], float] = time.time) -> float:
    """Seconds that a Retry-After header asks for: a number or a date; 0 without one."""
    if not text:
        return 0.0
    try:
        return max(0.0, float(text))
    except ValueError:
        return max(0.0, parsedate_to_datetime(text).timestamp() - now())


def pacer(folder: Path, per_minute: Mapping[str, int]) -> Callable[[str], None]:
    """Waits so that all processes that share `folder` together keep each host's rate.

    The time of a host's last call is the time of an empty file, locked while waiting.
    """
    folder.mkdir(parents=True, exist_ok=True)

    def pace(host: str) -> None:
        with (folder / f".{host}.pace").open("a") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            time.sleep(due(os.fstat(file.fileno()).st_mtime, time.time(), per_minute[host]))
            os.utime(file.fileno())

    return pace


def due(last: float, now: float, per_minute: int) -> float:
    """Seconds to wait at `now` after a call at `last`, evenly spaced: no bursts.

    >>> due(last=100.0, now=101.0, per_minute=30)
    1.0
    """
    gap = 60.0 / per_minute
    return min(gap, max(0.0, last + gap - now))


@contextmanager
def time_limit(seconds: float) -> Iterator[None]:
    """A time-out for calls by requests and urllib inside, which gridstatus makes without one."""
    send, default = HTTPAdapter.send, socket.getdefaulttimeout()

    def timed(self: HTTPAdapter, request: object, **asked: object) -> object:
        return send(self, request, **{**asked, "timeout": asked.get("timeout") or seconds})  # type: ignore[arg-type]

    socket.setdefaulttimeout(seconds)
    HTTPAdapter.send = timed  # type: ignore[method-assign,assignment]
    try:
        yield
    finally:
        HTTPAdapter.send = send  # type: ignore[method-assign]
        socket.setdefaulttimeout(default)


def _send(http: httpx.Client, ask: Request) -> httpx.Response:
    method = "GET" if ask.json is None and ask.form is None else "POST"
    answer = http.request(
        method,
        ask.url,
        params=ask.params or None,
        headers=ask.headers,
        json=ask.json,
        data=ask.form,
    )
    if answer.status_code in REFUSED:
        raise RefusedError(f"{ask.what}: HTTP {answer.status_code}; {ask.remedy}")
    if answer.is_error and answer.status_code not in BUSY:
        raise FetchError(f"{ask.what}: HTTP {answer.status_code}; {ask.remedy}")
    return answer
