"""Clearing the private bucket of records that nothing can count on any more."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gmsd.deliveries import listing

if TYPE_CHECKING:
    from gmsd.deliveries import Context

_KEPT = frozenset({"accepted", "superseded", "approved", "loaded", "published"})


def sweep_staging(context: Context) -> dict[str, int]:
    """Delete staged records of deliveries that are not accepted, were deleted, or are unknown; a killed task may leave them behind.

    Missing records are left to whoever needs them: they are made again from the raw file.

    Returns:
        `kept` and `deleted`: objects in the bucket.
    """
    bucket = context.settings.bucket_staging
    # the bucket first: an object that appears afterwards belongs to a check that is not committed yet
    keys = list(context.store.keys(bucket))
    with context.engine.connect() as connection:
        deliveries = listing(connection)
    wanted = {each.staging_key for each in deliveries if each.state in _KEPT and each.deleted_at is None}
    checking = {each.staging_key for each in deliveries if each.state == "received"}
    orphans = [key for key in keys if key not in wanted | checking]
    for key in orphans:
        context.store.delete(bucket, key)
    return {"kept": len(keys) - len(orphans), "deleted": len(orphans)}
