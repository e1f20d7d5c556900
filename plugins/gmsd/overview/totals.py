"""How many municipalities stood where at the end of each day of a round, replayed from the audit trail."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gmsd.clock import AMSTERDAM
from gmsd.overview.rows import NOT_DELIVERED, standing_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

# The fourteen states in the six that can be told apart in a picture.
GROUPS: Mapping[str, frozenset[str]] = {
    "accepted": frozenset({"accepted", "approved", "loaded", "published", "superseded"}),
    "being checked": frozenset({"received"}),
    "rejected": frozenset({"rejected", "unreadable"}),
    "not counted": frozenset({"early", "late", "repeat", "over_limit", "unplaced"}),
    "withdrawn": frozenset({"withdrawn"}),
    "not delivered": frozenset({NOT_DELIVERED}),
}
_GROUP = {state: group for group, states in GROUPS.items() for state in states}


@dataclass(frozen=True, slots=True)
class Move:
    """One change of state of an upload."""

    municipality: str
    delivery_id: str
    at: dt.datetime
    to_state: str


@dataclass(frozen=True, slots=True)
class DayTotals:
    """The municipalities at the end of a day, by group of states; every group is there."""

    day: dt.date
    counts: Mapping[str, int]


def totals_by_day(moves: Iterable[Move], municipalities: int, first: dt.date, last: dt.date) -> tuple[DayTotals, ...]:
    """Replay the changes of state, and count at the end of each day.

    Args:
        moves: In the order of the audit trail.
        municipalities: How many there are; who is in no move has not delivered.
        first: First day to tell; what came before it counts in it.
        last: Last day to tell; empty when it lies before the first.
    """
    states: dict[str, dict[str, str]] = defaultdict(dict)
    group: dict[str, str] = {}
    by_day: dict[dt.date, list[Move]] = defaultdict(list)
    for move in moves:
        by_day[max(first, move.at.astimezone(AMSTERDAM).date())].append(move)
    found = []
    for number in range((last - first).days + 1):
        day = first + dt.timedelta(days=number)
        for move in by_day.get(day, ()):
            states[move.municipality][move.delivery_id] = move.to_state
        for municipality in {move.municipality for move in by_day.get(day, ())}:
            uploads = states[municipality]
            standing = standing_of(uploads, list(uploads))  # in the order they were registered in
            group[municipality] = _GROUP[uploads[standing]] if standing else "not delivered"
        counted = Counter(group.values())
        counted["not delivered"] += municipalities - len(group)
        found.append(DayTotals(day, {name: counted[name] for name in GROUPS}))
    return tuple(found)
