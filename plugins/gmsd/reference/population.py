"""Inhabitants per municipality, and the size classes made of them (source: CBS, bevolking per gemeente).

A half-year uses 1 January of its own year, so that both halves and the year are set against the same inhabitants. Figures are held for
2016 to 2023, on the division of the day; not for 2015, and not for the municipalities that later mergers changed in 2018 (37) and 2019 (8).
Where there is none the date nearest to it that the municipality has is used, of two as near the later; `inhabitants_day` says which.
"""

from __future__ import annotations

from bisect import bisect_right
from datetime import date
from functools import cache
from typing import TYPE_CHECKING

from gmsd.errors import GmsdError
from gmsd.reference._tables import rows

if TYPE_CHECKING:
    from collections.abc import Iterable

    from gmsd.rounds import HalfYear

SIZE_CLASSES: tuple[str, ...] = ("<5k", "5-10k", "10-20k", "20-50k", "50-100k", "100-150k", "150-250k", ">=250k")
SIZE_CLASS_BOUNDS = (5_000, 10_000, 20_000, 50_000, 100_000, 150_000, 250_000)
"""The inhabitants that each class but the first opens with."""
_FEW = 10


class InhabitantsUnknownError(GmsdError):
    """No figure is held for this municipality: it was dissolved before the first date and its area went to several others."""


@cache
def _figures() -> dict[str, dict[date, int]]:
    figures: dict[str, dict[date, int]] = {}
    for row in rows("population"):
        figures.setdefault(row["code"], {})[date.fromisoformat(row["reference_date"])] = int(row["inhabitants"])
    return figures


@cache
def _same_area() -> dict[str, tuple[str, ...]]:
    """Code -> the codes that together are the same area: a change of name and code, or a merger of whole municipalities."""
    return {row["code"]: tuple(row["parts"].split()) for row in rows("same_area")}


def _nearest(dates: Iterable[date], day: date) -> date:
    # Whole years: a leap day must not make one of two neighbours nearer.
    return min(dates, key=lambda candidate: (abs(candidate.year - day.year), -candidate.year))


@cache
def _dates() -> frozenset[date]:
    """The dates of which (nearly) every municipality is held; a few that were dissolved early have an older one."""
    every = [day for figures in _figures().values() for day in figures]
    return frozenset(day for day in set(every) if every.count(day) > _FEW)


def inhabitants_date(half_year: HalfYear) -> date:
    """The date of the inhabitants that figures of this half-year (and of its year) are set against, but for a few municipalities."""
    return _nearest(_dates(), date(half_year.year, 1, 1))


def inhabitants_day(code: str, half_year: HalfYear) -> date:
    """The date of the inhabitants that figures of this municipality and half-year are set against.

    Raises:
        InhabitantsUnknownError: when there is no figure and no set of municipalities of the same area.
    """
    return _nearest(_figures()[_parts(code, half_year)[0]], date(half_year.year, 1, 1))


def inhabitants(code: str, half_year: HalfYear) -> int:
    """Inhabitants of a municipality for the figures of a half-year.

    The figure of `inhabitants_day`: that of `inhabitants_date`, or else of the nearest other date that exists for the code. A municipality
    without any figure is the sum of the municipalities that were the same area: De Friese Meren takes De Fryske Marren's.

    Raises:
        InhabitantsUnknownError: when there is no figure and no such set. Rates of it are missing; a guess would be published.
    """
    wanted = date(half_year.year, 1, 1)
    figures = _figures()
    return sum(figures[part][_nearest(figures[part], wanted)] for part in _parts(code, half_year))


def _parts(code: str, half_year: HalfYear) -> tuple[str, ...]:
    parts = (code,) if code in _figures() else _same_area().get(code, ())
    if not parts:
        raise InhabitantsUnknownError(f"no inhabitants known for municipality {code} near {half_year.year}-01-01")
    return parts


def size_class(inhabitants: int) -> str:
    """The size class that a number of inhabitants falls in; a lower bound belongs to the class it opens.

    Raises:
        ValueError: for a negative number.
    """
    if inhabitants < 0:
        raise ValueError(f"inhabitants cannot be negative: {inhabitants}")
    return SIZE_CLASSES[bisect_right(SIZE_CLASS_BOUNDS, inhabitants)]
