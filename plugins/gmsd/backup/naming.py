"""Which objects a backup holds: those that the snapshot of the database names, and what the inbox holds that it does not know."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import quote

from gmsd.consent import PROOFS, open_forms
from gmsd.database import storable
from gmsd.deliveries import LEFT, Delivery, identities, listing, unregistered
from gmsd.releases import POINTER, holdings

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sqlalchemy import Connection

    from gmsd.settings import Settings
    from gmsd.store import ObjectStore

BUCKETS = ("inbox", "deliveries", "outbox", "staging", "publication", "accounts")
_LONGEST = 200
_ANCHORS = "audit/"


@dataclass(frozen=True, slots=True)
class Wanted:
    """An object that is to be written to a backup.

    Attributes:
        bucket: Which of BUCKETS it belongs to.
        key: Its key there.
        source: Bucket, key and version that it is read from.
        delivery_id: Whose it is; empty for what is no delivery's.
        sha256: What its bytes must have; empty when nothing says so.
        received: When it came in, for the inbox.
        form: The open form that it is, for the inbox.
    """

    bucket: str
    key: str
    source: tuple[str, str, str]
    delivery_id: str = ""
    sha256: str = ""
    received: str | None = None
    form: str | None = None

    @property
    def file(self) -> str:
        """Where it stands in the folder; a key that is no name of a file stands under its hash."""
        parts = [quote(part, safe="") for part in self.key.split("/")]
        if any(not part or part.startswith(".") or len(part) > _LONGEST for part in parts):
            parts = ["other", hashlib.sha256(self.key.encode("utf-8", "surrogatepass")).hexdigest()]
        return "/".join(("objects", self.bucket, *parts))


def bucket_of(settings: Settings, bucket: str) -> str:
    """The name of one of BUCKETS."""
    return str(getattr(settings, f"bucket_{bucket}"))


def wanted_objects(
    connection: Connection, store: ObjectStore, settings: Settings, audit_rows: int, *, pointer: bool
) -> tuple[list[Wanted], list[str]]:
    """What a backup holds of the store.

    Args:
        connection: The snapshot.
        store: The object store, as the pipeline.
        settings: Names of the buckets.
        audit_rows: The newest row of the trail in the snapshot: an anchor of a later one is not of it.
        pointer: Whether a release was in force at the snapshot.

    Returns:
        The objects, and the deliveries whose bytes are nowhere.
    """
    deliveries = listing(connection)
    copies, lost = _copies(store, settings, deliveries)
    found = [*copies, *_made_of(store, settings, deliveries)]
    found += [_plain(settings, each.bucket, each.key, sha256=each.sha256) for each in holdings(connection, store, settings)]
    if pointer:
        found.append(_plain(settings, "publication", POINTER))
    for key in store.keys(settings.bucket_accounts, _ANCHORS):
        if int(key.removeprefix(_ANCHORS).removesuffix(".json")) <= audit_rows:
            found.append(_plain(settings, "accounts", key))
    return [*found, *_of_inbox(connection, store, settings)], lost


def _plain(settings: Settings, bucket: str, key: str, delivery_id: str = "", sha256: str = "") -> Wanted:
    return Wanted(bucket, key, (bucket_of(settings, bucket), key, ""), delivery_id, sha256)


def _copies(store: ObjectStore, settings: Settings, deliveries: Sequence[Delivery]) -> tuple[list[Wanted], list[str]]:
    """The bytes of every delivery that must have them, and what was put aside under its number."""
    there = set(store.keys(settings.bucket_deliveries))
    found, lost = [], []
    arrived: set[tuple[str, str]] | None = None
    for delivery in deliveries:
        if delivery.sha256 is None or not _has_data(delivery):
            continue
        if delivery.delivery_id in there:
            found.append(_plain(settings, "deliveries", delivery.delivery_id, delivery.delivery_id, delivery.sha256))
            continue
        if arrived is None:  # of before there was a private place, or lost from it
            arrived = {(version.key, name) for version in store.versions(delivery.bucket) for name in identities(version)}
        if (delivery.object_key, delivery.version_id) in arrived:
            source = (delivery.bucket, delivery.object_key, delivery.version_id)
            found.append(Wanted("deliveries", delivery.delivery_id, source, delivery.delivery_id, delivery.sha256))
        else:
            lost.append(delivery.delivery_id)
    found += [_plain(settings, "deliveries", key, key.split("/")[1]) for key in sorted(there) if key.startswith(LEFT)]
    return found, lost


def _has_data(delivery: Delivery) -> bool:
    return delivery.deleted_at is None and delivery.state != "withdrawn"


def _made_of(store: ObjectStore, settings: Settings, deliveries: Sequence[Delivery]) -> Iterator[Wanted]:
    """Accepted records, reports, and the proofs of what was deleted."""
    staged = {delivery.staging_key: delivery.delivery_id for delivery in deliveries if _has_data(delivery)}
    for key in store.keys(settings.bucket_staging):
        if key in staged:
            yield _plain(settings, "staging", key, staged[key])
    reported = {each.outbox_prefix: each.delivery_id for each in deliveries if each.place is not None and _has_data(each)}
    for key in store.keys(settings.bucket_outbox):
        prefix = key.rpartition("/")[0] + "/"
        if prefix in reported:
            yield _plain(settings, "outbox", key, reported[prefix])
        elif key.startswith(PROOFS):
            yield _plain(settings, "outbox", key)


def _of_inbox(connection: Connection, store: ObjectStore, settings: Settings) -> Iterator[Wanted]:
    """What the register does not know, and forms that it knows and nobody has looked at: of all else the bytes lie elsewhere."""
    waiting = {(form.object_key, form.version_id): form for form in open_forms(connection) if form.state == "received"}
    new = unregistered(connection, store, settings.bucket_inbox)
    known = [
        version
        for version in store.versions(settings.bucket_inbox)
        if waiting and any((storable(version.key), name) in waiting for name in identities(version))
    ]
    for version in sorted([*new, *known], key=lambda each: (each.last_modified, each.version_id)):
        form = next(
            (waiting[storable(version.key), name] for name in identities(version) if (storable(version.key), name) in waiting), None
        )
        source = (settings.bucket_inbox, version.key, version.identity)
        received = (form.received_at if form else version.last_modified).isoformat()
        yield Wanted("inbox", version.key, source, received=received, form=form.form_id if form else None)
