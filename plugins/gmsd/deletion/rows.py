"""The rows of a place: deleted, and where a receipt stays, without the words of its sender."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gmsd.database import statement
from gmsd.deletion.inventory import about

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

    from sqlalchemy import Connection

    from gmsd.rounds import Place

# Figures and rows are known by the account of the load, which goes after them; the mails by the names, which go last.
_STATEMENTS = (
    "delete_figures", "delete_records", "delete_arrangements", "delete_load_accounts", "delete_confirmations", "delete_replies",
    "delete_check_results", "delete_copies", "delete_markers", "delete_mails_waiting", "empty_mails", "forget_names",
)  # fmt: skip


def delete_rows(connection: Connection, place: Place | None, delivery_ids: Sequence[str], at: dt.datetime) -> dict[str, Any]:
    """Delete the rows of a place that are of some deliveries, in the caller's transaction.

    Returns:
        How many rows each statement changed, and `transaction`: its number, by which it is known who still reads what was deleted.
    """
    if place is not None:
        keep_out_loading(connection, place)
    values = {**about(place, delivery_ids), "at": at}
    done: dict[str, Any] = {name: connection.execute(statement(f"deletion/{name}"), values).rowcount for name in _STATEMENTS}
    return done | {"transaction": connection.scalar(statement("deletion/current_transaction"))}


def keep_out_loading(connection: Connection, place: Place) -> None:
    """Wait for a load of the half-year and a count of its law, and keep out others to the end of the transaction: rows would come back."""
    connection.execute(statement("journal/lock"), {"name": f"gmsd:loading:{place.law}:{place.half_year}"})
    connection.execute(statement("journal/lock"), {"name": f"gmsd:figures:{place.law}"})
