"""The periods of a table: half-years, and the years of which both halves are there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from gmsd.rounds import HalfYear
    from gmsd.tables import Table

PROVISIONAL = "Voorlopig"
REVISED_PROVISIONAL = "NaderVoorlopig"
FINAL = "Definitief"


@dataclass(frozen=True, slots=True)
class Period:
    """One period of a published table.

    Attributes:
        key: StatLine's key, `2019HJ01` or `2019JJ00`.
        halves: The half-year, or both half-years of the year, in order.
    """

    key: str
    halves: tuple[HalfYear, ...]

    @property
    def is_year(self) -> bool:
        """Whether the period is a whole year."""
        return len(self.halves) == 2

    @property
    def year(self) -> int:
        """The calendar year the period lies in."""
        return self.halves[0].year

    @property
    def reference(self) -> HalfYear:
        """The half-year whose municipalities, inhabitants and groups hold for the period: the year takes those of its second half."""
        return self.halves[-1]

    def is_of(self, table: Table) -> bool:
        """Whether the table has periods of this kind."""
        return ("years" if self.is_year else "half_years") in table.periods

    @property
    def title(self) -> str:
        """StatLine's Dutch title: `1e halfjaar 2019`, or the year."""
        return str(self.year) if self.is_year else f"{self.halves[0].half}e halfjaar {self.year}"


def periods(half_years: Iterable[HalfYear]) -> tuple[Period, ...]:
    """The periods that a set of half-years makes: each half-year, and after its second half the year when both are there."""
    known = {(half_year.year, half_year.half): half_year for half_year in half_years}
    found: list[Period] = []
    for (year, half), half_year in sorted(known.items()):
        found.append(Period(half_year.statline, (half_year,)))
        if half == 2 and (year, 1) in known:
            found.append(Period(f"{year}JJ00", (known[year, 1], half_year)))
    return tuple(found)


def statuses(half_years: Iterable[HalfYear]) -> Mapping[str, str]:
    """The status of every period of a release, by the half-years it holds.

    A new half-year is provisional; a first half becomes revised provisional with the second half of its year; everything of a year is
    final as soon as a half-year of a later year is there.

    Returns:
        Period key -> Voorlopig, NaderVoorlopig or Definitief, in the order of `periods`.

    Source: docs/domain.md, "The published table".
    """
    held = tuple(half_years)
    newest = max((half_year.year, half_year.half) for half_year in held) if held else (0, 0)
    result = {}
    for period in periods(held):
        if newest[0] > period.year:
            result[period.key] = FINAL
        elif not period.is_year and period.halves[0].half < newest[1]:
            result[period.key] = REVISED_PROVISIONAL
        else:
            result[period.key] = PROVISIONAL
    return result
