"""The register of coordinators: who begins to serve a municipality, and who ends."""

from __future__ import annotations

from dataclasses import replace
from email.errors import MessageError
from email.headerregistry import Address
from typing import TYPE_CHECKING

from gmsd.database import statement
from gmsd.errors import GmsdError
from gmsd.journal import audit, lock_coordinators
from gmsd.reference import municipality as municipality_of
from gmsd.registration.coordinator import EVERY_LAW, Coordinator, Term
from gmsd.registration.duty import coordinators

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

    from sqlalchemy import Connection

_LONGEST = 254


class BadAddressError(GmsdError):
    """A text is no address that a mail can be sent to."""

    exit_status = 2


class UnknownCoordinatorError(GmsdError):
    """Nobody is registered with this address."""


class AddressTakenError(GmsdError):
    """An address is already that of another coordinator."""


class TermConflictError(GmsdError):
    """The coordinator serves the municipality already in these days, or does not serve it at all."""


def mail_address(text: str) -> str:
    """An address as it is kept: without spaces around it.

    Raises:
        BadAddressError: it is none, or is longer than 254 characters.
    """
    address = text.strip()
    try:
        parsed = Address(addr_spec=address)
    except (ValueError, IndexError, MessageError):
        parsed = None
    whole = parsed is not None and parsed.username and parsed.domain and parsed.addr_spec == address
    if not whole or len(address) > _LONGEST or not address.isprintable():
        raise BadAddressError("this is no address for mail; write it as team@gemeente.nl")
    return address


def coordinator_of(connection: Connection, address: str) -> Coordinator:
    """Whose address this is, in small letters or capitals.

    Raises:
        BadAddressError: it is no address.
        UnknownCoordinatorError: nobody has it.
    """
    found = _by_address(connection, mail_address(address))
    if found is None:
        raise UnknownCoordinatorError("nobody is registered with this address; `gmsd coordinators list` shows who is")
    return coordinators(connection, found)[found]


def add_term(
    connection: Connection,
    address: str,
    municipality: str,
    valid_from: dt.date,
    *,
    at: dt.datetime,
    actor: str,
    valid_to: dt.date | None = None,
    law: str = EVERY_LAW,
    correspondence_number: str = "",
    contact: str = "",
    further: Sequence[str] = (),
) -> Term:
    """Register that who has an address serves a municipality from a day on, in the caller's transaction. The same again changes nothing.

    Args:
        connection: With the loader's rights; nothing is committed.
        address: Of the coordinator; an address that nobody has makes a new one.
        municipality: Four digits.
        valid_from: The first day; it may lie in the past.
        at: The moment of the clock.
        actor: Who says so, for the trail.
        valid_to: The first day on which it no longer serves, when that is known.
        law: The law's id; empty for every law.
        correspondence_number: The institute's number; empty leaves what is known.
        contact: Whom letters are for; empty leaves what is known.
        further: More addresses of the same coordinator.

    Raises:
        BadAddressError: an address is none.
        AddressTakenError: one of the further addresses is another's.
        TermConflictError: it serves the municipality already in some of these days, from another day on.
        KeyError: there is no such municipality.
    """
    municipality_of(municipality)
    lock_coordinators(connection)
    coordinator_id = _known_or_new(connection, [mail_address(each) for each in (address, *further)], contact, at, actor)
    term = Term(coordinator_id, municipality, law, valid_from, valid_to, correspondence_number)
    _refuse_empty(term)
    for known in _terms(connection, coordinator_id, municipality):
        if (known.law, known.valid_from, known.valid_to) == (law, valid_from, valid_to):
            return _numbered(connection, known, correspondence_number)
        if (known.of_law(law) or law == EVERY_LAW) and _overlap(known, term):
            since = f"since {known.valid_from}" + (f", until {known.valid_to}" if known.valid_to else "")
            raise TermConflictError(f"this coordinator serves {municipality} already {since}; end that first")
    connection.execute(statement("registration/add_term"), _columns(term))
    audit(connection, coordinator_id, "serves", at=at, actor=actor, details=_told(term))
    return term


