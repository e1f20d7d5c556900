"""The exact range of one count, by integer programming (HiGHS), and the equations that give it.

A solver's answer is rounded and put to `Batch.explained`, which is exact, before it counts as possible; that something is impossible is
the solver's word, and only ever makes a count less safe. Not here: which counts need it (`audit`).
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_array

from gmsd.attack.system import MISSING
from gmsd.attack.windows import NO_LIMIT

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from gmsd.attack.system import Batch, System
    from gmsd.attack.walking import Seen

    Whole = NDArray[np.int64]

FAR = 10_000_000
"""Stands for no limit in a program: more than any count, and small enough for a solver's arithmetic."""
_SECONDS = 20.0
_MANY = 3
_SCATTERED = 4


@dataclass(frozen=True, slots=True)
class Range:
    """What is left of a count.

    Attributes:
        low: The least value.
        high: The largest.
        values: How many values are known to be possible.
        settled: Whether no others are possible, by the solver's word; else a time limit was reached.
    """

    low: int
    high: int
    values: int
    settled: bool


class Program:
    """The integer program of one place."""

    def __init__(self, system: System, batch: Batch, column: int) -> None:
        """Set it up for one column of the places."""
        self.system, self.column = system, batch.taken([column])
        self.count = len(system.counts)
        self.low = self.column.low[:, 0].astype(float)
        self.high = np.minimum(self.column.high[:, 0], FAR).astype(float)
        self.width = self.count + 2 * len(system.names)
        self.choices: dict[tuple[int, str], int] = {}
        self.items: list[list[tuple[dict[int, float], float]]] = []
        self.words: list[str] = []
        self.about: list[frozenset[int]] = []
        self.structure: list[tuple[dict[int, float], float]] = []
        for position, row in enumerate(system.rows):
            bound = int(self.column.bounds[position, 0])
            if bound < NO_LIMIT:
                terms: dict[int, float] = {}
                for count, factor in zip(row.counts, row.factors, strict=True):
                    terms[count] = terms.get(count, 0.0) + factor
                self._item([(terms, float(bound))], row.words, frozenset(row.counts))
        for figure in range(len(system.figures)):
            self._figure(figure)

    def _item(self, rows: list[tuple[dict[int, float], float]], words: str, about: frozenset[int]) -> None:
        self.items.append(rows)
        self.words.append(words)
        self.about.append(about)

    def _figure(self, figure: int) -> None:
        count, draws = int(self.system.figures[figure]), int(self.system.draws[figure])
        limits = self.column.windows.limits(int(self.column.window[figure, 0]), int(self.column.first[figure, 0]))
        low, high = (each.reshape(self.system.turns) for each in limits)
        possible = low <= high
        if (low[possible] <= 0).all() and (high[possible] >= NO_LIMIT).all() and possible.all():
            return
        rows: list[tuple[dict[int, float], float]] = []
        for axis, which in ((1, "turn"), (0, "threshold")):
            least = np.where(possible, low, NO_LIMIT).min(axis=axis)
            most = np.where(possible, high, -1).max(axis=axis)
            rows += self._edge(count, draws, which, least, upper=False)
            rows += self._edge(count, draws, which, most, upper=True)
        told, name = int(self.column.told[figure, 0]), self.system.counts[count]
        said = "is missing" if told == MISSING else f"is shown as {told}"
        about = frozenset({count, self.count + 2 * draws, self.count + 2 * draws + 1})
        self._item(rows, f"{name.content} {said} ({name.period}, {name.release})", about)

    def _edge(self, count: int, draws: int, which: str, values: Whole, *, upper: bool) -> list[tuple[dict[int, float], float]]:
        """`count <= values[draw]`, or at least that: as lines where these are enough, else by a choice of each value of the draw."""
        sign = 1.0 if upper else -1.0
        limited = values < NO_LIMIT if upper else values > 0
        if not limited.any():
            return []
        variable = self.count + 2 * draws + (which == "threshold")
        steps = np.arange(len(values))
        flat = int(values.min() if not upper else values.max())
        lift = int((values - steps).max() if not upper else (values - steps).min())
        if limited.all() or not upper:
            lines = np.minimum(flat, lift + steps) if upper else np.maximum(flat, lift + steps)
            if np.array_equal(lines, values):
                bounds = [({count: sign}, sign * flat)] if flat < NO_LIMIT else []
                sloped = [({count: sign, variable: -sign}, sign * lift)] if not (values == flat).all() else []
                return bounds + sloped
        chosen = self._choice(draws, which, len(values))
        terms = {count: sign} | {chosen + step: -sign * float(min(values[step], FAR)) for step in steps.tolist() if values[step]}
        return [(terms, 0.0)]

    def _choice(self, draws: int, which: str, number: int) -> int:
        if (draws, which) not in self.choices:
            self.choices[draws, which] = first = self.width
            self.width += number
            variable = self.count + 2 * draws + (which == "threshold")
            ones = {first + step: 1.0 for step in range(number)}
            value = {first + step: float(step) for step in range(number)} | {variable: -1.0}
            for terms, bound in ((ones, 1.0), (value, 0.0)):
                self.structure += [(terms, bound), ({key: -factor for key, factor in terms.items()}, -bound)]
        return self.choices[draws, which]

    def _limits(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        low, high = np.zeros(self.width), np.ones(self.width)
        low[: self.count], high[: self.count] = self.low, self.high
        turns, thresholds = self.system.turns
        high[self.count : self.count + 2 * len(self.system.names) : 2] = turns - 1
        high[self.count + 1 : self.count + 2 * len(self.system.names) : 2] = thresholds - 1
        return low, high

    def _matrix(self, items: Iterable[int]) -> LinearConstraint:
        rows = [row for item in items for row in self.items[item]] + self.structure
        lengths = [len(terms) for terms, _ in rows]
        columns = np.fromiter((key for terms, _ in rows for key in terms), dtype=np.int64, count=sum(lengths))
        factors = np.fromiter((factor for terms, _ in rows for factor in terms.values()), dtype=float, count=sum(lengths))
        starts = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
        matrix = csr_array((factors, columns, starts), shape=(len(rows), self.width))
        return LinearConstraint(matrix, ub=np.array([bound for _, bound in rows]))

    def everything(self) -> LinearConstraint:
        """All that holds."""
        return self._matrix(range(len(self.items)))

    def ask(
        self,
        held: LinearConstraint,
        objective: dict[int, float],
        fixed: dict[int, tuple[float, float]] | None = None,
        *,
        seconds: float = _SECONDS,
        wide: bool = False,
        whole: bool = True,
    ) -> tuple[Whole | None, float | None, bool]:
        """Make an objective as small as it can be.

        Returns:
            Counts, rounded and not yet checked, or None; the bound the solver claims, or None where nothing is possible; and whether it
            came to its end.
        """
        low, high = self._limits()
        if wide:
            low[: self.count], high[: self.count] = 0, FAR
        for key, (least, most) in (fixed or {}).items():
            low[key], high[key] = max(low[key], least), min(high[key], most)
            if low[key] > high[key]:
                return None, None, True
        cost = np.zeros(self.width)
        for key, factor in objective.items():
            cost[key] = factor
        found = milp(
            cost,
            integrality=np.ones(self.width) if whole else np.zeros(self.width),
            bounds=Bounds(low, high),
            constraints=[held],
            options={"time_limit": seconds, "mip_rel_gap": 0},
        )
        counts = None if found.x is None else np.rint(found.x[: self.count]).astype(np.int64)
        bound = None if found.status == 2 else found.mip_dual_bound
        return counts, None if bound is None else float(bound), found.status in {0, 2}

    def scatter(self, needed: Whole, seen: Seen, place: int) -> None:
        """Move all counts that lack values at once, up and down: few programs for what would else take one for each."""
        held = self.everything()
        rng = np.random.default_rng(place)
        for turn in range(_SCATTERED):
            counts = np.flatnonzero(seen.number[:, place] < needed).tolist()
            if len(counts) < _MANY:
                return
            signs = rng.choice([-1.0, 1.0], len(counts)) if turn > 1 else np.full(len(counts), 1.0 - 2.0 * turn)
            found, _, _ = self.ask(held, dict(zip(counts, signs.tolist(), strict=True)), seconds=3.0)
            self._note(found, seen, place)

    def range_of(self, count: int, needed: int, seen: Seen, place: int) -> Range:
        """The values that a count can take, as far as it takes to know whether there are so many.

        Args:
            count: Its position.
            needed: How many make it safe.
            seen: Values known to be possible; those found are added, of other counts too.
            place: Its column in `seen`.
        """
        held = self.everything()
        settled = True
        ends: list[int] = []
        for sign in (1.0, -1.0):
            counts, bound, done = self.ask(held, {count: sign})
            self._note(counts, seen, place)
            values = seen.values(count, place)
            if len(values) >= needed:
                return Range(values[0], values[-1], len(values), settled=False)
            settled &= done and bound is not None
            edge = values[0] if sign > 0 else values[-1]
            claimed = edge if bound is None else round(sign * bound)
            ends.append(min(edge, claimed) if sign > 0 else max(edge, claimed))
        low, high = ends
        for value in range(low, high + 1) if high - low < 64 else ():
            if value in seen.values(count, place):
                continue
            counts, bound, done = self.ask(held, {}, {count: (value, value)})
            self._note(counts, seen, place)
            settled &= done
            if len(seen.values(count, place)) >= needed:
                break
        values = seen.values(count, place)
        return Range(low, high, len(values), settled=settled and len(values) < needed)

    def _note(self, counts: Whole | None, seen: Seen, place: int) -> None:
        if counts is not None and self.column.explained(self.system, counts[:, None]).all():
            seen.add(slice(None), counts[:, None], np.ones(1, dtype=bool), np.array([place]))

    def why(self, count: int, found: Range, *, seconds: float = 4.0) -> tuple[tuple[str, ...], frozenset[int]]:
        """Few of the things that hold, which by themselves leave the count no other range: the equations an attacker uses.

        Args:
            count: Position of the count.
            found: Its range.
            seconds: Within which the search for fewer ends.

        Returns:
            Their words, and the positions of the counts that they are about.
        """
        until = time.monotonic() + seconds
        kept = self._near_enough(count, found, until)
        size = max(1, len(kept) // 2)
        first = 0
        while time.monotonic() < until:
            if first >= len(kept):
                if size == 1:
                    break
                first, size = 0, max(1, size // 2)
            fewer = kept[:first] + kept[first + size :]
            if self._suffices(fewer, count, found):
                kept = fewer
            else:
                first += size
        about = frozenset[int]().union(*(self.about[item] for item in kept))
        return tuple(dict.fromkeys(self.words[item] for item in kept)), frozenset(each for each in about if each < self.count)

    def _near_enough(self, count: int, found: Range, until: float) -> list[int]:
        """What stands so near the count that it suffices; else all."""
        reached = {count}
        kept: list[int] = []
        while time.monotonic() < until:
            more = [item for item in range(len(self.items)) if self.about[item] & reached]
            if len(more) == len(kept):
                break
            kept = more
            if self._suffices(kept, count, found):
                return kept
            reached = reached.union(*(self.about[item] for item in kept))
        return list(range(len(self.items)))

    def _suffices(self, items: list[int], count: int, found: Range) -> bool:
        """Whether they leave no value outside the range; asked first without and then with the counts being whole numbers."""
        held = self._matrix(items)
        for low, high in ((0, found.low - 1), (found.high + 1, FAR)):
            if low > high:
                continue
            fixed = {count: (float(low), float(high))}
            if self.ask(held, {}, fixed, seconds=1.0, wide=True, whole=False)[0] is None:
                continue
            counts, _, done = self.ask(held, {}, fixed, seconds=1.0, wide=True)
            if counts is not None or not done:
                return False
        return True
