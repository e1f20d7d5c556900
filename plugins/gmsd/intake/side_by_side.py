"""Checking many deliveries, and reporting on each, several at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gmsd.deliveries import get, pending, unchecked_up_to
from gmsd.errors import GmsdError
from gmsd.intake.check import in_hand, outcome
from gmsd.intake.report import report_delivery
from gmsd.journal import in_turn

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy import Connection

    from gmsd.deliveries import Delivery
    from gmsd.intake.check import CheckOutcome
    from gmsd.journal import Context

AT_ONCE = 4
_NAMED = 5


class SomeFailed(GmsdError):
    """Some of many deliveries could not be checked or reported on; the others were.

    Attributes:
        errors: By delivery, in order of receipt, what was raised.
    """

    def __init__(self, of: int, errors: Mapping[str, Exception]) -> None:
        told = "; ".join(f"{delivery_id}: {error}" for delivery_id, error in list(errors.items())[:_NAMED])
        super().__init__(f"{len(errors)} of {of} deliveries could not be checked and reported on ({told})")
        self.errors = errors


def check_and_report(context: Context, delivery_ids: Sequence[str] | None = None) -> list[CheckOutcome]:
    """Check what waits for its check and report on it, several deliveries side by side; verdicts are kept in the order given.

    Gives what `check_delivery` and `report_delivery` give for one delivery after the other: the same verdicts, audit trail, staged records,
    reports and mails.

    Args:
        context: The doors.
        delivery_ids: Which, in order of receipt; everything that waits when None.

    Returns:
        Where each stands after it, in the order given.

    Raises:
        SomeFailed: what was raised for some of them, as those two raise it; the others have been checked and reported on.
    """
    with context.engine.connect() as connection:
        wanted = [get(connection, each) for each in (pending(connection) if delivery_ids is None else delivery_ids)]
        todo = wanted
        if delivery_ids is not None:
            todo = [get(connection, each) for each in dict.fromkeys(each for one in wanted for each in _with_earlier(connection, one))]
    failed = in_turn(
        todo,
        lambda delivery: in_hand(context, delivery.delivery_id),
        apart=lambda delivery: delivery.place.id if delivery.place else delivery.delivery_id,
        at_once=AT_ONCE,
        then=lambda delivery: report_delivery(context, delivery.delivery_id),
    )
    if failed:
        raise SomeFailed(len(todo), {each.item.delivery_id: each.error for each in failed}) from failed[0].error
    return [outcome(context, delivery.delivery_id) for delivery in wanted]


def _with_earlier(connection: Connection, delivery: Delivery) -> list[str]:
    """A delivery, and before it those of its place that wait; one that was checked by an attempt that was killed keeps its turn."""
    return unchecked_up_to(connection, delivery) if delivery.state == "received" else [delivery.delivery_id]
