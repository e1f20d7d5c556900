"""Keeping the verdict of a check, and which of a round's accepted deliveries counts."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Literal

from gmsd.database import statement
from gmsd.deliveries.delivery import UPLOADS_ALLOWED, Delivery, get, locked
from gmsd.deliveries.states import Change, WrongState, transition, transition_many
from gmsd.errors import GmsdError
from gmsd.journal import lock_registration
from gmsd.rounds import partition

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Mapping

    from sqlalchemy import Connection

    from gmsd.journal import Context
    from gmsd.rounds import HalfYear, Place


class NoUploadLeft(GmsdError):
    """As many uploads of the place have counted in the round as may."""


class RoundClosed(GmsdError):
    """The round has been closed: its deliveries do not change any more."""


def is_closed(connection: Connection, place: Place, round_code: HalfYear) -> bool:
    """Whether a round has been closed for the half-year of a place."""
    wanted = (place.law, str(round_code), str(place.half_year))
    return any((row.law, row.round, row.half_year) == wanted for row in connection.execute(statement("deliveries/closed_rounds")))


def refuse_closed(connection: Connection, place: Place, round_code: HalfYear) -> None:
    """Refuse to change anything once a round has been closed for the half-year of a place.

    Raises:
        RoundClosed: it has.
    """
    if is_closed(connection, place, round_code):
        raise RoundClosed(f"round {partition(place.law, round_code)} has been closed: its deliveries do not change any more")


def keep_verdict(
    connection: Connection,
    delivery: Delivery,
    state: Literal["accepted", "rejected", "unreadable"],
    *,
    result: Mapping[str, Any],
    op_orde: Mapping[str, Any] | None,
    lines: bytes | None = None,
    rules_version: str,
    reason: str,
    actor: str,
    at: dt.datetime,
) -> None:
    """Store the result of a check and what follows from it, in the caller's transaction.

    Of the accepted deliveries of a round the newest by receipt is accepted and the others are superseded, in whatever order they were
    checked; a rejected one never supersedes. `lines` are the line numbers that the result does not name, packed.
    """
    verdict = result["verdict"]
    values = {"delivery_id": delivery.delivery_id, "verdict": verdict, "at": at, "facultative_used": None}
    if state == "accepted":
        values["facultative_used"] = verdict == "accepted"
    details = {"verdict": verdict, "content_errors": result["content_errors"], "records": result["records"], "rules": rules_version}
    if delivery.state != "superseded" or state != "accepted":
        transition(connection, delivery.delivery_id, state, reason=reason, actor=actor, at=at, details=details)
    connection.execute(statement("deliveries/set_verdict"), values)
    connection.execute(
        statement("deliveries/put_check_result"),
        {
            "delivery_id": delivery.delivery_id,
            "result": json.dumps(result, ensure_ascii=False),
            "op_orde": None if op_orde is None else json.dumps(op_orde, ensure_ascii=False),
            "lines": lines,
            "rules_version": rules_version,
            "at": at,
        },
    )
    _settle(connection, delivery, actor=actor, at=at)


def set_unreadable(connection: Connection, delivery: Delivery, *, reason: str, actor: str, at: dt.datetime) -> None:
    """Keep that the bytes of a delivery could not be had, in the caller's transaction."""
    transition(connection, delivery.delivery_id, "unreadable", reason=reason, actor=actor, at=at)
    values = {"delivery_id": delivery.delivery_id, "verdict": "rejected", "at": at, "facultative_used": None}
    connection.execute(statement("deliveries/set_verdict"), values)
    _settle(connection, delivery, actor=actor, at=at)


def _settle(connection: Connection, delivery: Delivery, *, actor: str, at: dt.datetime) -> None:
    place, round_code = delivery.placed
    values = {**place.asked, "round": str(round_code)}
    found = list(connection.execute(statement("deliveries/settled"), values))
    if not found:
        return
    newest = found[0]
    changes = [Change(row.delivery_id, "superseded", f"{newest.delivery_id} was accepted") for row in found[1:] if row.state == "accepted"]
    if newest.state == "superseded":
        changes.append(Change(newest.delivery_id, "accepted", "the newer upload is not accepted any more"))
    transition_many(connection, changes, actor=actor, at=at)


def let_in(
    context: Context,
    delivery_id: str,
    actor: str,
    *,
    reason: str = "",
    announce: Callable[[Connection, Delivery], None] | None = None,
) -> Delivery:
    """Count a late upload in its round after all: it will be checked like any other.

    Args:
        context: The doors.
        delivery_id: The delivery.
        actor: Who lets it in.
        reason: Why, for the audit trail; no personal data.
        announce: Queues the mail about it, in the same transaction.

    Raises:
        UnknownDelivery: there is no such delivery.
        WrongState: it is not late.
        RoundClosed: the round it came too late for has been closed.
        NoUploadLeft: as many of the place have counted as may.
    """
    with context.engine.begin() as connection:
        lock_registration(connection)  # which gives numbers of counted uploads too
        delivery = locked(connection, delivery_id)
        if delivery.state == "received" and delivery.attempt is not None:
            return delivery
        if delivery.place is not None and delivery.round is not None:
            refuse_closed(connection, delivery.place, delivery.round)
        if delivery.state != "late":
            raise WrongState(f"delivery {delivery_id} is {delivery.state}; only a late one can be let in")
        place, round_code = delivery.placed
        values = {**place.asked, "round": str(round_code)}
        attempt = connection.execute(statement("deliveries/next_attempt"), values).scalar_one()
        if attempt > UPLOADS_ALLOWED:
            raise NoUploadLeft(
                f"delivery {delivery_id} cannot be let in: {UPLOADS_ALLOWED} uploads of {place.id} have counted in this round"
            )
        transition(
            connection,
            delivery_id,
            "received",
            reason=f"a late upload, let in: {reason}".removesuffix(": "),
            actor=actor,
            at=context.clock.now(),
        )
        connection.execute(statement("deliveries/let_in"), {"delivery_id": delivery_id, "attempt": attempt})
        found = get(connection, delivery_id)
        if announce is not None:
            announce(connection, found)
        return found
