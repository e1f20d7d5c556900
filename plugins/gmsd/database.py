"""The door to the warehouse: connections by role, statements from `sql/`, and whole frames in and out by COPY."""

from __future__ import annotations

import io
import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, Literal

from gmsd.database_errors import keep_values_out, values_kept_out
from gmsd.errors import GmsdError
from gmsd.folders import data_folder
from gmsd.settings import SettingsError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import polars as pl
    from alembic.config import Config
    from sqlalchemy import Connection, Engine, TextClause

    from gmsd.settings import Settings

Role = Literal["owner", "loader", "publisher", "approver", "reader", "portal"]


class NoDatabaseAddressError(GmsdError):
    """No address of the warehouse is configured for a role."""


def sql_folder() -> Path:
    """Where the statements lie: the checkout's `sql/`, else the copy that the wheel ships."""
    return data_folder("sql")


_NOT_STORABLE = re.compile("[\x00\ud800-\udfff]")
# A database that takes a connection and says nothing would hold a command for two minutes, psycopg's own limit.
_SECONDS_TO_CONNECT = 10
# Connections are opened as they are needed at the same time: most tasks need two, one that takes many deliveries in hand a handful.
_KEPT_OPEN = 12
_COPIED_AT_ONCE = 1 << 20


@cache
def _engine(url: str, role: Role) -> Engine:
    from sqlalchemy import create_engine
    from sqlalchemy.exc import ArgumentError

    try:
        engine = create_engine(
            url,
            pool_pre_ping=True,
            pool_size=_KEPT_OPEN,
            hide_parameters=True,
            connect_args={"application_name": "gmsd", "connect_timeout": _SECONDS_TO_CONNECT},
        )
    except ArgumentError:
        raise SettingsError(f"settings that cannot be used: GMSD_DATABASE_{role.upper()} is no address of a database") from None
    keep_values_out(engine)
    return engine


def connect(settings: Settings, role: Role = "loader") -> Engine:
    """An engine that acts with the rights of `role`.

    Raises:
        NoDatabaseAddressError: no address is configured for that role.
        SettingsError: what is configured is no address of a database.
    """
    url = {
        "owner": settings.database_owner,
        "loader": settings.database_loader,
        "publisher": settings.database_publisher,
        "approver": settings.database_approver,
        "reader": settings.database_reader,
        "portal": settings.database_portal,
    }[role].get_secret_value()
    if not url:
        raise NoDatabaseAddressError(f"no database address: set GMSD_DATABASE_{role.upper()} or run `make up`")
    return _engine(url, role)


@cache
def statement(name: str) -> TextClause:
    """The statement in `sql/<name>.sql`, with named parameters (`:name`)."""
    from sqlalchemy import text

    return text((sql_folder() / f"{name}.sql").read_text(encoding="utf-8"))


def storable(text: str) -> str:
    """A text of others as the database can hold it: NUL and halves of characters become the replacement character."""
    return _NOT_STORABLE.sub("\N{REPLACEMENT CHARACTER}", text)


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows as they are copied into a table: the columns they have, how many there are, and their text."""

    columns: tuple[str, ...]
    count: int
    text: bytes


def written_rows(frame: pl.DataFrame) -> Rows:
    """A frame as it is copied: columns as in the table; null becomes NULL. It can be made in another thread than it is copied in."""
    buffer = io.BytesIO()
    frame.write_csv(buffer, include_header=False)
    return Rows(tuple(frame.columns), frame.height, buffer.getvalue())


def copy_rows(connection: Connection, table: str, rows: Rows) -> int:
    """Append rows to a table by COPY, within the connection's transaction.

    Args:
        connection: an open connection; nothing is committed.
        table: a table of ours.
        rows: what to append.

    Returns:
        The number of rows written.
    """
    from psycopg import sql

    if not rows.count:
        return 0
    query = sql.SQL("COPY {} ({}) FROM STDIN (FORMAT csv)").format(
        sql.Identifier(table), sql.SQL(", ").join(map(sql.Identifier, rows.columns))
    )
    raw: Any = connection.connection.driver_connection
    with values_kept_out(), raw.cursor() as cursor:
        with cursor.copy(query) as copy:
            for start in range(0, len(rows.text), _COPIED_AT_ONCE):
                copy.write(rows.text[start : start + _COPIED_AT_ONCE])
        return int(cursor.rowcount)


def copy_frame(connection: Connection, table: str, frame: pl.DataFrame) -> int:
    """Append a frame to a table by COPY, within the connection's transaction; see `copy_rows` and `written_rows`."""
    return sum(copy_rows(connection, table, written_rows(part)) for part in frame.iter_slices(200_000))


