"""The check once more, in plain Python, line by line, written from the words of the contract alone; imports nothing of ours.

Slow and simple on purpose: what `check_file` tells of a file is compared with it. It knows text files only; files of another kind
(UTF-16 by its mark excepted) are the table's business.
"""

from __future__ import annotations

import csv
import datetime as dt
import re
import unicodedata
from collections import Counter
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

FACTS = Path(__file__).resolve().parents[2] / "plugins/gmsd/reference/data/municipalities.csv"
FORBIDDEN = ':\\/?;*"><|][.'
BASE = (
    "Aanmaakdatum_bestand",
    "Gemeentecode",
    "BSN",
    "Type_maatwerkarrangement",
    "Startdatum_ondersteuning",
    "Einddatum_ondersteuning",
    "Leveringsvorm",
)
FACULTATIVE = ("Nummer_toewijzing", "Volume", "Eenheid", "Frequentie", "Reden_beeindiging", "Reden_wijziging_toewijzing")
FIELDS = BASE + FACULTATIVE
MAY_BE_EMPTY = ("Einddatum_ondersteuning", *FACULTATIVE)
FORMS = {
    "Gemeentecode": "[0-9]{4}",
    "Type_maatwerkarrangement": "0[1-9]|1[0-8]",
    "Leveringsvorm": "[12]",
    "Nummer_toewijzing": "[0-9]{1,9}",
    "Volume": "[0-9]{1,8}",
    "Eenheid": "[0-9]{2}",
    "Frequentie": "[0-9]",
    "Reden_beeindiging": "[0-9]{2}",
    "Reden_wijziging_toewijzing": "[0-9]{2}",
}
DATES = ("Aanmaakdatum_bestand", "Startdatum_ondersteuning", "Einddatum_ondersteuning")
ALWAYS = (None, None)
CODES: dict[str, dict[str, tuple[str | None, str | None]]] = {
    "Eenheid": dict.fromkeys(("01", "04", "14", "16", "82", "83"), ALWAYS) | {"84": ("2021-01-01", None)},
    "Frequentie": dict.fromkeys("1246", ALWAYS) | dict.fromkeys("35", (None, "2020-12-31")),
    "Reden_beeindiging": dict.fromkeys(("02", "19", "20", "21", "22", "23", "31"), ALWAYS)
    | dict.fromkeys(("32", "33", "34"), (None, "2017-12-31"))
    | dict.fromkeys(("36", "37"), ("2021-01-01", None))
    | dict.fromkeys(("38", "39"), ("2022-04-01", None)),
    "Reden_wijziging_toewijzing": {f"{code:02d}": ALWAYS for code in range(2, 13)}
    | {"01": (None, "2022-03-31"), "13": ("2022-04-01", None), "14": ("2022-04-01", None)},
}
HalfYear = tuple[int, int]
Found = tuple[str, str | None, int, tuple[int, ...]]


def first_day(half_year: HalfYear) -> dt.date:
    return dt.date(half_year[0], 1 if half_year[1] == 1 else 7, 1)


def last_day(half_year: HalfYear) -> dt.date:
    return dt.date(half_year[0], 6, 30) if half_year[1] == 1 else dt.date(half_year[0], 12, 31)


@dataclass
class Answer:
    """What the contract says of one file."""

    half_year: HalfYear | None = None
    protocol: bool = False
    records: int = 0
    municipality: str | None = None
    counted: int = 0
    file_faults: list[Found] = field(default_factory=list)
    lines_of: dict[tuple[str, str | None, str], list[int]] = field(default_factory=dict)

    def fault(self, *, head: bool = False) -> None:
        self.file_faults.append(("file", None, 1, (1,) if head else ()))

    def note(self, level: str, column: str | None, rule: str, line: int) -> None:
        self.lines_of.setdefault((level, column, rule), []).append(line)

    @property
    def findings(self) -> Counter[Found]:
        found = [(level, column, len(lines), tuple(lines[:10])) for (level, column, _), lines in self.lines_of.items()]
        return Counter(self.file_faults + found)

    @property
    def verdict(self) -> str:
        levels = {level for level, *_ in self.findings}
        if levels & {"file", "base"}:
            return "rejected"
        return "accepted_without_facultative" if "facultative" in levels else "accepted"

    @property
    def content_errors(self) -> int:
        return sum(len(lines) for (level, _, _), lines in self.lines_of.items() if level in ("base", "facultative"))


