"""Inhabitants per municipality, and the size classes made of them (source: CBS, bevolking per gemeente).

Figures are held for 1 January 2020 and 1 January 2021 only. A half-year uses the date nearest to 1 January of its own year, so that both
halves and the year are set against the same inhabitants: 2020-01-01 up to and including 2020, 2021-01-01 after that.
"""

from __future__ import annotations

from bisect import bisect_right
from datetime import date
from functools import cache
from typing import TYPE_CHECKING

from gmsd.errors import GmsdError
from gmsd.reference._tables import rows

if TYPE_CHECKING:
    from gmsd.rounds import HalfYear

SIZE_CLASSES: tuple[str, ...] = ("<5k", "5-10k", "10-20k", "20-50k", "50-100k", "100-150k", "150-250k", ">=250k")
_LOWER_BOUNDS = (5_000, 10_000, 20_000, 50_000, 100_000, 150_000, 250_000)


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


def _nearest(dates: list[date], day: date) -> date:
    return min(dates, key=lambda candidate: (abs(candidate - day), candidate))


def inhabitants_date(half_year: HalfYear) -> date:
    """The date of the inhabitants that figures of this half-year (and of its year) are set against."""
    dates = sorted({day for figures in _figures().values() for day in figures})
    return _nearest(dates, date(half_year.year, 1, 1))


def inhabitants(code: str, half_year: HalfYear) -> int:
    """Inhabitants of a municipality for the figures of a half-year.

    The figure of `inhabitants_date`, or else of the nearest other date that exists for the code (Appingedam has 2020 only). A
    municipality without any figure is the sum of the municipalities that were the same area: De Friese Meren takes De Fryske Marren's,
    Dijk en Waard (2022) takes Heerhugowaard's plus Langedijk's.

    Raises:
        InhabitantsUnknownError: when there is no figure and no such set (municipalities dissolved before 2020, unknown codes). Rates of
            those are missing; a guess would be published.
    """
    wanted = date(half_year.year, 1, 1)
    figures = _figures()
    parts = (code,) if code in figures else _same_area().get(code, ())
    if not parts:
        raise InhabitantsUnknownError(f"no inhabitants known for municipality {code} near {wanted.isoformat()}")
    return sum(figures[part][_nearest(sorted(figures[part]), wanted)] for part in parts)


def size_class(inhabitants: int) -> str:
    """The size class that a number of inhabitants falls in; a lower bound belongs to the class it opens.

    Raises:
        ValueError: for a negative number.
    """
    if inhabitants < 0:
        raise ValueError(f"inhabitants cannot be negative: {inhabitants}")
    return SIZE_CLASSES[bisect_right(_LOWER_BOUNDS, inhabitants)]
