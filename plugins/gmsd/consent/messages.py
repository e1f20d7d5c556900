"""The mails about forms, filled from the register."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any, Literal

from gmsd import letters, rendering
from gmsd.consent.timing import Timing, last_moment, timing_of
from gmsd.deliveries import Delivery, standing
from gmsd.journal import Outgoing, queue_mail, tell_engineer
from gmsd.letters import address_of, party_of, standing_view, upload_of
from gmsd.outages import is_outage, place_of
from gmsd.rounds import HalfYear, Round

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Sequence

    from sqlalchemy import Connection, Row

    from gmsd.consent.reading import Form
    from gmsd.journal import Context

log = logging.getLogger(__name__)

_KINDS: dict[str, Literal["intrekking", "toelichting"]] = {"withdrawal": "intrekking", "explanation": "toelichting"}
_NOT_JUDGED = (
    "Ons systeem kon het formulier niet beoordelen. Het kan zijn dat dit niet aan u ligt: onze beheerder is op de hoogte. "
    "Zet het formulier nog eens klaar, of neem contact met ons op."
)


def queue(context: Context, connection: Connection, row: Row[Any], make: Callable[[], Outgoing]) -> None:
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
        log.error("the mail about form %s cannot be made: %s", row.form_id, where)  # noqa: TRY400 - its message may hold what the form says
        tell_of_fault(
            context,
            connection,
            row,
            where,
            "What it asks for is done; its mail could not be written, so the municipality has not heard of it.",
            "Tell the municipality yourself.",
        )


def _about(
    context: Context,
    connection: Connection,
    row: Row[Any],
    timing: Timing,
    *,
    form: Form | None = None,
    problems: tuple[str, ...] = (),
    example: bool = True,
) -> letters.FormContext:
    known = timing.round
    return letters.FormContext(
        party=party_of(row.half_year, row.municipality),
        kind=_KINDS[row.kind],
        form_id=row.form_id,
        key=row.object_key,
        received_at=row.received_at,
        round=known,
        standing=standing_view(standing(connection, row.half_year, row.municipality, str(known.code) if known else None)),
        name=form.name if form else None,
        text=form.text if form else None,
        problems=problems,
        example=example,
        still_open=known is not None and context.clock.now() < last_moment(known, row.kind),
    )


def _outgoing(context: Context, row: Row[Any], kind: str, mail: rendering.RenderedMail) -> Outgoing:
    return Outgoing(row.form_id, kind, row.municipality, address_of(context, row.municipality), mail)


def received(context: Context, connection: Connection, row: Row[Any], form: Form, found: Round) -> Outgoing:
    """A withdrawal has come in and will be carried out."""
    about = _about(context, connection, row, Timing("in_time", found), form=form)
    return _outgoing(context, row, "withdrawal_received", letters.withdrawal_received_mail(about))


def explained(context: Context, connection: Connection, row: Row[Any], form: Form, found: Round) -> Outgoing:
    """An explanation has come in and will be printed."""
    about = _about(context, connection, row, Timing("in_time", found), form=form)
    return _outgoing(context, row, "explanation_received", letters.explanation_received_mail(about))


def malformed(
    context: Context, connection: Connection, row: Row[Any], timing: Timing, problems: tuple[str, ...], *, example: bool
) -> Outgoing:
    """A form cannot be used, and why; with an example where another form would be right."""
    about = _about(context, connection, row, timing, problems=problems, example=example)
    return _outgoing(context, row, "form_malformed", letters.form_malformed_mail(about))


def not_judged(context: Context, connection: Connection, row: Row[Any]) -> Outgoing:
    """A form met a fault of ours."""
    timing = timing_of(context.calendar, row.kind, HalfYear.parse(row.half_year), row.received_at)
    return malformed(context, connection, row, timing, (_NOT_JUDGED,), example=True)


def tell_of_fault(context: Context, connection: Connection, row: Row[Any], where: str, meanwhile: str, then: str) -> None:
    """Tell the engineer, once, of a form that met a fault of ours: where in the code, what happens meanwhile, and what to do then."""
    about = f"Form {row.form_id} ({row.kind}, half-year {row.half_year or 'unknown'}, municipality {row.municipality or 'unknown'})"
    text = "\n\n".join(
        (
            f"{about}, received {row.received_at:%Y-%m-%d %H:%M %Z}, met an error that nobody foresaw: {where}.",
            f"{meanwhile} The other forms went on.",
            f"What to do: repair what the log of *Carry out forms* in Intake names. {then}",
        )
    )
    subject = f"GMSD: form {row.form_id} could not be dealt with"
    tell_engineer(connection, context.settings, row.form_id, "form_failed", subject, text, context.clock.now())


def too_late(context: Context, connection: Connection, row: Row[Any], timing: Timing) -> Outgoing:
    """A withdrawal came after its last day."""
    return _outgoing(context, row, "withdrawal_too_late", letters.withdrawal_too_late_mail(_about(context, connection, row, timing)))


def done(context: Context, row: Row[Any], removed: Sequence[Delivery], *, at: dt.datetime, already_released: bool) -> Outgoing:
    """A withdrawal has been carried out."""
    mail = letters.withdrawal_done_mail(
        letters.WithdrawalDoneContext(
            party=party_of(row.half_year, row.municipality),
            form_id=row.form_id,
            received_at=row.received_at,
            done_at=at,
            removed=tuple(upload_of(delivery) for delivery in removed),
            already_released=already_released,
        )
    )
    return _outgoing(context, row, "withdrawal_done", mail)
