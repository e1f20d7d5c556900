"""Dutch notation of dates, moments, numbers and half-years, for readers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gmsd.clock import AMSTERDAM

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

    from gmsd.rounds import HalfYear

_WEEKDAYS = ("maandag", "dinsdag", "woensdag", "donderdag", "vrijdag", "zaterdag", "zondag")
_MONTHS = ("januari", "februari", "maart", "april", "mei", "juni", "juli", "augustus", "september", "oktober", "november", "december")

_SIGNS = str.maketrans(",.", ".,")


def dutch_date(day: date) -> str:
    """Write a day in full: `vrijdag 6 maart 2020`."""
    return f"{_WEEKDAYS[day.weekday()]} {day.day} {_MONTHS[day.month - 1]} {day.year}"


def dutch_day(day: date) -> str:
    """Write a day without its weekday: `1 januari 2020`."""
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


def dutch_moment(moment: datetime) -> str:
    """Write an aware moment in Dutch time: `vrijdag 6 maart 2020 om 14.05 uur`.

    Raises:
        ValueError: the moment has no time zone, so its Dutch time is unknown.
    """
    local = _in_amsterdam(moment)
    return f"{dutch_date(local.date())} om {local.hour}.{local.minute:02d} uur"


def english_moment(moment: datetime) -> str:
    """Write an aware moment in Dutch time for the engineer: `2020-03-06 14:05 (Europe/Amsterdam)`."""
    return f"{_in_amsterdam(moment):%Y-%m-%d %H:%M} (Europe/Amsterdam)"


def _in_amsterdam(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise ValueError("a moment without a time zone has no Dutch time")
    return moment.astimezone(AMSTERDAM)


def dutch_number(value: float, decimals: int = 0) -> str:
    """Write a number as 1.234 or 12,5."""
    if type(value) is int and not decimals:
        return str(value) if -1000 < value < 1000 else f"{value:,}".replace(",", ".")
    text = f"{value:,.{decimals}f}"
    return text.translate(_SIGNS) if "," in text else text.replace(".", ",")


def dutch_share(share: float, decimals: int = 1) -> str:
    """Write a share of 1 as a percentage: 0.125 -> `12,5 %`."""
    return f"{dutch_number(share * 100, decimals)} %"


def dutch_count(value: int, one: str, more: str) -> str:
    """Write a count with its noun: `1 fout`, `1.234 fouten`, `geen fouten`."""
    if value == 0:
        return f"geen {more}"
    return f"{dutch_number(value)} {one if value == 1 else more}"


def dutch_half_year(half_year: HalfYear) -> str:
    """Write a half-year in words: `tweede halfjaar van 2019`."""
    return f"{'eerste' if half_year.half == 1 else 'tweede'} halfjaar van {half_year.year}"


def dutch_list(items: Sequence[str]) -> str:
    """Join words as a sentence does: `a, b en c`."""
    return " en ".join(part for part in (", ".join(items[:-1]), items[-1] if items else "") if part)


def dutch_lines(lines: Sequence[int]) -> str:
    """Write line numbers without grouping, as an editor shows them and its go-to-line takes them."""
    return ", ".join(str(line) for line in lines)
