"""Working days as the Algemene termijnenwet counts them (domain rule, assumed to hold for the round's deadlines)."""

from __future__ import annotations

import datetime as dt
from functools import cache
from typing import TYPE_CHECKING

import yaml

from gmsd.folders import data_folder

if TYPE_CHECKING:
    from pathlib import Path

# The names under which the calendar library knows the act's holidays; Easter and Whit Sunday fall in weekends anyway.
_NOT_IN_THE_ACT = frozenset({"Eerste paasdag", "Eerste pinksterdag"})


@cache
def _holidays(year: int) -> frozenset[dt.date]:
    from holidays import country_holidays

    # The act names Good Friday (an optional holiday in the library) and 5 May of every year (public only each fifth year).
    found = country_holidays("NL", years=year, categories=("public", "optional"), language="nl")
    return frozenset(day for day, name in found.items() if name not in _NOT_IN_THE_ACT) | {dt.date(year, 5, 5)}


@cache
def days_by_decree(path: Path | None = None) -> frozenset[dt.date]:
    """The days that royal decrees put on a par with holidays: `expectations/calendar/days_off.yaml` (or `path`).

    Raises:
        ValueError: an entry is no day with its source, or a day stands there twice.
    """
    if path is None:
        path = data_folder("expectations") / "calendar" / "days_off.yaml"
    entries = yaml.safe_load(path.read_text(encoding="utf-8")) or []
    for number, entry in enumerate(entries, 1):
        right = (
            isinstance(entry, dict) and set(entry) == {"day", "source", "what"} and isinstance(entry["day"], dt.date) and entry["source"]
        )
        if not right:
            raise ValueError(
                f"{path.name}: entry {number} is not a day with its source and what it is, such as {{day: 2018-05-11, source: ...}}"
            )
    days = [entry["day"] for entry in entries]
    twice = sorted({str(day) for day in days if days.count(day) > 1})
    if twice:
        raise ValueError(f"{path.name}: {', '.join(twice)} stands there twice")
    return frozenset(days)


def is_working_day(day: dt.date) -> bool:
    """Neither a Saturday or Sunday, nor a holiday of the Algemene termijnenwet, nor a day that a royal decree put on a par with those."""
    return day.weekday() < 5 and day not in _holidays(day.year) and day not in days_by_decree()


def add_working_days(day: dt.date, count: int) -> dt.date:
    """The working day that is `count` working days after `day`; `day` itself is not counted."""
    while count > 0:
        day += dt.timedelta(days=1)
        count -= is_working_day(day)
    return day


def working_days_before(day: dt.date, count: int) -> dt.date:
    """The last day after which `count` working days are left, of which `day` can be the last: the inverse of `add_working_days`."""
    while count > 0 or not is_working_day(day):
        count -= is_working_day(day)
        day -= dt.timedelta(days=1)
    return day


def working_days_until(day: dt.date, last: dt.date) -> int:
    """How many working days come after `day` up to `last`, that day included."""
    return sum(is_working_day(day + dt.timedelta(days=n)) for n in range(1, (last - day).days + 1))
