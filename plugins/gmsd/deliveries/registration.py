"""Registering what came into the inbox: a receipt for every upload, and what it is on the day it came in."""

from __future__ import annotations

import hashlib
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from gmsd.clock import AMSTERDAM
from gmsd.database import statement, storable
from gmsd.deliveries.delivery import UPLOADS_ALLOWED, Delivery
from gmsd.deliveries.inbox import (
    REFUSED,
    Key,
    Place,
    in_order_of_receipt,
    is_known,
    known_versions,
    list_inbox,
    nobody_delivered,
    parse_key,
)
from gmsd.journal import Entry, audit_many, hidden, lock_registration, lock_round, queue_mails, tell_engineer
from gmsd.masking import printable
from gmsd.outages import is_outage, place_of
from gmsd.store import Gone, NotReadable, trouble

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Mapping, Sequence

    from sqlalchemy import Connection

    from gmsd.journal import Context, Outgoing
    from gmsd.rounds import Calendar
    from gmsd.store import Copied, Version

    Name = tuple[str, str]
    Announce = Callable[[Connection, Sequence["Taken"]], Sequence[Outgoing]]

ACTOR = "intake"
READERS = 8
NOT_READABLE = "uploaded without the right for us to read it"
# Where in the private place bytes are put that stood under a number without a receipt.
LEFT = "left/"
VANISHED = "deleted or overwritten after it was listed and before it could be read"
# The rule of the check that a creation date lies after the day of receipt: such a file may be right on a later day.
CREATED_AFTER_RECEIPT = "AANM-03"


@dataclass(frozen=True, slots=True)
class Registered:
    """What a registration found new, in order of receipt.

    Attributes:
        new_deliveries: Ids of deliveries with a place.
        unplaced: Ids of uploads that belong to no place.
        forms: Ids of forms.
        markers: How many objects that nobody delivered were noted.
        waiting: How many uploads could not be registered now; the next intake tries them again.
    """

    new_deliveries: tuple[str, ...] = ()
    unplaced: tuple[str, ...] = ()
    forms: tuple[str, ...] = ()
    markers: int = 0
    waiting: int = 0

    @property
    def nothing(self) -> bool:
        """Whether nothing new was found."""
        return not (self.new_deliveries or self.unplaced or self.forms or self.markers)


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


@dataclass(frozen=True, slots=True)
class Arrival:
    """A version of the inbox that is not registered yet.

    Attributes:
        version: As the store lists it.
        key: What its key means.
        sha256: Of its bytes; None when they could not be had.
        problem: Why they could not be had.
        refused_beside: The version that was current when the store refused this one; empty when it was not refused.
    """

    version: Version
    key: Key
    sha256: str | None = None
    problem: str = NOT_READABLE
    refused_beside: str = ""

    @property
    def name(self) -> Name:
        """What it is known by in the register."""
        return storable(self.version.key), self.version.identity


@dataclass
class _Ledger:
    """What is known of the places while uploads are taken one by one."""

    history: dict[Place, list[Delivery]]
    closed: set[tuple[str, str]]
    unplaced: int
    forms: int
    checked_afresh: Callable[[Delivery], bool]
    taken: list[Taken] = field(default_factory=list)


def register(context: Context, announce: Announce) -> Registered:
    """Register everything in the inbox that is not known yet, in order of receipt, in one transaction.

    The bytes of every upload are copied into the private place under its id before the receipt is written, and hashed while they are
    read: what the receipt says is what lies there. Two intakes at once, or a kill at any line, give the same: an upload is known by
    bucket, key and version, and numbers and copies are made by one task at a time. An upload that cannot be read or registered is left
    for the next intake, and the others go on; the engineer gets one mail about it.

    Args:
        context: The doors.
        announce: Makes the mails about the deliveries just taken; they are queued in the same transaction.

    Raises:
        Exception: whatever the store or the database says when it is away; nothing is registered then.
    """
    bucket = context.settings.bucket_inbox
    with context.engine.connect() as connection:
        known = known_versions(connection, bucket)
    listed, refused = list_inbox(context.store, bucket, known)
    with context.engine.begin() as connection:
        known = known_versions(connection, bucket) - _taken_after_all(connection, bucket, listed)
        troubled = connection.execute(statement("deliveries/trouble"), {"bucket": bucket}).first()
        if troubled is None and all(is_known(version, known) for version in listed):
            return Registered()
        lock_registration(connection)
        for calendar_round in context.calendar.rounds:
            lock_round(connection, str(calendar_round.code), alone=False)
        known = known_versions(connection, bucket) - _taken_after_all(connection, bucket, listed)
        return _Registration(context, connection, announce).run(_new(listed, refused, known))


