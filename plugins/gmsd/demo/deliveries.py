"""Synthetic delivery files: what a municipality's software would send for a half-year, as bytes.

A file is a pure function of (seed, municipality, half-year, revision, creation date): whether one municipality is asked for or all, the
file is the same. Revision 0 is a first delivery; a later revision is a correction, made when more is known: late registrations have
come in, ends have been entered, a few records turned out wrong and are gone.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from io import BytesIO
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from gmsd import reference
from gmsd.demo.choice import Choice, municipalities_of
from gmsd.demo.register import EPOCH, FIRST_YEAR, LAST_YEAR, Flags, Ints, Register, random_for, register_of
from gmsd.rounds import WMO, Place

if TYPE_CHECKING:
    from collections.abc import Iterator

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
UNKNOWN_BSN = 999_999_999

# Only codes that are valid in every half-year since 2015 (domain: iWmo code lists), so that no file depends on when a list changed.
_TYPES = pl.Enum([f"{category:02d}" for category in range(19)])
_UNITS = pl.Enum(["01", "04", "14", "16", "82", "83"])
_FREQUENCIES = pl.Enum(["1", "2", "4", "6"])
_END_REASONS = pl.Enum(["02", "19", "20", "21", "22", "23", "31"])
_CHANGE_REASONS = pl.Enum(["03", "04", "05", "07", "08", "09", "12"])

_MISSED_AT_FIRST = 0.008  # share of lines a first delivery does not have yet; each correction halves what is missed and what is wrong
_WRONG_AT_FIRST = 0.004
_END_NOT_ENTERED = 0.15  # of the ends in the last 45 days of the half-year
_PLANNED_END = 0.15  # of the running records
_DAYS_AFTER_HALF_YEAR = (20, 30)
_OLDEST = 45_000  # days before EPOCH


@dataclass(frozen=True, slots=True)
class DemoDelivery:
    """One file of one municipality, with the key under which it belongs in the inbox."""

    municipality: str
    half_year: HalfYear
    file_name: str
    data: bytes
    records: int
    law: str = WMO

    @property
    def key(self) -> str:
        """The inbox key: code uitvraag, municipality, file name; of another law than the Wmo the law before it."""
        return f"{Place(self.law, self.half_year, self.municipality).folder}/{self.file_name}"


@dataclass(frozen=True, slots=True)
class _Records:
    """Candidate records: line, holder's generation, start and end in days from EPOCH (end as it will be, known or not)."""

    line: Ints
    generation: Ints
    start: Ints
    end: Ints

    def where(self, keep: Flags | Ints) -> _Records:
        return _Records(self.line[keep], self.generation[keep], self.start[keep], self.end[keep])


def file_name_of(municipality: str, half_year: HalfYear) -> str:
    """The name a municipality gives its file: its own spelling, always by the rules (no forbidden character, no digits but the code)."""
    plain = unicodedata.normalize("NFKD", reference.name(municipality)).encode("ascii", "ignore").decode()
    free = "".join(character for character in plain if character.isalpha() or character == "-")
    prefix, extension = (("gemeente", "csv"), ("", "csv"), ("gemeente_", "CSV"), ("Gemeente", "txt"))[int(municipality) % 4]
    return f"WMO_{half_year.upload_code}_{prefix}{free}.{extension}"


def created_on(municipality: str, half_year: HalfYear) -> date:
    """When the file of a first delivery was made: three to four weeks after the half-year, before any delivery window opens."""
    first, last = _DAYS_AFTER_HALF_YEAR
    return half_year.last_day + timedelta(days=first + int(municipality) % (last - first))


def delivery(seed: int, municipality: str, half_year: HalfYear, *, revision: int = 0, created: date | None = None) -> DemoDelivery:
    """One municipality's file of one half-year.

    Args:
        seed: of the synthetic country.
        municipality: four digits, a municipality in that half-year.
        half_year: 2015-H1 up to and including 2027-H2.
        revision: 0 for the first delivery, 1 and up for corrections.
        created: date of creation in the file; by default `created_on`.

    Raises:
        ValueError: when the municipality did not exist in the half-year, or the half-year is outside the years above.
    """
    if not FIRST_YEAR <= half_year.year <= LAST_YEAR:
        raise ValueError(f"demo deliveries exist for {FIRST_YEAR} up to and including {LAST_YEAR}, not for {half_year}")
    if not reference.is_municipality(municipality, half_year):
        raise ValueError(f"{municipality} is no municipality in {half_year}")
    register = register_of(seed, municipality)
    random = random_for(seed, municipality, half_year.year, half_year.half, revision)
    first, last = (half_year.first_day - EPOCH).days, (half_year.last_day - EPOCH).days
    records = _records(register, first, last, revision, random)
    frame = _frame(register, records, last, revision, created or created_on(municipality, half_year))
    return DemoDelivery(municipality, half_year, file_name_of(municipality, half_year), _csv(frame, register), frame.height)


def first_deliveries(seed: int, choice: Choice, half_years: tuple[HalfYear, ...]) -> Iterator[DemoDelivery]:
    """The first deliveries of a choice of municipalities, made one by one; all half-years of a municipality follow each other."""
    codes = sorted({code for half_year in half_years for code in municipalities_of(choice, half_year)})
    for code in codes:
        for half_year in half_years:
            if code in municipalities_of(choice, half_year):
                yield delivery(seed, code, half_year)