def read_frame(connection: Connection, name: str, schema: dict[str, pl.DataType | type[pl.DataType]], **parameters: Any) -> pl.DataFrame:
    """The answer of the query in `sql/<name>.sql` as a frame, by COPY.

    Args:
        connection: an open connection.
        name: the query; its named parameters are written `%(name)s` because COPY takes no bound ones and the driver merges them in safely.
        schema: column name to polars type, in the order of the query.
        parameters: values of the query's parameters.
    """
    import polars as pl
    from psycopg import ClientCursor
    from psycopg.sql import SQL

    raw: Any = connection.connection.driver_connection
    query: Any = (sql_folder() / f"{name}.sql").read_text(encoding="utf-8").strip().rstrip(";")
    buffer = io.BytesIO()
    copied = SQL("COPY ({}) TO STDOUT (FORMAT csv)").format(SQL(query))
    with values_kept_out(), ClientCursor(raw) as cursor, cursor.copy(copied, parameters or None) as copy:
        for block in copy:
            buffer.write(block)
    if not buffer.tell():
        return pl.DataFrame(schema=schema)
    return pl.read_csv(buffer.getvalue(), has_header=False, new_columns=list(schema), schema_overrides=schema)


def read_plain_frame(
    connection: Connection, name: str, schema: dict[str, pl.DataType | type[pl.DataType]], by: str, **parameters: Any
) -> pl.DataFrame:
    """The answer of a query of very many rows as a frame; the server puts the rows of a group together, so that they come as one piece.

    A row by itself costs the driver more than the server takes to find it.

    Args:
        connection: an open connection.
        name: the query, as in `read_frame`; its columns are called as in the schema, and hold numbers, dates and codes: nothing that would
            have to be quoted.
        schema: column name to polars type, in the order of the query.
        by: the column whose values make the groups.
        parameters: values of the query's parameters.

    Returns:
        The rows of each group together, in no particular order.
    """
    import polars as pl
    from psycopg import ClientCursor
    from psycopg.sql import SQL, Identifier

    raw: Any = connection.connection.driver_connection
    query: Any = (sql_folder() / f"{name}.sql").read_text(encoding="utf-8").strip().rstrip(";")
    cells = SQL(", ").join(SQL("coalesce(CAST({} AS text), '')").format(Identifier(column)) for column in schema)
    together = SQL("SELECT string_agg(concat_ws(',', {}), chr(10)) FROM ({}) AS plain GROUP BY {}").format(
        cells, SQL(query), Identifier(by)
    )
    with values_kept_out(), ClientCursor(raw) as cursor:
        found = "\n".join(rows for (rows,) in cursor.execute(together, parameters or None))
    if not found:
        return pl.DataFrame(schema=schema)
    return pl.read_csv(found.encode(), has_header=False, new_columns=list(schema), schema_overrides=schema)


def migrate(settings: Settings, to: str = "head") -> str:
    """Bring the warehouse to the newest schema, or up to a revision; returns the one it stands at."""
    with connect(settings, "owner").begin() as connection:
        return upgraded(connection, settings, to)


def downgrade(settings: Settings, to: str) -> str:
    """Take the warehouse back to the schema of an earlier revision; returns the one it stands at.

    What the earlier schema cannot hold is lost or, where it cannot be made again, refused: each `sql/migrations/versions/*.down.sql` says
    which, in its first lines. It is for going back to an earlier version of the pipeline, which cannot read the newer schema.
    """
    with connect(settings, "owner").begin() as connection:
        return downgraded(connection, settings, to)


def upgraded(connection: Connection, settings: Settings, to: str = "head") -> str:
    """The same as `migrate`, as the owner in the caller's transaction."""
    from alembic import command

    return _moved(connection, settings, command.upgrade, to)


def downgraded(connection: Connection, settings: Settings, to: str) -> str:
    """The same as `downgrade`, as the owner in the caller's transaction."""
    from alembic import command

    return _moved(connection, settings, command.downgrade, to)


def revision_of(connection: Connection) -> str:
    """The revision that the schema stands at; empty when it has none."""
    from alembic.runtime.migration import MigrationContext

    return MigrationContext.configure(connection).get_current_revision() or ""


def known_revisions() -> list[str]:
    """Every revision that this version knows, the newest first."""
    from alembic.script import ScriptDirectory

    return [each.revision for each in ScriptDirectory.from_config(_alembic()).walk_revisions()]


def _alembic() -> Config:
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(sql_folder() / "migrations"))
    return config


def _moved(connection: Connection, settings: Settings, move: Callable[[Config, str], None], to: str) -> str:
    config = _alembic()
    config.attributes |= {"connection": connection, "settings": settings}
    move(config, to)
    return revision_of(connection)
