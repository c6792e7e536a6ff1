"""The parsers whose inputs `mutations` spoils: a valid input, how it is read, what names it."""

import io
import json
import os
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import cache, partial
from pathlib import Path
from typing import Any, NamedTuple, cast

import httpx
import numpy as np
import pandas as pd

from rtlmp.asof.labels import Labels
from rtlmp.asof.vintages import load_observations
from rtlmp.catalog import STORED
from rtlmp.config import parse_config
from rtlmp.config.kinds import Live
from rtlmp.features.history import HistoryRows, read_history, write_history
from rtlmp.forecast.gate import Decisions
from rtlmp.io.files import BadFileError, load_json, naming
from rtlmp.io.tables import read_frame, read_table, write_table
from rtlmp.models.curve import TrainingRows
from rtlmp.models.estimators import fit, threshold_curve
from rtlmp.models.store import Card, MemberCard, Trained, load_model, save_model
from rtlmp.schemas.core import Observations
from rtlmp.sources import gas, weather
from rtlmp.sources.base.interface import IncompleteError, Tools
from rtlmp.sources.base.store import Listing, Loss, Posting, read_listing, save_listing, sealed
from rtlmp.sources.base.web import Client, FetchError, Request, UnreadableError, fetch
from rtlmp.sources.ercot.client import whole_zip
from rtlmp.sources.ercot.parse import ReportError, parse
from rtlmp.sources.ercot.texts import workbook_csv
from rtlmp.sources.ercot.workbooks import BOOKS
from rtlmp.sources.files.months import read_months
from tests.helpers import replay, workbooks
from tests.helpers.build import five_minutes, settings
from tests.helpers.ercot_world import BY_EMIL, TEXTS

OURS = (BadFileError, FetchError, UnreadableError, ReportError, IncompleteError)
AT = datetime(2026, 10, 4, 12, 0, 20, tzinfo=UTC)
NOW = datetime(2026, 10, 4, 15, tzinfo=UTC)
EMIL = "np4-190-cd"  # a row an hour and place, with a flag and an hour ending
ID = "posting-7"
POINTS = {"west": [32.5, -100.8], "north": [32.8, -96.8]}  # of the weather: each is read alike
Read = Callable[[bytes], tuple[object, list[str]]]  # values, and what was said of the rest


class Reader(NamedTuple):
    body: bytes
    other: bytes  # valid too, of something else
    read: Read
    names: tuple[str, ...]  # one of them is in what is said
    text: bool = False


def values(table: pd.DataFrame) -> object:
    """A table as something that can be compared, whatever the order of its rows."""
    return sorted(table.astype(str).itertuples(index=False, name=None))


def posting(body: bytes) -> tuple[object, list[str]]:
    """A posting out of the store; what could not be read of it is said as a run says it."""
    lost: list[Loss] = []
    rows = parse(BY_EMIL[EMIL], [(Posting(ID, AT, ""), body)], frozenset(), lost)
    return values(rows), [f"{loss.posting}: {loss.why}" for loss in lost]


def csv_of(at: datetime) -> bytes:
    return TEXTS[EMIL](at).encode()


def ercot_csv(_: Path) -> Reader:
    def read(body: bytes) -> tuple[object, list[str]]:
        return posting(replay.zipped(f"{BY_EMIL[EMIL].member}.csv", body))

    return Reader(csv_of(AT), TEXTS["np6-345-cd"](AT).encode(), read, (ID,), text=True)


def zip_of(emil: str, at: datetime) -> bytes:
    return replay.zipped(f"{BY_EMIL[emil].member}.csv", TEXTS[emil](at).encode())


def ercot_zip(_: Path) -> Reader:
    """At the download door, then out of a store of an older version."""
    return Reader(
        zip_of(EMIL, AT),
        zip_of("np6-345-cd", AT),
        lambda body: posting(download(body, whole_zip)),
        (ID, "zip"),
    )


def stored_posting(_: Path) -> Reader:
    body, other = zip_of(EMIL, AT), zip_of(EMIL, AT + timedelta(days=1))
    return Reader(sealed(EMIL, ID, body), sealed(EMIL, "8", other), posting, (ID,))


def workbook(_: Path) -> Reader:
    of = BOOKS[1].report
    start = NOW - timedelta(days=4)
    made = [workbooks.workbook(name, 2026, start, NOW) for name in ("13060", "13061")]

    def read(body: bytes) -> tuple[object, list[str]]:
        with naming(f"workbook {ID}"):
            csv = workbook_csv(download(body, whole_zip), f"workbook {ID}")
        lost: list[Loss] = []
        rows = parse(of, [(Posting(ID, AT, ""), csv)], frozenset(), lost)
        return values(rows), [f"{loss.posting}: {loss.why}" for loss in lost]

    return Reader(made[0], made[1], read, (ID,))