def slow_check(
    data: bytes, *, file_name: str, municipality: str | None, half_year: HalfYear | None, received_on: dt.date, max_lines: int = 5_000_000
) -> Answer:
    answer = Answer()
    judge_name(answer, file_name, half_year, received_on)
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        answer.fault()
        lines, _ = lines_of(data.decode("utf-16", errors="replace"))
        answer.records = max(len(lines) - 1, 0)
        return answer
    text = decoded(data)
    lines, empty_at_end = lines_of(data.removeprefix(b"\xef\xbb\xbf").decode("utf-8", "surrogateescape") if text is None else text)
    answer.records = max(len(lines) - 1, 0)
    if not lines:
        answer.fault()
        return answer
    if len(lines) > max_lines:
        answer.fault()
    if text is None:
        answer.fault()
    if b"\0" in data:
        answer.fault()
    if text is not None and "\0" not in lines[0]:
        judge_header(answer, lines[0])
    if text is not None and len(lines) == 1:
        answer.fault()
    if not answer.file_faults and answer.half_year is not None:
        judge_records(answer, lines[1:], answer.half_year, municipality, received_on)
        for number in empty_at_end:
            answer.note("notice", None, "empty at the end", number)
        if not any(level == "base" for level, *_ in answer.lines_of) and not answer.counted:
            answer.fault()
    return answer


def judge_name(answer: Answer, file_name: str, expected: HalfYear | None, received_on: dt.date) -> None:
    stem, dot, extension = file_name.rpartition(".")
    if not dot:
        stem, extension = file_name, ""
    parts = stem.split("_", 2)
    code = parts[1] if len(parts) > 1 and parts[0].lower() == "wmo" else None
    is_code = code is not None and re.fullmatch("[hH][12][0-9]{4}", code) is not None and not code.endswith("0000")
    told = (int(code[2:]), int(code[1])) if is_code and code is not None else None
    free = parts[2] if len(parts) == 3 and code is not None else ""
    if not free or any(unicodedata.category(character) == "Cc" for character in free):
        answer.fault()
    if any(character in FORBIDDEN for character in stem + extension):
        answer.fault()
    if extension.lower() not in ("csv", "txt"):
        answer.fault()
    answer.half_year = told or expected
    answer.protocol = answer.half_year is not None and answer.half_year >= (2015, 1)
    unknown = code is not None and len(parts) == 3 and not is_code
    closed = answer.half_year is not None and not (answer.protocol and first_day(answer.half_year) <= received_on)
    other = told is not None and expected is not None and told != expected
    if unknown or closed or other:
        answer.fault()


def decoded(data: bytes) -> str | None:
    if data.startswith(b"\xef\xbb\xbf"):
        encodings, data = ["utf-8"], data[3:]
    else:
        encodings = ["utf-8", "cp1252"]
    for encoding in encodings:
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    return None


def is_empty_record(line: str) -> bool:
    """A line that is not empty but holds nothing except separators and white space."""
    return line != "" and line.replace(";", "").strip() == ""


def lines_of(text: str) -> tuple[list[str], list[int]]:
    """The lines without the empty ones and the empty records at the end; and the numbers of those empty records."""
    *ended, last = text.split("\n")
    lines = [*(line.removesuffix("\r") for line in ended), last]
    emptied = []
    while lines and (lines[-1] == "" or (len(lines) > 1 and is_empty_record(lines[-1]))):
        if lines[-1] != "":
            emptied.insert(0, len(lines))
        lines.pop()
    return lines, emptied


def lowered(name: str) -> str:
    return "".join(character.lower() if character.isascii() else character for character in name)


def judge_header(answer: Answer, line: str) -> None:
    known = [lowered(name) for name in FIELDS]
    names = [lowered(name).strip(" \t") for name in line.split(";")]
    found = [name for name in names if name in known]
    places = [known.index(name) for position, name in enumerate(names) if name in known and name not in names[:position]]
    for wrong in (
        set(found) != set(known),
        len(found) != len(set(found)),
        len(found) != len(names),
        places != sorted(places),
    ):
        if wrong:
            answer.fault(head=True)


def day(cell: str) -> dt.date | None:
    if re.fullmatch("[0-9]{8}", cell) is None:
        return None
    try:
        return dt.date(int(cell[:4]), int(cell[4:6]), int(cell[6:]))
    except ValueError:
        return None


def is_person(cell: str) -> bool:
    if cell == "999999999":
        return True
    if re.fullmatch("[0-9]{9}", cell) is None or cell == "000000000":
        return False
    weights = (9, 8, 7, 6, 5, 4, 3, 2, -1)
    return sum(weight * int(digit) for weight, digit in zip(weights, cell, strict=True)) % 11 == 0


def well_formed(column: str, cell: str) -> bool:
    if column in DATES:
        return day(cell) is not None
    if column == "BSN":
        return is_person(cell)
    return re.fullmatch(FORMS[column], cell) is not None


