"""The same rules by Great Expectations in SQL: the file is copied into a real PostgreSQL, the derived columns are made there.

The server is the project's own, started for this case and stopped after it; its memory is not in the figure, which is that of the client.
"""

from __future__ import annotations

import atexit
import signal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psycopg
import sqlalchemy
from great_expectations.execution_engine import SqlAlchemyExecutionEngine
from great_expectations.execution_engine.sqlalchemy_batch_data import SqlAlchemyBatchData

from gmsd.protocol import protocol_for
from gmsd.reference import municipalities
from gmsd.rounds import WMO
from tests.bench import files
from tests.bench.stock import suite, validated
from tests.support.stack import admin_of, read_values, services

if TYPE_CHECKING:
    from collections.abc import Callable

Answers = dict[str, tuple[int, list[int] | None]]
_SQL = Path(__file__).with_name("sql")
_CHUNK = 1 << 20


def without_lines(folder: Path) -> Callable[[], Answers]:
    """Counts only."""
    server = _server(folder / "services")
    expectations = suite()
    check(folder / files.ONE, expectations, server)
    return lambda: check(folder / files.LARGE, expectations, server)


def check(path: Path, expectations: list[Any], server: str) -> Answers:
    """Copy a file into the database, make the derived columns, run the rules.

    Args:
        path: The file.
        expectations: The rules.
        server: Address of a database in which tables `bench_file` and `bench_checked` can be made and dropped.
    """
    with psycopg.connect(server, autocommit=True, cursor_factory=psycopg.ClientCursor) as connection:
        _load(connection, path)
    engine = SqlAlchemyExecutionEngine(engine=sqlalchemy.create_engine(server.replace("postgresql:", "postgresql+psycopg:", 1)))
    try:
        engine.load_batch_data("file", SqlAlchemyBatchData(execution_engine=engine, table_name="bench_checked"))
        return validated(engine, expectations, lines=False)
    finally:
        engine.close()
        engine.engine.dispose()


def _server(state: Path) -> str:
    """Start the services; they are stopped when this process ends, however it ends."""
    atexit.register(_stop, state)
    services("up", state, "--without-airflow")
    return admin_of(state, read_values((state / "secrets" / "gmsd.env").read_text(encoding="utf-8")))


def _stop(state: Path) -> None:
    """Not to be interrupted: a server would be left running."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    services("down", state)


def _load(connection: psycopg.Connection[Any], path: Path) -> None:
    """The file in a table, and the table with the derived columns; what was there goes."""
    parameters = {
        "first_day": files.HALF_YEAR.first_day,
        "last_day": files.HALF_YEAR.last_day,
        "municipalities": list(municipalities(files.HALF_YEAR)),
        "end_reasons": list(protocol_for(files.HALF_YEAR, WMO).codes("reden_beeindiging", files.HALF_YEAR)),
    }
    connection.execute("drop table if exists bench_file, bench_checked")
    connection.execute(_statement("file"))
    with connection.cursor() as cursor, cursor.copy(_statement("copy")) as copy, path.open("rb") as file:
        while part := file.read(_CHUNK):
            copy.write(part)
    connection.execute(_statement("derived"), parameters)
    connection.execute("analyze bench_checked")


def _statement(name: str) -> Any:
    return (_SQL / f"{name}.sql").read_text(encoding="utf-8")
