"""The private place: the bytes of every registered delivery under its id, written once, out of reach of who uploads.

What is checked, staged and tried is read from there; the inbox is only where the post arrives. Registration writes the copies; here they
are compared with the register, and made again from the inbox where they are missing and the inbox still holds the same bytes.
"""

from __future__ import annotations

import hashlib
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gmsd.database import statement
from gmsd.deliveries.delivery import Delivery, locked
from gmsd.errors import GmsdError
from gmsd.journal import Entry, Stage, audit_many, tell_engineer
from gmsd.store import Gone, NotReadable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection

    from gmsd.journal import Context
    from gmsd.store import ObjectStore

COPIERS = 8


class ReceiptBroken(GmsdError):
    """The bytes in the store are not those of the receipt."""


class BytesLost(ReceiptBroken):
    """The bytes of a delivery cannot be had any more."""


@dataclass(frozen=True, slots=True)
class Compared:
    """What a comparison of the register with the private place found: ids of deliveries, in order of receipt.

    Attributes:
        made: Whose copy was made from the inbox: registered before there was a private place, or lost from it.
        missing: Whose bytes are not there as the receipt has them, and could not be made again.
    """

    made: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()


def delivered_bytes(context: Context, delivery: Delivery) -> bytes:
    """The bytes of a delivery, as the receipt has them, from the private place.

    Raises:
        NotReadable: they could never be read.
        BytesLost: they are not there any more.
        ReceiptBroken: they are not those of the receipt.
    """
    data = stored_bytes(context, delivery)
    refuse_other_bytes(delivery, hashlib.sha256(data).hexdigest())
    return data


def refuse_other_bytes(delivery: Delivery, sha256: str) -> None:
    """Refuse bytes that are not those of the receipt.

    Raises:
        ReceiptBroken: their hash is another.
    """
    if sha256 != delivery.sha256:
        raise ReceiptBroken(f"the bytes of {delivery.delivery_id} in the store are not those of its receipt")


def stored_bytes(context: Context, delivery: Delivery) -> bytes:
    """The bytes that the private place holds of a delivery, not compared with the receipt: for who hashes them anyhow (`gmsd.checking`).

    The bytes of an upload are read and hashed twice, and no more: once at registration, where they are copied out of the uploader's reach
    and the hash of the receipt is taken while they pass, and once at the check, whose result names the hash of what it judged, so that
    other bytes than those of the receipt are noticed before anything is kept of them. The check cannot do with the first reading: it is
    another task, maybe on another machine, and nothing lies on a local disk between tasks.

    A delivery that was registered before there was a private place, and not copied since, is read where it arrived.

    Raises:
        NotReadable: they could never be read.
        BytesLost: they are not there any more.
    """
    if delivery.sha256 is None:
        raise NotReadable("it could not be read when it was registered")
    try:
        return context.store.get(context.settings.bucket_deliveries, delivery.delivery_id)
    except Gone:
        return _where_it_arrived(context, delivery)


def _where_it_arrived(context: Context, delivery: Delivery) -> bytes:
    lost = (
        f"the bytes of {delivery.delivery_id} are gone from the private place; the runbook says what to do (A delivery's bytes are missing)"
    )
    with context.engine.connect() as connection:
        forgotten = not delivery.object_key  # its data were deleted, and its name with them
        if delivery.from_archive or forgotten or connection.scalar(statement("deliveries/copied"), {"delivery_id": delivery.delivery_id}):
            raise BytesLost(lost)
    try:
        return context.store.get(delivery.bucket, delivery.object_key, delivery.version_id)
    except NotReadable:
        raise BytesLost(lost) from None


def differing(connection: Connection, store: ObjectStore, bucket: str) -> list[str]:
    """Ids of deliveries whose private copy is not there as it was written, or was never made; one listing, nothing is read."""
    rows = list(connection.execute(statement("deliveries/copies")))  # before the listing: what is registered meanwhile is not missed
    stored = {each.key: (each.size, each.etag) for each in store.objects(bucket)}
    return [row.delivery_id for row in rows if stored.get(row.delivery_id) != (row.size_bytes, row.etag) or row.missing_since is not None]