@cache
def municipalities(half_year: HalfYear) -> set[str]:
    """The codes of the municipalities that existed on a day of the half-year."""
    with FACTS.open(encoding="utf-8", newline="") as opened:
        rows = list(csv.DictReader(opened))
    return {
        row["code"]
        for row in rows
        if row["valid_from"] <= str(last_day(half_year)) and (not row["valid_to"] or str(first_day(half_year)) < row["valid_to"])
    }


def is_valid(column: str, cell: str, half_year: HalfYear) -> bool:
    """Whether a code's validity overlaps the half-year."""
    if column == "Gemeentecode":
        return cell in municipalities(half_year)
    if column not in CODES:
        return True
    if cell not in CODES[column]:
        return False
    since, until = CODES[column][cell]
    return (since is None or dt.date.fromisoformat(since) <= last_day(half_year)) and (
        until is None or dt.date.fromisoformat(until) >= first_day(half_year)
    )


def readable(line: str) -> dict[str, str] | None:
    """The cells by column; nothing of a line that is left out of the other checks."""
    cells = line.split(";")
    if len(cells) != len(FIELDS) or '"' in line or is_empty_record(line):
        return None
    return dict(zip(FIELDS, cells, strict=True))


def judge_records(answer: Answer, lines: list[str], half_year: HalfYear, municipality: str | None, received_on: dt.date) -> None:
    records = [record for line in lines if (record := readable(line)) is not None]
    codes = [record["Gemeentecode"] for record in records if record["Gemeentecode"] in municipalities(half_year)]
    answer.municipality = municipality if municipality is not None else next(iter(codes), None)
    seen: set[str] = set()
    for number, line in enumerate(lines, start=2):
        if is_empty_record(line):
            answer.note("base", None, "empty", number)
            continue
        record = readable(line)
        if record is None:
            answer.note("base", None, "line", number)
            continue
        passed = judge_cells(answer, record, number, half_year)
        judge_pairs(answer, record, passed, number, answer.municipality, received_on)
        judge_days(answer, record, number, half_year)
        inside = True
        if {"Startdatum_ondersteuning", "Einddatum_ondersteuning"} <= passed:
            start, end = day(record["Startdatum_ondersteuning"]), day(record["Einddatum_ondersteuning"])
            if (start is not None and start > last_day(half_year)) or (end is not None and end < first_day(half_year)):
                answer.note("notice", None, "outside", number)
                inside = False
        if line in seen:
            answer.note("notice", None, "identical", number)
        seen.add(line)
        if record["BSN"] == "999999999":
            answer.note("notice", "BSN", "unknown", number)
        elif inside:
            answer.counted += 1


def judge_days(answer: Answer, record: dict[str, str], number: int, half_year: HalfYear) -> None:
    """Days that are days but cannot be meant, and a file made before its half-year had ended."""
    start, created = day(record["Startdatum_ondersteuning"]), day(record["Aanmaakdatum_bestand"])
    last = last_day(half_year)
    if start is not None and start < dt.date(1920, 1, 1):
        answer.note("notice", "Startdatum_ondersteuning", "long ago", number)
    if start is not None and start > dt.date(last.year + 1, last.month, last.day):
        answer.note("notice", "Startdatum_ondersteuning", "far off", number)
    if created is not None and created < last:
        answer.note("notice", "Aanmaakdatum_bestand", "early", number)


def judge_cells(answer: Answer, record: dict[str, str], number: int, half_year: HalfYear) -> set[str]:
    """Each cell by itself; the columns that passed."""
    passed = set()
    for column, cell in record.items():
        level = "base" if column in BASE else "facultative"
        if cell == "":
            if column not in MAY_BE_EMPTY:
                answer.note(level, column, "present", number)
                continue
        elif not well_formed(column, cell):
            answer.note(level, column, "form", number)
            continue
        elif not is_valid(column, cell, half_year):
            answer.note(level, column, "code", number)
            continue
        passed.add(column)
    return passed


def judge_pairs(
    answer: Answer, record: dict[str, str], passed: set[str], number: int, municipality: str | None, received_on: dt.date
) -> None:
    """Rules over two cells, or over a cell and what is known of the delivery."""
    created = day(record["Aanmaakdatum_bestand"])
    if created is not None and created > received_on:
        answer.note("base", "Aanmaakdatum_bestand", "received", number)
    if municipality is not None and "Gemeentecode" in passed and record["Gemeentecode"] != municipality:
        answer.note("base", "Gemeentecode", "municipality", number)
    start, end = day(record["Startdatum_ondersteuning"]), day(record["Einddatum_ondersteuning"])
    if start is not None and end is not None and end < start:
        answer.note("base", "Einddatum_ondersteuning", "before", number)
    reason = record["Reden_beeindiging"] if "Reden_beeindiging" in passed else ""
    if reason and record["Einddatum_ondersteuning"] == "":
        answer.note("facultative", "Reden_beeindiging", "without", number)