def workbook_xml(folder: Path) -> Reader:
    """Spoilt inside: the zip is whole."""
    whole = workbook(folder)
    with zipfile.ZipFile(io.BytesIO(whole.body)) as file:
        parts = {name: file.read(name) for name in file.namelist()}
    name = next(n for n in parts if n.endswith("sheet10.xml"))

    def read(body: bytes) -> tuple[object, list[str]]:
        made = io.BytesIO()
        with zipfile.ZipFile(made, "w") as file:
            for part, of in {**parts, name: body}.items():
                file.writestr(part, of)
        return whole.read(made.getvalue())

    return Reader(parts[name], parts["xl/workbook.xml"], read, (ID,))


@cache
def live_settings() -> Live:
    weather = {"model": "gfs_global", "run_hours": [], "points": POINTS}
    few = {"hosts": replay.hosts("http://127.0.0.1"), "weather": weather}
    return parse_config(settings(live=few))["live"]


def asking(body: bytes) -> Tools:
    """Tools whose server answers `body`, whatever it is asked."""
    http = httpx.Client(transport=httpx.MockTransport(lambda _: httpx.Response(200, content=body)))
    live = live_settings()
    client = Client(http, live["hosts"], 2, lambda _: None, lambda _: None, [])  # type: ignore[arg-type]
    return Tools(client, live, frozenset(), frozenset(STORED), NOW, [])


def download(body: bytes, read: Callable[[bytes], bytes]) -> bytes:
    return fetch(asking(body).client, Request(f"posting {ID}", "mis", "/x"), read)


def previous_runs(_: Path) -> Reader:
    span = NOW - timedelta(days=1), NOW
    points = asking(b"").live["weather"]["points"] or {}
    names = [f"{v.name}_previous_day{k}" for v in weather.VARIABLES.values() for k in (1, 2, 3, 4)]
    ask = {"hourly": ",".join(names), "latitude": ",".join("1" for _ in points)}
    days = {"start_date": f"{span[0]:%Y-%m-%d}", "end_date": f"{span[1]:%Y-%m-%d}"}
    body, other = (
        json.dumps(replay.weather({**ask, **days, **more}, NOW)).encode()
        for more in ({}, {"end_date": f"{NOW - timedelta(days=1):%Y-%m-%d}"})
    )

    def read(body: bytes) -> tuple[object, list[str]]:
        return values(weather.previous_runs(*span, asking(body))), []

    return Reader(body, other, read, ("Open-Meteo",), text=True)


def gas_prices(_: Path) -> Reader:
    os.environ.setdefault(gas.KEY, "none")
    span = NOW - timedelta(days=28), NOW
    days = [{"start": f"{a:%Y-%m-%d}", "end": f"{b:%Y-%m-%d}"} for a, b in (span, (NOW, NOW))]
    body, other = (json.dumps(replay.gas(of)).encode() for of in days)

    def read(body: bytes) -> tuple[object, list[str]]:
        return values(gas.henry_hub(*span, asking(body))), []

    return Reader(body, other, read, ("EIA",), text=True)


def at_path(path: Path, read: Callable[[Path], object]) -> Read:
    def of(body: bytes) -> tuple[object, list[str]]:
        path.write_bytes(body)
        return read(path), []

    return of


def prices(start: str = "2024-01-01 06:00") -> pd.DataFrame:
    return five_minutes(start, [float(k) for k in range(300)], "HB_NORTH")


def months(path: Path) -> object:
    found = read_months([path], now=NOW.timestamp() * 1e6)
    return [(q, m, places, [of.tolist() for of in rows]) for q, m, (rows, places) in found]


def user_csv(folder: Path) -> Reader:
    made = [prices(day).to_csv(index=False).encode() for day in ("2024-01-01", "2024-02-01")]
    return Reader(made[0], made[1], at_path(folder / "own.csv", months), ("own.csv",), text=True)


def user_parquet(folder: Path) -> Reader:
    """As pandas writes it, without checksums."""
    for name in ("a", "b"):
        prices().rename(columns={"value": "price"} if name == "b" else {}).to_parquet(folder / name)
    made = [(folder / name).read_bytes() for name in ("a", "b")]
    return Reader(made[0], made[1], at_path(folder / "own.parquet", months), ("own.parquet",))


