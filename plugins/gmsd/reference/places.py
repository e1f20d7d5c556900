"""Municipalities with the days on which they existed (source: CBS, gemeentelijke indeling)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import TYPE_CHECKING

from gmsd.reference._tables import day_or_none, rows

if TYPE_CHECKING:
    from gmsd.rounds import HalfYear


@dataclass(frozen=True, slots=True)
class Municipality:
    """One municipality under one code.

    `valid_to` is the first day on which it no longer exists, None while it does. A change of code is another municipality here
    (1921 De Friese Meren, 1940 De Fryske Marren).
    """

    code: str
    name: str
    province: str
    valid_from: date
    valid_to: date | None

    def exists_on(self, day: date) -> bool:
        """Whether the municipality existed on that day."""
        return self.valid_from <= day and (self.valid_to is None or day < self.valid_to)

    def exists_in(self, first_day: date, last_day: date) -> bool:
        """Whether it existed on at least one day from first to last, both included."""
        return self.valid_from <= last_day and (self.valid_to is None or first_day < self.valid_to)


@cache
def _by_code() -> dict[str, Municipality]:
    return {
        row["code"]: Municipality(
            row["code"], row["name"], row["province"], date.fromisoformat(row["valid_from"]), day_or_none(row["valid_to"])
        )
        for row in sorted(rows("municipalities"), key=lambda row: row["code"])
    }


def all_municipalities() -> tuple[Municipality, ...]:
    """Every municipality that existed on or after 1 January 2015, in order of code; dissolved ones included."""
    return tuple(_by_code().values())


@cache
def _existing_in(first_day: date, last_day: date) -> dict[str, str]:
    return {m.code: m.name for m in all_municipalities() if m.exists_in(first_day, last_day)}


def municipalities(half_year: HalfYear) -> dict[str, str]:
    """Code -> name of the municipalities that existed on at least one day of the half-year.

    One day is enough because people of such a municipality had support in that half-year: Weesp (until 24 March 2022) delivers
    2022-H1 and no later half-year; De Friese Meren delivers 2015-H1, De Fryske Marren from 2015-H2 on.
    """
    return dict(_existing_in(half_year.first_day, half_year.last_day))


def municipalities_on(day: date) -> dict[str, str]:
    """Code -> name of the municipalities that existed on that day."""
    return {m.code: m.name for m in all_municipalities() if m.exists_on(day)}


def is_municipality(code: str, half_year: HalfYear) -> bool:
    """Whether the code is of a municipality that existed on at least one day of the half-year."""
    return code in _existing_in(half_year.first_day, half_year.last_day)


def municipality(code: str) -> Municipality:
    """The municipality with a code, whether it still exists or not.

    Raises:
        KeyError: when no municipality had this code on or after 1 January 2015.
    """
    return _by_code()[code]


def name(code: str) -> str:
    """The name that goes with a code, whether the municipality still exists or not.

    Raises:
        KeyError: when no municipality had this code on or after 1 January 2015.
    """
    return municipality(code).name


@cache
def _other_names() -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for row in rows("also_called"):
        found[row["code"]] = (*found.get(row["code"], ()), row["name"])
    return found


def also_called(code: str) -> tuple[str, ...]:
    """What people call a municipality beside the name that CBS has for it: Den Haag, Den Bosch."""
    return _other_names().get(code, ())


@cache
def _points() -> dict[str, tuple[float, float]]:
    return {row["code"]: (float(row["longitude"]), float(row["latitude"])) for row in rows("places")}


def point(code: str) -> tuple[float, float] | None:
    """Longitude and latitude (WGS84, three decimals) of a point inside a municipality; None of one that ended before 2019.

    The centroid, or another point where that lies outside; computed from the boundaries of Kadaster / CBS of 2020 and 2022.
    """
    return _points().get(code)
