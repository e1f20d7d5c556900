"""What only the engineer can withdraw, by name and with a reason: what was closed in or published, and uploads that belong to no place."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from gmsd.consent.form import ENGINEER, open_forms
from gmsd.consent.withdrawal import carry_out
from gmsd.database import statement
from gmsd.deliveries import get
from gmsd.errors import GmsdError
from gmsd.journal import audit, lock_place, lock_registration, send_queued

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from gmsd.journal import Context
    from gmsd.rounds import Place

REASON_LENGTH = 500


class NotForEngineer(GmsdError):
    """There is nothing here that only the engineer can withdraw; the message says what to do instead."""


def withdraw_published(context: Context, place: Place, *, by: str, reason: str) -> tuple[str, str]:
    """Withdraw everything of a place of which a round has been closed, and delete it; the next release shows it nowhere.

    Releases that are public stay as they are. A release that was built and is not public yet is not let out any more. One that was begun
    and killed is gone on with.

    Args:
        context: The doors.
        place: The place.
        by: Who does this, for the audit trail.
        reason: Why; it stays in the audit trail, so it names nobody.

    Returns:
        The form that was written for it, and what became of it: carried_out.

    Raises:
        NotForEngineer: no round has been closed for it, or nothing of it is there.
    """
    with context.engine.begin() as connection:
        lock_registration(connection)
        lock_place(connection, place)
        code = connection.scalar(statement("warehouse/newest_close"), {"law": place.law, "half_year": str(place.half_year)})
        if code is None:
            raise NotForEngineer(
                f"no round has been closed for {place.half_year}: file a form with `gmsd withdraw`, without --after-publication"
            )
        form_id = _begun(connection, place.id)
        values = {**place.columns, "received_at": context.clock.now()}
        if form_id is None and not connection.execute(statement("consent/withdrawable_ever"), values).first():
            raise NotForEngineer(f"nothing of {place} is there: it was not delivered, or has been withdrawn already")
        form_id = form_id or _file(context, connection, place, place.id, str(code), by=by, reason=reason)
    return _carried_out(context, form_id)


def erase_unplaced(context: Context, delivery_id: str, *, by: str, reason: str) -> tuple[str, str]:
    """Delete an upload that belongs to no place: nobody else can, and it may hold persons. As `withdraw_published`.

    Raises:
        NotForEngineer: it belongs to a place, whose coordinator withdraws it, or has been deleted already.
        UnknownDelivery: there is none of that id.
    """
    with context.engine.begin() as connection:
        lock_registration(connection)
        delivery = get(connection, delivery_id)
        if delivery.place is not None:
            raise NotForEngineer(f"{delivery_id} belongs to {delivery.place}: it goes with a withdrawal of that place")
        form_id = _begun(connection, delivery_id)
        if form_id is None and delivery.deleted_at is not None:
            raise NotForEngineer(f"{delivery_id} has been deleted already")
        form_id = form_id or _file(context, connection, None, delivery_id, None, by=by, reason=reason)
    return _carried_out(context, form_id)


def _begun(connection: Connection, about: str) -> str | None:
    """The form of a withdrawal by the engineer that was begun and is not over: who asks again goes on with it."""
    return next((each.form_id for each in open_forms(connection) if each.by_engineer and each.object_key == about), None)


def _file(context: Context, connection: Connection, place: Place | None, key: str, code: str | None, *, by: str, reason: str) -> str:
    words, name = reason.strip(), by.strip()
    if not words or len(words) > REASON_LENGTH or not name:
        raise NotForEngineer(f"a withdrawal by the engineer has a name and a reason of 1 to {REASON_LENGTH} characters")
    now = context.clock.now()
    number = int(connection.scalar(statement("deliveries/form_count")) or 0) + 1
    form_id = f"form.{number:04d}"
    columns = dict.fromkeys(("law", "half_year", "municipality")) if place is None else place.columns
    about = {"form_id": form_id, "form_number": number, "kind": "withdrawal", **columns}
    arrived = {"bucket": ENGINEER, "object_key": key, "version_id": form_id, "size_bytes": 0, "received_at": now}
    connection.execute(statement("deliveries/register_form"), {**about, **arrived})
    content = json.dumps({"name": name, "reason": words})
    filed = {"form_id": form_id, "state": "filed", "reason": "by the engineer", "round": code, "sha256": None, "content": content}
    connection.execute(statement("consent/set_form"), filed)
    details = {"kind": "withdrawal", "about": key, "after_publication": place is not None}
    audit(connection, form_id, "filed", at=now, actor=name, reason=words, details=details)
    return form_id


def _carried_out(context: Context, form_id: str) -> tuple[str, str]:
    """Deletion begins at once; one that is killed is taken up by the next intake, like any other."""
    state = carry_out(context, form_id)
    send_queued(context)
    return form_id, state
