"""What one figure says of its count, for every draw that may have been made.

A figure leaves for each pair of draws (turn, threshold) an interval of counts. The pairs are bits of a whole number, `turn * thresholds +
threshold`, so that the draws which a count is compatible with are one number, and those of several counts their bitwise and.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Literal

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from gmsd.attack.method import Rounding

Saying = Literal["shown", "at_least", "rounds_to", "missing", "nothing"]
"""`shown`: the figure is made of the count; `at_least`: so is one that is as large or larger; `rounds_to`: the count rounds to it, shown or
not; `missing`: nothing is shown of so small a count; `nothing`: it says nothing."""
_MOVED = frozenset({"shown", "at_least", "rounds_to"})
NO_LIMIT = 1 << 40


@dataclass(frozen=True, slots=True)
class Window:
    """The counts that a saying leaves.

    Attributes:
        first: The count that the second of `draws` is about.
        draws: For each count the bits of the draws it goes with: of all counts below `first`, of `first` and so on, of all above.
        low: The least count of each pair of draws; above `high` where there is none.
        high: The largest count of each pair of draws; `NO_LIMIT` where there is none.
    """

    first: int
    draws: tuple[int, ...]
    low: tuple[int, ...]
    high: tuple[int, ...]

    @property
    def least(self) -> int:
        """The least count of any draws."""
        return min((low for low, high in zip(self.low, self.high, strict=True) if low <= high), default=NO_LIMIT)

    @property
    def most(self) -> int:
        """The largest count of any draws."""
        return max((high for low, high in zip(self.low, self.high, strict=True) if low <= high), default=-1)


def pairs(rounding: Rounding) -> tuple[tuple[int, int], ...]:
    """Every pair of draws in the order of its bits."""
    return tuple((turn, threshold) for turn in range(rounding.turns) for threshold in range(rounding.thresholds))


def window(rounding: Rounding, saying: Saying, figure: int) -> Window:
    """What a saying leaves; far from the threshold every figure leaves the same, moved along."""
    near = _near(rounding)
    moved = max(0, figure - near) if saying in _MOVED else 0
    moved -= moved % rounding.base
    found = _window(rounding, saying, figure - moved if saying in _MOVED else 0)
    if not moved:
        return found
    high = tuple(each if each >= NO_LIMIT else each + moved for each in found.high)
    return Window(found.first + moved, found.draws, tuple(low + moved for low in found.low), high)


def _near(rounding: Rounding) -> int:
    last = max(rounding.smallest_shown, rounding.first_shown + rounding.base, rounding.smallest_up_to or 0)
    return last + 3 * rounding.base


@cache
def _window(rounding: Rounding, saying: Saying, figure: int) -> Window:
    both = pairs(rounding)
    end = _near(rounding) + 4 * rounding.base
    fits = np.array([[_fits(rounding, saying, figure, count, *pair) for count in range(end)] for pair in both])
    low, high = [], []
    for row in fits:
        counts = np.flatnonzero(row)
        if len(counts) and not row[counts[0] : counts[-1] + 1].all():
            raise AssertionError(f"{rounding} leaves no interval of counts for {saying} {figure}")
        low.append(int(counts[0]) if len(counts) else NO_LIMIT)
        high.append(-1 if not len(counts) else NO_LIMIT if counts[-1] == end - 1 else int(counts[-1]))
    draws = [sum(1 << bit for bit, fit in enumerate(column) if fit) for column in fits.T]
    first = next((count for count in range(end) if draws[count] != draws[0]), 0)
    last = next((count for count in range(end - 1, -1, -1) if draws[count] != draws[-1]), 0)
    kept = draws[first : last + 1]
    below = draws[0] if first else 0
    return Window(first, (below, *kept, draws[-1]), tuple(low), tuple(high))


def _fits(rounding: Rounding, saying: Saying, figure: int, count: int, turn: int, threshold: int) -> bool:
    if saying == "nothing":
        return True
    if saying == "rounds_to":
        return rounding.rounded(count, turn) == figure
    made = rounding.figure(count, turn, threshold)
    if saying == "missing" or made is None:
        return saying == "missing" and made is None
    return made == figure if saying == "shown" else made >= figure


@dataclass(frozen=True, slots=True)
class Windows:
    """Many windows as arrays; windows that differ in place only are one row.

    Attributes:
        table: Row by row the draws that counts go with, all rows of one length.
        low: Row by row the least count of each pair of draws, from where the window begins.
        high: The largest.
    """

    table: NDArray[np.int64]
    low: NDArray[np.int64]
    high: NDArray[np.int64]

    def draws(self, row: NDArray[np.int64], first: NDArray[np.int64], count: NDArray[np.int64]) -> NDArray[np.int64]:
        """The draws that counts go with, of windows by their row and first count."""
        found: NDArray[np.int64] = self.table[row, np.clip(count - first + 1, 0, self.table.shape[1] - 1)]
        return found

    def limits(self, row: int, first: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Least and largest count of each pair of draws of one window."""
        low, high = self.low[row], self.high[row]
        return np.where(low >= NO_LIMIT, NO_LIMIT, low + first), np.where(high >= NO_LIMIT, NO_LIMIT, high + first)


def together(found: list[Window]) -> tuple[Windows, list[int]]:
    """The windows as arrays, and for each of them its row."""
    rows: dict[tuple[tuple[int, ...], ...], int] = {}
    numbers = [rows.setdefault((each.draws, _moved(each.low, each.first), _moved(each.high, each.first)), len(rows)) for each in found]
    width = max((len(draws) for draws, _, _ in rows), default=2)
    table = np.array([(*draws, *(draws[-1:] * (width - len(draws)))) for draws, _, _ in rows], dtype=np.int64).reshape(-1, width)
    low, high = (np.array([each[position] for each in rows], dtype=np.int64).reshape(len(rows), -1) for position in (1, 2))
    return Windows(table, low, high), numbers


def _moved(limits: tuple[int, ...], first: int) -> tuple[int, ...]:
    return tuple(each if each >= NO_LIMIT else each - first for each in limits)
