"""Carrying out a withdrawal: the deliveries stop counting, then their data go, then the proof is written."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

from gmsd.consent.messages import done, queue
from gmsd.database import statement
from gmsd.deliveries import Change, Delivery, audit, lock_place, lock_round, standing, transition_many

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection, Row

    from gmsd.deliveries import Context

ACTOR = "gmsd_intake"


def carry_out(context: Context, form_id: str) -> str:
    """Delete what a municipality delivered of a half-year in a round, on a filed form.

    The states change first, so that nothing that is deleted can be picked up by a check; a kill afterwards leaves a filed form, and the
    next call goes on where this one stopped. Deliveries that came in after the form are not touched: they are delivered anew.

    Returns:
        carried_out, or nothing_to_withdraw when the round holds no delivery of it.
    """
    with context.engine.begin() as connection:
        row = connection.execute(statement("consent/get_form"), {"form_id": form_id}).one()
        _locked(connection, row)
        found = _withdrawable(connection, row)
        changes = [Change(d.delivery_id, "withdrawn", f"withdrawn by {form_id}") for d in found]
        transition_many(connection, changes, actor=ACTOR, at=context.clock.now())
    erased = {delivery.delivery_id: _erase(context, delivery) for delivery in found}
    with context.engine.begin() as connection:
        _locked(connection, row)
        return _prove(context, connection, row, found, erased)


def _locked(connection: Connection, row: Row[Any]) -> None:
    lock_round(connection, row.round, alone=False)
    lock_place(connection, row.half_year, row.municipality)


def _withdrawable(connection: Connection, row: Row[Any]) -> list[Delivery]:
    values = {"half_year": row.half_year, "municipality": row.municipality, "round": row.round, "received_at": row.received_at}
    return [Delivery(**found) for found in connection.execute(statement("consent/withdrawable"), values).mappings()]


def _erase(context: Context, delivery: Delivery) -> dict[str, int]:
    """Remove the raw version, the staged records and the reports of a delivery; what is gone already is fine.

    Only this delivery's own version goes: a later round may use the same key for another delivery.
    """
    store, settings = context.store, context.settings
    store.delete(delivery.bucket, delivery.object_key, delivery.version_id)
    left = [v for v in store.versions(delivery.bucket, delivery.object_key) if v.key == delivery.object_key]
    if all(version.is_delete_marker for version in left):
        store.erase(delivery.bucket, delivery.object_key)
    else:
        store.abort_uploads(delivery.bucket, delivery.object_key)
    store.delete(settings.bucket_staging, delivery.staging_key)
    reports = list(store.keys(settings.bucket_outbox, delivery.outbox_prefix))
    for key in reports:
        store.delete(settings.bucket_outbox, key)
    return {"raw_versions": 1, "reports": len(reports)}


def _prove(context: Context, connection: Connection, row: Row[Any], found: Sequence[Delivery], erased: dict[str, dict[str, int]]) -> str:
    now = context.clock.now()
    state = "carried_out" if found else "nothing_to_withdraw"
    for delivery in found:
        values = {"delivery_id": delivery.delivery_id, "at": now}
        connection.execute(statement("consent/deleted"), values)
        connection.execute(statement("consent/delete_result"), {"delivery_id": delivery.delivery_id})
        proof = {
            "form": row.form_id,
            "sha256": delivery.sha256 or "",
            "key_sha256": hashlib.sha256(delivery.object_key.encode()).hexdigest(),
            "bytes": delivery.size_bytes,
            **erased[delivery.delivery_id],
        }
        audit(connection, delivery.delivery_id, "erased", at=now, actor=ACTOR, reason=f"withdrawn by {row.form_id}", details=proof)
    changed = connection.execute(statement("consent/carried_out"), {"form_id": row.form_id, "state": state, "reason": "", "at": now})
    if changed.rowcount:
        kept = standing(connection, row.half_year, row.municipality, row.round).counts_now
        queue(context, connection, row, lambda: done(context, row, found, at=now, already_released=kept is not None))
        audit(connection, row.form_id, state, at=now, actor=ACTOR, details={"deliveries": [d.delivery_id for d in found]})
    return state
