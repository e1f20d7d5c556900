"""Suppliers: whose software makes the files of a municipality, from which day on, as the engineer was told."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gmsd.database import statement
from gmsd.errors import GmsdError
from gmsd.journal import audit, lock_coordinators
from gmsd.reference import municipality as municipality_of
from gmsd.registration.coordinator import EVERY_LAW

if TYPE_CHECKING:
    import datetime as dt

    from sqlalchemy import Connection

_LONGEST = 100


class BadSupplierError(GmsdError):
    """A text is no name that a list can show."""

    exit_status = 2


@dataclass(frozen=True, slots=True)
class Supplied:
    """Whose software makes the files of a municipality from a day on, until another is named.

    Attributes:
        municipality: Four digits.
        law: The law's id; empty for every law for which none is named apart.
        valid_from: The first day.
        supplier: The company; empty when it is not known from that day on.
    """

    municipality: str
    law: str
    valid_from: dt.date
    supplier: str


def all_suppliers(connection: Connection) -> list[Supplied]:
    """All that was named, in order of municipality and day."""
    return [Supplied(**row) for row in connection.execute(statement("registration/suppliers")).mappings()]


def set_supplier(
    connection: Connection, municipality: str, supplier: str, valid_from: dt.date, *, at: dt.datetime, actor: str, law: str = EVERY_LAW
) -> Supplied:
    """Name whose software makes the files of a municipality from a day on, in the caller's transaction. The same again changes nothing.

    A name that is known in other capitals is written as it was the first time.

    Args:
        connection: With the loader's rights; nothing is committed.
        municipality: Four digits.
        supplier: A company, no person; empty: not known from that day on.
        valid_from: The first day; it may lie in the past.
        at: The moment of the clock.
        actor: Who says so, for the trail.
        law: The law's id; empty for every law.

    Raises:
        BadSupplierError: the name is longer than 100 characters, or cannot be shown.
        KeyError: there is no such municipality.
    """
    municipality_of(municipality)
    lock_coordinators(connection)
    name = " ".join(supplier.split())
    if len(name) > _LONGEST or not name.isprintable():
        raise BadSupplierError(f"a supplier has a name of at most {_LONGEST} characters that can be printed")
    known = {each.supplier.casefold(): each.supplier for each in all_suppliers(connection)}
    named = Supplied(municipality, law, valid_from, known.get(name.casefold(), name))
    values = {"municipality": municipality, "law": law, "valid_from": valid_from, "supplier": named.supplier}
    if connection.execute(statement("registration/set_supplier"), values).rowcount:
        details = {"law": law, "from": valid_from.isoformat(), "supplier": named.supplier}
        audit(connection, f"municipality.{municipality}", "supplier named", at=at, actor=actor, details=details)
    return named
