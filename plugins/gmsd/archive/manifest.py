"""The manifest of an archive: which file is of which place and round, its hash and its records (docs/archive.md)."""

from __future__ import annotations

import csv
import datetime as dt
import hashlib
import io
import re
from collections import Counter
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from gmsd.deliveries import Archived
from gmsd.errors import GmsdError
from gmsd.masking import printable
from gmsd.protocol import has_protocol, laws
from gmsd.reference import is_municipality, predecessors
from gmsd.rounds import WMO, HalfYear, Place, UnknownRoundError, partition

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from gmsd.rounds import Calendar, Round

MANIFEST = "manifest.csv"
COLUMNS = ("law", "half_year", "municipality", "round", "received_on", "file", "sha256", "records", "consent")
_MAY_BE_ABSENT = frozenset({"law", "consent"})
GIVEN, WITHHELD = "given", "withheld"
_SHA256 = re.compile(r"[0-9a-f]{64}", re.ASCII)
_CODE = re.compile(r"[0-9]{4}", re.ASCII)
_WHOLE = re.compile(r"[1-9][0-9]{0,8}", re.ASCII)
_TOLD = 20


class ManifestFaulty(GmsdError):
    """A manifest that cannot be used; `faults` says of each line what is wrong with it. Nothing of the archive was taken in."""

    exit_status = 2

    def __init__(self, faults: Iterable[tuple[int, str]]) -> None:
        self.faults = tuple(sorted(faults))
        lines = [f"{MANIFEST} line {line}: {what}" if line else f"{MANIFEST}: {what}" for line, what in self.faults[:_TOLD]]
        more = len(self.faults) - len(lines)
        super().__init__("\n".join([*lines, f"and {more} more"] if more else lines))


@dataclass(frozen=True, slots=True)
class ManifestLine:
    """One file of an archive.

    Attributes:
        number: Its line in the manifest; the header is line 1.
        archived: Place, round, name, hash and day of receipt.
        path: Where it lies.
        records: How many records it holds.
        consent: Whether its figures may be published.
    """

    number: int
    archived: Archived
    path: Path = field(repr=False)
    records: int
    consent: bool


@dataclass(frozen=True, slots=True)
class ArchiveManifest:
    """A manifest that is in order, in the order in which the files were received."""

    folder: Path
    lines: tuple[ManifestLine, ...]

    @property
    def half_years(self) -> tuple[HalfYear, ...]:
        """The half-years that it has files of."""
        return tuple(sorted({line.archived.place.half_year for line in self.lines}))


def read_manifest(folder: Path, calendar: Calendar, today: dt.date) -> ArchiveManifest:
    """Read and judge `manifest.csv` of a folder; every file that it names is read once, for its hash.

    Args:
        folder: The archive.
        calendar: The rounds that it may name.
        today: No file was received later.

    Raises:
        ManifestFaulty: a line, or the whole, cannot be used; all that is wrong is told at once.
        OSError: the folder, its manifest or a file cannot be opened.
    """
    data = (folder / MANIFEST).read_bytes()
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise ManifestFaulty([(0, "is not UTF-8")]) from None
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    faults: list[tuple[int, str]] = []
    found: list[ManifestLine] = []
    for number, values in _rows(reader):
        judged = _Line(folder, calendar, today, values)
        faults += [(number, fault) for fault in judged.faults]
        if not judged.faults:
            found.append(ManifestLine(number, judged.archived, judged.path, int(values["records"]), judged.consent))
    faults += _twice(found)
    if not (found or faults):
        faults = [(0, "names no file")]
    if faults:
        raise ManifestFaulty(faults)
    found.sort(key=lambda line: (line.archived.received_on, line.archived.place, line.number))
    return ArchiveManifest(folder, tuple(found))


def manifest_text(rows: Iterable[Mapping[str, object]]) -> str:
    """A manifest of some rows, by the names of `COLUMNS`."""
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def _rows(reader: Iterator[list[str]]) -> Iterator[tuple[int, dict[str, str]]]:
    """Each line as values by column, absent columns empty; empty lines are passed over.

    Raises:
        ManifestFaulty: the header or the form of a line is wrong.
    """
    line = 1
    try:
        header = next(reader, [])
        mistakes = [f"column {printable(name)!r} is unknown" for name in header if name not in COLUMNS]
        mistakes += [f"column {name} is missing" for name in COLUMNS if name not in header and name not in _MAY_BE_ABSENT]
        mistakes += [f"column {name} stands there {times} times" for name, times in Counter(header).items() if times > 1]
        if mistakes:
            raise ManifestFaulty((1, mistake) for mistake in mistakes)
        for cells in reader:
            line = reader.line_num  # type: ignore[attr-defined]
            if cells and len(cells) != len(header):
                raise ManifestFaulty([(line, f"has {len(cells)} fields, the header {len(header)}")])
            if cells:
                yield line, dict.fromkeys(COLUMNS, "") | dict(zip(header, cells, strict=True))
    except csv.Error as error:
        raise ManifestFaulty([(line + 1, f"is no CSV: {error}")]) from None


