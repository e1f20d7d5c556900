"""Witnesses: other counts that explain everything published as well as the true ones do, found by small steps from these.

A step is what a correction would do: a client more, an arrangement that moves to another group, and so on, in one period or several. It is
taken only where every inequality and every draw allows it, in whole numbers; so each value that a count takes on the way is possible, and
a count that took enough of them is safe. What is not found here is not disclosed: `solving` looks further.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations, product
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy.sparse import csc_array

from gmsd.tables import lives, small_changes

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from gmsd.attack.system import Batch, System
    from gmsd.tables import Content, Terms

    Whole = NDArray[np.int64]
    State = tuple[str, str, str]

_PART = 600
"""How many steps are tried before what is proven is left out."""
_TIMES = 4
_STEPS_OF_A_PROGRAM = 1_200
"""How many steps take as long as one integer program."""
_IDLE = 25
"""After so many parts that find less than programs would, the rest is left to these."""
_REACH = 31
"""How far from the true count a value is told apart from others: farther ones count as one."""


@dataclass(slots=True)
class Seen:
    """Values that counts were found to be able to take.

    Attributes:
        start: The first value of each count.
        bits: For each count one bit for a value, the middle one for the first.
    """

    start: Whole
    bits: Whole

    @classmethod
    def of(cls, counts: Whole) -> Seen:
        """Only these."""
        return cls(counts.copy(), np.full_like(counts, 1 << _REACH))

    def add(
        self, counts: Sequence[int] | Whole | slice, values: Whole, where: NDArray[np.bool_], columns: Whole | slice = slice(None)
    ) -> None:
        """Note values of some counts in the columns where they are possible."""
        shift = np.clip(values - self.start[counts][..., columns], -_REACH, _REACH) + _REACH
        at = (counts, columns) if isinstance(columns, slice) else np.ix_(np.arange(len(self.start))[counts], columns)
        self.bits[at] |= np.where(where, np.int64(1) << shift, 0)

    @property
    def number(self) -> Whole:
        """How many values each count has been found to take."""
        return np.bitwise_count(self.bits).astype(np.int64)

    def values(self, count: int, column: int) -> list[int]:
        """The values found of one count."""
        bits = int(self.bits[count, column])
        return [int(self.start[count, column]) + bit - _REACH for bit in range(2 * _REACH + 1) if bits >> bit & 1]


@dataclass(frozen=True, slots=True)
class _Step:
    counts: Whole
    by: Whole
    rows: Whole
    row_by: Whole
    figures: Whole
    starts: Whole
    moved: Whole
    moved_by: Whole


def walk(system: System, batch: Batch, contents: Sequence[Content], *, seed: int = 1, sweeps: int = 12) -> Seen:
    """Look for witnesses from the known counts of each place, which explain everything.

    Args:
        system: What holds.
        batch: Its columns; `known` is given and explains everything in each of them.
        contents: What is counted, for the steps.
        seed: Of the order of steps and of where the walk stays.
        sweeps: How often all steps that may still help are tried.

    Returns:
        The values found.
    """
    if batch.known is None:
        raise ValueError("a walk needs a place to start from")
    seen = Seen.of(batch.known)
    rng = np.random.default_rng(seed)
    steps = _Steps(system, contents)
    counts = batch.known.copy()
    for sweep in range(sweeps):
        idle = 0
        for changed in steps.in_parts(rng, shuffled=sweep > 0):
            lacking = seen.number < batch.needed
            before = int(lacking.sum())
            columns = np.flatnonzero(lacking.any(axis=0))
            if not len(columns):
                return seen
            part = batch.taken(columns)
            walked = _Walk(system, part, counts[:, columns])
            tried = 0
            for step in steps.that_move(changed, set(np.flatnonzero(lacking.any(axis=1)).tolist())):
                tried += _TIMES
                walked.take_all(step, 1 if sweep % 2 == 0 else -1, seen, columns, rng, stay=0.3 if sweep else 0.6)
            if not part.explained(system, walked.counts).all():
                raise AssertionError("a walk left what is possible")
            counts[:, columns] = walked.counts
            found = before - int((seen.number < batch.needed).sum())
            idle = idle + 1 if found * _STEPS_OF_A_PROGRAM < tried else 0
            if idle == _IDLE:
                break
    return seen


class _Taken(NamedTuple):
    """Whether inequalities and bounds leave room for a step in some column, and whether the walk stays there in one."""

    fits: bool = False
    stays: bool = False


class _Walk:
    def __init__(self, system: System, batch: Batch, counts: Whole) -> None:
        self.system, self.batch, self.counts = system, batch, counts.copy()
        self.room = batch.bounds - system.matrix @ counts
        self.left = batch.windows.draws(batch.window, batch.first, counts[system.figures])

    def take_all(self, step: _Step, way: int, seen: Seen, columns: Whole, rng: np.random.Generator, *, stay: float) -> None:
        """Try a step one way and the other, and then twice as far.

        Who cannot go one step for an inequality or a bound cannot go two: where the walk stands it holds both.
        """
        there = self.take(step, way, seen, columns, rng, stay=stay)
        back = self.take(step, -way, seen, columns, rng, stay=stay)
        far = self.take(step, 2 * way, seen, columns, rng, stay=stay) if there.fits else _Taken()
        if back.fits or far.stays:
            self.take(step, -2 * way, seen, columns, rng, stay=stay)

    def take(self, step: _Step, times: int, seen: Seen, columns: Whole, rng: np.random.Generator, *, stay: float) -> _Taken:
        """Try a step in every column, note what it shows to be possible, and stay there in some of the columns."""
        by = times * step.by[:, None]
        can: NDArray[np.bool_] = np.all(self.room[step.rows] >= times * step.row_by[:, None], axis=0)
        if not can.any():
            return _Taken()
        counts = self.counts[step.counts] + by
        can &= ((counts >= self.batch.low[step.counts]) & (counts <= self.batch.high[step.counts])).all(axis=0)
        if not can.any():
            return _Taken()
        if len(step.figures):
            moved = step.figures[step.moved]
            left = self.left[step.figures]
            values = self.counts[self.system.figures[moved]] + times * step.moved_by[:, None]
            left[step.moved] = self.batch.windows.draws(self.batch.window[moved], self.batch.first[moved], values)
            can &= (np.bitwise_and.reduceat(left, step.starts, axis=0) != 0).all(axis=0)
            if not can.any():
                return _Taken(fits=True)
        seen.add(step.counts, counts, can, columns)
        stays = can & (rng.random(len(can)) >= stay)
        self.counts[step.counts] += by * stays
        self.room[step.rows] -= times * step.row_by[:, None] * stays
        if len(step.figures):
            self.left[moved] = np.where(stays, left[step.moved], self.left[moved])
        return _Taken(fits=True, stays=bool(stays.any()))


class _Steps:
    """Every change of contents in every choice of periods and releases; made when first used."""

    def __init__(self, system: System, contents: Sequence[Content]) -> None:
        self.system = system
        self.choices = _choices(system)
        self.shapes = _shapes(system, contents, self.choices)
        self.number: dict[tuple[int, str, str, str], int] = {count: position for position, count in enumerate(system.counts)}
        self.by_count = system.matrix.tocsc()
        self.alike = [figures.tolist() for figures in system.figures_of_draws]
        self.draws = system.draws.tolist()
        self.figures_of: list[list[int]] = [[] for _ in system.counts]
        for figure, count in enumerate(system.figures.tolist()):
            self.figures_of[count].append(figure)
        slots = sorted({count.slot for count in system.counts})
        self.slots = [[slot] for slot in slots] + [list(pair) for pair in combinations(slots, 2)]
        self.made: dict[tuple[int, int], _Step] = {}

    def in_parts(self, rng: np.random.Generator, *, shuffled: bool) -> Iterator[list[int]]:
        """The changes in parts, small ones first or in any order."""
        order = rng.permutation(len(self.shapes)) if shuffled else np.arange(len(self.shapes))
        size = max(1, _PART // len(self.choices))
        for first in range(0, len(order), size):
            yield order[first : first + size].tolist()

    def that_move(self, changed: list[int], wanted: set[int]) -> Iterator[_Step]:
        """The steps of some changes that move one of the wanted counts."""
        chosen: list[tuple[int, int]] = []
        lacking: dict[tuple[int, int], dict[int, int]] = {}
        for shape in changed:
            change, spread = self.shapes[shape]
            for choice, (slots, states) in enumerate(product(self.slots, spread)):
                moved = {
                    self.number[slot, name, period, release]: by
                    for slot in slots
                    for role, period, release in states
                    for name, by in change[role]
                }
                if wanted.isdisjoint(moved):
                    continue
                chosen.append((shape, choice))
                if (shape, choice) not in self.made:
                    lacking[shape, choice] = moved
        self._make(lacking)
        return (self.made[each] for each in chosen)

    def _make(self, steps: dict[tuple[int, int], dict[int, int]]) -> None:
        """Describe steps by the counts that they move: what all of them do to the inequalities is one product."""
        ends = np.cumsum([0, *map(len, steps.values())])
        counts = np.fromiter((count for moved in steps.values() for count in moved), dtype=np.int64, count=ends[-1])
        by = np.fromiter((by for moved in steps.values() for by in moved.values()), dtype=np.int64, count=ends[-1])
        told = (self.by_count @ csc_array((by, counts, ends), shape=(len(self.number), len(steps)))).tocsc()
        told.eliminate_zeros()
        rows = told.indices.astype(np.int64)
        for position, (key, moved) in enumerate(steps.items()):
            own = slice(ends[position], ends[position + 1])
            within = slice(told.indptr[position], told.indptr[position + 1])
            figures, starts, changed, changed_by = self._figures(moved)
            self.made[key] = _Step(
                counts=counts[own],
                by=by[own],
                rows=rows[within],
                row_by=told.data[within],
                figures=np.array(figures, dtype=np.int64),
                starts=np.array(starts, dtype=np.int64),
                moved=np.array(changed, dtype=np.int64),
                moved_by=np.array(changed_by, dtype=np.int64),
            )

    def _figures(self, moved: dict[int, int]) -> tuple[list[int], list[int], list[int], list[int]]:
        """Figures that share draws with those a step moves, where those of each draw begin, places of the moved ones, and how far."""
        own = [(figure, by) for count, by in moved.items() for figure in self.figures_of[count]]
        figures: list[int] = []
        starts: list[int] = []
        for draws in dict.fromkeys(self.draws[figure] for figure, _ in own):
            starts.append(len(figures))
            figures += self.alike[draws]
        place = {figure: position for position, figure in enumerate(figures)}
        return figures, starts, [place[figure] for figure, _ in own], [by for _, by in own]


def _spans(system: System) -> list[list[str]]:
    """Releases that a step is taken in: one, the later ones, or all."""
    releases = list(dict.fromkeys(count.release for count in system.counts))
    spans = [releases[first:last] for first in range(len(releases)) for last in range(first + 1, len(releases) + 1)]
    return spans if len(releases) <= 3 else [span for span in spans if len(span) == 1 or span[-1] == releases[-1]]


def _choices(system: System) -> list[list[State]]:
    """Periods and releases that a step is taken in: one period alone, two of a year, or all of a year."""
    states = list(dict.fromkeys((count.period, count.release) for count in system.counts))
    periods = sorted({period for period, _ in states})
    by_year: dict[str, list[str]] = {}
    for period in periods:
        by_year.setdefault(period[:4], []).append(period)
    chosen: list[list[str]] = []
    for year in by_year.values():
        chosen += [[period] for period in year]
        chosen += [list(pair) for pair in combinations(year, 2)]
        chosen += [year] if len(year) > 2 else []
    found = [[("", *state) for state in states if state[0] in few and state[1] in span] for few in chosen for span in _spans(system)]
    return [each for each in found if each]


def _shapes(system: System, contents: Sequence[Content], choices: list[list[State]]) -> list[tuple[dict[str, Terms], list[list[State]]]]:
    """Every change with the periods and releases it can be spread over, small ones first."""
    made: list[tuple[dict[str, Terms], list[list[State]]]] = [
        ({"": change}, choices) for change in sorted(small_changes(contents), key=len)
    ]
    states = {(count.period, count.release) for count in system.counts}
    for roles in system.years:
        spread = [
            [(role, period, release) for role, period in roles.items() for release in span if (period, release) in states]
            for span in _spans(system)
        ]
        whole = [each for each in spread if len({role for role, _, _ in each}) == len(roles)]
        made += [(life, whole) for life in lives(contents)] if whole else []
    return made
