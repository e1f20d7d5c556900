"""Dealing with the forms that came into the inbox: is it in order, is it in time, and then what it asks for."""

from __future__ import annotations

import hashlib
import json
import logging
from typing import TYPE_CHECKING

from gmsd.consent import messages
from gmsd.consent.form import Form, open_forms, taken_in_hand
from gmsd.consent.reading import FormContent, Malformed, read_form
from gmsd.consent.timing import Timing, timing_of
from gmsd.consent.withdrawal import carry_out
from gmsd.database import statement
from gmsd.deletion import DeletionWaits
from gmsd.deliveries import is_closed
from gmsd.dutch import dutch_date
from gmsd.errors import GmsdError
from gmsd.journal import audit, lock_place, lock_round, send_queued
from gmsd.outages import is_outage, place_of
from gmsd.store import NotReadable

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from gmsd.journal import Context
    from gmsd.rounds import HalfYear, Round

log = logging.getLogger(__name__)

# Who filed a form: the name in it is theirs and stands in no trail.
COORDINATOR = "coordinator"
_REASONS = {
    "malformed": "not of the agreed form",
    "no_round": "no round takes its half-year",
    "too_early": "before the first window",
    "too_late": "after the last day",
}
# What the engineer is told of a form that met a fault of ours: what happens meanwhile, what to do.
_FAULT = {
    "received": (
        "It stands as malformed, and the municipality was asked to send it again where its folder names one.",
        "A form that is sent again is judged afresh: mind the last day of the round.",
    ),
    "filed": (
        "It is a withdrawal in good order that could not be carried out: it waits, and the close of its round waits for it.",
        "Every run of Intake tries again.",
    ),
}


class FormsWait(GmsdError):
    """Some forms could not be dealt with and wait: for a service that is away, or for a repair of which the engineer was told."""


def process_forms(context: Context) -> dict[str, str]:
    """Deal with every form that waits, in order of receipt, then send the mails.

    Each form is dealt with by itself. One that cannot be judged, whatever it holds, is malformed, with a mail to the coordinator and one
    to the engineer; one that meets a service that is away waits, and the others go on. Each step of a form commits by itself and is
    found again after a kill: first the form is judged, then a withdrawal is carried out.

    Returns:
        What became of each form: carried_out, filed, malformed, too_late, too_early or nothing_to_withdraw.

    Raises:
        FormsWait: after all others have been dealt with, some still wait; a later call takes them up. Its cause is the outage, if any.
    """
    with context.engine.connect() as connection:
        waiting = open_forms(connection)
    dealt: dict[str, str] = {}
    wait: dict[str, str] = {}
    outage: Exception | None = None
    for filed in waiting:
        try:
            dealt[filed.form_id] = _deal(context, filed)
        except Exception as error:  # noqa: BLE001 - whatever one form does to us, the others go on
            wait[filed.form_id] = place_of(error)
            # the message of any other error may hold what the form says
            log.error("form %s: %s", filed.form_id, error if isinstance(error, DeletionWaits) else place_of(error))  # noqa: TRY400
            if isinstance(error, DeletionWaits) and error.by_itself:
                continue
            if is_outage(error):
                outage = error
                if not _services_answer(context):
                    break
            elif (state := _put_aside(context, filed, error)) != "waits":
                dealt[filed.form_id] = state
                del wait[filed.form_id]
    send_queued(context)  # also of an attempt that was killed before it came here
    if wait:
        named = ", ".join(f"{form_id} ({why})" for form_id, why in wait.items())
        raise FormsWait(f"{len(waiting) - len(dealt)} forms wait, such as {named}") from outage
    return dealt


def _deal(context: Context, filed: Form) -> str:
    state = filed.state if filed.state != "received" else _judge(context, filed)
    return carry_out(context, filed.form_id) if filed.kind == "withdrawal" and state == "filed" else str(state)


def _services_answer(context: Context) -> bool:
    """Whether it was this form only that a service did not answer for."""
    try:
        with context.engine.connect() as connection:
            connection.execute(statement("deliveries/form_count"))
        return context.store.answers(context.settings.bucket_inbox)
    except Exception as error:
        if is_outage(error):
            return False
        raise


def _judge(context: Context, filed: Form) -> str:
    place = filed.about
    timing = timing_of(context.calendar, filed.kind, place, filed.received_at)
    sha256 = None
    try:
        data = context.store.get(filed.bucket, filed.object_key, filed.version_id)
        sha256 = hashlib.sha256(data).hexdigest()
        content = read_form(data, kind=filed.kind, place=place)
    except NotReadable:
        unread = "Wij kunnen het formulier niet lezen: wij hebben er geen recht toe, of het is weggehaald nadat het binnenkwam."
        return _refuse(context, filed, timing, "malformed", (unread,), sha256)
    except Malformed as error:
        return _refuse(context, filed, timing, "malformed", error.problems, sha256)
    if timing.state != "in_time" or timing.round is None:
        return _refuse_for_time(context, filed, timing, sha256)
    with context.engine.begin() as connection:
        lock_round(connection, place.law, timing.round.code, alone=False)
        lock_place(connection, place)
        if (state := taken_in_hand(connection, filed.form_id)) != "received":
            return state
        if not is_closed(connection, place, timing.round.code):
            _file(context, connection, filed, content, timing.round, sha256)
            return "filed"
    return _refuse_for_time(context, filed, Timing("too_late", timing.round), sha256)


