"""Extensions: days after the window on which a municipality may still deliver, granted by the engineer with a reason."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gmsd.database import statement
from gmsd.deliveries.verdicts import refuse_closed
from gmsd.errors import GmsdError
from gmsd.journal import audit
from gmsd.rounds import HalfYear, Place

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping

    from sqlalchemy import Connection

    from gmsd.rounds import Round


class NoExtension(GmsdError):
    """An extension that cannot be: it ends with the window or before, or not before the close."""


def extended(connection: Connection) -> Mapping[tuple[Place, HalfYear], dt.date]:
    """By place and round the last day on which it may deliver after the window."""
    return {
        (Place(row.law, HalfYear.parse(row.half_year), row.municipality), HalfYear.parse(row.round)): row.until
        for row in connection.execute(statement("deliveries/extensions"))
    }


def extend(connection: Connection, place: Place, known: Round, until: dt.date, *, reason: str, actor: str, at: dt.datetime) -> None:
    """Let a place deliver in a round until a day after its window, that day included; what it sent before that was late stays late.

    Args:
        connection: With the loader's rights; nothing is committed.
        place: Law, half-year and municipality.
        known: A round that takes the half-year.
        until: The last day.
        reason: Why, for the audit trail; no personal data.
        actor: Who grants it.
        at: The moment of the clock.

    Raises:
        NoExtension: the day is not after the window and before the close, or the round does not take the half-year.
        RoundClosed: the round has been closed.
    """
    if place.half_year not in known.takes or place.law != known.law:
        raise NoExtension(f"round {known.id} does not take {place.half_year}")
    if not known.window_last < until < known.close:
        raise NoExtension(f"an extension of round {known.id} ends after {known.window_last} and before its close on {known.close}")
    refuse_closed(connection, place, known.code)
    connection.execute(statement("deliveries/extend"), {**place.columns, "round": str(known.code), "until": until, "at": at})
    details = {"round": known.id, "until": until.isoformat()}
    audit(connection, place.id, "extended", at=at, actor=actor, reason=reason, details=details)
