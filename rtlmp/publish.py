"""Forecasts, scores and hourly prices of a run into a database, by ADBC: the extra `publish`."""

import json
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import Any, Final, NamedTuple, TypeAlias

import pyarrow as pa

from rtlmp.io.files import sha256
from rtlmp.io.parquet import open_parquet
from rtlmp.schemas.core import Forecast, Metrics, Observations

Database: TypeAlias = Any  # a connection of ADBC's dbapi
SOURCE: Final = ("run", "file")  # of every row: what it was read from
FILES: Final = "rtlmp_files"  # what each file held when its rows went in
STAGE: Final = "rtlmp_stage"
KINDS: Final = {
    "string": "text",
    "int64": "bigint",
    "double": "double precision",
    "bool": "boolean",
    "timestamp[us, tz=UTC]": "timestamptz",
}


class Published(NamedTuple):
    """A table in the database, the files that it has rows of, and what tells these rows apart."""

    table: str
    files: str
    keys: Sequence[str]


OF_FORECAST: Final = [Forecast.location, Forecast.threshold, Forecast.issue_time]
OF_METRIC: Final = [Metrics.model, Metrics.location, Metrics.threshold, Metrics.lead_day]
FEEDS: Final = (
    Published("rtlmp_forecasts", "forecast/[0-9]*.parquet", [*OF_FORECAST, Forecast.valid_time]),
    Published("rtlmp_metrics", "backtest/metrics.parquet", [*OF_METRIC, Metrics.metric]),
    Published("rtlmp_prices", "hourly/*.parquet", Observations.to_schema().unique or []),
)


def publish(root: Path, run: str, uri: str) -> dict[str, int]:
    """Rows put in by table: of the files of `root` that are not there as they are now.

    The rows of a file replace those that it had, in one transaction.
    """
    with connect(uri) as database:
        there = _published(database, run)
        rows = dict.fromkeys((feed.table for feed in FEEDS), 0)
        for feed in FEEDS:
            for path in sorted(root.glob(feed.files)):
                name, digest = path.relative_to(root).as_posix(), sha256([path.read_bytes()])
                if there.get(name) != digest:
                    rows[feed.table] += _replace(database, feed, (run, name, digest), path)
                    database.commit()
    return rows


def connect(uri: str) -> Database:
    """Of `postgresql://...` or a file of DuckDB. Raises ValueError without the extra."""
    scheme = uri.partition("://")[0] if "://" in uri else ""
    if scheme not in ("", "postgresql", "postgres"):
        raise ValueError(f"publish.uri is of {scheme}: want postgresql://... or a file of DuckDB")
    name = "postgresql" if scheme else "duckdb"
    try:
        return import_module(f"adbc_driver_{name}.dbapi").connect(uri)
    except ImportError as error:
        raise ValueError(f"publish: pip install 'rtlmp[publish]', for {error}") from None


def _published(database: Database, run: str) -> dict[str, str]:
    """Digests by file, as they went in."""
    _execute(database, f"create table if not exists {FILES} (run text, file text, digest text)")
    rows = _execute(database, f"select file, digest from {FILES} where run = $1", run)
    database.commit()
    return dict(rows)


def _replace(database: Database, feed: Published, source: Sequence[str], path: Path) -> int:
    """Rows of `path` in place of those of its name; `source`: run, name and digest."""
    table = open_parquet(path).read()
    for name, value in zip(SOURCE, source, strict=False):
        table = table.append_column(name, pa.repeat(value, len(table)))
    _prepare(database, feed, table.schema)
    for of in (feed.table, FILES):
        _execute(database, f"delete from {of} where run = $1 and file = $2", *source[:2])
    _execute(database, f"insert into {FILES} values ($1, $2, $3)", *source)
    with database.cursor() as cursor:
        cursor.adbc_ingest(STAGE, table, mode="create", temporary=True)
    columns = ", ".join(table.column_names)  # by name, for a file may lack some
    _execute(database, f"insert into {feed.table} ({columns}) select {columns} from {STAGE}")
    _execute(database, f"drop table {STAGE}")
    return len(table)


def _prepare(database: Database, feed: Published, schema: pa.Schema) -> None:
    """Make the table where there is none, and the columns that it lacks, with their units."""
    _execute(database, f"create table if not exists {feed.table} (run text, file text)")
    units = json.loads(schema.metadata.get(b"rtlmp", b'{"units": {}}'))[
        "units"
    ]  # older files: none
    for column in schema:
        added = f"add column if not exists {column.name} {KINDS[str(column.type)]}"
        _execute(database, f"alter table {feed.table} {added}")
        if unit := units.get(column.name):
            _execute(database, f"comment on column {feed.table}.{column.name} is '{unit}'")
    keys = ", ".join(["run", *feed.keys])
    index = f"create unique index if not exists {feed.table}_key on {feed.table} ({keys})"
    _execute(database, index)


def _execute(database: Database, sql: str, *values: str) -> list[tuple[Any, ...]]:
    with database.cursor() as cursor:
        cursor.execute(sql, values or None)
        return cursor.fetchall() if sql.startswith("select") else []
