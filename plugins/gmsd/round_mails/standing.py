"""Where the places of a round stand, as its mails tell it."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gmsd.database import statement
from gmsd.deliveries import counting_now, listing
from gmsd.dutch import dutch_moment
from gmsd.rendering import one_line
from gmsd.rounds import HalfYear, Place

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from sqlalchemy import Connection

    from gmsd.deliveries import Delivery
    from gmsd.rounds import Round

_COUNTS = frozenset({"received", "accepted", "approved", "loaded", "published", "superseded"})
AT_THE_CLOSE = {
    "delivered": "wat u in deze ronde leverde, telt mee",
    "kept": "u leverde in deze ronde niets nieuws; wat u eerder leverde, blijft tellen",
    "withdrawn": "u trok uw gegevens in; er komen geen nieuwe cijfers van uw gemeente",
    "not_delivered": "wij kregen geen bestand dat goedgekeurd is; er komen geen nieuwe cijfers van uw gemeente",
}
PUBLISHED = {
    "delivered": "de cijfers uit uw levering staan erin",
    "kept": "de cijfers uit wat u eerder leverde, staan erin",
    "withdrawn": "u trok uw gegevens in; er staan geen nieuwe cijfers van uw gemeente in",
    "not_delivered": "wij kregen geen bestand dat goedgekeurd is; er staan geen nieuwe cijfers van uw gemeente in",
}
"""What a mail says of a place by what the close laid down, without the beginning of the sentence; of a dissolved municipality nothing."""


@dataclass(frozen=True)
class RoundStanding:
    """What is known of one round, read once for all its mails.

    Attributes:
        round: The round.
        states: The states of the round's deliveries, by place.
        closed: Whether all its half-years were closed.
        published: Whether a release of it is public.
        frozen: What the close laid down, by place.
    """

    round: Round
    states: Mapping[Place, frozenset[str]]
    closed: bool
    published: bool
    frozen: Mapping[Place, str]

    @classmethod
    def of(cls, connection: Connection, known: Round) -> RoundStanding:
        """Read it."""
        about = {"law": known.law, "round": str(known.code)}
        states: dict[Place, set[str]] = defaultdict(set)
        for each in listing(connection, law=known.law, round_code=known.code):
            states[each.placed[0].whole].add(each.state)
        rows = connection.execute(statement("round_mails/frozen"), about)
        return cls(
            round=known,
            states={place: frozenset(found) for place, found in states.items()},
            closed=connection.scalar(statement("round_mails/closed"), about) == len(known.takes),
            published=str(known.code) in set(connection.scalars(statement("round_mails/published"), {"law": known.law})),
            frozen={Place(known.law, HalfYear.parse(row.half_year), row.municipality): row.status for row in rows},
        )

    def delivered(self, place: Place) -> bool:
        """Whether something of this round is accepted there, or waits to be checked."""
        return bool(self.states.get(place, frozenset()) & _COUNTS)

    def reminded(self, place: Place) -> bool:
        """Whether it is to be reminded: of the round's own half-year, with nothing accepted, and nothing withdrawn on purpose."""
        return place.half_year == self.round.code and not self.delivered(place) and "withdrawn" not in self.states.get(place, ())


def counting_sentences(connection: Connection, places: Iterable[Place]) -> dict[Place, str]:
    """Which upload of each place counts now, as a sentence without its beginning; of several providers how many, and the last of them."""
    found: dict[Place, list[Delivery]] = defaultdict(list)
    for place, each in counting_now(connection, list(places)).items():
        found[place.whole].append(each)
    return {place: _counting(deliveries) for place, deliveries in found.items()}


def _counting(deliveries: Sequence[Delivery]) -> str:
    last = max(deliveries, key=lambda each: (each.received_at, each.upload_number))
    words = f"{one_line(last.shown_name, 100)}, geüpload op {dutch_moment(last.received_at)} (kenmerk {last.delivery_id})"
    return words if len(deliveries) == 1 else f"bestanden van {len(deliveries)} aanbieders, het laatste {words}"
