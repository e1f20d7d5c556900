"""The rows of the warehouse, out and in: every table of the catalogue as CSV, whatever tables a schema has."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

from gmsd.backup.manifest import BackupDamaged, BackupFile, BackupTable, private
from gmsd.database import statement
from gmsd.database_errors import values_kept_out

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from sqlalchemy import Connection

_PIECE = 1 << 20
# What a new installation writes by itself before anything has come in.
_OF_AN_EMPTY_ONE = frozenset({"clock", "key_fingerprint"})


def tables_of(connection: Connection) -> list[tuple[str, tuple[str, ...]]]:
    """Name and columns of every table, each after those that it refers to."""
    columns = {row.name: tuple(row.columns) for row in connection.execute(statement("backup/tables"))}
    refers: dict[str, set[str]] = {name: set() for name in columns}
    for row in connection.execute(statement("backup/references")):
        refers[row.referring].add(row.referred)
    placed: list[str] = []
    while len(placed) < len(columns):
        ready = [name for name in columns if name not in placed and refers[name] <= set(placed)]
        if not ready:
            raise ValueError(f"tables refer to each other in a circle: {sorted(set(columns) - set(placed))}")
        placed += ready
    return [(name, columns[name]) for name in placed]


def sequences_of(connection: Connection) -> dict[str, int]:
    """The last number of each sequence that has given one."""
    return {row.name: row.last_value for row in connection.execute(statement("backup/sequences"))}


def copy_out(connection: Connection, name: str, columns: Sequence[str], folder: Path) -> tuple[BackupTable, BackupFile]:
    """Write the rows of a table, as the transaction of the connection sees them."""
    from psycopg import sql

    raw: Any = connection.connection.driver_connection
    named = sql.SQL(", ").join(map(sql.Identifier, columns))
    query = sql.SQL("COPY (SELECT {} FROM {}) TO STDOUT (FORMAT csv)").format(named, sql.Identifier(name))
    found, size = hashlib.sha256(), 0
    with values_kept_out(), raw.cursor() as cursor, private(folder / f"{name}.csv") as stream:
        with cursor.copy(query) as copy:
            for block in copy:
                stream.write(block)
                found.update(block)
                size += len(block)
        return BackupTable(name, tuple(columns), int(cursor.rowcount)), BackupFile(size, found.hexdigest())


def copy_in(connection: Connection, table: BackupTable, path: Path) -> None:
    """Replace the rows of a table by those of a file, past the triggers that keep what never changes; they are back when this returns.

    Raises:
        BackupDamaged: the file has not as many rows as the table had.
    """
    from psycopg import sql

    raw: Any = connection.connection.driver_connection
    name = sql.Identifier(table.name)
    query = sql.SQL("COPY {} ({}) FROM STDIN (FORMAT csv)").format(name, sql.SQL(", ").join(map(sql.Identifier, table.columns)))
    with values_kept_out(), raw.cursor() as cursor, path.open("rb") as stream:
        cursor.execute(sql.SQL("ALTER TABLE {} DISABLE TRIGGER USER").format(name))
        cursor.execute(sql.SQL("DELETE FROM {}").format(name))
        with cursor.copy(query) as copy:
            while piece := stream.read(_PIECE):
                copy.write(piece)
        if cursor.rowcount != table.rows:
            raise BackupDamaged(f"{table.file} has {cursor.rowcount} rows, the table had {table.rows}")
        cursor.execute(sql.SQL("ALTER TABLE {} ENABLE TRIGGER USER").format(name))


def move_form(connection: Connection, form_id: str, version_id: str) -> None:
    """Note the version under which a form that nobody has looked at lies in the inbox now."""
    from psycopg import sql

    raw: Any = connection.connection.driver_connection
    with raw.cursor() as cursor:
        cursor.execute(sql.SQL("ALTER TABLE form DISABLE TRIGGER USER"))
        connection.execute(statement("backup/moved_form"), {"form_id": form_id, "version_id": version_id})
        cursor.execute(sql.SQL("ALTER TABLE form ENABLE TRIGGER USER"))


def filled(connection: Connection) -> list[str]:
    """Tables that hold more than a new installation does."""
    from psycopg import sql

    raw: Any = connection.connection.driver_connection
    found = []
    with raw.cursor() as cursor:
        for name, _ in tables_of(connection):
            query = sql.SQL("SELECT EXISTS (SELECT FROM {})").format(sql.Identifier(name))
            if name not in _OF_AN_EMPTY_ONE and cursor.execute(query).fetchone()[0]:
                found.append(name)
    return found
