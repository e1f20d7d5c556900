"""Faults of cells in the facultative set, and codes by half-year."""

from __future__ import annotations

from tests.spec.checking import ROWS, Case, Expected, base, cell, clean, facultative, file_of, in_half_year, right, row, wrong

END, CHANGE = "Reden_beeindiging", "Reden_wijziging_toewijzing"


def both(what: str, data: bytes, *findings: Expected) -> Case:
    return Case(what, data, findings)


NUMBERS = [
    wrong("Nummer_toewijzing", "not one to nine digits", "1234567890", "A1", "1-2"),
    wrong("Nummer_toewijzing", "sign, decimals, grouping, white space", "-1", "+1", "1.0", "1,0", "1.000", " 1", "1 ", " "),
    right("Nummer_toewijzing", "leading zeros, zero, nine digits", "000000001", "0", "123456789", "000000000"),
    right("Nummer_toewijzing", "empty", ""),
    wrong("Volume", "not one to eight digits", "123456789", "000000001", "x"),
    wrong("Volume", "sign, decimals, scientific notation, white space", "+1", "-1", "1,5", "1.0", "1E+05", "1 0", "1\t"),
    wrong("Volume", "curly quotes", "“10”", "”", words=("gekruld aanhalingsteken",)),
    wrong("Volume", "a cell of a megabyte of digits", "1" * (1 << 20)),
    right("Volume", "leading zeros, zero, eight digits", "00000001", "0", "99999999", "00000000"),
    right("Volume", "without Eenheid and Frequentie", "7"),
]
CODES = [
    wrong("Eenheid", "not two digits", "4", "uur", "04 ", "004", "1O", "-1", "+4"),
    wrong("Eenheid", "no code", "99", "00", "84"),
    both("form and code: each its own finding", cell("Eenheid", "99", "4"), facultative("Eenheid", 6), facultative("Eenheid", 5)),
    right("Eenheid", "codes", "01", "04", "14", "16", "82", "83", ""),
    right("Eenheid", "without Volume", "04"),
    wrong("Frequentie", "not one digit", "02", "x", " 2", "-"),
    wrong("Frequentie", "no code", "0", "7", "9"),
    right("Frequentie", "codes", "1", "2", "3", "4", "5", "6", ""),
    wrong(END, "not two digits", "2", "x1", "019", "-1", "+1", " 2"),
    wrong(END, "no code", "00", "01", "24", "99"),
    right(END, "codes", "02", "19", "20", "21", "22", "23", "31", ""),
    wrong(CHANGE, "not two digits", "4", "x", "004", "-1", "+1", " 1"),
    wrong(CHANGE, "no code", "00", "15", "99"),
    right(CHANGE, "codes", *(f"{code:02d}" for code in range(1, 13)), ""),
    right(CHANGE, "without an end date", "04", base=ROWS[0]),
]
TWO_CELLS = [
    wrong(END, "reason without end date", "19", base=ROWS[0]),
    wrong(END, "code that is none, without end date: one finding", "99", base=ROWS[0]),
    wrong(END, "form, without end date: one finding", "2", base=ROWS[0]),
    both(
        "form, code and no end date: each its own finding",
        file_of(row(ROWS[0], Reden_beeindiging="19"), row(ROWS[0], Reden_beeindiging="99"), row(ROWS[0], Reden_beeindiging="9")),
        facultative(END, 4),
        facultative(END, 3),
        facultative(END, 2),
    ),
    both("reason, and an end date that is no date", cell("Einddatum_ondersteuning", "x"), base("Einddatum_ondersteuning", 5)),
    both("reason, and an end date before start", cell("Einddatum_ondersteuning", "20171231"), base("Einddatum_ondersteuning", 5)),
    right(END, "no reason with an end date", ""),
    both(
        "every facultative field wrong in one line",
        file_of(";".join([*ROWS[1].split(";")[:7], *["x"] * 6])),
        *(facultative(column, 2) for column in ("Nummer_toewijzing", "Volume", "Eenheid", "Frequentie", END, CHANGE)),
    ),
    both("Windows-1252", clean().replace(b";82;", b";\xe9;"), facultative("Eenheid", 4)),
]


def until(column: str, last: str, first_without: str, *codes: str) -> list[Case]:
    """Codes that are right in one half-year and no longer in the next."""
    return [in_half_year(last, right(column, column, *codes)), in_half_year(first_without, wrong(column, column, *codes))]


def since(column: str, first: str, last_without: str, *codes: str) -> list[Case]:
    return [in_half_year(last_without, wrong(column, column, *codes)), in_half_year(first, right(column, column, *codes))]


VALIDITY = [
    *until(END, "2017-H2", "2018-H1", "32", "33", "34"),
    *since(END, "2021-H1", "2020-H2", "36", "37"),
    *since(END, "2022-H1", "2021-H2", "38", "39"),
    *since("Eenheid", "2021-H1", "2020-H2", "84"),
    *until("Frequentie", "2020-H2", "2021-H1", "3", "5"),
    *until(CHANGE, "2022-H1", "2022-H2", "01"),
    *since(CHANGE, "2022-H1", "2021-H2", "13", "14"),
    in_half_year("2015-H1", right(END, "codes of all times", "02", "19", "20", "21", "22", "23", "31")),
    in_half_year("2022-H2", right(END, "codes of all times", "02", "19", "20", "21", "22", "23", "31")),
]
SECTIONS = {
    "Nummer_toewijzing and Volume": NUMBERS,
    "Codes of the facultative set": CODES,
    "Facultative set together": TWO_CELLS,
    "Codes by half-year": VALIDITY,
}
