"""Faults of cells in the base set."""

from __future__ import annotations

import datetime as dt

from gmsd.rounds import HalfYear
from tests.spec.checking import ROWS, Case, Expected, base, cell, file_of, right, row, wrong

DATE_FORMS = ("2018-1-1", "2018010", "201801011", "20181301", "18000230", " 2018010", "2018010 ", "+2018010", "2018.101", "٢٠١٨٠١٠١")


def both(what: str, data: bytes, *findings: Expected, words: tuple[str, ...] = (), **changes: object) -> Case:
    return Case(what, data, findings, dict(changes), words=words)


CREATED = [
    wrong("Aanmaakdatum_bestand", "empty", ""),
    wrong("Aanmaakdatum_bestand", "no date", "2020023", "20200230", "x", " "),
    wrong("Aanmaakdatum_bestand", "after the day of receipt", "20200211", "99991231", "20240229", words=("wij het bestand kregen.",)),
    right("Aanmaakdatum_bestand", "on the day of receipt, and long ago", "20200210", "00010101"),
    right("Aanmaakdatum_bestand", "differing dates are no fault", "20200101", "20200102"),
    both("day of receipt moves the border", cell("Aanmaakdatum_bestand", "20200211"), received_on=dt.date(2020, 2, 11)),
    both(
        "empty, form and after receipt: each its own finding",
        cell("Aanmaakdatum_bestand", "20200211", "x", ""),
        base("Aanmaakdatum_bestand", 7),
        base("Aanmaakdatum_bestand", 6),
        base("Aanmaakdatum_bestand", 5),
    ),
]
MUNICIPALITY = [
    wrong("Gemeentecode", "empty", ""),
    wrong("Gemeentecode", "not four digits", "518", "05180", "O518", "0.18", "-518"),
    wrong("Gemeentecode", "white space before, in or after", " 0518", "0518 ", "05 18", "\t0518", "0518\u00a0"),
    wrong("Gemeentecode", "digits of another script", "\u0660\u0665\u0661\u0668", "\uff10\uff15\uff11\uff18", words=("ander schrift",)),
    wrong("Gemeentecode", "another municipality", "0363", "0599", words=("die levert (0518);", "0599 (Rotterdam)", "in map H22019/0363")),
    wrong("Gemeentecode", "no municipality ever", "0519", "0000", "9999", words=("3 keer is het een code die geen gemeente heeft of had",)),
    wrong(
        "Gemeentecode",
        "no municipality any more",
        "0053",
        words=("0053 (Winsum), een gemeente tot en met het 2e halfjaar 2018", "1966 (Het Hogeland) in map H22019/1966 en 1969"),
    ),
    wrong(
        "Gemeentecode",
        "no municipality yet",
        "1979",
        words=("pas sinds het 1e halfjaar 2021 een gemeente", "0003 (Appingedam) in map H22019/0003, 0010 (Delfzijl)"),
    ),
    both(
        "no municipality and another: each its own finding",
        cell("Gemeentecode", "0363", "0519"),
        base("Gemeentecode", 6),
        base("Gemeentecode", 5),
    ),
    both(
        "of four municipalities: how many are not explained",
        cell("Gemeentecode", "0363", "0363", "0599", "0599", "0344"),
        base("Gemeentecode", 5, 6, 7, 8, 9),
        words=("van nog 1 is de oorzaak hier niet genoemd",),
    ),
    Case(
        "none is known: that of the first record",
        file_of(ROWS[0], row(Gemeentecode="0599")),
        (base("Gemeentecode", 3),),
        {"municipality": None},
        words=("0518, die van de eerste regel",),
        answers={"municipality": "0518"},
    ),
    Case(
        "none is known, and the first is none",
        file_of(row(Gemeentecode="9999"), row(Gemeentecode="518"), row(Gemeentecode="0599"), ROWS[0]),
        (base("Gemeentecode", 3), base("Gemeentecode", 2), base("Gemeentecode", 5)),
        {"municipality": None},
        answers={"municipality": "0599"},
    ),
    Case(
        "none is known, and no code is one",
        file_of(row(Gemeentecode="9999")),
        (base("Gemeentecode", 2),),
        {"municipality": None},
        answers={"municipality": None},
    ),
    Case("none is known, all the same", file_of(*ROWS), (), {"municipality": None}, answers={"municipality": "0518"}),
    Case(
        "none is known: a line that cannot be read does not tell it",
        file_of(ROWS[0].replace("0518", "0599") + ";", ROWS[0]),
        (base(None, 2),),
        {"municipality": None},
        answers={"municipality": "0518"},
    ),
    Case(
        "0457 until 24 March 2022",
        file_of(row(ROWS[0], Gemeentecode="0457")),
        (),
        {"file_name": "WMO_H12022_x.csv", "half_year": HalfYear(2022, 1), "received_on": dt.date(2022, 9, 1), "municipality": "0457"},
    ),
    Case(
        "0457 after 24 March 2022",
        file_of(row(ROWS[0], Gemeentecode="0457")),
        (base("Gemeentecode", 2),),
        {"file_name": "WMO_H22022_x.csv", "half_year": HalfYear(2022, 2), "received_on": dt.date(2023, 2, 1), "municipality": "0363"},
        words=("0457 (Weesp), een gemeente tot en met het 1e halfjaar 2022", "onder 0363 (Amsterdam) in map H22022/0363"),
    ),
    both("form, while none is known", cell("Gemeentecode", "519"), base("Gemeentecode", 5), municipality=None),
    both("form and another: each its own finding", cell("Gemeentecode", "519", "0519"), base("Gemeentecode", 5), base("Gemeentecode", 6)),
    both("every line of another municipality", file_of(*ROWS), base("Gemeentecode", 2, 3, 4), municipality="0363", words=("0363",)),
]
PERSON = [
    wrong("BSN", "empty", ""),
    wrong("BSN", "blanks only is filled", "   ", words=("alleen spaties",)),
    wrong("BSN", "11-proef", "999900007", "123456789", words=("11-proef niet",)),
    wrong("BSN", "zeros pass the arithmetic and are refused", "000000000", words=("negen nullen",)),
    wrong("BSN", "leading zero lost", "12345672", words=("1 keer heeft het nummer maar acht cijfers", "voorloopnul", "Excel")),
    wrong("BSN", "too short or too long", "9999", "9999000060", "0999900006"),
    wrong("BSN", "signs and separators", "+99990006", "9999.00.006", "9999 00 006", "-999900006"),
    wrong("BSN", "white space", " 999900006", "999900006 ", "\u00a0999900006"),
    wrong("BSN", "scientific notation", "9,999E+08", "9.99E8", words=("wetenschappelijke notatie",)),
    wrong("BSN", "letters", "onbekend", "99990000O"),
    wrong("BSN", "digits of another script", "٩٩٩٩٠٠٠٠٦"),
    right("BSN", "leading zero", "012345672"),
    right("BSN", "other numbers that pass", "123456782", "111222333"),
    right("BSN", "unknown person", "999999999"),
    both("11-proef and form are one rule", cell("BSN", "999900007", "12345672", "x"), base("BSN", 5, 6, 7)),
]
TYPE = [
    wrong("Type_maatwerkarrangement", "empty", ""),
    wrong("Type_maatwerkarrangement", "no code of 01 to 18", "00", "19", "99"),
    wrong("Type_maatwerkarrangement", "not two digits", "1", "001", "x", "1 ", "1.", "+1"),
    wrong("Type_maatwerkarrangement", "form and code are one rule", "1", "19"),
    right("Type_maatwerkarrangement", "codes", *(f"{code:02d}" for code in range(1, 19))),
]
START = [
    wrong("Startdatum_ondersteuning", "empty", "", base=ROWS[0]),
    wrong("Startdatum_ondersteuning", "not eight digits", *DATE_FORMS, base=ROWS[0]),
    wrong("Startdatum_ondersteuning", "days that do not exist", "20190229", "20190431", "20190631", "20190001", "20190100", base=ROWS[0]),
    wrong("Startdatum_ondersteuning", "29 February of a century", "19000229", "21000229", base=ROWS[0]),
    wrong("Startdatum_ondersteuning", "year 0000", "00000101", "00001231", base=ROWS[0]),
    right("Startdatum_ondersteuning", "29 February of leap years", "20160229", "20000229", base=ROWS[0]),
    right("Startdatum_ondersteuning", "years 0001 and 1582: the Gregorian calendar goes back", "00010101", "15821010", base=ROWS[0]),
]
END = [
    right("Einddatum_ondersteuning", "empty: it is running", "", base=ROWS[2]),
    wrong("Einddatum_ondersteuning", "no date", "20190931", "x", "00000000", "0"),
    wrong("Einddatum_ondersteuning", "a blank is filled", " "),
    right("Einddatum_ondersteuning", "99991231 is a date", "99991231"),
    right("Einddatum_ondersteuning", "on the first day", "20180101"),
    wrong("Einddatum_ondersteuning", "before start", "20171231", "00010101", "20160229", words=("ligt voor de startdatum.",)),
    both(
        "form and before start: each its own finding",
        cell("Einddatum_ondersteuning", "20171231", "x"),
        *(base("Einddatum_ondersteuning", line) for line in (6, 5)),
    ),
    both("not compared with a start that is no date", cell("Startdatum_ondersteuning", "20199999"), base("Startdatum_ondersteuning", 5)),
    both("not compared with an empty start", cell("Startdatum_ondersteuning", ""), base("Startdatum_ondersteuning", 5)),
]
FORM = [
    wrong("Leveringsvorm", "empty", ""),
    wrong("Leveringsvorm", "not 1 or 2", "0", "3", "9", "01", "1 ", "zin", "1,0"),
    right("Leveringsvorm", "1 and 2", "1", "2"),
]
TOGETHER = [
    both(
        "a base and a facultative fault: rejected",
        file_of(row(BSN="x", Eenheid="99")),
        base("BSN", 2),
        ("facultative", "Eenheid", 1, (2,)),
    ),
    both(
        "every base field wrong in one line",
        file_of(";".join(["x"] * 7 + [""] * 6)),
        *(base(column, 2) for column in ("Aanmaakdatum_bestand", "Gemeentecode", "BSN", "Type_maatwerkarrangement")),
        *(base(column, 2) for column in ("Startdatum_ondersteuning", "Einddatum_ondersteuning", "Leveringsvorm")),
    ),
]
LONG = "9" * (1 << 20)
LONG_CELLS = [
    wrong("Gemeentecode", "a cell of a megabyte", LONG),
    wrong("Einddatum_ondersteuning", "a cell of a megabyte in a field that may be empty", LONG),
    wrong("Leveringsvorm", "a cell of a megabyte of letters", "é" * (1 << 19)),
]
SECTIONS = {
    "Aanmaakdatum_bestand": CREATED,
    "Gemeentecode": MUNICIPALITY,
    "BSN": PERSON,
    "Type_maatwerkarrangement": TYPE,
    "Startdatum_ondersteuning": START,
    "Einddatum_ondersteuning": END,
    "Leveringsvorm": FORM,
    "Base set together": TOGETHER,
    "Long cells": LONG_CELLS,
}
