"""Which municipality took over which, and when (source: CBS, gemeentelijke indeling and herindelingen since 2015).

`data/successors.csv` has one row per link: `code_from`, `code_to`, the first day on which the new one holds, the kind and the share of
the inhabitants that went there (empty: unknown). Kinds: `merged` and `renamed` (all of it), `split` (one of several that took a part).
A row of kind `part` is land given up by a municipality that lives on: nobody succeeds anybody there.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from typing import TYPE_CHECKING

from gmsd.reference._tables import rows
from gmsd.reference.places import is_municipality, municipalities, municipality
from gmsd.rounds import HalfYear

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclass(frozen=True, slots=True)
class Succession:
    """From `day` on `code_to` stands in the place of `code_from`, or of the `share` of its inhabitants that went there."""

    code_from: str
    code_to: str
    day: date
    kind: str
    share: float | None


@cache
def successions() -> tuple[Succession, ...]:
    """Every municipality that ended since 1 January 2015, with who took it over, in order of day; land that changed hands is left out."""
    return tuple(
        Succession(
            row["code_from"],
            row["code_to"],
            date.fromisoformat(row["date"]),
            row["kind"],
            float(row["share"]) if row["share"] else None,
        )
        for row in rows("successors")
        if row["kind"] != "part"
    )


@cache
def _links(*, back: bool) -> dict[str, tuple[tuple[str, date], ...]]:
    links: dict[str, tuple[tuple[str, date], ...]] = {}
    for link in successions():
        start, end = (link.code_to, link.code_from) if back else (link.code_from, link.code_to)
        links[start] = (*links.get(start, ()), (end, link.day))
    return links


def _reached(code: str, *, back: bool, after: date = date.min, until: date = date.max) -> set[str]:
    """Every code that links of after one day until another lead to from this one, over as many mergers as there were."""
    found: set[str] = set()
    waiting = [code]
    while waiting:
        for other, day in _links(back=back).get(waiting.pop(), ()):
            if other not in found and after < day <= until:
                found.add(other)
                waiting.append(other)
    return found


def predecessors(code: str, half_year: HalfYear) -> tuple[str, ...]:
    """The municipalities of that half-year that this one took over later, wholly or in part, in order of code.

    Over several mergers if need be. Empty for a municipality that took over nobody, and for a code that is none. Eemsdelta 1979 in
    2020-H2: 0003, 0010, 0024; in 2021-H1: none.
    """
    return tuple(sorted(other for other in _reached(code, back=True, after=half_year.first_day) if is_municipality(other, half_year)))


def successors(code: str, half_year: HalfYear) -> tuple[str, ...]:
    """The municipalities of that half-year that took this one over before, wholly or in part, in order of code.

    Empty until it is taken over, also where who did so later is there already: Beemster 0370 in 2021-H2, beside Purmerend 0439. Haaren
    0788 in 2021-H1: 0757, 0824, 0855, 0865.
    """
    return tuple(sorted(other for other in _reached(code, back=False, until=half_year.last_day) if is_municipality(other, half_year)))


def dissolved(half_years: Iterable[HalfYear], now: HalfYear) -> dict[str, tuple[str, ...]]:
    """Code of a municipality of one of these half-years that is gone -> who stands in its place now and did not exist beside it.

    Not Beemster 0370: Purmerend 0439, which took it over, had figures of its own before, and has its code still.
    """
    found: dict[str, tuple[str, ...]] = {}
    for half_year in half_years:
        of_then = municipalities(half_year)
        for code in of_then:
            others = tuple(other for other in successors(code, now) if other not in of_then)
            if others:
                found[code] = others
    return found


def existence(code: str) -> tuple[HalfYear, HalfYear | None]:
    """The first and the last half-year in which the municipality existed on at least one day; None while it does.

    Raises:
        KeyError: no municipality had this code on or after 1 January 2015.
    """
    found = municipality(code)
    last = None if found.valid_to is None else HalfYear.of(found.valid_to - timedelta(days=1))
    return HalfYear.of(found.valid_from), last
