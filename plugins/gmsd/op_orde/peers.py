"""The municipalities a delivery is compared with: those of similar size, at least five of them, and the quartiles of their figures."""

from __future__ import annotations

import math
import statistics
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gmsd.reference import SIZE_CLASSES, InhabitantsUnknownError, inhabitants, inhabitants_date, inhabitants_day, size_class

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date

    from gmsd.rounds import HalfYear

FEWEST_OTHERS = 5


@dataclass(frozen=True, slots=True)
class Peers:
    """The others compared with: the size classes they come from, how many they are, and how many could have been there."""

    classes: tuple[str, ...]
    count: int
    delivered: int
    expected: int

    @property
    def enough(self) -> bool:
        """Whether there are others enough that none can be read off."""
        return self.count >= FEWEST_OTHERS


def rounded(value: float) -> int:
    """Round half up, as readers do."""
    return math.floor(value + 0.5)


def quartiles(values: Sequence[float]) -> tuple[int, int, int]:
    """The quartiles in whole numbers; needs at least five values, so that none is the lowest or the highest."""
    low, middle, high = statistics.quantiles(values, n=4, method="inclusive")
    return rounded(low), rounded(middle), rounded(high)


def choose_peers(size: int, others: Mapping[str, int]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Choose the municipalities of similar size.

    The own size class; with fewer than five others it joins the next smaller class, then the next larger, and so on until it has five.

    Args:
        size: Inhabitants of the municipality itself.
        others: Inhabitants of the others that delivered, by code.

    Returns:
        The size classes in order of size, and the codes in them, sorted.
    """
    own = SIZE_CLASSES.index(size_class(size))
    steps = [own + side * distance for distance in range(1, len(SIZE_CLASSES)) for side in (-1, 1)]
    taken = [own]
    chosen: tuple[str, ...] = ()
    for step in [None, *steps]:
        if step is not None and 0 <= step < len(SIZE_CLASSES):
            taken.append(step)
        names = {SIZE_CLASSES[index] for index in taken}
        chosen = tuple(sorted(code for code, number in others.items() if size_class(number) in names))
        if len(chosen) >= FEWEST_OTHERS:
            break
    return tuple(SIZE_CLASSES[index] for index in sorted(taken)), chosen


def day_of(municipality: str, half_year: HalfYear) -> date:
    """The day of the inhabitants of a municipality; where they are not known, that of most municipalities."""
    try:
        return inhabitants_day(municipality, half_year)
    except InhabitantsUnknownError:
        return inhabitants_date(half_year)


def peers_among(municipality: str, half_year: HalfYear, others: Iterable[str]) -> tuple[str, ...]:
    """Which of the other municipalities that delivered a delivery is set beside; none while its inhabitants are not known."""
    size = inhabitants_known(municipality, half_year)
    if size is None:
        return ()
    return choose_peers(size, {code: known for code in others if (known := inhabitants_known(code, half_year)) is not None})[1]


def inhabitants_known(municipality: str, half_year: HalfYear) -> int | None:
    """Inhabitants of a municipality for a half-year; None when they are not known."""
    try:
        return inhabitants(municipality, half_year)
    except InhabitantsUnknownError:
        return None
