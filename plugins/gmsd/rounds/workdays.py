"""Working days as the Algemene termijnenwet counts them (domain rule, assumed to hold for the round's deadlines)."""

from __future__ import annotations

import datetime as dt
from functools import cache

# The names under which the calendar library knows the act's holidays; Easter and Whit Sunday fall in weekends anyway.
_NOT_IN_THE_ACT = frozenset({"Eerste paasdag", "Eerste pinksterdag"})


@cache
def _holidays(year: int) -> frozenset[dt.date]:
    from holidays import country_holidays

    # The act names Good Friday (an optional holiday in the library) and 5 May of every year (public only each fifth year).
    found = country_holidays("NL", years=year, categories=("public", "optional"), language="nl")
    return frozenset(day for day, name in found.items() if name not in _NOT_IN_THE_ACT) | {dt.date(year, 5, 5)}


def is_working_day(day: dt.date) -> bool:
    """Neither a Saturday or Sunday nor a holiday of the Algemene termijnenwet."""
    return day.weekday() < 5 and day not in _holidays(day.year)


def add_working_days(day: dt.date, count: int) -> dt.date:
    """The working day that is `count` working days after `day`; `day` itself is not counted."""
    while count > 0:
        day += dt.timedelta(days=1)
        count -= is_working_day(day)
    return day
