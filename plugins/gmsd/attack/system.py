"""The whole of what holds between counts and figures, as whole numbers in arrays: one system of inequalities for many municipalities.

A system is `rows @ counts <= bounds` over the counts of one place (a municipality, or a few that merged), and figures that each leave
of one count what `windows` says, for draws that several figures share. Places with the same counts and rows are the columns of a batch.
Not here: where figures come from (`reading`) and what is sought in it (`walking`, `solving`).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Literal, NamedTuple

import numpy as np
from scipy.sparse import csr_array

from gmsd.attack.windows import NO_LIMIT, Windows

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Whole = NDArray[np.int64]


MISSING = -1


class Unknown(NamedTuple):
    """One unknown: the count of a content of one of the place's regions in a period, as a release has it."""

    slot: int
    content: str
    period: str
    release: str


@dataclass(frozen=True, slots=True)
class Row:
    """`sum of factor * count <= bound`.

    Attributes:
        counts: Positions of the counts.
        factors: Of each.
        words: What it says.
        kind: `period`: it holds within a period; `year`: between a year and its halves; `redelivery`: what the attacker knows of a
            correction; `continuity`: what it supposes of two files that agree; `merged`: between a municipality and those it took over.
    """

    counts: tuple[int, ...]
    factors: tuple[int, ...]
    words: str
    kind: Literal["period", "year", "redelivery", "continuity", "merged"] = "period"


@dataclass(frozen=True)
class System:
    """What all columns of a batch share.

    Attributes:
        counts: The unknowns.
        rows: The inequalities.
        figures: For each figure the position of its count.
        draws: For each figure the number of its draws, those of one number are shared.
        names: For each number of draws its name.
        turns: How many values the rounding's draw has, the threshold's after it.
        years: For each year the period that is its `first` half, its `second` and the `year`.
    """

    counts: tuple[Unknown, ...]
    rows: tuple[Row, ...]
    figures: Whole
    draws: Whole
    names: tuple[str, ...]
    turns: tuple[int, int]
    years: tuple[dict[str, str], ...] = ()

    @cached_property
    def figures_of_draws(self) -> tuple[Whole, ...]:
        """For each number of draws its figures."""
        return tuple(np.flatnonzero(self.draws == number) for number in range(len(self.names)))

    @cached_property
    def matrix(self) -> csr_array:
        """The factors, rows by counts, as whole numbers."""
        lengths = [len(row.counts) for row in self.rows]
        counts = np.fromiter((count for row in self.rows for count in row.counts), dtype=np.int64, count=sum(lengths))
        factors = np.fromiter((factor for row in self.rows for factor in row.factors), dtype=np.int64, count=sum(lengths))
        starts = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
        return csr_array((factors, counts, starts), shape=(len(self.rows), len(self.counts)))


@dataclass(frozen=True, slots=True)
class Batch:
    """The columns: what differs from place to place. All arrays have the places as their last axis.

    Attributes:
        places: Names.
        bounds: Of each row; `NO_LIMIT` where it does not hold.
        low: The least each count can be, whatever the draws.
        high: The most, `NO_LIMIT` where nothing says.
        window: For each figure the row of its window in `windows`.
        first: For each figure where that window begins.
        told: For each figure what is shown; `MISSING` where nothing is.
        windows: What figures leave.
        known: A set of counts that explains everything: the truth; None where it is not given.
        needed: How many possible values a count must have; 0 where it is not published.
        shown: Whether a figure of it is shown.
        silent: The row in `windows` of a figure that says nothing.
    """

    places: tuple[str, ...]
    bounds: Whole
    low: Whole
    high: Whole
    window: Whole
    first: Whole
    told: Whole
    windows: Windows
    known: Whole | None
    needed: Whole
    shown: NDArray[np.bool_]
    silent: int = MISSING

    def taken(self, columns: Sequence[int] | Whole) -> Batch:
        """The same of some columns."""
        chosen = np.asarray(columns, dtype=np.int64)
        cut = {name: getattr(self, name)[..., chosen] for name in ("bounds", "low", "high", "window", "first", "told", "needed", "shown")}
        known = None if self.known is None else self.known[:, chosen]
        return replace(self, places=tuple(self.places[column] for column in chosen), known=known, **cut)

    def draws_left(self, system: System, counts: Whole) -> Whole:
        """For each number of draws and place the draws that go with all of its figures: 0 where no draw explains them."""
        left = self.windows.draws(self.window, self.first, counts[system.figures])
        both = np.full((len(system.names), counts.shape[1]), (1 << (system.turns[0] * system.turns[1])) - 1, dtype=np.int64)
        for number, figures in enumerate(system.figures_of_draws):
            if len(figures):
                both[number] = np.bitwise_and.reduce(left[figures], axis=0)
        return both

    def explained(self, system: System, counts: Whole) -> NDArray[np.bool_]:
        """For each place whether the counts explain all that is published of it: the one judgement on which a proof of safety rests.

        Whole numbers throughout; `counts` has a column for each place.
        """
        held: NDArray[np.bool_] = np.all(system.matrix @ counts <= self.bounds, axis=0)
        held &= ((counts >= self.low) & (counts <= self.high)).all(axis=0)
        held &= (self.draws_left(system, counts) != 0).all(axis=0)
        return held


def tightened(system: System, batch: Batch, *, turns: int = 6) -> Batch:
    """The same with the bounds of each count that follow from the rows one at a time; exact, in whole numbers.

    What nothing bounds stays `NO_LIMIT`.
    """
    low, high = batch.low.copy(), batch.high.copy()
    for _turn in range(turns):
        before = (low.copy(), high.copy())
        for position, row in enumerate(system.rows):
            _tighten(row, batch.bounds[position], low, high)
        if np.array_equal(before[0], low) and np.array_equal(before[1], high):
            break
    return replace(batch, low=low, high=high)


def _tighten(row: Row, bound: Whole, low: Whole, high: Whole) -> None:
    """`factor * count <= bound - least of the others`; a least of minus `NO_LIMIT` says nothing."""
    counts, factors = list(row.counts), np.array(row.factors, dtype=np.int64)[:, None]
    least = np.where(factors > 0, factors * low[counts], factors * high[counts])
    unknown = (factors < 0) & (high[counts] >= NO_LIMIT)
    least = np.where(unknown, 0, least)
    total, unknowns = least.sum(axis=0), unknown.sum(axis=0)
    holds = bound < NO_LIMIT
    for each, (count, factor) in enumerate(zip(row.counts, row.factors, strict=True)):
        room = bound - (total - least[each])
        usable = holds & (unknowns - unknown[each] == 0)
        if factor > 0:
            high[count] = np.where(usable, np.minimum(high[count], room // factor), high[count])
        else:
            low[count] = np.where(usable, np.maximum(low[count], -(room // -factor)), low[count])
