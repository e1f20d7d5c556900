"""Who serves which place on a day: one reading of the register, then answers without further statements."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gmsd.database import statement
from gmsd.reference import municipalities, municipality, predecessors, successors
from gmsd.registration.coordinator import Coordinator, Term
from gmsd.rounds import HalfYear, Place

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping

    from sqlalchemy import Connection


@dataclass(frozen=True)
class Serving:
    """The terms that hold on a day, and whose they are.

    Attributes:
        day: The day, in Europe/Amsterdam.
        coordinators: Everybody who serves something on it, by id.
        terms: What they serve, by municipality; in the order of their ids.
    """

    day: dt.date
    coordinators: Mapping[str, Coordinator]
    terms: Mapping[str, tuple[Term, ...]]

    def of_municipality(self, code: str, law: str) -> tuple[Coordinator, ...]:
        """Who serves a municipality; of one that was taken over, who serves its successor.

        Of one that was split among several it is who was registered for it, and so where nobody is registered for the successor.
        """
        for each in dict.fromkeys((self.in_place_of(code), code)):
            found = {term.coordinator_id for term in self.terms.get(each, ()) if term.of_law(law)}
            if found:
                return tuple(self.coordinators[name] for name in sorted(found))
        return ()

    def of_place(self, place: Place) -> tuple[Coordinator, ...]:
        """Who serves a place."""
        return self.of_municipality(place.municipality, place.law)

    def places(self, coordinator_id: str, law: str, half_year: HalfYear) -> tuple[Place, ...]:
        """What a coordinator serves of a law's half-year, in order of code: its municipalities, and those of then that they took over."""
        own = {term.municipality for terms in self.terms.values() for term in terms if term.coordinator_id == coordinator_id}
        codes = (own | {each for code in own for each in predecessors(code, half_year)}) & set(municipalities(half_year))
        return tuple(
            Place(law, half_year, code)
            for code in sorted(codes)
            if any(each.coordinator_id == coordinator_id for each in self.of_municipality(code, law))
        )

    def in_place_of(self, code: str) -> str:
        """The municipality that stands in the place of one on this day: itself while it exists, and after it was split among several."""
        if municipality(code).exists_on(self.day):
            return code
        found = successors(code, HalfYear.of(self.day))
        return found[0] if len(found) == 1 else code


def serving_on(connection: Connection, day: dt.date) -> Serving:
    """Who serves what on a day.

    Args:
        connection: Of a role that reads the registration.
        day: In Europe/Amsterdam.
    """
    by_code: dict[str, list[Term]] = defaultdict(list)
    for row in connection.execute(statement("registration/terms"), {"coordinator_id": None}).mappings():
        term = Term(**row)
        if term.holds_on(day):
            by_code[term.municipality].append(term)
    serving = {term.coordinator_id for terms in by_code.values() for term in terms}
    known = {name: found for name, found in coordinators(connection).items() if name in serving}
    return Serving(day, known, {code: tuple(terms) for code, terms in by_code.items()})


def serving(connection: Connection, place: Place, on: dt.date) -> tuple[Coordinator, ...]:
    """Who serves one place on a day; empty when nobody is registered. See `Serving`."""
    return serving_on(connection, on).of_place(place)


def places_of(connection: Connection, coordinator_id: str, on: dt.date) -> tuple[Term, ...]:
    """The terms of a coordinator that hold on a day, in order of municipality. `Serving.places` says which places they are."""
    rows = connection.execute(statement("registration/terms"), {"coordinator_id": coordinator_id}).mappings()
    return tuple(term for term in (Term(**row) for row in rows) if term.holds_on(on))


def terms_of(connection: Connection, municipality: str) -> tuple[Term, ...]:
    """Every term at a municipality, also those that are over or still to come, in order of day."""
    rows = connection.execute(statement("registration/terms"), {"coordinator_id": None}).mappings()
    return tuple(term for term in (Term(**row) for row in rows) if term.municipality == municipality)


def coordinators(connection: Connection, coordinator_id: str | None = None) -> dict[str, Coordinator]:
    """Everybody who is or was registered, by id; or one of them."""
    addresses: dict[str, list[str]] = defaultdict(list)
    contacts = {}
    for row in connection.execute(statement("registration/addresses"), {"coordinator_id": coordinator_id}):
        addresses[row.coordinator_id].append(row.address)
        contacts[row.coordinator_id] = row.contact
    return {name: Coordinator(name, tuple(found), contacts[name]) for name, found in addresses.items()}
