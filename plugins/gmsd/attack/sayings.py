"""What each figure says of its count: nothing, that it is below the threshold, or what it rounds to."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING

import numpy as np

from gmsd.attack.system import MISSING
from gmsd.attack.windows import NO_LIMIT, together, window

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from gmsd.attack.published import FigureSeries, Series
    from gmsd.attack.windows import Saying, Window, Windows

    Whole = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Said:
    """What the figures of one kind in one state say in every place.

    Attributes:
        kind: The position of the kind.
        state: That of the state.
        sayings: Of each place which of `_SAYINGS`.
        figures: Of each place the figure that it is about; 0 where there is none.
    """

    kind: int
    state: int
    sayings: Whole
    figures: Whole

    @property
    def told(self) -> Whole:
        """The figures that say what a count is made to; `MISSING` elsewhere."""
        return np.where(self.sayings >= _SHOWN, self.figures, MISSING)


@dataclass(frozen=True, slots=True)
class Readings:
    """The windows of what is said, as arrays over (saying, place).

    Attributes:
        row: The row of the window in `windows`.
        first: The count that the window begins with.
        least: The least count that it leaves.
        most: The largest.
        windows: Every window, once.
        silent: The row of the window that leaves every count; `MISSING` when there is none.
    """

    row: Whole
    first: Whole
    least: Whole
    most: Whole
    windows: Windows
    silent: int


_SAYINGS: tuple[Saying, ...] = ("nothing", "missing", "shown", "at_least", "rounds_to")
_NOTHING, _IS_MISSING, _SHOWN, _AT_LEAST, _ROUNDS_TO = range(5)


def sayings(series: Series) -> Iterator[Said]:
    """What the figures say, kind by kind and state by state.

    A figure that is cut off at the whole it is shown beside says only that its count rounds to that or more, and where both are missing
    the part says nothing. A total that is made of its parts' figures speaks of the parts.
    """
    for number, kind in enumerate(series.kinds):
        whole = _whole_of(series, kind)
        parts = next((each.parts for each in kind.columns if each.parts), ())
        content = series.content_of[kind.content]
        for state in np.flatnonzero(series.told[number]):
            figure = series.figures[number, state]
            says = series.delivered[state] & ~series.hidden[content, state]
            saying = np.where(figure == MISSING, _IS_MISSING, _SHOWN)
            if whole is not None:
                beside = series.figures[whole, state]
                saying = np.where((figure != MISSING) & (figure == beside), _AT_LEAST, saying)
                saying = np.where((figure == MISSING) & (beside == MISSING), _NOTHING, saying)
            if parts:
                yield from _parts_of(series, number, int(state), parts)
                saying = np.full_like(saying, _NOTHING)
            saying = np.where(says, saying, _NOTHING)
            yield Said(number, int(state), saying, np.where(saying >= _SHOWN, figure, 0))


def _whole_of(series: Series, kind: FigureSeries) -> int | None:
    """The figures of the whole beside which these are shown: those of the same table, where tables differ."""
    name = next((column.within for column in kind.columns if column.within is not None), None)
    wholes = [number for number, other in enumerate(series.kinds) if other.content == name]
    mine = {column.table_id for column in kind.columns}
    beside = [number for number in wholes if mine & {column.table_id for column in series.kinds[number].columns}]
    return next(iter((*beside, *wholes)), None)


def _parts_of(series: Series, total: int, state: int, parts: tuple[str, ...]) -> Iterator[Said]:
    """A total made of its parts' figures tells what the hidden ones round to: when one is hidden just that, else what is true of each.

    With several hidden and no truth given it is taken to tell nothing.
    """
    figures = series.figures[total, state]
    numbers = [next(n for n, kind in enumerate(series.kinds) if kind.content == name) for name in parts]
    shown = series.figures[numbers, state]
    rest = figures - np.where(shown == MISSING, 0, shown).sum(axis=0)
    told = np.full(shown.shape, MISSING)
    for place in np.flatnonzero((figures != MISSING) & (shown == MISSING).any(axis=0)):
        hidden = np.flatnonzero(shown[:, place] == MISSING)
        if len(hidden) == 1:
            told[hidden, place] = rest[place]
        elif series.truth is not None:
            contents = [series.content_of[parts[each]] for each in hidden]
            rounding = series.kinds[total].columns[0].rounding
            true = series.truth[contents, state, place].tolist()
            ways = [sorted({rounding.rounded(count, turn) for turn in range(rounding.turns)}) for count in true]
            told[hidden, place] = next((each for each in product(*ways) if sum(each) == rest[place]), MISSING)
    for number, each in zip(numbers, told, strict=True):
        yield Said(number, state, np.where(each == MISSING, _NOTHING, _ROUNDS_TO), np.where(each == MISSING, 0, each))


def readings(series: Series, said: list[Said]) -> Readings:
    """The window of everything that is said; each is worked out once."""
    roundings = list(dict.fromkeys(series.kinds[each.kind].columns[0].rounding for each in said))
    codes = np.stack(
        [
            (each.figures * len(_SAYINGS) + each.sayings) * len(roundings) + roundings.index(series.kinds[each.kind].columns[0].rounding)
            for each in said
        ]
    )
    distinct, where = np.unique(codes, return_inverse=True)
    found: list[Window] = []
    for code in distinct.tolist():
        rest, rounding = divmod(code, len(roundings))
        figure, saying = divmod(rest, len(_SAYINGS))
        found.append(window(roundings[rounding], _SAYINGS[saying], figure))
    windows, numbers = together(found)
    where = where.reshape(codes.shape)
    return Readings(
        row=np.array(numbers, dtype=np.int64)[where],
        first=np.array([each.first for each in found], dtype=np.int64)[where],
        least=np.array([each.least for each in found], dtype=np.int64)[where],
        most=np.array([each.most for each in found], dtype=np.int64)[where],
        windows=windows,
        silent=next((row for row, each in zip(numbers, found, strict=True) if each.least == 0 and each.most >= NO_LIMIT), MISSING),
    )
