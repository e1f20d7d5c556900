"""The objects of a place in the store: found, and erased."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gmsd.database import statement, storable
from gmsd.deliveries import LEFT, REFUSED, identities, listing
from gmsd.journal import lock_registration
from gmsd.store import UNVERSIONED, side_by_side

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection

    from gmsd.deliveries import Delivery
    from gmsd.journal import Context
    from gmsd.rounds import Place
    from gmsd.store import Version


def arrived_versions(context: Context, connection: Connection, delivery: Delivery) -> list[Version]:
    """The version that arrived, and before it what the store refused beside it."""
    if delivery.from_archive:  # it never lay in a bucket of the inbox
        return []
    refused = {
        (row.object_key, row.version_id)
        for row in connection.execute(statement("deliveries/refused"), {"bucket": delivery.bucket, "what": REFUSED})
    }
    versions = _versions_at(context, delivery)
    beside = [version for version in versions if (delivery.object_key, version.identity) in refused]
    arrived = [version for version in versions if delivery.version_id in identities(version)]
    return [*beside, *(arrived or _by_its_id(context, delivery))]


def _by_its_id(context: Context, delivery: Delivery) -> list[Version]:
    """What no list shows may be there all the same: a list misses for a while what was put when the disk was full."""
    if not delivery.object_key or delivery.version_id.startswith(UNVERSIONED):
        return []
    found = context.store.version(delivery.bucket, delivery.object_key, delivery.version_id)
    return [] if found is None else [found]


def _versions_at(context: Context, delivery: Delivery) -> list[Version]:
    place = delivery.object_key.partition("\N{REPLACEMENT CHARACTER}")[0]
    return [version for version in context.store.versions(delivery.bucket, place) if storable(version.key) == delivery.object_key]


def copies_of(context: Context, delivery: Delivery) -> list[str]:
    """The keys of its private copy, listed or not, and of what was put aside under its id."""
    bucket, known = context.settings.bucket_deliveries, delivery.delivery_id
    here = [known] if context.store.exists(bucket, known) else []
    return here + list(context.store.keys(bucket, f"{LEFT}{known}/"))


def reports_of(context: Context, delivery: Delivery) -> list[str]:
    """The keys of its reports; what is in no place has none."""
    if delivery.place is None:
        return []
    return list(context.store.keys(context.settings.bucket_outbox, delivery.outbox_prefix))


def erase_delivery(context: Context, delivery: Delivery, *, reports: bool = True) -> None:
    """Remove the bytes, where they arrived and in the private place, the staged records and the reports; what is gone already is fine.

    Only this delivery's own version goes, and what the store refused at that key: a later round may use it for another delivery.
    """
    store, settings = context.store, context.settings
    for key in copies_of(context, delivery):
        store.erase(settings.bucket_deliveries, key)
        if store.exists(settings.bucket_deliveries, key):  # no list shows it
            store.delete(settings.bucket_deliveries, key)
    store.abort_uploads(settings.bucket_deliveries, delivery.delivery_id)
    for key in _erase_arrived(context, delivery):
        if all(version.is_delete_marker for version in store.versions(delivery.bucket, key) if version.key == key):
            store.erase(delivery.bucket, key)
        else:
            store.abort_uploads(delivery.bucket, key)
    store.delete(settings.bucket_staging, delivery.staging_key)
    if reports:
        side_by_side(lambda key: store.delete(settings.bucket_outbox, key), reports_of(context, delivery))


def _erase_arrived(context: Context, delivery: Delivery) -> set[str]:
    """Delete what arrived; returns the keys as the store writes them. Of an upload to a key that is gone there may be unfinished ones."""
    if delivery.from_archive or not delivery.object_key:
        return set()
    with context.engine.connect() as connection:
        doomed = arrived_versions(context, connection, delivery)
    for version in doomed:
        context.store.delete(delivery.bucket, version.key, version.identity)
    return {version.key for version in doomed} or {delivery.object_key}


def erase_left(context: Context, place: Place) -> None:
    """Delete what no receipt names in the folder of a place: unfinished uploads, what programs left, and copies without a receipt.

    A copy without a receipt is left when a registration is killed: no number is given meanwhile, or one just made would be taken for it.
    Who is uploading in parts in this very moment is told that the upload is gone, and begins again.
    """
    store, settings = context.store, context.settings
    for upload in list(store.unfinished(settings.bucket_inbox, f"{place.folder}/")):
        store.abort_uploads(settings.bucket_inbox, upload.key)
    with context.engine.begin() as connection:
        lock_registration(connection)
        left = connection.execute(statement("deliveries/left_behind"), {"bucket": settings.bucket_inbox}).all()
        for each in left:
            if each.object_key.startswith(f"{place.folder}/"):
                store.delete(settings.bucket_inbox, each.object_key, each.version_id)
        there = listing(connection, law=place.law, half_year=place.half_year, municipality=place.municipality)
        _erase_unknown(context, place, [delivery.delivery_id for delivery in there])


def _erase_unknown(context: Context, place: Place, known: Sequence[str]) -> None:
    for prefix in ("", LEFT):
        for key in list(context.store.keys(context.settings.bucket_deliveries, f"{prefix}{place.id}.")):
            if key not in known:
                context.store.erase(context.settings.bucket_deliveries, key)