def raw_month(folder: Path) -> Reader:
    for name, start in {"a": "2024-01-01", "b": "2024-02-01"}.items():
        write_table(Observations, prices(start), folder / name)

    def read(path: Path) -> object:
        loaded = load_observations([path])
        arrays = {q: ([of.tolist() for of in rows], places) for q, (rows, places) in loaded.items()}
        return values(read_table(Observations, path)), arrays

    made = [(folder / name).read_bytes() for name in ("a", "b")]
    return Reader(made[0], made[0], at_path(folder / "raw.parquet", read), ("raw.parquet",))


def frame(folder: Path) -> Reader:
    """A results table, as the pages read it."""
    whole = raw_month(folder)
    read = at_path(folder / "table.parquet", lambda path: values(read_frame(path)))
    return whole._replace(read=read, names=("table.parquet",))


def history(folder: Path) -> Reader:
    rng = np.random.default_rng(0)
    for name, place in {"a": "N", "b": "H"}.items():
        x = rng.normal(size=(144, 5)).astype(np.float32)
        each = np.arange(144)
        rows = HistoryRows(x, each * 3600, each, each % 2, [place, "W"], [*"abcde"])
        write_history(rows, folder / name)

    def read(path: Path) -> object:
        return [of.tolist() if isinstance(of, np.ndarray) else of for of in read_history(path)]

    made = [(folder / name).read_bytes() for name in ("a", "b")]
    return Reader(made[0], made[0], at_path(folder / "rows.arrow", read), ("rows.arrow",))


def model(folder: Path, part: str) -> Reader:
    """A booster or a card, beside a good other one."""
    rng = np.random.default_rng(0)
    x, price = rng.normal(size=(2000, 3)).astype(np.float32), rng.lognormal(4, 1, 2000)
    config = parse_config(settings(model={"rounds": 20, "threads": 1, "max_depth": 3}))["model"]
    none, each = np.full(2000, np.nan), np.arange(2000)
    rows = TrainingRows(x, each, Labels(price, none, none, np.ones(2000)), np.ones(2000),
                        np.ones(2000, bool), each)  # fmt: skip
    files = []
    for seed in (1, 2):
        of = fit(rows, config, seed)
        member = MemberCard(
            model=config, history_days=1, seed=seed, rows=2000, gate_trees=0, state=of.state
        )
        card: Any = {"date": "2024-01-01", "features": [*"abc"], "members": [member]}
        paths = folder / f"{seed}.ubj", folder / f"{seed}.json"
        save_model(Trained([of], cast("Card", card)), [paths[0]], paths[1])
        files.append({"booster.ubj": paths[0].read_bytes(), "card.json": paths[1].read_bytes()})
    for name, saved in files[0].items():
        (folder / name).write_bytes(saved)

    def read(_: Path) -> object:
        made = load_model([folder / "booster.ubj"], folder / "card.json")
        curve = threshold_curve(made.members[0], x[:50], made.card["members"][0]["model"])
        return curve.tobytes(), made.card

    names = ("booster.ubj", "card.json")
    body, other = (of[part] for of in files)
    return Reader(body, other, at_path(folder / part, read), names, text=part == "card.json")


def listing(folder: Path) -> Reader:
    path = folder / "index.json"
    made = []
    for count in (5, 3):
        postings = [Posting(str(k), AT + k * timedelta(hours=1), f"n{k}") for k in range(count)]
        save_listing(folder, Listing(AT, NOW, tuple(postings)))
        made.append(path.read_bytes())
    read = at_path(path, lambda path: read_listing(path.parent))
    return Reader(made[0], made[1], read, ("index.json",), text=True)


def gate(folder: Path) -> Reader:
    choice = {"date": "2024-01-01", "predecessor": None, "days": 3, "loss": 0.1, "why": "w",
              "loss_before": 0.2, "statistic": 1.5, "serves": True}  # fmt: skip
    made = [
        json.dumps({pool: {"serving": ["2024-01-01"], "choices": [choice]}}).encode()
        for pool in ("all", "west")
    ]
    read = at_path(folder / "gate.json", lambda path: load_json(path, Decisions))
    return Reader(made[0], made[1], read, ("gate.json",), text=True)


PARSERS: dict[str, Callable[[Path], Reader]] = {
    "ERCOT CSV": ercot_csv,
    "ERCOT zip, downloaded": ercot_zip,
    "ERCOT workbook, downloaded": workbook,
    "ERCOT workbook, its XML": workbook_xml,
    "weather JSON": previous_runs,
    "gas JSON": gas_prices,
    "your CSV": user_csv,
    "your Parquet": user_parquet,
    "store: posting": stored_posting,
    "store: listing": listing,
    "raw month": raw_month,
    "results table": frame,
    "history (Arrow)": history,
    "model: booster": partial(model, part="booster.ubj"),
    "model: card": partial(model, part="card.json"),
    "gate": gate,
}