class _Line:
    """One line being judged; `faults` says what is wrong with it, and the rest may only be asked when nothing is."""

    def __init__(self, folder: Path, calendar: Calendar, today: dt.date, values: Mapping[str, str]) -> None:
        self.folder, self.calendar, self.today, self.values = folder, calendar, today, values
        self.law = values["law"] or WMO

    @cached_property
    def faults(self) -> tuple[str, ...]:
        return tuple(fault for fault in (self._place_fault(), *self._round_faults(), *self._file_faults(), *self._form_faults()) if fault)

    @cached_property
    def half_year(self) -> HalfYear | None:
        try:
            return HalfYear.parse(self.values["half_year"])
        except ValueError:
            return None

    @cached_property
    def round(self) -> Round | None:
        try:
            return self.calendar.round(HalfYear.parse(self.values["round"]), self.law)
        except (ValueError, UnknownRoundError):
            return None

    @cached_property
    def received_on(self) -> dt.date | None:
        try:
            return dt.date.fromisoformat(self.values["received_on"])
        except ValueError:
            return None

    @cached_property
    def path(self) -> Path:
        return self.folder / self.values["file"]

    @property
    def consent(self) -> bool:
        return self.values["consent"] != WITHHELD

    @property
    def archived(self) -> Archived:
        if self.half_year is None or self.round is None or self.received_on is None:
            raise ValueError("a line with faults is no file of an archive")
        place = Place(self.law, self.half_year, self.values["municipality"])
        return Archived(place, self.round.code, self.path.name, self.values["sha256"], self.received_on)

    def _place_fault(self) -> str:
        code, half = self.values["municipality"], self.half_year
        if self.law not in {law.id for law in laws()}:
            return f"there is no law {printable(self.law)!r}"
        if half is None:
            return f"half_year {printable(self.values['half_year'])!r} is no half-year; write it as 2015-H1"
        if not has_protocol(half, self.law):
            return f"there is no protocol of {self.law} for {half}"
        if not _CODE.fullmatch(code):
            return f"municipality {printable(code)!r} is not four digits"
        if is_municipality(code, half):
            return ""
        then = predecessors(code, half)
        return f"{code} is no municipality of {half}" + (f"; what it took over was then {', '.join(then)}" if then else "")

    def _round_faults(self) -> Iterator[str]:
        named, known, day, half = self.values["round"], self.round, self.received_on, self.half_year
        if known is None:
            yield f"the calendar has no round {printable(named)!r}"
        elif half is not None and half not in known.takes:
            yield f"round {known.id} does not take {partition(self.law, half)}"
        elif known.consent == "opt_in" and self.values["consent"] not in (GIVEN, WITHHELD):
            yield f"round {known.id} was opt-in: consent must be {GIVEN} or {WITHHELD}"
        if self.values["consent"] not in ("", GIVEN, WITHHELD):
            yield f"consent {printable(self.values['consent'])!r} is neither {GIVEN} nor {WITHHELD}"
        if day is None:
            yield f"received_on {printable(self.values['received_on'])!r} is no day; write it as 2016-02-10"
        elif day > self.today:
            yield f"received_on {day} is still to come"
        elif half is not None and day < half.first_day:
            yield f"received_on {day} lies before {half}"
        elif known is not None and day >= known.close:
            yield f"received_on {day} is not before the close of round {known.id}, {known.close}"

    def _form_faults(self) -> Iterator[str]:
        if not _WHOLE.fullmatch(self.values["records"]):
            yield f"records {printable(self.values['records'])!r} is no number of records"

    def _file_faults(self) -> Iterator[str]:
        told, hashed = printable(self.values["file"]), self.values["sha256"]
        if not _SHA256.fullmatch(hashed):
            yield "sha256 is not 64 digits of 0-9 and a-f"
        if not self.values["file"] or "\0" in self.values["file"]:
            yield "file is empty or holds a NUL"
        elif not self.path.resolve().is_relative_to(self.folder.resolve()):
            yield f"file {told} lies outside the archive"
        elif not self.path.is_file():
            yield f"file {told} is not there"
        elif _SHA256.fullmatch(hashed):
            with self.path.open("rb") as opened:
                if hashlib.file_digest(opened, "sha256").hexdigest() != hashed:
                    yield f"file {told} has another sha256"


def _twice(lines: Iterable[ManifestLine]) -> list[tuple[int, str]]:
    seen: dict[tuple[str, str], int] = {}
    found = []
    for line in lines:
        first = seen.setdefault(line.archived.name, line.number)
        if first != line.number:
            found.append((line.number, f"is the same delivery as line {first}"))
    return found
