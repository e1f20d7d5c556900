"""Dealing with the forms that came into the inbox: is it in order, is it in time, and then what it asks for."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

from gmsd.consent.messages import explained, malformed, received, too_late
from gmsd.consent.reading import Form, Malformed, read_form
from gmsd.consent.withdrawal import carry_out
from gmsd.database import statement
from gmsd.deliveries import audit, is_closed, lock_place, lock_round, queue_mail, send_queued
from gmsd.reporting import dutch_date
from gmsd.rounds import HalfYear, Round
from gmsd.store import NotReadable

if TYPE_CHECKING:
    import datetime as dt

    from sqlalchemy import Connection, Row

    from gmsd.deliveries import Context

ACTOR = "coordinator"


def process_forms(context: Context) -> dict[str, str]:
    """Deal with every form that waits, in order of receipt, then send the mails.

    Each step of a form commits by itself and is found again after a kill: first the form is judged, then a withdrawal is carried out.

    Returns:
        What became of each form: carried_out, filed, malformed, too_late, too_early or nothing_to_withdraw.
    """
    with context.engine.connect() as connection:
        waiting = connection.execute(statement("consent/open_forms")).all()
    dealt = {}
    for row in waiting:
        state = row.state if row.state != "received" else _judge(context, row)
        if row.kind == "withdrawal" and state == "filed":
            state = carry_out(context, row.form_id)
        dealt[row.form_id] = state
    if dealt:
        send_queued(context)
    return dealt


def _judge(context: Context, row: Row[Any]) -> str:
    half_year = HalfYear.parse(row.half_year)
    sha256 = None
    try:
        data = context.store.get(row.bucket, row.object_key, row.version_id)
        sha256 = hashlib.sha256(data).hexdigest()
        form = read_form(data, kind=row.kind, upload_code=half_year.upload_code, municipality=row.municipality)
    except NotReadable:
        return _refuse(context, row, "malformed", ("Wij hebben geen recht om het formulier te lezen.",), sha256)
    except Malformed as error:
        return _refuse(context, row, "malformed", error.problems, sha256)
    found = _round_for(context, row.kind, half_year, row.received_at)
    if found is None:
        return _refuse_for_time(context, row, half_year, sha256)
    with context.engine.begin() as connection:
        lock_round(connection, str(found.code), alone=False)
        lock_place(connection, row.half_year, row.municipality)
        if not is_closed(connection, str(found.code), row.half_year):
            _file(context, connection, row, form, found, sha256)
            return "filed"
    return _refuse_for_time(context, row, half_year, sha256)


def _round_for(context: Context, kind: str, half_year: HalfYear, at: dt.datetime) -> Round | None:
    """The round that a form can still be about: a withdrawal until its window ends, an explanation until the close."""
    if kind == "withdrawal":
        return context.calendar.withdrawable(half_year, at)
    return next((r for r in context.calendar.taking(half_year) if r.opens_at <= at < r.closes_at), None)


def _file(context: Context, connection: Connection, row: Row[Any], form: Form, found: Round, sha256: str | None) -> None:
    now = context.clock.now()
    code = str(found.code)
    _set(connection, row, "filed", "", code, sha256, form)
    if row.kind == "explanation":
        place = {"half_year": row.half_year, "municipality": row.municipality, "round": code, "form_id": row.form_id}
        connection.execute(statement("consent/replace_explanations"), {**place, "reason": f"replaced by {row.form_id}"})
        queue_mail(connection, explained(context, connection, row, form, found), now)
    else:
        queue_mail(connection, received(context, connection, row, form, found), now)
    audit(connection, row.form_id, "filed", at=now, actor=ACTOR, details={"kind": row.kind, "round": code, "half_year": row.half_year})


def _refuse_for_time(context: Context, row: Row[Any], half_year: HalfYear, sha256: str | None) -> str:
    rounds = context.calendar.taking(half_year)
    if row.received_at < rounds[0].opens_at:
        opens = dutch_date(rounds[0].window_first)
        return _refuse(
            context, row, "too_early", (f"Het formulier is te vroeg: de ronde begint op {opens}. Stuur het daarna nog eens.",), sha256
        )
    if row.kind == "explanation":
        return _refuse(context, row, "too_late", ("Het formulier is te laat: de ronde is al gesloten.",), sha256)
    return _refuse(context, row, "too_late", (), sha256)


def _refuse(context: Context, row: Row[Any], state: str, problems: tuple[str, ...], sha256: str | None) -> str:
    """Note why a form is not used, and tell the coordinator; a withdrawal that is only late gets a mail of its own."""
    now = context.clock.now()
    reason = {"malformed": "not of the agreed form", "too_early": "before the first window", "too_late": "after the last day"}[state]
    with context.engine.begin() as connection:
        _set(connection, row, state, reason, None, sha256, None)
        mail = malformed(context, connection, row, problems) if problems else too_late(context, connection, row)
        queue_mail(connection, mail, now)
        audit(connection, row.form_id, state, at=now, actor=ACTOR, reason=reason, details={"kind": row.kind})
    return state


def _set(connection: Connection, row: Row[Any], state: str, reason: str, code: str | None, sha256: str | None, form: Form | None) -> None:
    values = {"form_id": row.form_id, "state": state, "reason": reason, "round": code, "sha256": sha256}
    connection.execute(statement("consent/set_form"), {**values, "content": json.dumps(form.to_json()) if form else None})