def end_terms(
    connection: Connection, address: str, municipality: str, on: dt.date, *, at: dt.datetime, actor: str, law: str | None = None
) -> tuple[Term, ...]:
    """End the terms of who has an address at a municipality: from that day on it no longer serves. In the caller's transaction.

    Args:
        connection: With the loader's rights; nothing is committed.
        address: Of the coordinator.
        municipality: Four digits.
        on: The first day on which it no longer serves.
        at: The moment of the clock.
        actor: Who says so, for the trail.
        law: Only the term of this law (empty: that of every law); None ends all.

    Returns:
        The terms as they stand now; those that ended that day already are among them.

    Raises:
        BadAddressError: it is no address.
        UnknownCoordinatorError: nobody has it.
        TermConflictError: no term at the municipality runs up to that day.
    """
    lock_coordinators(connection)
    known = coordinator_of(connection, address)
    running = [
        term
        for term in _terms(connection, known.coordinator_id, municipality)
        if law in (None, term.law) and term.valid_from <= on and (term.valid_to is None or on <= term.valid_to)
    ]
    if not running:
        raise TermConflictError(f"this coordinator does not serve {municipality} on {on}; `gmsd coordinators list` shows what it serves")
    ended = []
    for term in running:
        now = replace(term, valid_to=on)
        if now != term:
            connection.execute(statement("registration/end_term"), _columns(now))
            audit(connection, term.coordinator_id, "serves until", at=at, actor=actor, details=_told(now))
        ended.append(now)
    return tuple(ended)


def all_terms(connection: Connection) -> tuple[tuple[Coordinator, Term], ...]:
    """Everything that is or was registered, in order of municipality and day."""
    known = coordinators(connection)
    rows = connection.execute(statement("registration/terms"), {"coordinator_id": None}).mappings()
    return tuple((known[term.coordinator_id], term) for term in (Term(**row) for row in rows))


def _known_or_new(connection: Connection, addresses: Sequence[str], contact: str, at: dt.datetime, actor: str) -> str:
    coordinator_id = _by_address(connection, addresses[0])
    values: dict[str, object] = {"contact": " ".join(contact.split())}
    if coordinator_id is None:
        number: int = connection.scalar(statement("registration/next_number")) or 1
        coordinator_id = f"coordinator.{number:04d}"
        connection.execute(statement("registration/add"), {**values, "coordinator_id": coordinator_id, "at": at})
        audit(connection, coordinator_id, "registered", at=at, actor=actor)
    elif contact:
        connection.execute(statement("registration/set_contact"), {**values, "coordinator_id": coordinator_id})
    for address in addresses:
        holder = _by_address(connection, address)
        if holder is None:
            connection.execute(statement("registration/add_address"), {"coordinator_id": coordinator_id, "address": address})
        elif holder != coordinator_id:
            raise AddressTakenError("one of these addresses is that of another coordinator; `gmsd coordinators list` shows whose")
    return coordinator_id


def _by_address(connection: Connection, address: str) -> str | None:
    found: str | None = connection.scalar(statement("registration/by_address"), {"address": address})
    return found


def _terms(connection: Connection, coordinator_id: str, municipality: str) -> list[Term]:
    rows = connection.execute(statement("registration/terms"), {"coordinator_id": coordinator_id}).mappings()
    return [term for term in (Term(**row) for row in rows) if term.municipality == municipality]


def _numbered(connection: Connection, term: Term, correspondence_number: str) -> Term:
    if correspondence_number in ("", term.correspondence_number):
        return term
    now = replace(term, correspondence_number=correspondence_number)
    connection.execute(statement("registration/set_number"), _columns(now))
    return now


def _refuse_empty(term: Term) -> None:
    if term.valid_to is not None and term.valid_to <= term.valid_from:
        raise TermConflictError(f"the term would end on {term.valid_to}, before it begins")


def _overlap(one: Term, other: Term) -> bool:
    return (one.valid_to is None or other.valid_from < one.valid_to) and (other.valid_to is None or one.valid_from < other.valid_to)


def _columns(term: Term) -> dict[str, object]:
    return {name: getattr(term, name) for name in Term.__dataclass_fields__}


def _told(term: Term) -> dict[str, str]:
    told = {"municipality": term.municipality, "from": str(term.valid_from), "law": term.law or "every law"}
    return told | ({"to": str(term.valid_to)} if term.valid_to else {})
