"""What the engineer grants: a late delivery let in, days after the window; the coordinator is mailed in the same transaction."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gmsd import deliveries, letters
from gmsd.deliveries import progress_of
from gmsd.journal import Context, Outgoing, issues_of, queue_mail, send_queued
from gmsd.letters import party_of, receipt_of, recipients_of, standing_view, to_coordinator

if TYPE_CHECKING:
    import datetime as dt

    from sqlalchemy import Connection

    from gmsd.deliveries import Delivery
    from gmsd.rounds import Place, Round


def let_in(context: Context, delivery_id: str, actor: str, reason: str = "") -> Delivery:
    """Count a late upload in its round after all, and tell its coordinator; one that was let in before is left as it is.

    Args:
        context: The doors.
        delivery_id: The delivery.
        actor: Who lets it in.
        reason: Why, for the audit trail; no personal data.

    Raises:
        UnknownDelivery: there is no such delivery.
        WrongState: it is not late.
        RoundClosed: the round it came too late for has been closed.
        NoUploadLeft: as many of the place have counted as may.
    """

    def announce(connection: Connection, delivery: Delivery) -> None:
        place, code = delivery.placed
        known, standing = context.calendar.round(code, place.law), standing_view(progress_of(connection, place, code))
        about = letters.UploadContext(party_of(place), receipt_of(delivery), known, standing)
        queue_mail(connection, to_coordinator(context, delivery, "let_in", letters.let_in_mail(about)), context.clock.now())

    found = deliveries.let_in(context, delivery_id, actor, reason=reason, announce=announce)
    send_queued(context)
    return found


def extend(context: Context, place: Place, known: Round, until: dt.date, *, reason: str, actor: str) -> None:
    """Let a municipality deliver after the window until a day, that day included, and tell its coordinator; the same again changes the day.

    Args:
        context: The doors.
        place: Law, half-year and municipality.
        known: A round that takes the half-year.
        until: The last day.
        reason: Why, for the audit trail; no personal data.
        actor: Who grants it.

    Raises:
        NoExtension: the day is not after the window and before the close, or the round does not take the half-year.
        RoundClosed: the round has been closed.
    """
    now, subject = context.clock.now(), f"{known.id}.{place.id}"
    with context.engine.begin() as connection:
        deliveries.extend(connection, place, known, until, reason=reason, actor=actor, at=now)
        standing = standing_view(progress_of(connection, place, known.code))
        mail = letters.extended_mail(letters.ExtendedContext(party_of(place), known, standing, until))
        issue = issues_of(connection, subject, "extended") + 1
        queue_mail(
            connection,
            Outgoing(subject, "extended", place.municipality, recipients_of(context, place.municipality, place.law), mail, issue),
            now,
        )
    send_queued(context)