def _new(listed: Sequence[Version], refused: Mapping[Name, str], known: set[Name]) -> list[Arrival]:
    """What is not known yet, each upload once, in order of receipt."""
    seen = set(known)
    new = []
    for version in in_order_of_receipt(listed):
        if is_known(version, seen):
            continue
        name = (storable(version.key), version.identity)
        seen.add(name)
        new.append(Arrival(version, parse_key(version.key), refused_beside=refused.get(name, "")))
    return new


def _taken_after_all(connection: Connection, bucket: str, listed: Sequence[Version]) -> set[Name]:
    """What once looked refused and is current now, with the version that was current then below it: an upload that took its time.

    Without that version below it the store only brought up what it had refused when the current one was deleted.
    """
    names = {(storable(version.key), version.identity) for version in listed}
    current = {(storable(version.key), version.identity) for version in listed if version.is_latest}
    found = connection.execute(statement("deliveries/refused"), {"bucket": bucket, "what": REFUSED})
    return {
        (row.object_key, row.version_id)
        for row in found
        if (row.object_key, row.version_id) in current and (row.object_key, row.current_version) in names
    }


@dataclass(frozen=True, slots=True)
class _Read:
    """What came of reading an upload, and for which delivery it was copied."""

    delivery_id: str
    copied: Copied | None
    problem: str = ""

    def of(self, arrival: Arrival) -> Arrival:
        """The arrival with what is known of its bytes now."""
        if self.copied is None:
            return replace(arrival, problem=self.problem)
        return replace(arrival, sha256=self.copied.sha256, version=replace(arrival.version, size=self.copied.size))


