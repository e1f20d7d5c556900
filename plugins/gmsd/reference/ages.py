"""Inhabitants of some ages, as far as figures are set against them (source: CBS, bevolking per gemeente, persons by ten years of age).

Ages are known by classes of ten years, of one day. `data/age_groups.csv` says how many years of each class belong to a group of ages; that
every year of a class has as many persons is assumed, and so is that the share of the ages stays what it was on that day. Of the whole
country on 1 January 2020 this gives 4,445,322 persons under 23; what CBS published of 2020 (84134NED: 435,760 young people are 9.8 percent)
says 4.42 to 4.47 million.
"""

from __future__ import annotations

from datetime import date
from functools import cache
from typing import TYPE_CHECKING

from gmsd.reference._tables import rows
from gmsd.reference.population import InhabitantsUnknownError, inhabitants
from gmsd.reference.traits import printed_trait

if TYPE_CHECKING:
    from gmsd.rounds import HalfYear

AGES_DAY = date(2020, 1, 1)
_YEARS = 10
EVERYBODY = "inhabitants"
"""The group of all ages."""


@cache
def _years() -> dict[str, dict[str, int]]:
    found: dict[str, dict[str, int]] = {}
    for row in rows("age_groups"):
        found.setdefault(row["ages"], {})[row["trait"]] = int(row["tenths"])
    return found


@cache
def _share(ages: str) -> dict[str, tuple[int, int]]:
    """Code -> tenths of persons of these ages, and persons of all ages, on the day that ages are known of."""
    everybody = printed_trait("inhabitants", AGES_DAY)
    classes = {trait: printed_trait(trait, AGES_DAY) for trait in _years()[ages]}
    return {
        code: (sum(int(classes[trait][code]) * years for trait, years in _years()[ages].items()), int(count))
        for code, count in everybody.items()
        if all(code in found for found in classes.values())
    }


def age_groups() -> tuple[str, ...]:
    """The names of the groups that figures can be set against, `inhabitants` of all ages first."""
    return (EVERYBODY, *_years())


def inhabitants_aged(ages: str, code: str, half_year: HalfYear) -> int:
    """Inhabitants of some ages of a municipality, for the figures of a half-year: the share of the known day of its `inhabitants`.

    Args:
        ages: One of `age_groups`.
        code: The municipality.
        half_year: The half-year.

    Raises:
        InhabitantsUnknownError: no inhabitants are known, or the municipality did not exist on the day that ages are known of.
        KeyError: there is no such group of ages.
    """
    every = inhabitants(code, half_year)
    if ages == EVERYBODY:
        return every
    found = _share(ages).get(code)
    if found is None:
        raise InhabitantsUnknownError(f"no ages known of municipality {code} on {AGES_DAY}")
    tenths, total = found
    return (2 * every * tenths + _YEARS * total) // (2 * _YEARS * total)
