"""Getting deleted rows out of the database's files: rewritten tables, statistics without samples, and a log that begins anew.

PostgreSQL leaves a deleted row where it stands, keeps samples of values in its statistics, and has written every row to its log before.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from gmsd.database import connect, statement
from gmsd.deletion.deletion import DeletionWaits

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection

    from gmsd.settings import Settings

_STATISTICS = "pg_statistic"
PATIENCE_SECONDS = 60.0
_LOCK_SECONDS = 10


class StillRead(DeletionWaits):
    """Somebody reads the database as it was before the deletion, or holds a table."""

    by_itself = True


def rewrite(settings: Settings, tables: Sequence[str], transaction: str, *, patience: float = PATIENCE_SECONDS) -> None:
    """Write tables, their indexes and the statistics anew, without what was deleted up to a transaction.

    Raises:
        StillRead: somebody may still see those rows, or does not let go of a table.
    """
    end = time.monotonic() + patience
    with connect(settings, "owner").connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        _await_readers(connection, transaction, end)
        for table in (*tables, _STATISTICS):
            _vacuum(connection, table, end)


def _await_readers(connection: Connection, transaction: str, end: float) -> None:
    while readers := list(connection.scalars(statement("deletion/readers"), {"xid": transaction})):
        if time.monotonic() > end:
            raise StillRead(
                f"the deleted rows are still read by {', '.join(readers[:3])}: they are taken out of the files when that has ended"
            )
        time.sleep(0.1)


def _vacuum(connection: Connection, table: str, end: float) -> None:
    from psycopg import sql
    from psycopg.errors import LockNotAvailable

    raw: Any = connection.connection.driver_connection
    # of statistics there are none to be made: the samples of a table that was written anew are of what is left
    analyze = sql.SQL("") if table == _STATISTICS else sql.SQL(", ANALYZE")
    query = sql.SQL("VACUUM (FULL{}) {}").format(analyze, sql.Identifier(table))
    while True:
        raw.execute(sql.SQL("SET lock_timeout = {}").format(sql.Literal(f"{_LOCK_SECONDS}s")))
        try:
            raw.execute(query)
        except LockNotAvailable:
            if time.monotonic() > end:
                raise StillRead(f"the table {table} is held by somebody: it is written anew when it is free") from None
        else:
            return
        finally:
            raw.execute("RESET lock_timeout")


def begin_log_anew(settings: Settings) -> int:
    """Leave every segment of the log that rows were written to, and have it removed; returns how many were left.

    Segments that are kept to be used again (where `wal_recycle` is on) are gone through one by one: what is switched away from is
    overwritten with zeros.
    """
    with connect(settings, "owner").connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(statement("deletion/checkpoint"))
        left = 0
        while True:
            connection.execute(statement("deletion/mark_log"))
            connection.execute(statement("deletion/next_segment"))
            left += 1
            if not connection.scalar(statement("deletion/segments_ahead")):
                break
        connection.execute(statement("deletion/checkpoint"))
    return left
