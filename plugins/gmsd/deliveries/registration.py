"""Registering what came into the inbox: a receipt for every upload, and what it is on the day it came in."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from gmsd.clock import AMSTERDAM
from gmsd.database import statement, storable
from gmsd.deliveries.arrival import arrivals_of, taken_after_all
from gmsd.deliveries.copying import Copying
from gmsd.deliveries.delivery import Delivery
from gmsd.deliveries.inbox import REFUSED, is_known, known_versions, list_inbox
from gmsd.deliveries.taking import ledger_of, take
from gmsd.deliveries.trouble import keep_trouble, troubled
from gmsd.journal import Entry, Stage, audit_many, hidden, lock_registration, lock_round, queue_mails
from gmsd.outages import is_outage, place_of

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Mapping, Sequence

    from sqlalchemy import Connection

    from gmsd.deliveries.arrival import Arrival, Name
    from gmsd.deliveries.taking import Ledger, Taken
    from gmsd.journal import Context, Outgoing
    from gmsd.rounds import Place

    Announce = Callable[[Connection, Sequence[Taken]], Sequence[Outgoing]]


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
        known = known_versions(connection, bucket) - taken_after_all(connection, bucket, listed)
        if not troubled(connection, bucket) and all(is_known(version, known) for version in listed):
            return Registered()
        lock_registration(connection)
        for calendar_round in context.calendar.rounds:
            lock_round(connection, calendar_round.law, calendar_round.code, alone=False)
        known = known_versions(connection, bucket) - taken_after_all(connection, bucket, listed)
        return _Registration(context, connection, announce).run(arrivals_of(listed, refused, known))


class _Registration:
    """One registration, within its transaction and locks."""

    def __init__(self, context: Context, connection: Connection, announce: Announce) -> None:
        self.context, self.connection, self.announce = context, connection, announce
        self.bucket = context.settings.bucket_inbox
        self.now = context.clock.now()
        self.copying = Copying(context)
        self.aside: dict[Name, str] = {}
        self.hiding = context.settings.key("reference")

    def run(self, arrivals: Sequence[Arrival]) -> Registered:
        """Register what can be registered; what cannot is set aside, and the rest is numbered without it."""
        waiting = troubled(self.connection, self.bucket)
        fresh = [arrival for arrival in arrivals if arrival.name not in waiting]
        # What failed before may take long to fail again: it is tried when nothing else waits for it.
        trying = fresh or list(arrivals)
        while True:
            left = [arrival for arrival in trying if arrival.name not in self.aside]
            refused = self.copying.copy(left, self._planned(left))
            if refused:  # and the numbers with them
                self.aside |= refused
                continue
            try:
                with self.connection.begin_nested():
                    registered = self._take_all(left)
            except Exception as error:
                if not self._set_aside_culprits(left, error):
                    raise
            else:
                break
        self.copying.clear()
        keep_trouble(self.context, self.connection, self.aside, arrivals, fresh=bool(fresh), now=self.now)
        return replace(registered, waiting=len(troubled(self.connection, self.bucket)))

    def _planned(self, arrivals: Sequence[Arrival]) -> dict[Name, str]:
        """The id that each upload will get: it depends on what came before, not on the bytes."""
        ledger = ledger_of(self.connection, arrivals)
        planned = {}
        for arrival in arrivals:
            if not arrival.key.form:
                planned[arrival.name] = self._taken(arrival, ledger).delivery.delivery_id
        return {name: delivery_id for name, delivery_id in planned.items() if delivery_id}

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

    def _taken(self, arrival: Arrival, ledger: Ledger) -> Taken:
        # A demo's clock moves, the store's does not: there the moment of registration is the moment of receipt.
        received_at = arrival.version.last_modified.astimezone(AMSTERDAM) if self.context.settings.clock == "system" else self.now
        return take(arrival, ledger, self.context.calendar, bucket=self.bucket, received_at=received_at, now=self.now)

    def _take_all(self, arrivals: Sequence[Arrival]) -> Registered:
        ledger = ledger_of(self.connection, arrivals)
        forms: list[dict[str, Any]] = []
        markers: list[dict[str, Any]] = []
        copies: list[dict[str, Any]] = []
        entries: list[Entry] = []
        for arrival in arrivals:
            read = self.copying.of(arrival)
            if read is not None:
                arrival = read.of(arrival)  # noqa: PLW2901
            taken = self._taken(arrival, ledger)
            if taken.noted:
                markers.append(self._marker(arrival, taken.noted))
                if taken.noted in ("delete marker", REFUSED):
                    entries.append(Entry("inbox", taken.noted, self.now, Stage.INTAKE, details=self._hidden(arrival)))
            elif arrival.key.form:
                ledger.forms += 1
                forms.append(_form(self.bucket, arrival, ledger.forms, taken.delivery.received_at))
                entries.append(Entry(forms[-1]["form_id"], "registered", self.now, Stage.INTAKE, to_state="received"))
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
            ("register", [receipt_row(delivery) for delivery in deliveries]),
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
            "round": str(delivery.round or ""),
            "attempt": delivery.attempt or 0,
        }
        return Entry(delivery.delivery_id, "registered", self.now, Stage.INTAKE, delivery.reason, None, delivery.state, details)


def _form(bucket: str, arrival: Arrival, number: int, received_at: dt.datetime) -> dict[str, Any]:
    place = arrival.key.place
    return {
        "form_id": f"form.{number:04d}",
        "form_number": number,
        "kind": arrival.key.form,
        **_place(place),
        "bucket": bucket,
        "object_key": storable(arrival.version.key),
        "version_id": arrival.version.identity,
        "size_bytes": arrival.version.size,
        "received_at": received_at,
    }


def receipt_row(delivery: Delivery) -> dict[str, Any]:
    """A new delivery as the values of `sql/deliveries/register.sql`."""
    own = {name: getattr(delivery, name) for name in Delivery.__dataclass_fields__ if name != "place"}
    provider = "" if delivery.place is None else delivery.place.provider
    return {**own, **_place(delivery.place), "provider": provider, "round": delivery.round and str(delivery.round)}


def _place(place: Place | None) -> Mapping[str, str | None]:
    return dict.fromkeys(("law", "half_year", "municipality")) if place is None else place.columns
