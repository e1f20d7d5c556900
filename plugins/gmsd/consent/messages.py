"""The mails about forms, filled from the register."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from gmsd import reporting
from gmsd.deliveries import Delivery, Outgoing, standing
from gmsd.reference import name
from gmsd.rounds import HalfYear, Round

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

    from sqlalchemy import Connection, Row

    from gmsd.consent.reading import Form
    from gmsd.deliveries import Context

_KINDS: dict[str, Literal["intrekking", "toelichting"]] = {"withdrawal": "intrekking", "explanation": "toelichting"}


def _party(row: Row[Any]) -> reporting.Party:
    return reporting.Party(row.municipality, name(row.municipality), HalfYear.parse(row.half_year))


def _upload(delivery: Delivery) -> reporting.Upload:
    return reporting.Upload(delivery.file_name, delivery.received_at, delivery.delivery_id)


def _about(
    context: Context,
    connection: Connection,
    row: Row[Any],
    *,
    form: Form | None = None,
    known: Round | None = None,
    problems: tuple[str, ...] = (),
) -> reporting.FormContext:
    latest = known or context.calendar.taking(HalfYear.parse(row.half_year))[-1]
    now = standing(connection, row.half_year, row.municipality, str(latest.code))
    return reporting.FormContext(
        party=_party(row),
        kind=_KINDS[row.kind],
        form_id=row.form_id,
        key=row.object_key,
        received_at=row.received_at,
        round=latest,
        standing=reporting.Standing(_upload(now.counts_now) if now.counts_now else None, now.corrections_left),
        name=form.name if form else None,
        text=form.text if form else None,
        problems=problems,
    )


def _outgoing(context: Context, row: Row[Any], kind: str, mail: reporting.RenderedMail) -> Outgoing:
    recipient = context.settings.mail_template_address.format(municipality=row.municipality)
    return Outgoing(row.form_id, kind, row.municipality, recipient, mail)


def received(context: Context, connection: Connection, row: Row[Any], form: Form, found: Round) -> Outgoing:
    """A withdrawal has come in and will be carried out."""
    return _outgoing(
        context, row, "withdrawal_received", reporting.withdrawal_received_mail(_about(context, connection, row, form=form, known=found))
    )


def explained(context: Context, connection: Connection, row: Row[Any], form: Form, found: Round) -> Outgoing:
    """An explanation has come in and will be printed."""
    return _outgoing(
        context, row, "explanation_received", reporting.explanation_received_mail(_about(context, connection, row, form=form, known=found))
    )


def malformed(context: Context, connection: Connection, row: Row[Any], problems: tuple[str, ...]) -> Outgoing:
    """A form cannot be used, and why."""
    return _outgoing(context, row, "form_malformed", reporting.form_malformed_mail(_about(context, connection, row, problems=problems)))


def too_late(context: Context, connection: Connection, row: Row[Any]) -> Outgoing:
    """A withdrawal came after its last day."""
    return _outgoing(context, row, "withdrawal_too_late", reporting.withdrawal_too_late_mail(_about(context, connection, row)))


def done(context: Context, row: Row[Any], removed: Sequence[Delivery], *, at: dt.datetime, already_released: bool) -> Outgoing:
    """A withdrawal has been carried out."""
    mail = reporting.withdrawal_done_mail(
        reporting.WithdrawalDoneContext(
            party=_party(row),
            form_id=row.form_id,
            received_at=row.received_at,
            done_at=at,
            removed=tuple(_upload(delivery) for delivery in removed),
            already_released=already_released,
        )
    )
    return _outgoing(context, row, "withdrawal_done", mail)
