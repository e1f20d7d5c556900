"""The mails about forms, filled from the register."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Literal

from gmsd import letters, rendering
from gmsd.consent.timing import Timing, last_moment, timing_of
from gmsd.deliveries import Delivery, progress_of
from gmsd.journal import Outgoing, queue_mail, tell_engineer
from gmsd.letters import party_of, receipt_of, recipients_of, standing_view
from gmsd.outages import is_outage, place_of

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Sequence

    from sqlalchemy import Connection

    from gmsd.consent.form import Form
    from gmsd.consent.reading import FormContent
    from gmsd.journal import Context
    from gmsd.rounds import Round

log = logging.getLogger(__name__)

_KINDS: dict[str, Literal["intrekking", "toelichting"]] = {"withdrawal": "intrekking", "explanation": "toelichting"}
_NOT_JUDGED = (
    "Ons systeem kon het formulier niet beoordelen. Het kan zijn dat dit niet aan u ligt: onze beheerder is op de hoogte. "
    "Zet het formulier nog eens klaar, of neem contact met ons op."
)


def queue(context: Context, connection: Connection, filed: Form, make: Callable[[], Outgoing]) -> None:
    """Queue a mail about a form in the caller's transaction; one that cannot be made goes to the engineer instead.

    What the form asks for does not depend on whether a mail about it can be written.
    """
    now = context.clock.now()
    try:
        with connection.begin_nested():
            queue_mail(connection, make(), now)
    except Exception as error:
        if is_outage(error):
            raise
        where = place_of(error)
        log.error("the mail about form %s cannot be made: %s", filed.form_id, where)  # noqa: TRY400 - its message may hold what the form says
        tell_of_fault(
            context,
            connection,
            filed,
            where,
            "What it asks for is done; its mail could not be written, so the municipality has not heard of it.",
            "Tell the municipality yourself.",
        )


def _about(
    context: Context,
    connection: Connection,
    filed: Form,
    timing: Timing,
    *,
    content: FormContent | None = None,
    problems: tuple[str, ...] = (),
    example: bool = True,
) -> letters.FormContext:
    known = timing.round
    return letters.FormContext(
        party=party_of(filed.about),
        kind=_KINDS[filed.kind],
        form_id=filed.form_id,
        key=filed.object_key,
        received_at=filed.received_at,
        round=known,
        standing=standing_view(progress_of(connection, filed.about, known.code if known else None)),
        name=content.name if content else None,
        text=content.text if content else None,
        problems=problems,
        example=example,
        still_open=known is not None and context.clock.now() < last_moment(known, filed.kind),
    )


def _outgoing(context: Context, filed: Form, kind: str, mail: rendering.RenderedMail) -> Outgoing:
    municipality = filed.about.municipality
    return Outgoing(filed.form_id, kind, municipality, recipients_of(context, municipality, filed.about.law), mail)


def received(context: Context, connection: Connection, filed: Form, content: FormContent, found: Round) -> Outgoing:
    """A withdrawal has come in and will be carried out."""
    about = _about(context, connection, filed, Timing("in_time", found), content=content)
    return _outgoing(context, filed, "withdrawal_received", letters.withdrawal_received_mail(about))


def explained(context: Context, connection: Connection, filed: Form, content: FormContent, found: Round) -> Outgoing:
    """An explanation has come in and will be printed."""
    about = _about(context, connection, filed, Timing("in_time", found), content=content)
    return _outgoing(context, filed, "explanation_received", letters.explanation_received_mail(about))


def malformed(
    context: Context, connection: Connection, filed: Form, timing: Timing, problems: tuple[str, ...], *, example: bool
) -> Outgoing:
    """A form cannot be used, and why; with an example where another form would be right."""
    about = _about(context, connection, filed, timing, problems=problems, example=example)
    return _outgoing(context, filed, "form_malformed", letters.form_malformed_mail(about))


def not_judged(context: Context, connection: Connection, filed: Form) -> Outgoing:
    """A form met a fault of ours."""
    timing = timing_of(context.calendar, filed.kind, filed.about, filed.received_at)
    return malformed(context, connection, filed, timing, (_NOT_JUDGED,), example=True)


def tell_of_fault(context: Context, connection: Connection, filed: Form, where: str, meanwhile: str, then: str) -> None:
    """Tell the engineer, once, of a form that met a fault of ours: where in the code, what happens meanwhile, and what to do then."""
    about = f"Form {filed.form_id} ({filed.kind}, {filed.place or 'in no place'})"
    text = "\n\n".join(
        (
            f"{about}, received {filed.received_at:%Y-%m-%d %H:%M %Z}, met an error that nobody foresaw: {where}.",
            f"{meanwhile} The other forms went on.",
            f"What to do: repair what the log of *Carry out forms* in Intake names. {then}",
        )
    )
    subject = f"GMSD: form {filed.form_id} could not be dealt with"
    tell_engineer(connection, context.settings, filed.form_id, "form_failed", subject, text, context.clock.now())


def too_late(context: Context, connection: Connection, filed: Form, timing: Timing) -> Outgoing:
    """A withdrawal came after its last day."""
    return _outgoing(context, filed, "withdrawal_too_late", letters.withdrawal_too_late_mail(_about(context, connection, filed, timing)))


def done(context: Context, filed: Form, removed: Sequence[Delivery], *, at: dt.datetime, already_released: bool) -> Outgoing:
    """A withdrawal has been carried out."""
    mail = letters.withdrawal_done_mail(
        letters.WithdrawalDoneContext(
            party=party_of(filed.about),
            form_id=filed.form_id,
            received_at=filed.received_at,
            done_at=at,
            removed=tuple(receipt_of(delivery) for delivery in removed),
            already_released=already_released,
        )
    )
    return _outgoing(context, filed, "withdrawal_done", mail)
