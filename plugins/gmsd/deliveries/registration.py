"""Registering what came into the inbox: a receipt for every upload, and what it is on the day it came in."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from gmsd.clock import AMSTERDAM
from gmsd.database import statement
from gmsd.deliveries.audit import Entry, audit_many
from gmsd.deliveries.delivery import UPLOADS_ALLOWED, Delivery
from gmsd.deliveries.inbox import Key, Place, in_order_of_receipt, known_versions, masked_key, parse_key
from gmsd.deliveries.locks import lock_registration, lock_round
from gmsd.deliveries.outgoing import queue_mails
from gmsd.store import NotReadable

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Sequence

    from sqlalchemy import Connection

    from gmsd.deliveries.context import Context
    from gmsd.deliveries.outgoing import Outgoing
    from gmsd.rounds import Calendar
    from gmsd.store import Version

ACTOR = "intake"
READERS = 8
NOT_READABLE = "uploaded without the right for us to read it"
# The rule of the check that a creation date lies after the day of receipt: such a file may be right on a later day.
CREATED_AFTER_RECEIPT = "AANM-03"


@dataclass(frozen=True, slots=True)
class Registered:
    """What a registration found new, in order of receipt."""

    new_deliveries: tuple[str, ...] = ()
    unplaced: tuple[str, ...] = ()
    forms: tuple[str, ...] = ()
    markers: int = 0

    @property
    def nothing(self) -> bool:
        """Whether nothing new was found."""
        return not (self.new_deliveries or self.unplaced or self.forms or self.markers)


@dataclass(frozen=True, slots=True)
class Taken:
    """A delivery just registered, and the one it repeats when it is a repeat."""

    delivery: Delivery
    repeats: Delivery | None = None


@dataclass(frozen=True, slots=True)
class Arrival:
    """A version of the inbox that is not registered yet; `sha256` is None when we may not read it."""

    version: Version
    key: Key
    sha256: str | None = None


@dataclass
class _Ledger:
    """What is known of the places while uploads are taken one by one."""

    history: dict[Place, list[Delivery]]
    closed: set[tuple[str, str]]
    unplaced: int
    forms: int
    checked_afresh: Callable[[Delivery], bool]
    taken: list[Taken] = field(default_factory=list)


def register(context: Context, announce: Callable[[Connection, Sequence[Taken]], Sequence[Outgoing]]) -> Registered:
    """Register everything in the inbox that is not known yet, in order of receipt, in one transaction.

    Two intakes at once, or a kill at any line, give the same: an upload is known by bucket, key and version id, and numbers are given
    to one task at a time.

    Args:
        context: The doors.
        announce: Makes the mails about the deliveries just taken; they are queued in the same transaction.
    """
    bucket = context.settings.bucket_inbox
    listed = list(context.store.versions(bucket))
    with context.engine.connect() as connection:
        known = known_versions(connection, bucket)
    new = [v for v in in_order_of_receipt(listed) if (v.key, v.version_id) not in known]
    if not new:
        return Registered()
    arrivals = _with_digests(context, new)
    with context.engine.begin() as connection:
        lock_registration(connection)
        for calendar_round in context.calendar.rounds:
            lock_round(connection, str(calendar_round.code), alone=False)
        known = known_versions(connection, bucket)
        return _take_all(context, connection, [a for a in arrivals if (a.version.key, a.version.version_id) not in known], announce)


def _with_digests(context: Context, versions: Sequence[Version]) -> list[Arrival]:
    """Read what is new, several at a time, to know the sha-256 of its bytes."""

    def arrival(version: Version) -> Arrival:
        key = parse_key(version.key)
        if version.is_delete_marker or key.form:
            return Arrival(version, key)
        try:
            digest = context.store.digest(context.settings.bucket_inbox, version.key, version.version_id)
        except NotReadable:
            return Arrival(version, key)
        return Arrival(version, key, digest)

    with ThreadPoolExecutor(READERS) as pool:
        return list(pool.map(arrival, versions))


def _take_all(
    context: Context,
    connection: Connection,
    arrivals: Sequence[Arrival],
    announce: Callable[[Connection, Sequence[Taken]], Sequence[Outgoing]],
) -> Registered:
    now = context.clock.now()
    bucket = context.settings.bucket_inbox
    ledger = _ledger(connection, arrivals)
    forms: list[dict[str, Any]] = []
    markers: list[dict[str, Any]] = []
    entries: list[Entry] = []
    for arrival in arrivals:
        version = arrival.version
        # A demo's clock moves, the store's does not: there the moment of registration is the moment of receipt.
        received_at = version.last_modified.astimezone(AMSTERDAM) if context.settings.clock == "system" else now
        if version.is_delete_marker:
            markers.append({"bucket": bucket, "object_key": version.key, "version_id": version.version_id, "at": now})
            entries.append(Entry("inbox", "delete marker", now, ACTOR, masked_key(version.key)))
        elif arrival.key.form:
            ledger.forms += 1
            forms.append(_form(bucket, arrival, ledger.forms, received_at))
            entries.append(Entry(forms[-1]["form_id"], "registered", now, ACTOR, to_state="received"))
        else:
            taken = take(arrival, ledger, context.calendar, bucket=bucket, received_at=received_at, now=now)
            ledger.taken.append(taken)
            entries.append(_entry(taken.delivery, now))
    for name, rows in (("register", [_row(taken.delivery) for taken in ledger.taken]), ("register_form", forms), ("note_marker", markers)):
        if rows:
            connection.execute(statement(f"deliveries/{name}"), rows)
    queue_mails(connection, announce(connection, ledger.taken), now)
    audit_many(connection, entries)
    deliveries = [taken.delivery for taken in ledger.taken]
    return Registered(
        new_deliveries=tuple(d.delivery_id for d in deliveries if d.state != "unplaced"),
        unplaced=tuple(d.delivery_id for d in deliveries if d.state == "unplaced"),
        forms=tuple(form["form_id"] for form in forms),
        markers=len(markers),
    )


def _ledger(connection: Connection, arrivals: Sequence[Arrival]) -> _Ledger:
    places = {a.key.place for a in arrivals if a.key.place}
    values = {"municipalities": sorted({p.municipality for p in places}), "half_years": sorted({str(p.half_year) for p in places})}
    history: dict[Place, list[Delivery]] = {place: [] for place in places}
    by_text = {(str(place.half_year), place.municipality): place for place in places}
    for row in connection.execute(statement("deliveries/places"), values).mappings():
        place = by_text.get((row["half_year"], row["municipality"]))
        if place is not None:
            history[place].append(Delivery(**row))
    closed = {(row.round, row.half_year) for row in connection.execute(statement("deliveries/closed_rounds"))}

    def checked_afresh(earlier: Delivery) -> bool:
        rules = set(connection.scalars(statement("deliveries/refusing_rules"), {"delivery_id": earlier.delivery_id}))
        return earlier.state == "received" or rules == {CREATED_AFTER_RECEIPT}

    return _Ledger(
        history,
        closed,
        unplaced=int(connection.scalar(statement("deliveries/unplaced_count")) or 0),
        forms=int(connection.scalar(statement("deliveries/form_count")) or 0),
        checked_afresh=checked_afresh,
    )


def take(arrival: Arrival, ledger: _Ledger, calendar: Calendar, *, bucket: str, received_at: dt.datetime, now: dt.datetime) -> Taken:
    """Decide what one upload is, by its key, the calendar and the uploads before it, and note it in the ledger."""
    version = arrival.version
    delivery = Delivery(
        delivery_id="", half_year=None, municipality=None, upload_number=0, round=None,
        bucket=bucket, object_key=version.key, version_id=version.version_id, file_name=arrival.key.file_name,
        sha256=arrival.sha256, size_bytes=version.size, received_at=received_at, registered_at=now,
        state="received", reason="", attempt=None, verdict=None, checked_at=None, facultative_used=None, deleted_at=None,
    )  # fmt: skip
    place = arrival.key.place
    placing = calendar.place(place.half_year, received_at) if place else None
    if place is None or placing is None or placing.round is None:
        ledger.unplaced += 1
        problem = arrival.key.problem or "no round of the calendar takes this half-year"
        number = ledger.unplaced
        return Taken(replace(delivery, delivery_id=f"unplaced.{number:04d}", upload_number=number, state="unplaced", reason=problem))
    before = ledger.history[place]
    number = max((d.upload_number for d in before), default=0) + 1
    half_year, round_code = str(place.half_year), str(placing.round.code)
    delivery = replace(
        delivery,
        delivery_id=f"{half_year}.{place.municipality}.{number:02d}",
        half_year=half_year,
        municipality=place.municipality,
        upload_number=number,
        round=round_code,
    )
    if placing.timing != "open":
        taken = Taken(replace(delivery, state=placing.timing, reason=f"received outside the delivery window of round {round_code}"))
    elif (round_code, half_year) in ledger.closed:
        taken = Taken(replace(delivery, state="late", reason=f"round {round_code} had been closed when it was registered"))
    else:
        taken = _counted(delivery, [d for d in before if d.round == round_code and d.attempt is not None], ledger.checked_afresh)
    before.append(taken.delivery)
    return taken


def _counted(delivery: Delivery, counted: Sequence[Delivery], checked_afresh: Callable[[Delivery], bool]) -> Taken:
    """An upload within the window: a repeat of the counted one before it, over the limit, or to be checked."""
    previous = counted[-1] if counted else None
    if previous is not None and _repeats(delivery, previous, checked_afresh):
        return Taken(replace(delivery, state="repeat", reason=f"same content and file name as {previous.delivery_id}"), previous)
    attempt = max((d.attempt or 0 for d in counted), default=0) + 1
    if attempt > UPLOADS_ALLOWED:
        return Taken(replace(delivery, state="over_limit", attempt=attempt, reason=f"upload {attempt} of {UPLOADS_ALLOWED} in this round"))
    if delivery.sha256 is None:
        return Taken(replace(delivery, state="unreadable", attempt=attempt, verdict="rejected", reason=NOT_READABLE))
    return Taken(replace(delivery, attempt=attempt))


def _repeats(delivery: Delivery, previous: Delivery, checked_afresh: Callable[[Delivery], bool]) -> bool:
    """Same content under the same name, unless the earlier one is gone or was refused for a date that may have come by now."""
    if delivery.sha256 is None or (delivery.sha256, delivery.file_name) != (previous.sha256, previous.file_name):
        return False
    if previous.state == "withdrawn" or previous.deleted_at is not None:
        return False
    later_day = delivery.received_at.astimezone(AMSTERDAM).date() > previous.received_at.astimezone(AMSTERDAM).date()
    return not (later_day and checked_afresh(previous))


def _form(bucket: str, arrival: Arrival, number: int, received_at: dt.datetime) -> dict[str, Any]:
    place = arrival.key.place
    return {
        "form_id": f"form.{number:04d}",
        "form_number": number,
        "kind": arrival.key.form,
        "half_year": str(place.half_year) if place else None,
        "municipality": place.municipality if place else None,
        "bucket": bucket,
        "object_key": arrival.version.key,
        "version_id": arrival.version.version_id,
        "size_bytes": arrival.version.size,
        "received_at": received_at,
    }


def _row(delivery: Delivery) -> dict[str, Any]:
    return {name: getattr(delivery, name) for name in Delivery.__dataclass_fields__}


def _entry(delivery: Delivery, now: dt.datetime) -> Entry:
    details = {
        "key": masked_key(delivery.object_key),
        "version_id": delivery.version_id,
        "sha256": delivery.sha256 or "",
        "bytes": delivery.size_bytes,
        "received_at": delivery.received_at.isoformat(),
        "round": delivery.round or "",
        "attempt": delivery.attempt or 0,
    }
    return Entry(delivery.delivery_id, "registered", now, ACTOR, delivery.reason, None, delivery.state, details)
