"""Carrying out a withdrawal: the deliveries stop counting, then their data go, then the proof is written."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gmsd.consent.form import form_of, taken_in_hand
from gmsd.consent.messages import done, proof_keys, queue
from gmsd.database import statement
from gmsd.deletion import begin, carry_on, deletion_of, digest_of, finish, keep_out_loading, proof_of, proof_page, take_inventory
from gmsd.deliveries import Change, Delivery, get, transition_many
from gmsd.journal import Stage, audit, head_of_trail, lock_place, lock_round

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy import Connection

    from gmsd.consent.form import Form
    from gmsd.deletion import Deletion
    from gmsd.journal import Context


def carry_out(context: Context, form_id: str) -> str:
    """Delete what a municipality delivered of a half-year in a round, on a filed form.

    The states change first, so that nothing that is deleted can be picked up by a check; a kill afterwards leaves a filed form, and the
    next call goes on with the first step that was not done. Deliveries that came in after the form are not touched: they are delivered
    anew.

    Returns:
        carried_out, or nothing_to_withdraw when the round holds no delivery of it.

    Raises:
        StillRead: the rows are deleted, and somebody reads the database as it was before: the files are cleaned when that has ended.
        NotGone: the search at the end finds something.
    """
    with context.engine.begin() as connection:
        filed = form_of(connection, form_id)
        _locked(connection, filed)
        taken_in_hand(connection, form_id)  # of an upload that belongs to no place nothing else keeps two tasks apart
        deletion = deletion_of(connection, form_id, filed.place) or _begin(context, connection, filed)
    steps = carry_on(context, deletion)
    with context.engine.begin() as connection:
        _locked(connection, filed)
        proof = _prove(context, connection, filed, deletion, steps)
        if proof is not None and deletion.delivery_ids and filed.place is not None:
            # before the commit: killed in between, it is proved anew and laid down over this one
            _lay_down(context, filed, proof)
    return "carried_out" if deletion.delivery_ids else "nothing_to_withdraw"


def _locked(connection: Connection, filed: Form) -> None:
    if filed.place is None:  # an upload that belongs to no place: nothing is decided about it
        return
    if filed.by_engineer:  # what is being loaded or counted ends first
        keep_out_loading(connection, filed.place)
    place, round_code = filed.counts_in
    lock_round(connection, place.law, round_code, alone=False)
    lock_place(connection, place)


def _begin(context: Context, connection: Connection, filed: Form) -> Deletion:
    """Take the deliveries out of what counts, and note what there is of them."""
    now, found = context.clock.now(), _withdrawable(connection, filed)
    inventory = take_inventory(context, connection, filed.place, found)
    if filed.by_engineer and filed.place is not None:
        connection.execute(statement("consent/end_explanations"), filed.place.columns)
    changes = [Change(each.delivery_id, "withdrawn", f"withdrawn by {filed.form_id}") for each in found]
    transition_many(connection, changes, actor=Stage.INTAKE, at=now, by_engineer=filed.by_engineer)
    return begin(connection, filed.form_id, filed.place, inventory, now)


def _withdrawable(connection: Connection, filed: Form) -> list[Delivery]:
    if filed.place is None:
        return [get(connection, filed.object_key)]
    values = {**filed.place.columns, "round": str(filed.round), "received_at": filed.received_at}
    name = "consent/withdrawable_ever" if filed.by_engineer else "consent/withdrawable"
    return [Delivery.of(found) for found in connection.execute(statement(name), values).mappings()]


def _prove(context: Context, connection: Connection, filed: Form, deletion: Deletion, steps: Mapping[str, Any]) -> str | None:
    """Write down that it is done, with its proof and the mail about it; the proof, None when that was written before."""
    now, ids = context.clock.now(), deletion.delivery_ids
    state = "carried_out" if ids else "nothing_to_withdraw"
    changed = connection.execute(statement("consent/carried_out"), {"form_id": filed.form_id, "state": state, "reason": "", "at": now})
    if not changed.rowcount:
        return None
    for each in deletion.inventory["deliveries"]:
        told = {name: each[name] for name in ("sha256", "key_hash", "bytes")} | {"form": filed.form_id}
        audit(connection, each["delivery_id"], "erased", at=now, actor=Stage.INTAKE, reason=f"withdrawn by {filed.form_id}", details=told)
    head = head_of_trail(connection)
    published = bool(connection.scalar(statement("deletion/was_published"), {"ids": ids}))
    proof = proof_of(
        deletion,
        steps,
        asked_at=filed.received_at,
        done_at=now,
        head=None if head is None else (head.sequence, head.hash),
        published=published,
        backup_days=context.settings.backup_days,
    )
    finish(connection, filed.form_id, proof, now)
    if filed.place is not None:
        removed = [get(connection, each) for each in ids]
        queue(context, connection, filed, lambda: done(context, connection, filed, removed, at=now, published=published))
    details = {"deliveries": ids, "counts": dict(deletion.inventory["counts"]), "proof_sha256": digest_of(proof)}
    audit(connection, filed.form_id, state, at=now, actor=Stage.INTAKE, details=details)
    return proof


def _lay_down(context: Context, filed: Form, proof: str) -> None:
    """Put the proof in the outbox."""
    as_json, page = proof_keys(filed)
    context.store.put(context.settings.bucket_outbox, as_json, proof.encode(), content_type="application/json")
    context.store.put(context.settings.bucket_outbox, page, proof_page(proof).encode(), content_type="text/html; charset=utf-8")
