"""Bringing the private bucket in line with the register: what nothing can count on any more goes, what is missing is made again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gmsd.deliveries import listing, locked
from gmsd.intake import StagingLost, staged_records
from gmsd.journal import share_loading
from gmsd.warehouse.staged import KEPT

if TYPE_CHECKING:
    from gmsd.deliveries import Delivery
    from gmsd.journal import Context


def sweep_staging(context: Context) -> dict[str, int]:
    """Delete staged records that nothing can count on, and make those that are missing again from the raw file.

    Deleted is what belongs to a delivery that is not accepted, was deleted, or is unknown: a killed task may leave it behind.

    Returns:
        `kept`, `deleted` and `made_again`: objects in the bucket.

    Raises:
        StagingLost: at the end, naming the deliveries whose records are missing and cannot be made again.
    """
    bucket = context.settings.bucket_staging
    # the bucket first: an object that appears afterwards belongs to a check that is not committed yet
    keys = list(context.store.keys(bucket))
    with context.engine.connect() as connection:
        deliveries = listing(connection)
    wanted = {each.staging_key for each in deliveries if each.state in KEPT and each.deleted_at is None}
    checking = {each.staging_key for each in deliveries if each.state == "received"}
    orphans = [key for key in keys if key not in wanted | checking]
    for key in orphans:
        context.store.delete(bucket, key)
    present = set(keys)
    again, lost = 0, []
    for each in deliveries:
        if each.staging_key in wanted - present:
            try:
                again += _make_again(context, each)
            except StagingLost as error:
                lost.append(str(error))
    if lost:
        raise StagingLost("; ".join(lost))
    return {"kept": len(keys) - len(orphans), "deleted": len(orphans), "made_again": again}


def _make_again(context: Context, delivery: Delivery) -> bool:
    """Whether the records were missing; not while the delivery is checked or withdrawn, which would leave behind what was deleted."""
    with context.engine.begin() as connection:
        share_loading(connection)  # no key is changed while records are made with it
        now = locked(connection, delivery.delivery_id)
        bucket = context.settings.bucket_staging
        if now.state not in KEPT or now.deleted_at is not None or now.staging_key in context.store.keys(bucket, now.staging_key):
            return False
        staged_records(context, now)
        return True
