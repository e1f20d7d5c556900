"""What a series of releases published of municipalities, as arrays."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from gmsd.attack.windows import NO_LIMIT

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from gmsd.attack.findings import Fault
    from gmsd.attack.method import Method, PublishedColumn

    Whole = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class FigureSeries:
    """Figures of one content with one draw: the same wherever a table shows them."""

    content: str
    draw: str
    columns: tuple[PublishedColumn, ...]


@dataclass(slots=True)
class Series:
    """What was published of municipalities, as arrays over (state, place); a state is a period as a release has it.

    Attributes:
        states: (period, release id), releases in their order; a period that a release repeats in all it says is the state before.
        position: Period and release id -> the state.
        places: Region codes.
        kinds: Figures that are told apart.
        figures: Of each kind, state and place; `MISSING` where it is missing.
        told: Of each kind and state whether a table has it.
        delivered: Of each state and place whether it is published.
        hidden: Of each content, state and place whether the gate hid it.
        truth: Of each content, state and place, or None.
        low: Of each content, state and place the least that something other than its figure says, a rate or a national figure.
        high: The most.
        sources: Content and state -> what says so.
        repeated: Of each place how many counts stand in periods that are said again.
        faults: What is not as the method says.
    """

    method: Method
    states: list[tuple[str, str]]
    position: dict[tuple[str, str], int]
    places: list[str]
    kinds: list[FigureSeries]
    figures: Whole
    told: NDArray[np.bool_]
    delivered: NDArray[np.bool_]
    hidden: NDArray[np.bool_]
    truth: Whole | None
    low: Whole
    high: Whole
    sources: dict[tuple[int, int], str] = field(default_factory=dict)
    repeated: Whole | None = None
    faults: list[Fault] = field(default_factory=list)

    @property
    def content_of(self) -> dict[str, int]:
        """Name of a content -> its position."""
        return {each.name: position for position, each in enumerate(self.method.contents)}

    def tell(self, content: int, state: int, place: int | Whole, low: int | Whole, high: int | Whole, source: str) -> None:
        """Take in that counts lie between limits; where the truth is known only what is true of it."""
        where = (np.full_like(place, content), np.full_like(place, state), np.asarray(place))
        if self.truth is not None:
            agrees = (self.truth[where] >= low) & (self.truth[where] <= high)
            low, high = np.where(agrees, low, 0), np.where(agrees, high, NO_LIMIT)
        np.maximum.at(self.low, where, low)
        np.minimum.at(self.high, where, high)
        self.sources[content, state] = source

    def most_changes(self, before: int, after: int) -> tuple[Whole, Whole]:
        """By how much counts of arrangements and of clients differ at most between two states, as far as the attacker knows it by place.

        He knows of a correction of his own, of his one client and of that client's arrangements. Where more clients than that were
        corrected he knows nothing, where nothing was he may know that too.
        """
        changes = self.method.changes
        if self.truth is None:
            return (np.full(len(self.places), changes, dtype=np.int64),) * 2
        clients = np.array([each.unit == "clients" for each in self.method.contents])
        differ = np.abs(self.truth[:, after] - self.truth[:, before])
        persons = differ[clients].max(axis=0, initial=0)
        arrangements = differ[~clients].max(axis=0, initial=0)
        known = persons <= changes
        unchanged = (persons == 0) & (arrangements == 0)
        return (
            np.where(unchanged, 0, np.where(known, np.maximum(arrangements, changes), NO_LIMIT)),
            np.where(unchanged, 0, np.where(known, changes, NO_LIMIT)),
        )
