"""Forecasts, scores and hourly prices of a run into a database, by ADBC: the extra `publish`."""

from importlib import import_module
from pathlib import Path
from typing import Any, Final, TypeAlias

from rtlmp.io.files import sha256
from rtlmp.io.parquet import open_parquet
from rtlmp.schemas.core import Forecast, Metrics, Observations

Database: TypeAlias = Any  # connection of ADBC
SQL: Final = {"string": "text", "int64": "int8", "double": "float8", "bool": "bool"}  # else a time
OF_FORECAST: Final = [Forecast.location, Forecast.threshold, Forecast.issue_time]
OF_SCORE: Final = [Metrics.model, Metrics.location, Metrics.threshold, Metrics.lead_day]
TABLES: Final = {  # files that each has the rows of, and what tells these apart within a run
    "rtlmp_forecasts": ("issued/[0-9]*.parquet", [*OF_FORECAST, Forecast.valid_time]),
    "rtlmp_metrics": ("backtest/metrics.parquet", [*OF_SCORE, Metrics.metric]),
    "rtlmp_prices": ("hourly/*.parquet", [*(Observations.to_schema().unique or ())]),
}


def publish(root: Path, uri: str) -> dict[str, int]:
    """Rows put in by table: those of a changed file, at once, in place of what it had."""
    rows = dict.fromkeys(TABLES, 0)
    with connect(uri) as database:
        _execute(
            database, "create table if not exists rtlmp_files (run text, file text, digest text)"
        )
        known = _execute(database, "select file, digest from rtlmp_files where run = $1", root.name)
        for table, (files, _) in TABLES.items():
            for path in sorted(root.glob(files)):
                name = path.relative_to(root).as_posix().replace("issued/", "forecast/")  # as ever
                file = name, sha256([path.read_bytes()])
                if file not in known:
                    rows[table] += _replace(database, table, path, root.name, *file)
                    database.commit()
    return rows


def connect(uri: str) -> Database:
    """To `postgresql://...` or a file of DuckDB. Raises ValueError without the extra."""
    name = "postgresql" if uri.startswith("postgres") and "://" in uri else "duckdb"
    try:
        return import_module(f"adbc_driver_{name}.dbapi").connect(uri)
    except ImportError as error:
        raise ValueError(f"publish: pip install 'rtlmp[publish]', for {error}") from None


def _replace(database: Database, table: str, path: Path, run: str, file: str, digest: str) -> int:
    """Rows of `path` in place of those of its name."""
    rows = open_parquet(path).read()
    _execute(database, f"create table if not exists {table} (run text, file text)")
    for column in rows.schema:  # a later version may have more
        added = f"{column.name} {SQL.get(str(column.type), 'timestamptz')}"
        _execute(database, f"alter table {table} add column if not exists {added}")
    keys = ", ".join(["run", *TABLES[table][1]])
    _execute(database, f"create unique index if not exists {table}_key on {table} ({keys})")
    for of in (table, "rtlmp_files"):
        _execute(database, f"delete from {of} where run = $1 and file = $2", run, file)
    with database.cursor() as cursor:
        cursor.adbc_ingest("rtlmp_stage", rows, mode="create", temporary=True)
    columns = ", ".join(rows.column_names)  # by name: a file may lack some
    given = f"(run, file, {columns}) select $1, $2, {columns} from rtlmp_stage"
    _execute(database, f"insert into {table} {given}", run, file)
    _execute(database, "drop table rtlmp_stage")
    _execute(database, "insert into rtlmp_files values ($1, $2, $3)", run, file, digest)
    return len(rows)


def _execute(database: Database, sql: str, *values: str) -> list[tuple[Any, ...]]:
    with database.cursor() as cursor:
        cursor.execute(sql, values or None)
        return cursor.fetchall() if sql.startswith("select") else []
