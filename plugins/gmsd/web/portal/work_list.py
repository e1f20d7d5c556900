"""The work list: of every place what stands, whose turn it is, and what the next step is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gmsd.clock import AMSTERDAM
from gmsd.deliveries import UPLOADS_ALLOWED, extended, listing, progress_of
from gmsd.dutch import dutch_day

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

    from sqlalchemy import Connection
    from starlette.responses import Response

    from gmsd.deliveries import Delivery, Progress
    from gmsd.rounds import Calendar, Place, Round
    from gmsd.web.portal.visiting import Visit

WORDS = {
    "received": "ontvangen, wordt gecontroleerd",
    "early": "te vroeg, niet gecontroleerd",
    "late": "te laat, niet gecontroleerd",
    "repeat": "zelfde bestand als daarvoor, niet opnieuw gecontroleerd",
    "over_limit": "niet gecontroleerd: alle pogingen zijn gebruikt",
    "unreadable": "kon niet worden gelezen",
    "rejected": "afgekeurd",
    "accepted": "goedgekeurd",
    "superseded": "vervangen door een latere levering",
    "withdrawn": "ingetrokken",
    "approved": "goedgekeurd en vastgesteld",
    "loaded": "goedgekeurd en vastgesteld",
    "published": "gepubliceerd",
}
"""What a state of a delivery is called."""


@dataclass(frozen=True, slots=True)
class WorkItem:
    """A place in a round.

    Attributes:
        place: What it is about.
        round: The round that takes it now.
        status: In a few words.
        tone: `good`, `part`, `bad` or nothing, as the style sheet colours it.
        turn: Whose turn it is: `u`, `wij` or nobody's.
        sentence: What it means and what comes next.
        last: The last day of the window, or that was granted after it.
        attempts_left: How many uploads of the round still count.
        may_upload: Whether the window is open, or longer for this place, and an attempt is left.
        deliveries: Everything that came in of the place in this round, newest first.
    """

    place: Place
    round: Round
    status: str
    tone: str
    turn: str
    sentence: str
    last: dt.date
    attempts_left: int
    may_upload: bool
    deliveries: tuple[Delivery, ...]

    @property
    def address(self) -> str:
        """Of its pages, below `/levering/` and others."""
        return address_of(self.place)


def address_of(place: Place) -> str:
    """A place as addresses of the portal name it: `H22019/0518`."""
    return place.folder


def item_of(
    place: Place, of: Round, deliveries: Sequence[Delivery], progress: Progress, now: dt.datetime, until: dt.date | None = None
) -> WorkItem:
    """What stands of a place.

    Args:
        place: What it is about.
        of: The round that takes it.
        deliveries: What came in of it in that round, in order of receipt.
        progress: How far it is.
        now: The moment of the clock.
        until: The last day that the place was granted after the window.
    """
    left = max(0, UPLOADS_ALLOWED - progress.counted)
    last = until or of.window_last
    may_upload = left > 0 and _is_open(of, until, now)
    status, tone, turn, sentence = _standing(of, deliveries, progress, now, last, left if may_upload else 0)
    return WorkItem(place, of, status, tone, turn, sentence, last, left, may_upload, tuple(reversed(deliveries)))


def _is_open(of: Round, until: dt.date | None, now: dt.datetime) -> bool:
    """Whether a place can deliver: within the window, or after it until the day that was granted, that day included."""
    return of.opens_at <= now and (now < of.window_ends_at or (until is not None and now.astimezone(AMSTERDAM).date() <= until))


def _standing(
    of: Round, deliveries: Sequence[Delivery], progress: Progress, now: dt.datetime, last: dt.date, left: int
) -> tuple[str, str, str, str]:
    """Status, tone, whose turn, and the sentence."""
    judged = [each for each in deliveries if each.state not in ("repeat", "early", "late", "over_limit")]
    again = f"U kunt tot en met {dutch_day(last)} nog {left} keer een bestand sturen." if left else ""
    over = f"De levertijd was tot en met {dutch_day(last)}."
    counts, state = progress.counts_now is not None, judged[-1].state if judged else ""
    if state in ("rejected", "unreadable"):
        return _refused(again, over, counts=counts)
    if state == "withdrawn" and not counts:
        return "ingetrokken", "", "", f"De gegevens van deze ronde zijn verwijderd. {again}".strip()
    return _well(of, now, again, state) if judged else _nothing_yet(of, now, last, again, over, counts=counts)


def _refused(again: str, over: str, *, counts: bool) -> tuple[str, str, str, str]:
    if counts:
        return "laatste bestand afgekeurd", "part", "u" if again else "", f"Uw eerdere levering telt nog. {again or over}"
    return "afgekeurd", "bad", "u" if again else "", f"Verbeter het bestand en stuur het opnieuw. {again}" if again else over


def _nothing_yet(of: Round, now: dt.datetime, last: dt.date, again: str, over: str, *, counts: bool) -> tuple[str, str, str, str]:
    if counts:
        return "eerdere levering telt", "good", "", f"Uw levering uit een vorige ronde telt mee. {again}".strip()
    if now < of.opens_at:
        return "nog niet open", "", "", f"U kunt leveren vanaf {dutch_day(of.window_first)}."
    if again:
        return "nog niet geleverd", "part", "u", f"Stuur uw bestand uiterlijk {dutch_day(last)}."
    return "niet geleverd", "", "", over


def _well(of: Round, now: dt.datetime, again: str, state: str) -> tuple[str, str, str, str]:
    if state == "received":
        return "wordt gecontroleerd", "", "wij", "U krijgt de uitslag per mail, uiterlijk binnen drie werkdagen."
    if state == "published":
        return "gepubliceerd", "good", "", "De cijfers van uw gemeente staan in de publicatie."
    if now < of.withdrawal_ends_at:
        parts = ("U hoeft niets te doen.", again, f"Intrekken kan tot en met {dutch_day(of.withdrawal_last)}.")
        return "goedgekeurd", "good", "", " ".join(part for part in parts if part)
    return "goedgekeurd", "good", "wij", f"De cijfers komen rond {dutch_day(of.release)} uit."


def rounds_of(visit: Visit) -> list[Round]:
    """The rounds of a visitor: that of the link; with an account those that run, and the last one that closed of each law."""
    calendar: Calendar = visit.context.calendar
    link = visit.who.link
    if link is not None:
        return [calendar.round(link.round, link.law)]
    begun = [each for each in calendar.rounds if visit.now >= each.opens_at]
    closed = {each.law: each for each in begun if visit.now >= each.closes_at}
    return [each for each in reversed(begun) if visit.now < each.closes_at or closed[each.law] == each]


def items_of(visit: Visit) -> list[WorkItem]:
    """What a visitor has to do with, the newest half-year first."""
    half_years = [(of, each) for of in rounds_of(visit) for each in sorted(of.takes, reverse=True)]
    places = [(place, of) for of, half_year in half_years for place in visit.places(of.law, half_year)]
    with visit.context.engine.connect() as connection:
        return [read_item(connection, place, of, visit.now) for place, of in places]


def read_item(connection: Connection, place: Place, of: Round, now: dt.datetime) -> WorkItem:
    """One place, from the register."""
    deliveries = listing(connection, law=place.law, half_year=place.half_year, municipality=place.municipality, round_code=of.code)
    until = extended(connection).get((place, of.code))
    return item_of(place, of, deliveries, progress_of(connection, place, of.code), now, until)


def show(visit: Visit) -> Response:
    """The work list."""
    items = items_of(visit)
    return visit.page("work_list", items=items, words=WORDS, yours=sum(item.turn == "u" for item in items))
