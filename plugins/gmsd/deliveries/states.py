"""The state machine of a delivery (docs/domain.md, "State of a delivery"): which change is allowed, and the one way to make it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from gmsd.database import statement
from gmsd.errors import GmsdError
from gmsd.journal import Entry, audit_many, lock_audit

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping, Sequence

    from sqlalchemy import Connection

State = Literal[
    "received",
    "unplaced",
    "early",
    "late",
    "repeat",
    "over_limit",
    "unreadable",
    "rejected",
    "accepted",
    "superseded",
    "withdrawn",
    "approved",
    "loaded",
    "published",
]

_CHECKED = frozenset({"unreadable", "rejected", "accepted", "superseded"})
# A checked delivery may be checked again until its round is closed, and a newer one that falls away brings the one before it back.
ALLOWED: Mapping[str, frozenset[str]] = {
    "received": frozenset({"unreadable", "rejected", "accepted", "withdrawn"}),
    "unplaced": frozenset(),
    "early": frozenset({"withdrawn"}),
    "late": frozenset({"received", "withdrawn"}),
    "repeat": frozenset({"withdrawn"}),
    "over_limit": frozenset({"withdrawn"}),
    "unreadable": _CHECKED | {"withdrawn"},
    "rejected": _CHECKED | {"withdrawn"},
    "accepted": _CHECKED | {"withdrawn", "approved"},
    "superseded": _CHECKED | {"withdrawn"},
    "withdrawn": frozenset(),
    "approved": frozenset({"loaded", "superseded"}),
    "loaded": frozenset({"published", "superseded"}),
    "published": frozenset({"superseded"}),
}
# What an engineer may do beside it, by name and with a reason: withdraw what was closed in or published, delete what belongs to no place.
BY_ENGINEER: Mapping[str, frozenset[str]] = {each: frozenset({"withdrawn"}) for each in ("unplaced", "approved", "loaded", "published")}
STATES: tuple[str, ...] = tuple(ALLOWED)


class WrongState(GmsdError):
    """A change of state that the state machine does not know."""


@dataclass(frozen=True, slots=True)
class Change:
    """One change of state to make."""

    delivery_id: str
    to: State
    reason: str = ""
    details: Mapping[str, Any] = field(default_factory=dict)


def transition_many(connection: Connection, changes: Sequence[Change], *, actor: str, at: dt.datetime, by_engineer: bool = False) -> int:
    """Change states, and write each change to the audit trail, in the caller's transaction.

    A delivery that is already in the wanted state is left alone, so that a task may be run again. An engineer may withdraw what was closed
    in or published, or belongs to no place (`by_engineer`).

    Returns:
        How many states were changed.

    Raises:
        WrongState: a delivery is unknown, or the state machine does not know the change.
    """
    if not changes:
        return 0
    lock_audit(connection)
    found = connection.execute(statement("deliveries/states"), {"ids": [change.delivery_id for change in changes]})
    states = {row.delivery_id: row.state for row in found}
    made: list[tuple[Change, str]] = []
    for change in changes:
        before = states.get(change.delivery_id)
        if before is None:
            raise WrongState(f"there is no delivery {change.delivery_id}")
        if before == change.to:
            continue
        if change.to not in ALLOWED[before] | (BY_ENGINEER.get(before, frozenset()) if by_engineer else frozenset()):
            raise WrongState(f"delivery {change.delivery_id} is {before} and cannot become {change.to}")
        made.append((change, before))
        states[change.delivery_id] = change.to
    if made:
        connection.execute(
            statement("deliveries/set_state"),
            [{"delivery_id": change.delivery_id, "state": change.to, "reason": change.reason} for change, _ in made],
        )
        entries = [Entry(c.delivery_id, "state", at, actor, c.reason, before, c.to, c.details) for c, before in made]
        audit_many(connection, entries)
    return len(made)


def transition(
    connection: Connection,
    delivery_id: str,
    to: State,
    *,
    reason: str,
    actor: str,
    at: dt.datetime,
    details: Mapping[str, Any] | None = None,
) -> bool:
    """Change the state of one delivery; false when it already was in that state. See `transition_many`."""
    return bool(transition_many(connection, [Change(delivery_id, to, reason, details or {})], actor=actor, at=at))


def mark_published(connection: Connection, delivery_ids: Sequence[str], *, release_id: str, actor: str, at: dt.datetime) -> int:
    """Note that deliveries are in a published release; those that already were in one stay as they are.

    Needs no more than the publisher's rights. Nothing is committed.
    """
    changes = [Change(delivery_id, "published", f"release {release_id}", {"release": release_id}) for delivery_id in delivery_ids]
    return transition_many(connection, changes, actor=actor, at=at)