def compare_copies(context: Context) -> Compared:
    """Compare the register with the private place, make what can be made again, and mail the engineer once about what cannot.

    Safe to repeat and to kill: each delivery is dealt with in a transaction of its own, and a withdrawal of it waits meanwhile.
    """
    bucket = context.settings.bucket_deliveries
    with context.engine.connect() as connection:
        wanting = differing(connection, context.store, bucket)
    if not wanting:
        return Compared()
    with ThreadPoolExecutor(COPIERS) as pool:
        there = list(pool.map(lambda delivery_id: _mended(context, delivery_id), wanting))
    missing = [delivery_id for delivery_id, found in zip(wanting, there, strict=True) if found is False]
    _tell_missing(context, missing)
    return Compared(tuple(delivery_id for delivery_id, found in zip(wanting, there, strict=True) if found), tuple(missing))


def _mended(context: Context, delivery_id: str) -> bool | None:
    """Whether the private copy is there now; None when the delivery was withdrawn meanwhile."""
    with context.engine.begin() as connection:
        delivery = locked(connection, delivery_id)
        if delivery.state == "withdrawn" or delivery.deleted_at is not None:
            return None
        reason = _made(context, delivery)
        if reason is None:
            return False
        now = context.clock.now()
        found = next(each for each in context.store.objects(context.settings.bucket_deliveries, delivery_id) if each.key == delivery_id)
        copy = {"delivery_id": delivery_id, "size_bytes": found.size, "etag": found.etag, "at": now}
        connection.execute(statement("deliveries/note_copy"), copy)
        audit_many(connection, [Entry(delivery_id, "private copy", now, Stage.INTAKE, reason, details={"sha256": delivery.sha256 or ""})])
        return True


def _made(context: Context, delivery: Delivery) -> str | None:
    """How the private copy comes to be there; None when it is not, or holds other bytes."""
    store, bucket = context.store, context.settings.bucket_deliveries
    try:
        return "found as the receipt has it" if store.digest(bucket, delivery.delivery_id) == delivery.sha256 else None
    except NotReadable:
        pass
    if delivery.from_archive:
        return None
    try:
        copied = store.copy((delivery.bucket, delivery.object_key, delivery.version_id), bucket, delivery.delivery_id)
    except NotReadable:
        return None
    if copied.sha256 == delivery.sha256:
        return "made from the inbox"
    store.delete(bucket, delivery.delivery_id)
    return None


def _tell_missing(context: Context, missing: Sequence[str]) -> None:
    if not missing:
        return
    now = context.clock.now()
    with context.engine.begin() as connection:
        new = [
            delivery_id
            for delivery_id in missing
            if connection.scalar(statement("deliveries/copy_missing"), {"delivery_id": delivery_id, "at": now})
        ]
        if not new:
            return
        audit_many(connection, [Entry(delivery_id, "private copy missing", now, Stage.INTAKE) for delivery_id in new])
        about = "copies." + hashlib.sha256(f"{now.isoformat()} {' '.join(new)}".encode()).hexdigest()[:16]
        text = (
            f"The private copy of {len(new)} deliveries is gone, or holds other bytes than the receipt says, and the inbox does not hold "
            f"the right ones any more.\n\n{', '.join(new)}\n\nWhat was decided about them stands: verdicts, states and staged records stay "
            "as they are. They cannot be checked again until their bytes are back; intake looks again each time it runs. "
            'See the runbook, "A delivery\'s bytes are missing".'
        )
        tell_engineer(connection, context.settings, about, "missing", f"GMSD: the bytes of {len(new)} deliveries are missing", text, now)


def keep_versions(context: Context) -> bool:
    """Make the inbox keep versions again when somebody switched that off, and tell the engineer; returns whether it had been.

    The mail goes first: a kill in between says it twice, never not at all.
    """
    bucket = context.settings.bucket_inbox
    if context.store.keeps_versions(bucket):
        return False
    now = context.clock.now()
    with context.engine.begin() as connection:
        audit_many(connection, [Entry("inbox", "versions were off", now, Stage.INTAKE, "switched on again")])
        times = connection.scalar(statement("journal/events_of"), {"subject": "inbox", "event": "versions were off"})
        text = (
            f"The bucket {bucket} kept no versions of its objects: somebody with the right to do so switched that off. It is switched on "
            "again.\n\nWhat was uploaded meanwhile is registered like any other. Where two uploads came under one key between two intakes, "
            "the first has been overwritten and cannot be had: ask the municipalities of uploads that they miss a receipt for.\n\n"
            "Find out which account did it; the account that uploads needs no right on the bucket itself."
        )
        tell_engineer(connection, context.settings, f"inbox.versions.{times}", "off", "GMSD: the inbox kept no versions", text, now)
    context.store.keep_versions(bucket)
    return True
