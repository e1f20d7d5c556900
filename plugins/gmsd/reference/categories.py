"""Product categories and the groups they are published in (source: iWmo, StatLine 83262NED), versioned by validity."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import TYPE_CHECKING

from gmsd.reference._tables import day_or_none, rows

if TYPE_CHECKING:
    from gmsd.rounds import HalfYear


@dataclass(frozen=True, slots=True)
class Group:
    """One published group: StatLine's code and title, and the product categories (1..18) that count in it. Groups overlap."""

    code: str
    title: str
    categories: frozenset[int]


@dataclass(frozen=True, slots=True)
class Grouping:
    """The groups valid in a half-year, with the version a release names and whether the mapping is public or assumed."""

    version: str
    status: str
    reason: str
    groups: tuple[Group, ...]


@cache
def _grouping_on(day: date) -> Grouping:
    valid = [
        row
        for row in rows("groups")
        if date.fromisoformat(row["valid_from"]) <= day and ((end := day_or_none(row["valid_to"])) is None or day < end)
    ]
    if not valid:
        raise LookupError(f"no groups of product categories are known on {day.isoformat()}")
    first = valid[0]
    members = tuple(Group(row["code"], row["title"], frozenset(int(code) for code in row["categories"].split())) for row in valid)
    return Grouping(first["version"], first["status"], first["reason"], members)


def grouping(half_year: HalfYear) -> Grouping:
    """The mapping of product categories to groups that holds in a half-year.

    Raises:
        LookupError: for a half-year before 2015, when this Wmo did not exist.
    """
    return _grouping_on(half_year.first_day)


def groups(half_year: HalfYear) -> tuple[Group, ...]:
    """The published groups of a half-year in StatLine's order, Totaal first."""
    return grouping(half_year).groups


@cache
def _categories_in(first_day: date, last_day: date) -> dict[int, str]:
    return {
        int(row["category"]): row["title"]
        for row in rows("product_categories")
        if date.fromisoformat(row["valid_from"]) <= last_day and ((end := day_or_none(row["valid_to"])) is None or first_day < end)
    }


def product_categories(half_year: HalfYear) -> dict[int, str]:
    """Number -> title of the iWmo product categories valid in a half-year."""
    return dict(_categories_in(half_year.first_day, half_year.last_day))
