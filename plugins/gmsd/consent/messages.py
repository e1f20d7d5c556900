"""The mails about forms, filled from the register."""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import TYPE_CHECKING, Literal

from gmsd import letters, rendering
from gmsd.consent.reading import FormContent
from gmsd.consent.timing import Timing, last_moment, timing_of
from gmsd.database import statement
from gmsd.deliveries import Delivery, counts_now, progress_of
from gmsd.journal import Outgoing, queue_mail, tell_engineer
from gmsd.letters import party_of, receipt_of, recipients_of, standing_view
from gmsd.outages import is_outage, place_of

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Sequence

    from sqlalchemy import Connection

    from gmsd.consent.form import Form
    from gmsd.journal import Context
    from gmsd.rounds import Round

log = logging.getLogger(__name__)
PROOFS = "bewijzen/"
"""Where in the outbox the proofs of deletions lie."""

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
        contact=context.settings.publisher_contact.removeprefix("mailto:"),
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


def moderated(context: Context, connection: Connection, filed: Form, text: str, reason: str | None) -> Outgoing:
    """An explanation has been read: it will be printed, or with a reason it will not."""
    timing = timing_of(context.calendar, filed.kind, filed.about, filed.received_at)
    about = _about(context, connection, filed, timing, content=FormContent("", text=text))
    kind = "explanation_approved" if reason is None else "explanation_sent_back"
    return _outgoing(context, filed, kind, letters.explanation_read_mail(about, reason))


def explanation_waits(context: Context, connection: Connection, filed: Form) -> None:
    """Tell the engineer, once, that an explanation waits to be read."""
    todo = (
        f"What to do: read it (`gmsd explanations show {filed.form_id}`), then `gmsd explanations approve {filed.form_id}`, or send it "
        f"back with a reason in Dutch: `gmsd explanations send-back {filed.form_id} --reason ...`."
    )
    text = f"An explanation of {filed.about} came in. It is printed with the figures when you have approved it, and not before.\n\n{todo}"
    subject = f"GMSD: explanation {filed.form_id} waits to be read"
    tell_engineer(connection, context.settings, filed.form_id, "explanation_waits", subject, text, context.clock.now())


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


def proof_keys(filed: Form) -> list[str]:
    """Where in the outbox the proof of a deletion lies, as JSON and as a page: in a folder of no place, since nothing of a place stays."""
    return [f"{PROOFS}{filed.form_id}/bewijs.{kind}" for kind in ("json", "html")]


def done(
    context: Context, connection: Connection, filed: Form, removed: Sequence[Delivery], *, at: dt.datetime, published: bool
) -> Outgoing:
    """A withdrawal has been carried out."""
    place = filed.about
    counts = counts_now(connection, place)
    again = counts if counts is not None and counts.round == filed.round and not filed.by_engineer else None
    asked = {**place.columns, "round": None if filed.round is None else str(filed.round), "form_id": filed.form_id}
    before = connection.execute(statement("consent/withdrawn_before"), asked).first()
    other = replace(place, half_year=place.half_year.other)
    other_gone = connection.execute(statement("consent/withdrawn_before"), {**other.columns, "round": None, "form_id": ""}).first()
    mail = letters.withdrawal_done_mail(
        letters.WithdrawalDoneContext(
            party=party_of(filed.about),
            form_id=filed.form_id,
            received_at=filed.received_at,
            done_at=at,
            removed=tuple(receipt_of(delivery) for delivery in removed),
            already_released=counts is not None and again is None,
            published=published,
            before=None if before is None else (before.form_id, before.carried_out_at),
            delivered_again=None if again is None else receipt_of(again),
            other_half="counts" if counts_now(connection, other) is not None else "withdrawn" if other_gone is not None else "",
            by_engineer=filed.by_engineer,
            proof=tuple(proof_keys(filed)) if removed else (),
        )
    )
    return _outgoing(context, filed, "withdrawal_done", mail)
