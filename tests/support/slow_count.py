"""An independent count of clients and arrangements: plain Python over the delivered files.

It is written from the domain's rules and not from our code: nothing of `gmsd` is imported here.
Rules: CBS on the GMSD (records to arrangements to clients), StatLine 83262NED (groups).
"""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections import defaultdict
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

NOBODY = "999999999"
GROUPS = {
    "T001024": range(1, 19),
    "A048188": range(1, 15),
    "A019506": (2, 3, 4, 6, 7, 9, 10),
    "A019507": (1,),
    "A019508": (15, 16, 17, 18),
    "A019509": (5, 8, 11, 12, 13, 14),
}
HALVES = {
    "2019-H1": (dt.date(2019, 1, 1), dt.date(2019, 6, 30)),
    "2019-H2": (dt.date(2019, 7, 1), dt.date(2019, 12, 31)),
}


@dataclass(frozen=True)
class Line:
    """One line of a delivery, as far as counting needs it."""

    bsn: str
    category: int
    form: str
    start: dt.date
    end: dt.date | None
    number: str
    reason: str

    def running_in(self, half_year: str) -> bool:
        first, last = HALVES[half_year]
        return self.start <= last and (self.end is None or self.end >= first)


def _text(data: bytes) -> str:
    if data.startswith(b"\xef\xbb\xbf"):
        return data[3:].decode("utf-8")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("cp1252")


def _date(text: str) -> dt.date:
    return dt.date(int(text[:4]), int(text[4:6]), int(text[6:]))


def read(path: Path, *, facultative: bool = True) -> list[Line]:
    """The lines of a file; without its facultative variables when these were refused."""
    return lines_of(path.read_bytes(), facultative=facultative)


def lines_of(data: bytes, *, facultative: bool = True) -> list[Line]:
    """The lines of a delivery."""
    lines = []
    for row in csv.DictReader(io.StringIO(_text(data)), delimiter=";"):
        end = row["Einddatum_ondersteuning"]
        number = row["Nummer_toewijzing"] if facultative else ""
        reason = row["Reden_beeindiging"] if facultative else ""
        lines.append(
            Line(
                row["BSN"],
                int(row["Type_maatwerkarrangement"]),
                row["Leveringsvorm"],
                _date(row["Startdatum_ondersteuning"]),
                _date(end) if end else None,
                number.lstrip("0") or number,
                reason,
            )
        )
    return lines


def persons(lines: Iterable[Line], half_year: str) -> dict[str, set[str]]:
    """The clients of each group: known persons with at least one line in the half-year."""
    found: dict[str, set[str]] = {group: set() for group in GROUPS}
    for line in lines:
        if line.bsn != NOBODY and line.running_in(half_year):
            for group, categories in GROUPS.items():
                if line.category in categories:
                    found[group].add(line.bsn)
    return found


def arrangements(lines: Iterable[Line], half_year: str, *, by_number: bool) -> int:
    """How many arrangements the lines in the half-year make."""
    total = 0
    alike: dict[tuple[object, ...], list[Line]] = defaultdict(list)
    for line in lines:
        if not line.running_in(half_year):
            continue
        if line.bsn == NOBODY:
            total += 1
        elif by_number:
            alike[line.bsn, line.category, line.number].append(line)
        else:
            alike[line.bsn, line.category, line.form, line.reason].append(line)
    return total + (len(alike) if by_number else sum(_chains(found) for found in alike.values()))


def _meet(one: Line, other: Line) -> bool:
    if (one.start, one.end) == (other.start, other.end):
        return True
    first = one.end is not None and abs((other.start - one.end).days) <= 3
    return first or (other.end is not None and abs((one.start - other.end).days) <= 3)


def _chains(lines: list[Line]) -> int:
    chain = list(range(len(lines)))
    for one, other in combinations(range(len(lines)), 2):
        if _meet(lines[one], lines[other]) and chain[one] != chain[other]:
            old, new = chain[other], chain[one]
            chain = [new if each == old else each for each in chain]
    return len(set(chain))


def count(in_force: dict[tuple[str, str], list[Line]]) -> tuple[dict[tuple[str, str, str], int], dict[tuple[str, str], int]]:
    """Clients by (period, municipality, group) and arrangements by (half-year, municipality).

    Args:
        in_force: The lines of the delivery in force of each half-year and municipality. The year needs both halves.
    """
    clients: dict[tuple[str, str, str], int] = {}
    joined: dict[tuple[str, str], int] = {}
    for municipality in {place for _, place in in_force}:
        halves = {half: in_force[half, municipality] for half in HALVES if (half, municipality) in in_force}
        by_number = all(line.number for lines in halves.values() for line in lines)
        found = {half: persons(lines, half) for half, lines in halves.items()}
        for half, lines in halves.items():
            joined[half, municipality] = arrangements(lines, half, by_number=by_number)
            for group, who in found[half].items():
                clients[half.replace("-H", "HJ0"), municipality, group] = len(who)
        if len(found) == len(HALVES):
            for group in GROUPS:
                clients["2019JJ00", municipality, group] = len(set.union(*(who[group] for who in found.values())))
    return clients, joined
