"""An independent count of everything that the Wmo tables show: plain Python over lines of a municipality, written from the domain's rules.

Nothing of `gmsd` is imported here. Rules: CBS on the GMSD (records to arrangements to clients), StatLine 83262NED, 83264NED, 83268NED,
86050NED (what is counted).
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass, replace

from tests.support import slow_count

GROUPS = {
    "T001024": set(range(1, 19)),
    "A048188": set(range(1, 15)),
    "A019506": {2, 3, 4, 6, 7, 9, 10},
    "A019507": {1},
    "A019508": {15, 16, 17, 18},
    "A019509": {5, 8, 11, 12, 13, 14},
}
CATEGORIES = {f"{number:02d}": {number} for number in range(2, 19)}
FLOWS = ("T001024", "A019506", "A019507", "A019508", "A019509")


@dataclass(frozen=True)
class Line:
    """One line of a delivery in scope of its half-year; person None = nobody known."""

    person: int | None
    category: int
    form: int
    start: dt.date
    end: dt.date | None
    reason: int | None
    number: int | None

    @classmethod
    def of(cls, line: slow_count.Line) -> Line:
        """A line as it was read from a file."""
        return cls(
            None if line.bsn == slow_count.NOBODY else int(line.bsn),
            line.category,
            int(line.form),
            line.start,
            line.end,
            int(line.reason) if line.reason else None,
            int(line.number) if line.number else None,
        )


@dataclass(frozen=True)
class Arrangement:
    """Lines that belong together."""

    person: int | None
    category: int
    start: dt.date
    end: dt.date | None


def joined(lines: list[Line], *, by_number: bool) -> list[Arrangement]:
    """The arrangements of some lines; lines of nobody known are never joined."""
    made = [Arrangement(None, each.category, each.start, each.end) for each in lines if each.person is None]
    known = [each for each in lines if each.person is not None]
    if by_number:
        alike: dict[object, list[Line]] = defaultdict(list)
        for each in known:
            alike[each.person, each.category, each.number].append(each)
        return made + [_one(found) for found in alike.values()]
    alike = defaultdict(list)
    for each in known:
        alike[each.person, each.category, each.form, each.reason].append(each)
    return made + [_one(chain) for found in alike.values() for chain in _chains(found)]


def _chains(lines: list[Line]) -> list[list[Line]]:
    """Lines are linked when person, type, form and reason are equal and they are the same span or meet; links go on through others."""
    left = list(lines)
    chains = []
    while left:
        chain, waiting = [], [left.pop()]
        while waiting:
            one = waiting.pop()
            chain.append(one)
            near = [each for each in left if _linked(one, each)]
            for each in near:
                left.remove(each)
            waiting += near
        chains.append(chain)
    return chains


def _linked(one: Line, other: Line) -> bool:
    if (one.person, one.category, one.form, one.reason) != (other.person, other.category, other.form, other.reason):
        return False
    if (one.start, one.end) == (other.start, other.end):
        return True
    return any(a.end is not None and abs((b.start - a.end).days) <= 3 for a, b in ((one, other), (other, one)))


def _one(lines: list[Line]) -> Arrangement:
    ends = [each.end for each in lines]
    end = None if None in ends else max(each for each in ends if each is not None)
    return Arrangement(lines[0].person, lines[0].category, min(each.start for each in lines), end)


def of_year(first: list[Line], second: list[Line], *, by_number: bool) -> list[Arrangement]:
    """The arrangements of a year: what the second half reports again takes the place of the first half's report."""
    if by_number:
        kept = _newest_by_number(first, second)
        nobody = [each for each in first + second if each.person is None]
        nobody = _newest_by_span([e for e in first if e.person is None], [e for e in second if e.person is None]) if nobody else []
        return joined(kept + nobody, by_number=True)
    return joined(_newest_by_span(first, second), by_number=False)


def _newest_by_number(first: list[Line], second: list[Line]) -> list[Line]:
    again = {(each.person, each.category, each.number) for each in second if each.person is not None}
    begun: dict[object, dt.date] = {}
    for each in first + second:
        key = (each.person, each.category, each.number)
        begun[key] = min(begun.get(key, each.start), each.start)
    kept = [each for each in first if each.person is not None and (each.person, each.category, each.number) not in again]
    return kept + [replace(each, start=begun[each.person, each.category, each.number]) for each in second if each.person is not None]


def _newest_by_span(first: list[Line], second: list[Line]) -> list[Line]:
    """Where several lines of the first half are the same, those that end first give way first."""
    waiting: dict[object, list[Line]] = defaultdict(list)
    for each in sorted(first, key=lambda line: (line.end is None, line.end or dt.date.max)):
        waiting[each.person, each.category, each.form, each.start].append(each)
    for each in second:
        same = waiting[each.person, each.category, each.form, each.start]
        if same:
            same.pop(0)
    return [each for found in waiting.values() for each in found] + second


def everything(halves: dict[int, list[Line]], year: int) -> dict[str, dict[str, int]]:
    """StatLine's key of the period -> every content of a municipality, of its deliveries in one year (1 and 2 are the halves).

    Lines that were running on no day of their half-year are left out; whether the number tells what is the same, all lines decide.
    """
    by_number = all(bool(lines) and all(each.number is not None for each in lines) for lines in halves.values())
    days = {1: (dt.date(year, 1, 1), dt.date(year, 6, 30)), 2: (dt.date(year, 7, 1), dt.date(year, 12, 31))}
    inside = {
        half: [each for each in lines if each.start <= days[half][1] and (each.end is None or each.end >= days[half][0])]
        for half, lines in halves.items()
    }
    found = {f"{year}HJ0{half}": count(joined(lines, by_number=by_number), *days[half]) for half, lines in inside.items()}
    if len(halves) == 2:
        found[f"{year}JJ00"] = count(of_year(inside[1], inside[2], by_number=by_number), days[1][0], days[2][1])
    return found


def count(arrangements: list[Arrangement], first_day: dt.date, last_day: dt.date) -> dict[str, int]:
    """Every content by name."""
    result = {}
    for name, categories in {**GROUPS, **CATEGORIES}.items():
        result[name] = len({each.person for each in arrangements if each.person is not None and each.category in categories})
    per_person: dict[int, int] = defaultdict(int)
    for each in arrangements:
        if each.person is not None:
            per_person[each.person] += 1
    for number in range(1, 6):
        result[f"number|{number}"] = sum(found == number for found in per_person.values())
    result["number|6"] = sum(found >= 6 for found in per_person.values())
    for name in FLOWS:
        inside = [each for each in arrangements if each.category in GROUPS[name]]
        result[f"stand|{name}"] = sum(each.start < first_day for each in inside)
        result[f"in|{name}"] = sum(each.start >= first_day for each in inside)
        result[f"out|{name}"] = sum(each.end is not None and each.end <= last_day for each in inside)
    return result
