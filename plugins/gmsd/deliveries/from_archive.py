"""Taking in a file of an archive: receipt, private copy and a row of the audit trail in one transaction, and nobody is mailed."""

from __future__ import annotations

import datetime as dt
import hashlib
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from gmsd.clock import AMSTERDAM
from gmsd.database import statement, storable
from gmsd.deliveries.copying import LEFT
from gmsd.deliveries.delivery import ARCHIVE, Delivery
from gmsd.deliveries.registration import receipt_row
from gmsd.deliveries.verdicts import refuse_closed
from gmsd.journal import Entry, audit_many, hidden, lock_place, lock_registration, lock_round

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from gmsd.journal import Context
    from gmsd.rounds import HalfYear, Place
    from gmsd.store import Copied

_NOON = dt.time(12)  # an archive tells the day of receipt, not the hour


@dataclass(frozen=True, slots=True)
class Archived:
    """A file of an archive: what it is of, and what stands for its version.

    Attributes:
        place: Law, half-year and municipality.
        round: The code of the round it was delivered in.
        file_name: Its name as it was uploaded; it may hold a BSN.
        sha256: Of its bytes.
        received_on: The day on which it was received.
    """

    place: Place
    round: HalfYear
    file_name: str = field(repr=False)
    sha256: str
    received_on: dt.date

    @property
    def name(self) -> tuple[str, str]:
        """What it is known by in the register: its key, as in the inbox, and its hash. The same twice is one delivery."""
        return storable(f"{self.place.folder}/{self.file_name}"), f"{self.round}/{self.sha256}"


def archived_before(connection: Connection) -> dict[tuple[str, str], str]:
    """Everything that was taken in from archives before: `Archived.name` -> id of the delivery."""
    found = connection.execute(statement("deliveries/of_archive"), {"bucket": ARCHIVE})
    return {(row.object_key, row.version_id): row.delivery_id for row in found}


def take_in(context: Context, archived: Archived, data: bytes, *, actor: str) -> str:
    """Make a delivery of a file of an archive, to be checked like any other; the id of the one it was made into before, if so.

    A kill leaves at most bytes without a receipt in the private place, which the next call for the place puts aside or uses.

    Args:
        context: The doors.
        archived: What the manifest says of it.
        data: Its bytes.
        actor: Who takes the archive in.

    Raises:
        ValueError: the bytes are not those of the hash.
        RoundClosed: its round has been closed for the half-year.
    """
    if hashlib.sha256(data).hexdigest() != archived.sha256:
        raise ValueError("the bytes are not those of the hash")
    place, now = archived.place, context.clock.now()
    with context.engine.begin() as connection:
        lock_registration(connection)
        lock_round(connection, place.law, archived.round, alone=False)
        lock_place(connection, place)
        key, version = archived.name
        before = connection.scalar(statement("deliveries/archived"), {"bucket": ARCHIVE, "object_key": key, "version_id": version})
        if before is not None:
            return str(before)
        refuse_closed(connection, place, archived.round)
        delivery = _receipt(connection, archived, len(data), now)
        connection.execute(statement("deliveries/register"), [receipt_row(delivery)])
        copied = _keep(context, delivery.delivery_id, data)
        copy = {"delivery_id": delivery.delivery_id, "size_bytes": copied.size, "etag": copied.etag, "at": now}
        connection.execute(statement("deliveries/note_copy"), [copy])
        details = {
            "key_hash": hidden(context.settings.key("reference"), delivery.object_key),
            "sha256": archived.sha256,
            "bytes": len(data),
            "received_at": delivery.received_at.isoformat(),
            "round": str(archived.round),
        }
        audit_many(connection, [Entry(delivery.delivery_id, "taken in", now, actor, delivery.reason, None, delivery.state, details)])
        return delivery.delivery_id


def _receipt(connection: Connection, archived: Archived, size: int, now: dt.datetime) -> Delivery:
    place = archived.place
    number = int(connection.scalar(statement("deliveries/next_upload"), place.columns) or 1)
    attempt = connection.scalar(statement("deliveries/next_attempt"), {**place.asked, "round": str(archived.round)})
    key, version = archived.name
    return Delivery(
        delivery_id=f"{place.id}.{number:02d}", place=place, upload_number=number, round=archived.round,
        bucket=ARCHIVE, object_key=key, version_id=version, file_name=storable(archived.file_name),
        sha256=archived.sha256, size_bytes=size, received_at=dt.datetime.combine(archived.received_on, _NOON, AMSTERDAM), registered_at=now,
        state="received", reason="from an archive", attempt=attempt, verdict=None, checked_at=None, facultative_used=None, deleted_at=None,
    )  # fmt: skip


def _keep(context: Context, delivery_id: str, data: bytes) -> Copied:
    """Write the private copy; what stands under the id has no receipt, and is put aside, since nobody else may have it."""
    store, bucket = context.store, context.settings.bucket_deliveries
    try:
        return store.keep(bucket, delivery_id, data)
    except FileExistsError:
        etag = next(each.etag for each in store.objects(bucket, delivery_id) if each.key == delivery_id)
        with suppress(FileExistsError):  # put aside before, by one that was killed
            store.copy((bucket, delivery_id, ""), bucket, f"{LEFT}{delivery_id}/{etag}")
        store.delete(bucket, delivery_id)
        return store.keep(bucket, delivery_id, data)
