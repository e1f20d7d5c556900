"""An independent count of benefits: plain Python over the delivered files, written from the rules and not from our code.

Rules: lines of one person and kind that overlap, or follow each other without a day between, are one benefit; a line that the second
half of a year reports again (same person, kind and first day) takes the place of the first half's; 999999999 is nobody, and each line of
it a benefit.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections import Counter, defaultdict
from dataclasses import dataclass

NOBODY = "999999999"
DAY = dt.timedelta(days=1)


@dataclass(frozen=True)
class Spell:
    """A benefit: whose, of which kind, from when to when."""

    bsn: str
    kind: str
    start: dt.date
    end: dt.date | None


def _day(text: str) -> dt.date | None:
    return dt.date(int(text[:4]), int(text[4:6]), int(text[6:])) if text else None


def lines_of(data: bytes, first: dt.date, last: dt.date) -> list[Spell]:
    """The lines of a file that ran on a day of its half-year."""
    found = []
    for row in csv.DictReader(io.StringIO(data.decode()), delimiter=";"):
        start, end = _day(row["Startdatum"]), _day(row["Einddatum"])
        assert start is not None
        if start <= last and (end is None or end >= first):
            found.append(Spell(row["BSN"], row["Soort"], start, end))
    return found


def of_a_year(first_half: list[Spell], second_half: list[Spell]) -> list[Spell]:
    """The lines of a year: of the first half those that the second does not report again, one for one, those that ended first."""
    again = Counter((line.bsn, line.kind, line.start) for line in second_half)
    kept = []
    for line in sorted(first_half, key=lambda each: each.end or dt.date.max):
        key = (line.bsn, line.kind, line.start)
        if again[key]:
            again[key] -= 1
        else:
            kept.append(line)
    return kept + second_half


def benefits(lines: list[Spell]) -> list[Spell]:
    """The benefits that lines make."""
    made = [line for line in lines if line.bsn == NOBODY]
    by_person: dict[tuple[str, str], list[Spell]] = defaultdict(list)
    for line in lines:
        if line.bsn != NOBODY:
            by_person[line.bsn, line.kind].append(line)
    for (bsn, kind), theirs in by_person.items():
        spells: list[list[dt.date | None]] = []
        for line in sorted(theirs, key=lambda each: each.start):
            last = spells[-1] if spells else None
            if last is not None and (last[1] is None or line.start <= last[1] + DAY):
                last[1] = None if last[1] is None or line.end is None else max(last[1], line.end)
            else:
                spells.append([line.start, line.end])
        made += [Spell(bsn, kind, start, end) for start, end in spells if start is not None]
    return made


def counts(made: list[Spell], kind: str, first: dt.date, last: dt.date) -> dict[str, int]:
    """Persons whose benefit runs on after the last day, and benefits that began and that ended in the period."""
    of_kind = [each for each in made if each.kind == kind]
    return {
        "remaining": len({each.bsn for each in of_kind if each.bsn != NOBODY and (each.end is None or each.end > last)}),
        "entering": sum(first <= each.start <= last for each in of_kind),
        "leaving": sum(each.end is not None and first <= each.end <= last for each in of_kind),
    }