class _Registration:
    """One registration, within its transaction and locks."""

    def __init__(self, context: Context, connection: Connection, announce: Announce) -> None:
        self.context, self.connection, self.announce = context, connection, announce
        self.bucket, self.private = context.settings.bucket_inbox, context.settings.bucket_deliveries
        self.now = context.clock.now()
        self.read: dict[Name, _Read] = {}
        self.aside: dict[Name, str] = {}
        self.written: set[str] = set()
        self.hiding = context.settings.key("reference")

    def run(self, arrivals: Sequence[Arrival]) -> Registered:
        """Register what can be registered; what cannot is set aside, and the rest is numbered without it."""
        waiting = {(row.object_key, row.version_id) for row in self._troubled()}
        fresh = [arrival for arrival in arrivals if arrival.name not in waiting]
        # What failed before may take long to fail again: it is tried when nothing else waits for it.
        trying = fresh or list(arrivals)
        while True:
            left = [arrival for arrival in trying if arrival.name not in self.aside]
            if not self._copy(left):
                continue
            try:
                with self.connection.begin_nested():
                    registered = self._take_all(left)
            except Exception as error:
                if not self._set_aside_culprits(left, error):
                    raise
            else:
                break
        self._clear({read.delivery_id for read in self.read.values()})
        self._tell_trouble(arrivals, fresh=bool(fresh))
        return replace(registered, waiting=len(self._troubled()))

    def _copy(self, arrivals: Sequence[Arrival]) -> bool:
        """Copy every upload to where it belongs, several at a time; false when some were set aside, and the numbers with them."""
        planned = self._planned(arrivals)
        jobs = [(a, planned[a.name]) for a in arrivals if planned.get(a.name, self._copied_for(a)) != self._copied_for(a)]
        if not jobs:
            return True
        standing = {stored.key: stored.etag for stored in self.context.store.objects(self.private)}
        self.written |= {delivery_id for _, delivery_id in jobs}

        def copy(job: tuple[Arrival, str]) -> _Read | Exception:
            arrival, delivery_id = job
            try:
                return self._copied(arrival.version, delivery_id, standing.get(delivery_id, ""))
            except NotReadable as error:
                return _Read(delivery_id, None, VANISHED if isinstance(error, Gone) else NOT_READABLE)
            except Exception as error:
                if trouble(error) is None:
                    raise
                return error

        with ThreadPoolExecutor(READERS) as pool:
            found = list(pool.map(copy, jobs))
        failed = [error for error in found if isinstance(error, Exception)]
        if failed:
            self._answering(failed[0])
        for (arrival, _), outcome in zip(jobs, found, strict=True):
            if isinstance(outcome, Exception):
                self.aside[arrival.name] = f"its bytes cannot be copied: {trouble(outcome)}"
            else:
                self.read[arrival.name] = outcome
        return not failed

    def _planned(self, arrivals: Sequence[Arrival]) -> dict[Name, str]:
        """The id that each upload will get: it depends on what came before, not on the bytes."""
        ledger = _ledger(self.connection, arrivals)
        planned = {}
        for arrival in arrivals:
            if not arrival.key.form:
                planned[arrival.name] = self._taken(arrival, ledger).delivery.delivery_id
        return {name: delivery_id for name, delivery_id in planned.items() if delivery_id}

    def _copied_for(self, arrival: Arrival) -> str:
        read = self.read.get(arrival.name)
        return read.delivery_id if read else ""

    def _copied(self, version: Version, delivery_id: str, standing: str) -> _Read:
        """One upload in the private place.

        What stands there already, by its ETag, has no receipt: it was left by a registration that was killed, or the database is older than
        the store. Other bytes than those to be written are put aside, since nobody else may have them.
        """
        store = self.context.store
        source = (self.bucket, version.key, version.identity)
        if standing:
            if standing != version.etag:
                self._put_aside(delivery_id, standing)
            store.delete(self.private, delivery_id)
        try:
            return _Read(delivery_id, store.copy(source, self.private, delivery_id))
        except FileExistsError:  # a listing may lag behind
            store.delete(self.private, delivery_id)
            return _Read(delivery_id, store.copy(source, self.private, delivery_id))

    def _put_aside(self, delivery_id: str, etag: str) -> None:
        with suppress(FileExistsError):  # by an earlier registration that was killed
            self.context.store.copy((self.private, delivery_id, ""), self.private, f"{LEFT}{delivery_id}/{etag}")

    def _clear(self, used: set[str]) -> None:
        """Delete copies that were made under a number that was given to nothing in the end."""
        for delivery_id in self.written - used:
            self.context.store.delete(self.private, delivery_id)

    def _answering(self, error: Exception) -> None:
        """Raise the error when it is the store that is in trouble, not one object of it."""
        if not all(self.context.store.answers(bucket) for bucket in (self.bucket, self.private)):
            raise error

    def _set_aside_culprits(self, arrivals: Sequence[Arrival], error: Exception) -> bool:
        """Register one after the other what cannot be registered together, keep which of them fail, and undo it all."""
        if is_outage(error):  # nothing is wrong with an upload
            return False
        before = len(self.aside)
        trial = self.connection.begin_nested()
        for arrival in arrivals:
            try:
                with self.connection.begin_nested():
                    self._take_all([arrival])
            except Exception as refused:  # noqa: BLE001 - whatever it is, it is about this upload, and the others go on
                self.aside[arrival.name] = f"it cannot be registered: {place_of(refused)}"
        trial.rollback()
        return len(self.aside) > before

    def _troubled(self) -> list[Any]:
        return list(self.connection.execute(statement("deliveries/trouble"), {"bucket": self.bucket}))

    def _tell_trouble(self, arrivals: Sequence[Arrival], *, fresh: bool) -> None:
        """Keep what was set aside, forget what no longer is, and mail the engineer about what is new of it."""
        known = {(row.object_key, row.version_id) for row in self._troubled()}
        there = {arrival.name for arrival in arrivals}
        over = {name for name in known if name not in there or not (fresh or name in self.aside)}
        for name, rows in (("trouble_over", over), ("note_trouble", self.aside)):
            values = [{"bucket": self.bucket, "object_key": key, "version_id": version_id} for key, version_id in rows]
            if name == "note_trouble":
                values = [{**row, "at": self.now, "problem": self.aside[row["object_key"], row["version_id"]]} for row in values]
            if values:
                self.connection.execute(statement(f"deliveries/{name}"), values)
        new = sorted(set(self.aside) - known)
        if new:
            about = "inbox." + hashlib.sha256("\n".join(f"{key} {version_id}" for key, version_id in new).encode()).hexdigest()[:16]
            listed = "\n".join(f"{printable(name[0])}: {self.aside[name]}" for name in new)
            text = (
                f"{len(new)} uploads in the inbox could not be registered. They stay where they are, every intake without other work tries"
                f" them again, and all other uploads go on.\n\n{listed}\n\nWhen this goes on for more than an hour: see the runbook, "
                '"An upload cannot be registered".'
            )
            subject = f"GMSD: {len(new)} uploads cannot be registered"
            tell_engineer(self.connection, self.context.settings, about, "trouble", subject, text, self.now)

    def _taken(self, arrival: Arrival, ledger: _Ledger) -> Taken:
        # A demo's clock moves, the store's does not: there the moment of registration is the moment of receipt.
        received_at = arrival.version.last_modified.astimezone(AMSTERDAM) if self.context.settings.clock == "system" else self.now
        return take(arrival, ledger, self.context.calendar, bucket=self.bucket, received_at=received_at, now=self.now)

    def _take_all(self, arrivals: Sequence[Arrival]) -> Registered:
        ledger = _ledger(self.connection, arrivals)
        forms: list[dict[str, Any]] = []
        markers: list[dict[str, Any]] = []
        copies: list[dict[str, Any]] = []
        entries: list[Entry] = []
        for arrival in arrivals:
            read = self.read.get(arrival.name)
            if read is not None:
                arrival = read.of(arrival)  # noqa: PLW2901
            taken = self._taken(arrival, ledger)
            if taken.noted:
                markers.append(self._marker(arrival, taken.noted))
                if taken.noted in ("delete marker", REFUSED):
                    entries.append(Entry("inbox", taken.noted, self.now, ACTOR, details=self._hidden(arrival)))
            elif arrival.key.form:
                ledger.forms += 1
                forms.append(_form(self.bucket, arrival, ledger.forms, taken.delivery.received_at))
                entries.append(Entry(forms[-1]["form_id"], "registered", self.now, ACTOR, to_state="received"))
            else:
                ledger.taken.append(taken)
                entries.append(self._entry(taken.delivery, arrival))
                if read and read.copied:
                    copy = {"delivery_id": taken.delivery.delivery_id, "size_bytes": read.copied.size, "etag": read.copied.etag}
                    copies.append({**copy, "at": self.now})
        deliveries = [taken.delivery for taken in ledger.taken]
        overtaken = [{"bucket": self.bucket, "object_key": d.object_key, "version_id": d.version_id} for d in deliveries]
        for name, rows in (
            ("forget_refused", overtaken),
            ("register", [_row(delivery) for delivery in deliveries]),
            ("note_copy", copies),
            ("register_form", forms),
            ("note_marker", markers),
        ):
            if rows:
                self.connection.execute(statement(f"deliveries/{name}"), rows)
        queue_mails(self.connection, self.announce(self.connection, ledger.taken), self.now)
        audit_many(self.connection, entries)
        return Registered(
            new_deliveries=tuple(d.delivery_id for d in deliveries if d.state != "unplaced"),
            unplaced=tuple(d.delivery_id for d in deliveries if d.state == "unplaced"),
            forms=tuple(form["form_id"] for form in forms),
            markers=len(markers),
        )

    def _marker(self, arrival: Arrival, what: str) -> dict[str, Any]:
        key, version_id = arrival.name
        beside = arrival.refused_beside or None
        return {
            "bucket": self.bucket, "object_key": key, "version_id": version_id, "at": self.now, "what": what, "current_version": beside
        }  # fmt: skip

    def _hidden(self, arrival: Arrival) -> dict[str, str]:
        return {"key_hash": hidden(self.hiding, arrival.version.key), "version_id": arrival.version.identity}

    def _entry(self, delivery: Delivery, arrival: Arrival) -> Entry:
        details = {
            **self._hidden(arrival),
            "sha256": delivery.sha256 or "",
            "bytes": delivery.size_bytes,
            "received_at": delivery.received_at.isoformat(),
            "round": delivery.round or "",
            "attempt": delivery.attempt or 0,
        }
        return Entry(delivery.delivery_id, "registered", self.now, ACTOR, delivery.reason, None, delivery.state, details)


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
    """Decide what one object is, by its key, the calendar and the uploads before it, and note a delivery in the ledger."""
    version = arrival.version
    delivery = Delivery(
        delivery_id="", half_year=None, municipality=None, upload_number=0, round=None,
        bucket=bucket, object_key=storable(version.key), version_id=version.identity, file_name=storable(arrival.key.file_name),
        sha256=arrival.sha256, size_bytes=version.size, received_at=received_at, registered_at=now,
        state="received", reason="", attempt=None, verdict=None, checked_at=None, facultative_used=None, deleted_at=None,
    )  # fmt: skip
    noted = REFUSED if arrival.refused_beside else nobody_delivered(version)
    if noted or arrival.key.form:
        return Taken(replace(delivery, state="noted", reason=f"{noted}: no delivery") if noted else delivery, noted=noted or "")
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
        counted = [d for d in before if d.round == round_code and d.attempt is not None]
        taken = _counted(delivery, counted, ledger.checked_afresh, arrival.problem)
    before.append(taken.delivery)
    return taken


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
        "object_key": storable(arrival.version.key),
        "version_id": arrival.version.identity,
        "size_bytes": arrival.version.size,
        "received_at": received_at,
    }


def _row(delivery: Delivery) -> dict[str, Any]:
    return {name: getattr(delivery, name) for name in Delivery.__dataclass_fields__}
