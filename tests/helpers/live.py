"""Tools of a live source aimed at the replaying server, with a clock that does not wait."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pandas as pd

from rtlmp.catalog import STORED
from rtlmp.config import parse_config
from rtlmp.sources.base.interface import Tools, observe
from rtlmp.sources.base.web import client
from rtlmp.sources.ercot import postings as ercot
from tests.helpers.build import settings
from tests.helpers.ercot_world import BY_EMIL, POINTS
from tests.helpers.replay import Server, hosts

SECRETS = {
    "ERCOT_API_USERNAME": "somebody@example.org",
    "ERCOT_API_PASSWORD": "hush-password",
    "ERCOT_PUBLIC_API_SUBSCRIPTION_KEY": "hush-key",
    "EIA_API_KEY": "hush-eia",
}


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def tools(server: Server, store: Path, slept: list[float] | None = None, **live: Any) -> Tools:
    """As a run has them at the server's time; waits are noted in `slept`, not waited."""
    raw = settings(live={"store": str(store), "hosts": hosts(server.url), **live})
    config = parse_config(raw)["live"]
    wait = slept.append if slept is not None else lambda _: None
    made = client(config, lambda _: None, wait)
    server.clients.enter_context(made.http)
    return Tools(made, config, frozenset(POINTS), frozenset(STORED), server.now(), [])


def read(emil: str, start: str, end: str, with_tools: Tools) -> pd.DataFrame:
    """Observations of an ERCOT report published in [start, end)."""
    return observe(ercot.report_source(BY_EMIL[emil]), at(start), at(end), with_tools)
