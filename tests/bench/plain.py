"""The rules of wmo-2020 as an engineer writes them by hand in polars: one read, one collect, no library of rules.

It is what our check is compared with, so it gives the same answers, and it knows its rules by heart where ours reads them. What it does
not do: encodings, lines that cannot be read, messages, the digest of the file, rules that fail alone.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Literal

import polars as pl

from gmsd.reference import municipalities
from gmsd.rounds import HalfYear

if TYPE_CHECKING:
    from pathlib import Path

Answers = dict[str, tuple[int, list[int]]]
SHOWN = 10
_STREAMED_FROM = 200_000  # rows; below it the streaming engine takes longer to start than to work

# The codes that are right in 2019-H2.
MUNICIPALITIES = list(municipalities(HalfYear(2019, 2)))
TYPES = [f"{code:02d}" for code in range(1, 19)]
FORMS = ["1", "2"]
UNITS = ["01", "04", "14", "16", "82", "83"]
FREQUENCIES = ["1", "2", "3", "4", "5", "6"]
END_REASONS = ["02", "19", "20", "21", "22", "23", "31"]
CHANGE_REASONS = [f"{code:02d}" for code in range(1, 13)]


def check(path: Path, *, municipality: str, half_year: HalfYear, received_on: dt.date) -> Answers:
    """The number of faults and the first ten line numbers, by rule; only rules that are broken."""
    # Of a BOM and of CRLF polars' reader takes care itself.
    frame = pl.read_csv(path, separator=";", infer_schema=False, quote_char=None)
    masks = _rules(municipality, half_year, received_on) | {"REC-02": ~pl.struct(frame.columns).is_first_distinct()}
    broken = frame.lazy().with_columns(*_helpers()).select(**{rule: mask.fill_null(False) for rule, mask in masks.items()})
    counts = [pl.col(rule).sum().alias(f"{rule}.count") for rule in masks]
    lines = [(pl.col(rule).arg_true().head(SHOWN) + 2).implode().alias(f"{rule}.lines") for rule in masks]
    engine: Literal["streaming", "in-memory"] = "streaming" if frame.height > _STREAMED_FROM else "in-memory"
    found = broken.select(*counts, *lines).collect(engine=engine).row(0, named=True)
    return {rule: (found[f"{rule}.count"], list(found[f"{rule}.lines"])) for rule in masks if found[f"{rule}.count"]}


def _helpers() -> list[pl.Expr]:
    """What several rules look at: cells that are a day, and the BSN as a number."""
    names = {"created": "Aanmaakdatum_bestand", "start": "Startdatum_ondersteuning", "end": "Einddatum_ondersteuning"}
    bsn = pl.col("BSN")
    return [
        *[_day(pl.col(column)).alias(name) for name, column in names.items()],
        pl.when(bsn.str.contains(r"^[0-9]{9}$")).then(bsn).cast(pl.Int32, strict=False).alias("number"),
    ]


def _day(cell: pl.Expr) -> pl.Expr:
    day = pl.when(cell.str.contains(r"^[0-9]{8}$")).then(cell).str.to_date("%Y%m%d", strict=False)
    return pl.when(day.dt.year() >= 1).then(day)


def _rules(municipality: str, half_year: HalfYear, received_on: dt.date) -> dict[str, pl.Expr]:
    col = pl.col
    created, start, end, number = col("created"), col("start"), col("end"), col("number")
    end_cell, reason = col("Einddatum_ondersteuning"), col("Reden_beeindiging")
    weighted = pl.sum_horizontal([weight * (number // 10 ** (weight - 1) % 10) for weight in range(2, 10)]) - number % 10
    code = col("Gemeentecode")
    ended = end_cell.is_not_null()
    return {
        "AANM-01": col("Aanmaakdatum_bestand").is_null(),
        "AANM-02": col("Aanmaakdatum_bestand").is_not_null() & created.is_null(),
        "AANM-03": created > received_on,
        "AANM-04": created < half_year.last_day,
        "GEM-01": code.is_null(),
        "GEM-02": ~code.str.contains(r"^[0-9]{4}$"),
        "GEM-03": code.is_in(MUNICIPALITIES) & (code != municipality),
        "GEM-04": code.str.contains(r"^[0-9]{4}$") & ~code.is_in(MUNICIPALITIES),
        "BSN-01": col("BSN").is_null(),
        "BSN-02": col("BSN").is_not_null()
        & (number.is_null() | (number == 0) | ((weighted % 11 != 0) & (number != 999_999_999))).fill_null(True),
        "BSN-09": number == 999_999_999,
        "TYPE-01": col("Type_maatwerkarrangement").is_null(),
        "TYPE-02": ~col("Type_maatwerkarrangement").is_in(TYPES),
        "START-01": col("Startdatum_ondersteuning").is_null(),
        "START-02": col("Startdatum_ondersteuning").is_not_null() & start.is_null(),
        "START-04": start < dt.date(1920, 1, 1),
        "START-05": start > half_year.last_day.replace(year=half_year.year + 1),
        "EIND-02": ended & end.is_null(),
        "EIND-03": end < start,
        "VORM-01": col("Leveringsvorm").is_null(),
        "VORM-02": ~col("Leveringsvorm").is_in(FORMS),
        "REC-01": start.is_not_null()
        & ((~ended & (start > half_year.last_day)) | (end.is_not_null() & ((start > half_year.last_day) | (end < half_year.first_day)))),
        "TOEW-02": ~col("Nummer_toewijzing").str.contains(r"^[0-9]{1,9}$"),
        "VOL-02": ~col("Volume").str.contains(r"^[0-9]{1,8}$"),
        **_coded("EENH", "Eenheid", 2, UNITS),
        **_coded("FREQ", "Frequentie", 1, FREQUENCIES),
        **_coded("BEEIN", "Reden_beeindiging", 2, END_REASONS),
        "BEEIN-04": ~ended & reason.is_in(END_REASONS),
        **_coded("WIJZ", "Reden_wijziging_toewijzing", 2, CHANGE_REASONS),
    }


def _coded(rule: str, column: str, digits: int, codes: list[str]) -> dict[str, pl.Expr]:
    """Form first, then the list."""
    cell = pl.col(column)
    formed = cell.str.contains(f"^[0-9]{{{digits}}}$")
    return {f"{rule}-02": ~formed, f"{rule}-03": formed & ~cell.is_in(codes)}
