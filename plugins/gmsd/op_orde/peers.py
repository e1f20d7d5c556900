"""The municipalities a delivery is compared with: those of its size class, and the twenty nearest to it in inhabitants."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from gmsd.op_orde.spread import FEWEST_FOR_LIMITS, FEWEST_OTHERS
from gmsd.reference import (
    SIZE_CLASS_BOUNDS,
    SIZE_CLASSES,
    InhabitantsUnknownError,
    inhabitants,
    inhabitants_date,
    inhabitants_day,
    municipalities,
    size_class,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date

    from gmsd.rounds import HalfYear

NEAREST = 20


@dataclass(frozen=True, slots=True)
class Peers:
    """The others compared with.

    Attributes:
        classes: The size classes they come from.
        count: How many of those classes have delivered.
        members: How many municipalities those classes have, this one left out.
        nearest: How many of the nearest in inhabitants there are, at most twenty.
        smallest: Inhabitants of the smallest of the nearest, rounded to hundreds; None without any.
        largest: Of the largest of them.
        delivered: How many others have delivered at all.
        expected: How many others could have.
    """

    classes: tuple[str, ...]
    count: int
    members: int
    nearest: int
    smallest: int | None
    largest: int | None
    delivered: int
    expected: int

    @property
    def enough(self) -> bool:
        """Whether there are others enough that none can be read off."""
        return self.count >= FEWEST_OTHERS


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
    codes = sorted(others)
    classes = np.searchsorted(SIZE_CLASS_BOUNDS, [others[code] for code in codes], side="right")
    has = np.bincount(classes, minlength=len(SIZE_CLASSES)) if codes else np.zeros(len(SIZE_CLASSES), dtype=np.intp)
    taken = [own]
    for step in (own + side * distance for distance in range(1, len(SIZE_CLASSES)) for side in (-1, 1)):
        if has[taken].sum() >= FEWEST_OTHERS:
            break
        if 0 <= step < len(SIZE_CLASSES):
            taken.append(step)
    wanted = np.zeros(len(SIZE_CLASSES), dtype=np.bool_)
    wanted[taken] = True
    chosen = np.flatnonzero(wanted[classes]).tolist() if codes else []
    return tuple(SIZE_CLASSES[index] for index in sorted(taken)), tuple(codes[place] for place in chosen)


def choose_nearest(size: int, others: Mapping[str, int]) -> tuple[str, ...]:
    """The twenty others nearest in inhabitants, the nearest first; of two as near the one with the lower code.

    Nearest is by proportion: 10,000 is as far from 20,000 as 40,000 is.
    """
    codes = sorted(others)
    sizes = np.array([others[code] for code in codes], dtype=np.float64)
    apart = np.maximum(size, sizes) / np.maximum(1, np.minimum(size, sizes))
    return tuple(codes[place] for place in np.argsort(apart, kind="stable")[:NEAREST].tolist())


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
    sizes = sizes_among(half_year, others)
    return tuple(sorted({*choose_peers(size, sizes)[1], *choose_nearest(size, sizes)}))


def looks_at(municipality: str, half_year: HalfYear, others: Iterable[str]) -> int:
    """How many looks at the others these are enough for: the more, the more a report says.

    Quartiles of the size class, limits, distances, and a full twenty of the nearest.
    """
    size = inhabitants_known(municipality, half_year)
    if size is None:
        return 0
    sizes = sizes_among(half_year, others)
    in_class, near = len(choose_peers(size, sizes)[1]), min(NEAREST, len(sizes))
    enough = (in_class >= FEWEST_OTHERS, max(in_class, near) >= FEWEST_FOR_LIMITS, in_class >= FEWEST_FOR_LIMITS, near == NEAREST)
    return sum(enough)


def sizes_among(half_year: HalfYear, codes: Iterable[str]) -> dict[str, int]:
    """Inhabitants by code, of those of whom they are known."""
    known = _sizes(half_year)
    return {code: known[code] for code in codes if code in known}


@cache
def _sizes(half_year: HalfYear) -> dict[str, int]:
    """Inhabitants of every municipality of a half-year of which they are known."""
    return {code: size for code in municipalities(half_year) if (size := inhabitants_known(code, half_year)) is not None}


@cache
def members(half_year: HalfYear) -> dict[str, int]:
    """How many municipalities of a half-year each size class has."""
    counted = dict.fromkeys(SIZE_CLASSES, 0)
    for size in _sizes(half_year).values():
        counted[size_class(size)] += 1
    return counted


def inhabitants_known(municipality: str, half_year: HalfYear) -> int | None:
    """Inhabitants of a municipality for a half-year; None when they are not known."""
    try:
        return inhabitants(municipality, half_year)
    except InhabitantsUnknownError:
        return None
