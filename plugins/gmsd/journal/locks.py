"""Advisory locks that keep concurrent tasks apart; each is held to the end of the caller's transaction.

They are always taken in this order: loading, pseudonym key, registration, round, place, coordinators, audit. A task that is killed loses
its connection and with it its locks.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gmsd.database import statement
from gmsd.rounds import partition

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from gmsd.rounds import HalfYear, Place

_LOADING, _KEY = "gmsd:loading", "gmsd:pseudonym key"


def lock_registration(connection: Connection) -> None:
    """Only one task at a time gives numbers to uploads."""
    connection.execute(statement("journal/lock"), {"name": "gmsd:registration"})


def lock_round(connection: Connection, law: str, code: HalfYear, *, alone: bool) -> None:
    """A close is alone in its round; everything else that changes deliveries of the round shares it."""
    name = "journal/lock" if alone else "journal/lock_shared"
    connection.execute(statement(name), {"name": f"gmsd:round:{partition(law, code)}"})


def lock_place(connection: Connection, place: Place) -> None:
    """Deliveries of one place are checked, reported and withdrawn one after the other."""
    connection.execute(statement("journal/lock"), {"name": f"gmsd:place:{place.id}"})


def lock_coordinators(connection: Connection) -> None:
    """Only one task at a time registers coordinators and makes links."""
    connection.execute(statement("journal/lock"), {"name": "gmsd:coordinators"})


def lock_audit(connection: Connection) -> None:
    """The next number of the audit trail is given to one transaction at a time; taken before any state is changed."""
    connection.execute(statement("journal/lock"), {"name": "gmsd:audit"})


def share_loading(connection: Connection) -> None:
    """Several half-years may be loaded at a time, none while the pseudonyms are made anew."""
    connection.execute(statement("journal/lock_shared"), {"name": _LOADING})


def alone_in_loading(connection: Connection) -> bool:
    """Keep every load out, when there is none; false when there is one."""
    return bool(connection.scalar(statement("journal/try_lock"), {"name": _LOADING}))


def share_pseudonym_key(connection: Connection) -> None:
    """Pseudonyms are made and read with the key that is noted; it does not change meanwhile."""
    connection.execute(statement("journal/lock_shared"), {"name": _KEY})


def lock_pseudonym_key(connection: Connection) -> None:
    """The pseudonyms are made anew: nobody makes others meanwhile."""
    connection.execute(statement("journal/lock"), {"name": _KEY})