def _records(register: Register, first: int, last: int, revision: int, random: np.random.Generator) -> _Records:
    """The records of a half-year, ordered by line, with this municipality's duplicates and records out of scope among them."""
    everything = _held(register, first, last)
    in_scope = (everything.start <= last) & (everything.end >= first)
    missed = (register.u_delivery < _MISSED_AT_FIRST / 2**revision)[everything.line] & (everything.start >= first)
    wrong = (register.u_delivery > 1 - _WRONG_AT_FIRST)[everything.line]
    if revision == 0:
        wrong[:] = False
    chosen = in_scope & ~missed & ~wrong
    earlier = ~in_scope & (everything.end < first) & (everything.end > first - 365)
    records = everything.where(np.flatnonzero(chosen | (earlier & (random.random(len(chosen)) < register.habits.out_of_scope * 3))))
    size = len(records.line)
    doubled = np.flatnonzero(random.random(size) < register.habits.duplicates)
    order = np.argsort(np.concatenate([records.line, records.line[doubled]]), kind="stable")
    return records.where(np.concatenate([np.arange(size), doubled])[order])


def _held(register: Register, first: int, last: int) -> _Records:
    """Every record of whoever held a line's place at some time in the half-year; a renewed one is two records that adjoin."""
    generation = (first + register.offset) // register.cycle
    changes = np.flatnonzero((last + register.offset) // register.cycle > generation)
    line = np.concatenate([np.arange(len(generation)), changes])
    generation = np.concatenate([generation, generation[changes] + 1])
    cycle = register.cycle[line]
    begin = generation * cycle - register.offset[line]
    start, end = begin + register.delay[line], begin + cycle - 1 - register.early[line]
    renewed = np.flatnonzero(register.renewal[line] > 0)
    middle = begin[renewed] + (cycle[renewed] * register.renewal[line[renewed]]).astype(np.int64)
    end_of_first = end.copy()
    end_of_first[renewed] = middle
    return _Records(
        np.concatenate([line, line[renewed]]),
        np.concatenate([generation, generation[renewed]]),
        np.concatenate([start, middle + register.variant[line[renewed]] % 3]),
        np.concatenate([end_of_first, end[renewed]]),
    )


@cache
def _calendar() -> Ints:
    """JJJJMMDD as a number for every day that a person can be born on, or a record start or end."""
    days = np.datetime64(EPOCH, "D") + np.arange(-_OLDEST, (LAST_YEAR + 12 - EPOCH.year) * 366)
    years = days.astype("datetime64[Y]").astype(np.int64) + 1970
    months = days.astype("datetime64[M]").astype(np.int64) % 12 + 1
    day_of_month = (days - days.astype("datetime64[M]")).astype(np.int64) + 1
    calendar: Ints = years * 10_000 + months * 100 + day_of_month
    return calendar


def dates_of(days: Ints) -> Ints:
    """Days from EPOCH as JJJJMMDD."""
    dates: Ints = _calendar()[days + _OLDEST]
    return dates


def _codes(name: str, values: Ints, lookup: pl.Enum, filled: Flags) -> pl.Series:
    """A column of codes, empty where not filled."""
    return pl.Series(name, np.where(filled, values, 0).astype(np.uint8)).cat.to(lookup).set(pl.Series(~filled), None)


def numbers_of(name: str, values: Ints, filled: Flags) -> pl.Series:
    """A column of numbers, empty where not filled."""
    return pl.Series(name, values.astype(np.int32)).set(pl.Series(~filled), None)


def _frame(register: Register, records: _Records, last: int, revision: int, created: date) -> pl.DataFrame:
    """The records as the thirteen columns of the file."""
    line, habits = records.line, register.habits
    size = len(line)
    u_record, variant = register.u_record[line], register.variant[line] + records.generation * 7
    ended = records.end <= last
    not_entered = (records.end > last - 45) & (u_record > 1 - _END_NOT_ENTERED) & (revision == 0)
    known_end = np.where(ended, ~not_entered, u_record < _PLANNED_END)
    bsn = register.bsn(line, records.generation)
    bsn[register.u_delivery[line] % 0.01 < habits.unknown_persons * 0.01] = UNKNOWN_BSN
    numbered = np.full(size, habits.numbers == "all") | ((habits.numbers == "some") & (variant % 5 < 2))
    volumes = u_record * 97 % 1 < habits.volumes
    reasons = known_end & ended & habits.reasons
    changed = (variant % 16 == 3) & habits.reasons
    date_created = created.year * 10_000 + created.month * 100 + created.day
    return pl.DataFrame(
        [
            pl.Series(COLUMNS[0], np.full(size, date_created, dtype=np.int32)),
            pl.Series(COLUMNS[1], np.zeros(size, dtype=np.uint8)).cat.to(pl.Enum([register.municipality])),
            pl.Series(COLUMNS[2], bsn.astype(np.int32)),
            pl.Series(COLUMNS[3], register.category[line].astype(np.uint8)).cat.to(_TYPES),
            pl.Series(COLUMNS[4], dates_of(records.start).astype(np.int32)),
            numbers_of(COLUMNS[5], dates_of(records.end), known_end),
            pl.Series(COLUMNS[6], register.form[line].astype(np.int8)),
            numbers_of(COLUMNS[7], register.number_base + line * 8 + records.generation, numbered),
            numbers_of(COLUMNS[8], register.volume[line], volumes),
            _codes(COLUMNS[9], variant % 6, _UNITS, volumes),
            _codes(COLUMNS[10], variant // 8 % 4, _FREQUENCIES, volumes),
            _codes(COLUMNS[11], variant // 32 % 7, _END_REASONS, reasons),
            _codes(COLUMNS[12], variant // 64 % 7, _CHANGE_REASONS, changed),
        ]
    )


def _csv(frame: pl.DataFrame, register: Register) -> bytes:
    buffer = BytesIO()
    frame.write_csv(
        buffer,
        separator=";",
        quote_style="never",
        include_bom=register.habits.bom,
        line_terminator="\r\n" if register.habits.crlf else "\n",
    )
    return buffer.getvalue()
