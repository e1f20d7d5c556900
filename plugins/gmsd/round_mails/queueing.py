"""Queues what the calendar says to coordinators: each mail once, one for each municipality of each coordinator."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gmsd import letters
from gmsd.clock import AMSTERDAM
from gmsd.database import statement
from gmsd.journal import Outgoing, Recipient, queue_mails
from gmsd.letters import RoundMailContext, RoundPart, party_of
from gmsd.protocol import law_of
from gmsd.registration import LinkRefusedError, make_link, serving_on
from gmsd.round_mails.moments import occasions
from gmsd.round_mails.standing import AT_THE_CLOSE, PUBLISHED, RoundStanding, counting_sentences
from gmsd.rounds import Place, working_days_until

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Mapping

    from sqlalchemy import Connection

    from gmsd.journal import Context
    from gmsd.registration import Coordinator, Serving
    from gmsd.rendering import RenderedMail
    from gmsd.round_mails.moments import Occasion

ACTOR = "calendar"
_RENDER: dict[str, Callable[[RoundMailContext], RenderedMail]] = {
    "window_opened": letters.window_opened_mail,
    "reminder_7": letters.reminder_mail,
    "reminder_2": letters.reminder_mail,
    "withdrawal_opened": letters.withdrawal_opened_mail,
    "round_closed": letters.round_closed_mail,
    "published": letters.published_mail,
}
_SAID: Mapping[str, Mapping[str, str]] = {"round_closed": AT_THE_CLOSE, "published": PUBLISHED}


def queue_round_mails(context: Context) -> dict[str, int]:
    """Queue every mail that the calendar has to say now and that was not queued before; how many of each kind.

    Only coordinators who are registered get one; who is registered while a window is open gets those of that window. Each coordinator gets
    a mail for each of its municipalities, about all half-years that the round takes, and about rounds of several laws with the same day.
    May be killed at any line and run again.
    """
    now = context.clock.now()
    queued: dict[str, int] = {}
    for occasion in occasions(context.calendar, now):
        if occasion.kind == "window_opened":
            _make_links(context, occasion, now)
        with context.engine.begin() as connection:
            mails = _Saying.of(connection, occasion, now).mails()
            queue_mails(connection, mails, now)
        if mails:
            queued[occasion.kind] = queued.get(occasion.kind, 0) + len(mails)
    return queued


def _make_links(context: Context, occasion: Occasion, now: dt.datetime) -> None:
    """A link for every coordinator who serves something of these rounds and has never had one; what was revoked stays so."""
    with context.engine.begin() as connection:
        duty = serving_on(connection, _day(now))
        for of in occasion.rounds:
            linked = set(connection.scalars(statement("round_mails/linked"), {"law": of.law, "round": str(of.code)}))
            for name in sorted(set(duty.coordinators) - linked):
                with suppress(LinkRefusedError):
                    make_link(connection, context.settings, name, of, at=now, actor=ACTOR, after_revoking=False)


@dataclass(frozen=True)
class _Saying:
    """One occasion, and what is known of its rounds, of who serves what, and of the mails that were queued."""

    connection: Connection
    occasion: Occasion
    today: dt.date
    duty: Serving
    standings: tuple[RoundStanding, ...]
    queued: frozenset[str]

    @classmethod
    def of(cls, connection: Connection, occasion: Occasion, now: dt.datetime) -> _Saying:
        """Read it; rounds that the calendar has closed or published and nobody else are left out."""
        standings = [RoundStanding.of(connection, each) for each in occasion.rounds]
        if occasion.kind == "round_closed":
            standings = [each for each in standings if each.closed]
        elif occasion.kind == "published":
            standings = [each for each in standings if each.published]
        values = {"kind": occasion.kind, "beginning": _beginning(occasion)}
        queued = frozenset(connection.scalars(statement("round_mails/queued"), values))
        return cls(connection, occasion, _day(now), serving_on(connection, _day(now)), tuple(standings), queued)

    def mails(self) -> list[Outgoing]:
        """One for each municipality of each coordinator that the occasion concerns, and that was not queued before."""
        found = []
        for coordinator in self.duty.coordinators.values():
            terms = [term for terms in self.duty.terms.values() for term in terms if term.coordinator_id == coordinator.coordinator_id]
            for code in sorted({term.municipality for term in terms}):
                mine = [term for term in terms if term.municipality == code]
                subject = f"{_beginning(self.occasion)}{code}.{coordinator.coordinator_id}"
                if f"{subject}.{self.occasion.kind}" in self.queued:
                    continue
                parts = tuple(part for standing in self.standings if (part := self._part(standing, coordinator, code)))
                if parts:
                    number = next((term.correspondence_number for term in mine if term.correspondence_number), "")
                    found.append(self._mail(subject, coordinator, code, number, parts))
        return found

    def _mail(self, subject: str, to: Coordinator, code: str, number: str, parts: tuple[RoundPart, ...]) -> Outgoing:
        newest = max(party.half_year for part in parts for party in part.parties)
        about = RoundMailContext(
            party=party_of(Place(parts[0].round.law, newest, code)),
            parts=parts,
            correspondence_number=number,
            working_days_left=working_days_until(self.today, min(part.round.window_last for part in parts)),
        )
        recipients = tuple(Recipient(address, to.coordinator_id) for address in to.addresses)
        return Outgoing(subject, self.occasion.kind, code, recipients, _RENDER[self.occasion.kind](about))

    def _part(self, standing: RoundStanding, coordinator: Coordinator, code: str) -> RoundPart | None:
        """What is said of one round to one coordinator of one municipality; None when that is nothing."""
        of, kind = standing.round, self.occasion.kind
        places = [
            place
            for half in sorted(of.takes, reverse=True)
            for place in self.duty.places(coordinator.coordinator_id, of.law, half)
            if code in (place.municipality, self.duty.in_place_of(place.municipality))
        ]
        said: dict[Place, str] = {}
        if kind.startswith("reminder"):
            places = [place for place in places if standing.reminded(place)]
        elif kind == "withdrawal_opened":
            said = counting_sentences(self.connection, [place for place in places if standing.delivered(place)])
            places = list(said)
        elif kind in _SAID:
            said = {place: words for place in places if (words := _SAID[kind].get(standing.frozen.get(place, "")))}
            places = list(said)
        if not places:
            return None
        law = law_of(of.law)
        sentences = tuple(_named(place, code, said[place]) for place in places if place in said)
        return RoundPart(of, law.title, law.prefix, tuple(map(party_of, places)), sentences)


def _named(place: Place, code: str, words: str) -> str:
    """A sentence about a place; one of a municipality that was taken over is named."""
    other = "" if place.municipality == code else f", {party_of(place).municipality_name}"
    return f"{place.half_year.dutch}{other}: {words}."


def _beginning(occasion: Occasion) -> str:
    return f"round.{occasion.rounds[0].id}."


def _day(now: dt.datetime) -> dt.date:
    return now.astimezone(AMSTERDAM).date()
