"""What one object of the inbox is taken for: by its key, the calendar and the uploads before it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from gmsd.clock import AMSTERDAM
from gmsd.database import statement, storable
from gmsd.deliveries.delivery import UPLOADS_ALLOWED, Delivery, wanted_places
from gmsd.deliveries.extensions import extended
from gmsd.deliveries.inbox import REFUSED, nobody_delivered
from gmsd.protocol import law_of, protocol_or_newest

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Mapping, Sequence

    from sqlalchemy import Connection

    from gmsd.deliveries.arrival import Arrival
    from gmsd.rounds import Calendar, HalfYear, Place, Round


@dataclass(frozen=True, slots=True)
class Taken:
    """What one object of the inbox is taken for.

    Attributes:
        delivery: The delivery, to be registered; without an id when nobody delivered the object.
        repeats: The delivery that it repeats when it is a repeat.
        noted: What it is when nobody delivered it.
    """

    delivery: Delivery
    repeats: Delivery | None = None
    noted: str = ""


@dataclass
class Ledger:
    """What is known of the places while uploads are taken one by one.

    `closed` holds law, round and half-year of every close, `extended` the last day of who may deliver after the window.
    """

    history: dict[Place, list[Delivery]]
    closed: set[tuple[str, str, str]]
    unplaced: int
    forms: int
    checked_afresh: Callable[[Delivery], bool]
    extended: Mapping[tuple[Place, HalfYear], dt.date] = field(default_factory=dict)
    taken: list[Taken] = field(default_factory=list)


def ledger_of(connection: Connection, arrivals: Sequence[Arrival]) -> Ledger:
    """What the register holds of the places that these arrivals are for."""
    places = {a.key.place for a in arrivals if a.key.place}
    history: dict[Place, list[Delivery]] = {place: [] for place in places}
    for delivery in map(Delivery.of, connection.execute(statement("deliveries/places"), wanted_places(places)).mappings()):
        history[delivery.placed[0].whole].append(delivery)
    closed = {(row.law, row.round, row.half_year) for row in connection.execute(statement("deliveries/closed_rounds"))}

    def checked_afresh(earlier: Delivery) -> bool:
        if earlier.state == "received":
            return True
        place = earlier.placed[0]
        refused_by = set(connection.scalars(statement("deliveries/refusing_rules"), {"delivery_id": earlier.delivery_id}))
        return protocol_or_newest(place.half_year, place.law).may_pass_later(refused_by)

    return Ledger(
        history,
        closed,
        unplaced=int(connection.scalar(statement("deliveries/unplaced_count")) or 0),
        forms=int(connection.scalar(statement("deliveries/form_count")) or 0),
        checked_afresh=checked_afresh,
        extended=extended(connection),
    )


def take(arrival: Arrival, ledger: Ledger, calendar: Calendar, *, bucket: str, received_at: dt.datetime, now: dt.datetime) -> Taken:
    """Decide what one object is, by its key, the calendar and the uploads before it, and note a delivery in the ledger."""
    version = arrival.version
    delivery = Delivery(
        delivery_id="", place=None, upload_number=0, round=None,
        bucket=bucket, object_key=storable(version.key), version_id=version.identity, file_name=storable(arrival.key.file_name),
        sha256=arrival.sha256, size_bytes=version.size, received_at=received_at, registered_at=now,
        state="received", reason="", attempt=None, verdict=None, checked_at=None, facultative_used=None, deleted_at=None,
    )  # fmt: skip
    noted = REFUSED if arrival.refused_beside else nobody_delivered(version)
    if noted or arrival.key.form:
        return Taken(replace(delivery, state="noted", reason=f"{noted}: no delivery") if noted else delivery, noted=noted or "")
    place = arrival.key.place
    placing = calendar.place(place, received_at) if place else None
    if place is None or placing is None or placing.round is None:
        ledger.unplaced += 1
        problem = arrival.key.problem or "no round of the calendar takes this half-year"
        number = ledger.unplaced
        return Taken(replace(delivery, delivery_id=f"unplaced.{number:04d}", upload_number=number, state="unplaced", reason=problem))
    before = ledger.history[place]
    number = max((d.upload_number for d in before), default=0) + 1
    code, round_id = placing.round.code, placing.round.id
    place = replace(place, provider=law_of(place.law).provider_in(delivery.file_name))
    delivery = replace(delivery, delivery_id=f"{place.id}.{number:02d}", place=place, upload_number=number, round=code)
    granted = placing.timing == "late" and _in_extension(place, placing.round, ledger, received_at)
    if placing.timing != "open" and not granted:
        taken = Taken(replace(delivery, state=placing.timing, reason=f"received outside the delivery window of round {round_id}"))
    elif (place.law, str(code), str(place.half_year)) in ledger.closed:
        taken = Taken(replace(delivery, state="late", reason=f"round {round_id} had been closed when it was registered"))
    else:
        counted = [d for d in before if d.round == code and d.attempt is not None and d.place == place]
        taken = _counted(delivery, counted, ledger.checked_afresh, arrival.problem)
    before.append(taken.delivery)
    return taken


def _in_extension(place: Place, known: Round, ledger: Ledger, received_at: dt.datetime) -> bool:
    """Whether an upload came after the window, on a day that was granted."""
    until = ledger.extended.get((place.whole, known.code))
    return until is not None and received_at.astimezone(AMSTERDAM).date() <= until


def _counted(delivery: Delivery, counted: Sequence[Delivery], checked_afresh: Callable[[Delivery], bool], problem: str) -> Taken:
    """An upload within the window: a repeat of the counted one before it, over the limit, or to be checked."""
    previous = counted[-1] if counted else None
    if previous is not None and _repeats(delivery, previous, checked_afresh):
        return Taken(replace(delivery, state="repeat", reason=f"same content and file name as {previous.delivery_id}"), previous)
    attempt = max((d.attempt or 0 for d in counted), default=0) + 1
    if attempt > UPLOADS_ALLOWED:
        return Taken(replace(delivery, state="over_limit", attempt=attempt, reason=f"upload {attempt} of {UPLOADS_ALLOWED} in this round"))
    if delivery.sha256 is None:
        return Taken(replace(delivery, state="unreadable", attempt=attempt, verdict="rejected", reason=problem))
    return Taken(replace(delivery, attempt=attempt))


def _repeats(delivery: Delivery, previous: Delivery, checked_afresh: Callable[[Delivery], bool]) -> bool:
    """Same content under the same name, unless the earlier one is gone or was refused by a rule that it may pass by now."""
    if delivery.sha256 is None or (delivery.sha256, delivery.file_name) != (previous.sha256, previous.file_name):
        return False
    if previous.state == "withdrawn" or previous.deleted_at is not None:
        return False
    later_day = delivery.received_at.astimezone(AMSTERDAM).date() > previous.received_at.astimezone(AMSTERDAM).date()
    return not (later_day and checked_afresh(previous))