def _file(context: Context, connection: Connection, filed: Form, content: FormContent, found: Round, sha256: str | None) -> None:
    now, place = context.clock.now(), filed.about
    _set(connection, filed, "filed", "", found.code, sha256, content)
    if filed.kind == "explanation":
        values = {**place.columns, "round": str(found.code), "reason": "replaced by a newer one"}
        connection.execute(statement("consent/replace_explanations"), values)
        messages.queue(context, connection, filed, lambda: messages.explained(context, connection, filed, content, found))
        messages.explanation_waits(context, connection, filed)
    else:
        messages.queue(context, connection, filed, lambda: messages.received(context, connection, filed, content, found))
    details = {"kind": filed.kind, "round": found.id, "half_year": str(place.half_year)}
    audit(connection, filed.form_id, "filed", at=now, actor=COORDINATOR, details=details)


def _refuse_for_time(context: Context, filed: Form, timing: Timing, sha256: str | None) -> str:
    if timing.round is None:
        half_year, folder = filed.about.half_year, filed.about.folder.rpartition("/")[0]
        words = "in te trekken" if filed.kind == "withdrawal" else "toe te lichten"
        problem = (
            f"Voor het {half_year.dutch} is er geen ronde, dus er valt niets {words}. "
            f"Klopt de map {folder} en het veld half_year van het formulier?"
        )
        return _refuse(context, filed, timing, "no_round", (problem,), sha256)
    if timing.state == "too_early":
        opens = dutch_date(timing.round.window_first)
        problem = f"Het formulier is te vroeg: de ronde begint op {opens}. Stuur het daarna nog eens."
        return _refuse(context, filed, timing, "too_early", (problem,), sha256)
    if filed.kind == "explanation":
        return _refuse(context, filed, timing, "too_late", ("Het formulier is te laat: de ronde is al gesloten.",), sha256)
    return _refuse(context, filed, timing, "too_late", (), sha256)


def _refuse(context: Context, filed: Form, timing: Timing, why: str, problems: tuple[str, ...], sha256: str | None) -> str:
    """Note why a form is not used, and tell the coordinator; a withdrawal that is only late gets a mail of its own."""
    state = "malformed" if why == "no_round" else why
    with context.engine.begin() as connection:
        if (by_now := taken_in_hand(connection, filed.form_id)) != "received":
            return by_now
        _set(connection, filed, state, _REASONS[why], None, sha256, None)
        if problems:
            messages.queue(
                context,
                connection,
                filed,
                lambda: messages.malformed(context, connection, filed, timing, problems, example=why == "malformed"),
            )
        else:
            messages.queue(context, connection, filed, lambda: messages.too_late(context, connection, filed, timing))
        audit(
            connection, filed.form_id, state, at=context.clock.now(), actor=COORDINATOR, reason=_REASONS[why], details={"kind": filed.kind}
        )
    return state


def _put_aside(context: Context, filed: Form, error: Exception) -> str:
    """What nobody foresaw: a form that was not judged becomes malformed; a withdrawal that was filed waits, as it has been promised.

    Returns:
        waits, or what the form has become.
    """
    where = place_of(error)
    try:
        with context.engine.begin() as connection:
            state = taken_in_hand(connection, filed.form_id)
            if state == "received":
                _set(connection, filed, "malformed", f"could not be judged ({where})", None, None, None)
                if filed.place is not None:
                    messages.queue(context, connection, filed, lambda: messages.not_judged(context, connection, filed))
                audit(connection, filed.form_id, "malformed", at=context.clock.now(), actor=COORDINATOR, reason="could not be judged")
            messages.tell_of_fault(context, connection, filed, where, *_FAULT["filed" if state == "filed" else "received"])
    except Exception as second:  # noqa: BLE001 - the queue goes on; the form waits, and the run fails and says so
        log.error("form %s cannot be put aside: %s", filed.form_id, place_of(second))  # noqa: TRY400 - as above
        return "waits"
    return {"filed": "waits", "received": "malformed"}.get(state, str(state))


def _set(
    connection: Connection, filed: Form, state: str, reason: str, code: HalfYear | None, sha256: str | None, content: FormContent | None
) -> None:
    values = {"form_id": filed.form_id, "state": state, "reason": reason, "round": code and str(code), "sha256": sha256}
    connection.execute(statement("consent/set_form"), {**values, "content": json.dumps(content.to_json()) if content else None})
