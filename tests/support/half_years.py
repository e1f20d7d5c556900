"""Two half-years of one municipality as the accident of 2022 had them: what H1 reported as running, H2 reports again.

In 2022 figures of second half-years had to be pulled, because joining the halves gave arrangements end dates that were too early
(docs/domain.md, "From records to arrangements to clients", point 6). Here is what each half reports, and what the year then holds.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

HEAD = (
    "Aanmaakdatum_bestand;Gemeentecode;BSN;Type_maatwerkarrangement;Startdatum_ondersteuning;Einddatum_ondersteuning;Leveringsvorm;"
    "Nummer_toewijzing;Volume;Eenheid;Frequentie;Reden_beeindiging;Reden_wijziging_toewijzing"
)
CREATED = {"H12019": "20190902", "H22019": "20200203"}


@dataclass(frozen=True, slots=True)
class Reported:
    """One arrangement as a half-year reports it: dates as they stand in the file, an empty end being running."""

    start: str
    end: str
    number: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Case:
    """One person's arrangement in both halves, and the one arrangement that the year has of it.

    Attributes:
        name: What it is about.
        bsn: Of a made-up person.
        first: What H1 reports; None when it does not.
        second: What H2 reports; None when it does not.
        start: When the year's arrangement starts.
        end: When it ends; None while it runs. Never earlier than the later report says.
    """

    name: str
    bsn: str
    first: tuple[Reported, ...]
    second: tuple[Reported, ...]
    start: dt.date
    end: dt.date | None


CASES = (
    Case(
        "running in both",
        "999900006",
        (Reported("20190101", "", "11"),),
        (Reported("20190101", "", "11"),),
        dt.date(2019, 1, 1),
        None,
    ),
    Case(
        "running in the first, ended in the second",
        "999900018",
        (Reported("20190201", "", "12"),),
        (Reported("20190201", "20191115", "12", "19"),),
        dt.date(2019, 2, 1),
        dt.date(2019, 11, 15),
    ),
    Case(
        "with a planned end in the first that the second puts off",
        "999900031",
        (Reported("20190301", "20190731", "13", "19"),),
        (Reported("20190301", "20191231", "13", "19"),),
        dt.date(2019, 3, 1),
        dt.date(2019, 12, 31),
    ),
    Case(
        "with a planned end in the first that the second takes away",
        "999900043",
        (Reported("20190401", "20190815", "14", "19"),),
        (Reported("20190401", "", "14"),),
        dt.date(2019, 4, 1),
        None,
    ),
    Case(
        "in two parts that meet, the second of them running, and reported again",
        "999900055",
        (Reported("20190101", "20190430", "15"), Reported("20190501", "", "15")),
        (Reported("20190501", "", "15"),),
        dt.date(2019, 1, 1),
        None,
    ),
    Case(
        "ended in the first",
        "999900067",
        (Reported("20190101", "20190531", "16", "19"),),
        (),
        dt.date(2019, 1, 1),
        dt.date(2019, 5, 31),
    ),
    Case(
        "begun in the second",
        "999900079",
        (),
        (Reported("20190801", "", "17"),),
        dt.date(2019, 8, 1),
        None,
    ),
)


def file_of(code: str, municipality: str = "0518", *, numbers: bool = True) -> bytes:
    """The delivery of one half of 2019, `H12019` or `H22019`, with or without allocation numbers."""
    lines = [HEAD]
    for case in CASES:
        for each in case.first if code == "H12019" else case.second:
            number = each.number if numbers else ""
            lines.append(f"{CREATED[code]};{municipality};{case.bsn};02;{each.start};{each.end};1;{number};;;;{each.reason};")
    return "\n".join([*lines, ""]).encode()
