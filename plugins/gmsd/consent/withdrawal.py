"""Carrying out a withdrawal: the deliveries stop counting, then their data go, then the proof is written."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gmsd.consent.form import form_of
from gmsd.consent.messages import done, queue
from gmsd.database import statement, storable
from gmsd.deliveries import LEFT, REFUSED, Change, Delivery, counts_now, identities, listing, transition_many
from gmsd.journal import Stage, audit, hidden, lock_place, lock_registration, lock_round

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection

    from gmsd.consent.form import Form
    from gmsd.journal import Context


def carry_out(context: Context, form_id: str) -> str:
    """Delete what a municipality delivered of a half-year in a round, on a filed form.

    The states change first, so that nothing that is deleted can be picked up by a check; a kill afterwards leaves a filed form, and the
    next call goes on where this one stopped. Deliveries that came in after the form are not touched: they are delivered anew.

    Returns:
        carried_out, or nothing_to_withdraw when the round holds no delivery of it.
    """
    with context.engine.begin() as connection:
        filed = form_of(connection, form_id)
        _locked(connection, filed)
        found = _withdrawable(connection, filed)
        changes = [Change(d.delivery_id, "withdrawn", f"withdrawn by {form_id}") for d in found]
        transition_many(connection, changes, actor=Stage.INTAKE, at=context.clock.now())
    erased = {delivery.delivery_id: _erase(context, delivery) for delivery in found}
    if found:
        _erase_what_was_left(context, filed)
    with context.engine.begin() as connection:
        _locked(connection, filed)
        return _prove(context, connection, filed, found, erased)


def _locked(connection: Connection, filed: Form) -> None:
    place, round_code = filed.counts_in
    lock_round(connection, place.law, round_code, alone=False)
    lock_place(connection, place)


def _withdrawable(connection: Connection, filed: Form) -> list[Delivery]:
    place, round_code = filed.counts_in
    values = {**place.columns, "round": str(round_code), "received_at": filed.received_at}
    return [Delivery.of(found) for found in connection.execute(statement("consent/withdrawable"), values).mappings()]


def _erase(context: Context, delivery: Delivery) -> dict[str, int]:
    """Remove the bytes, where they arrived and in the private place, the staged records and the reports; what is gone already is fine.

    Only this delivery's own version goes, and what the store refused at that key: a later round may use it for another delivery.
    """
    store, settings = context.store, context.settings
    store.erase(settings.bucket_deliveries, delivery.delivery_id)
    for key in _erase_arrived(context, delivery):
        if all(version.is_delete_marker for version in store.versions(delivery.bucket, key) if version.key == key):
            store.erase(delivery.bucket, key)
        else:
            store.abort_uploads(delivery.bucket, key)
    store.delete(settings.bucket_staging, delivery.staging_key)
    reports = list(store.keys(settings.bucket_outbox, delivery.outbox_prefix))
    for key in reports:
        store.delete(settings.bucket_outbox, key)
    return {"raw_versions": 1, "reports": len(reports)}


def _erase_arrived(context: Context, delivery: Delivery) -> set[str]:
    """Delete the version that arrived, and before it what the store refused beside it; returns the keys as the store writes them."""
    store = context.store
    if delivery.from_archive:  # it never lay in a bucket of the inbox
        return set()
    with context.engine.connect() as connection:
        refused = {
            (row.object_key, row.version_id)
            for row in connection.execute(statement("deliveries/refused"), {"bucket": delivery.bucket, "what": REFUSED})
        }
    place = delivery.object_key.partition("\N{REPLACEMENT CHARACTER}")[0]
    versions = [version for version in store.versions(delivery.bucket, place) if storable(version.key) == delivery.object_key]
    beside = [version for version in versions if (delivery.object_key, version.identity) in refused]
    for version in (*beside, *(version for version in versions if delivery.version_id in identities(version))):
        store.delete(delivery.bucket, version.key, version.identity)
    return {version.key for version in versions} or {delivery.object_key}


def _erase_what_was_left(context: Context, filed: Form) -> None:
    """Delete what transfer programs left in the place's folder, which may be parts of a delivery, and copies that no receipt names.

    Such a copy is left when a registration is killed: no number is given meanwhile, or one just made would be taken for it.
    """
    store, settings, place = context.store, context.settings, filed.about
    with context.engine.begin() as connection:
        lock_registration(connection)
        left = connection.execute(statement("deliveries/left_behind"), {"bucket": settings.bucket_inbox}).all()
        for each in left:
            if each.object_key.startswith(f"{place.folder}/"):
                store.delete(settings.bucket_inbox, each.object_key, each.version_id)
        there = listing(connection, law=place.law, half_year=place.half_year, municipality=place.municipality)
        known = {delivery.delivery_id for delivery in there}
        for prefix in ("", LEFT):
            for key in list(store.keys(settings.bucket_deliveries, f"{prefix}{place.id}.")):
                if key not in known:
                    store.erase(settings.bucket_deliveries, key)


def _prove(context: Context, connection: Connection, filed: Form, found: Sequence[Delivery], erased: dict[str, dict[str, int]]) -> str:
    now = context.clock.now()
    hiding = context.settings.key("reference")
    state = "carried_out" if found else "nothing_to_withdraw"
    for delivery in found:
        values = {"delivery_id": delivery.delivery_id, "at": now}
        connection.execute(statement("consent/deleted"), values)
        connection.execute(statement("consent/delete_result"), {"delivery_id": delivery.delivery_id})
        connection.execute(statement("deliveries/forget_copy"), {"delivery_id": delivery.delivery_id})
        proof = {
            "form": filed.form_id,
            "sha256": delivery.sha256 or "",
            "key_hash": hidden(hiding, delivery.object_key),
            "bytes": delivery.size_bytes,
            **erased[delivery.delivery_id],
        }
        audit(connection, delivery.delivery_id, "erased", at=now, actor=Stage.INTAKE, reason=f"withdrawn by {filed.form_id}", details=proof)
    changed = connection.execute(statement("consent/carried_out"), {"form_id": filed.form_id, "state": state, "reason": "", "at": now})
    if changed.rowcount:
        kept = counts_now(connection, filed.about)
        queue(context, connection, filed, lambda: done(context, filed, found, at=now, already_released=kept is not None))
        audit(connection, filed.form_id, state, at=now, actor=Stage.INTAKE, details={"deliveries": [d.delivery_id for d in found]})
    return state
