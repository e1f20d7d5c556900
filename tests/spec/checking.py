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
BASE_SET = COLUMNS[:7]
Expected = tuple[str, str | None, int, tuple[int, ...]]

FILE: Expected = ("file", None, 1, ())
HEAD: Expected = ("file", None, 1, (1,))


def base(column: str | None, *lines: int, count: int | None = None) -> Expected:
    return ("base", column, count or len(lines), lines)


def facultative(column: str, *lines: int) -> Expected:
    return ("facultative", column, len(lines), lines)


def notice(column: str | None, *lines: int) -> Expected:
    return ("notice", column, len(lines), lines)


def header() -> str:
    return ";".join(COLUMNS)


def file_of(*rows: str, head: str | None = None, end: str = "\n") -> bytes:
    return end.join([header() if head is None else head, *rows, ""]).encode()


def clean() -> bytes:
    return file_of(*ROWS)


def row(base: str = ROWS[1], **cells: str) -> str:
    """A right line with other cells."""
    values = dict(zip(COLUMNS, base.split(";"), strict=True)) | cells
    return ";".join(values[column] for column in COLUMNS)


def cell(column: str, *values: str, base: str = ROWS[1]) -> bytes:
    """A right file followed by one line for each value, which differs from a right line in that cell only (from line 5)."""
    return file_of(*ROWS, *(row(base, **{column: value}) for value in values))


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
    """One line of the table.

    Attributes:
        fault: What is wrong with the file.
        data: The file.
        findings: What the check tells of it, in its order.
        changes: What else is told to the check: file name, municipality, half-year, day of receipt, limits.
        notices: Whether `findings` holds the notices too.
        words: What stands in the sentences of the findings.
        answers: Other answers of the result, by their names.
    """

    fault: str
    data: bytes
    findings: tuple[Expected, ...] = ()
    changes: dict[str, Any] = field(default_factory=dict)
    notices: bool = False
    words: tuple[str, ...] = ()
    answers: dict[str, Any] = field(default_factory=dict)


def shown(values: tuple[str, ...]) -> str:
    """Values of cells as the page of faults shows them: what cannot be seen by its code point, a long one by its length."""
    cells = [f"{len(value):,} characters" if len(value) > 60 else _visible(value) for value in values]
    return ", ".join(f"`{each}`" for each in cells)


def _visible(value: str) -> str:
    return (
        "".join(character if character.isprintable() and character != "`" else f"<{ord(character):04X}>" for character in value) or "empty"
    )


def wrong(column: str, what: str, *values: str, base: str = ROWS[1], words: tuple[str, ...] = ()) -> Case:
    """Cells that give one finding together, each on a line of its own, from line 5."""
    level = "base" if column in BASE_SET else "facultative"
    lines = tuple(range(5, 5 + len(values)))
    return Case(f"{what}: {shown(values)}", cell(column, *values, base=base), ((level, column, len(values), lines[:10]),), words=words)


def right(column: str, what: str, *values: str, base: str = ROWS[1], **changes: Any) -> Case:
    """Cells that are in order."""
    return Case(f"{what}: {shown(values)}", cell(column, *values, base=base), (), changes)


def in_half_year(half_year: str, case: Case) -> Case:
    """The same file delivered about another half-year, received in 2023; its running records run since the first half-year there is."""
    data = case.data.replace(b";20180101;;", b";20150101;;")
    parsed = HalfYear.parse(half_year)
    changes = {"file_name": f"WMO_{parsed.upload_code}_x.csv", "half_year": parsed, "received_on": dt.date(2023, 2, 1)}
    return Case(f"{half_year}: {case.fault}", data, case.findings, case.changes | changes, words=case.words)
