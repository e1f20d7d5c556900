"""A small right file, and how to spoil it: what the table of faulty files is written with."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from gmsd.checking import CheckResult, check_file
from gmsd.rounds import HalfYear

COLUMNS = (
    "Aanmaakdatum_bestand",
    "Gemeentecode",
    "BSN",
    "Type_maatwerkarrangement",
    "Startdatum_ondersteuning",
    "Einddatum_ondersteuning",
    "Leveringsvorm",
    "Nummer_toewijzing",
    "Volume",
    "Eenheid",
    "Frequentie",
    "Reden_beeindiging",
    "Reden_wijziging_toewijzing",
)
ROWS = (
    "20200203;0518;999900006;01;20180101;;1;1;10;04;2;;",
    "20200203;0518;999900018;02;20180101;20190930;2;;;;;19;04",
    "20200203;0518;999900031;18;20190815;;1;123456789;99999999;82;6;;",
)
Expected = tuple[str, str | None, int, tuple[int, ...]]


def header() -> str:
    return ";".join(COLUMNS)


def file_of(*rows: str, head: str | None = None, end: str = "\n") -> bytes:
    return end.join([header() if head is None else head, *rows, ""]).encode()


def clean() -> bytes:
    return file_of(*ROWS)


def cell(column: str, *values: str, base: str = ROWS[1]) -> bytes:
    """A right file followed by one line for each value, which differs from a right line in that cell only (from line 5)."""
    spoiled = []
    for value in values:
        cells = base.split(";")
        cells[COLUMNS.index(column)] = value
        spoiled.append(";".join(cells))
    return file_of(*ROWS, *spoiled)


def running(column: str, *values: str) -> bytes:
    return cell(column, *values, base=ROWS[0])


def check(data: bytes, **changes: Any) -> CheckResult:
    arguments: dict[str, Any] = {
        "file_name": "WMO_H22019_gemeenteDenHaag.CSV",
        "municipality": "0518",
        "half_year": HalfYear(2019, 2),
        "received_on": dt.date(2020, 2, 10),
    }
    return check_file(data, **(arguments | changes))


def told(result: CheckResult, *, notices: bool = False) -> list[Expected]:
    """What outsiders match on: level, field, count and lines."""
    return [(f.level, f.field, f.count, f.lines) for f in result.findings if notices or f.level != "notice"]


@dataclass(frozen=True)
class Case:
    """One line of the table."""

    fault: str
    data: bytes
    findings: tuple[Expected, ...]
    changes: dict[str, Any] = field(default_factory=dict)
    notices: bool = False
