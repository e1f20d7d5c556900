"""What is told and changes no verdict."""

from __future__ import annotations

from tests.spec.checking import FILE, ROWS, Case, Expected, base, cell, file_of, notice, row, running


def told(what: str, data: bytes, *findings: Expected, words: tuple[str, ...] = (), **changes: object) -> Case:
    return Case(what, data, findings, dict(changes), True, words)


START = "Startdatum_ondersteuning"
UNKNOWN = row(BSN="999999999")
NOTICES = [
    told("nothing to tell", file_of(*ROWS)),
    told("starts after the half-year", running("Startdatum_ondersteuning", "20200101", "20191231"), notice(None, 5)),
    told("ended before the half-year", cell("Einddatum_ondersteuning", "20190630", "20190701"), notice(None, 5)),
    told("running since 1920", running("Startdatum_ondersteuning", "19200101")),
    told("start before 1920", running("Startdatum_ondersteuning", "19191231", "00010101"), notice(START, 5, 6), words=("ligt voor 1920",)),
    told(
        "start of another age: mistyped",
        running("Startdatum_ondersteuning", "10190201"),
        notice(START, 5),
        words=("het jaar waarschijnlijk verkeerd getypt",),
    ),
    told(
        "start that a spreadsheet makes of an empty date",
        running("Startdatum_ondersteuning", "18991230", "19000101", "19010101"),
        notice(START, 5, 6, 7),
        words=("2 keer staat er 30 december 1899, 0 januari 1900 of 1 januari 1900", "vul de datum in die in uw administratie staat"),
    ),
    told("start a year after the half-year", running("Startdatum_ondersteuning", "20201231"), notice(None, 5)),
    told(
        "start more than a year after the half-year",
        running("Startdatum_ondersteuning", "20210101", "99991231"),
        notice(START, 5, 6),
        notice(None, 5, 6),
        words=("meer dan een jaar na",),
    ),
    told("made on the last day of the half-year", cell("Aanmaakdatum_bestand", "20191231")),
    told(
        "made before the half-year had ended",
        cell("Aanmaakdatum_bestand", "20191230", "20190203"),
        notice("Aanmaakdatum_bestand", 5, 6),
        words=("voor het einde van het halfjaar",),
    ),
    told(
        "made on an empty date",
        cell("Aanmaakdatum_bestand", "18991230"),
        notice("Aanmaakdatum_bestand", 5),
        words=("wat een rekenblad van een lege datum maakt",),
    ),
    told(
        "made before, in a file that is rejected",
        file_of(row(Aanmaakdatum_bestand="20190203", Leveringsvorm="3")),
        base("Leveringsvorm", 2),
        notice("Aanmaakdatum_bestand", 2),
    ),
    told(
        "outside, of a file about the first half",
        cell("Einddatum_ondersteuning", "20181231", "20190630"),
        notice(None, 4, 5),
        file_name="WMO_H12019_x.csv",
        half_year=None,
    ),
    told(
        "outside is not told of a start that is no date", running("Startdatum_ondersteuning", "2020"), base("Startdatum_ondersteuning", 5)
    ),
    told("outside is not told of an end that is no date", cell("Einddatum_ondersteuning", "2019"), base("Einddatum_ondersteuning", 5)),
    told("identical records: the second and later", file_of(*ROWS, ROWS[0], ROWS[1], ROWS[0]), notice(None, 5, 6, 7)),
    told("identical but for one field", file_of(*ROWS, row(ROWS[0], Reden_wijziging_toewijzing="02"), row(ROWS[0], Volume="010"))),
    told("identical with a fault", file_of(*[row(Leveringsvorm="3")] * 2), base("Leveringsvorm", 2, 3), notice(None, 3)),
    told("unknown person", file_of(*ROWS, UNKNOWN), notice("BSN", 5), words=("25,0%",)),
    told("unknown persons, identical", file_of(UNKNOWN, UNKNOWN), FILE, notice(None, 3), notice("BSN", 2, 3), words=("100,0%",)),
    told(
        "share that is nearly nothing",
        file_of(*[row(ROWS[0], Volume=str(number)) for number in range(3000)], UNKNOWN),
        notice("BSN", 3002),
        words=("minder dan 0,1%",),
    ),
    told("share is of all records, those left out too", file_of(UNKNOWN, "x", "y"), base(None, 3, 4), notice("BSN", 2), words=("33,3%",)),
    told("beside a base fault", file_of(*ROWS, row(BSN="999999999", Leveringsvorm="3")), base("Leveringsvorm", 5), notice("BSN", 5)),
    told(
        "outside and beside a facultative fault",
        running("Startdatum_ondersteuning", "20200101") + row(Eenheid="1").encode(),
        *(
            ("facultative", "Eenheid", 1, (6,)),
            notice(None, 5),
        ),
    ),
    told("none after a file fault", cell("BSN", "999999999"), FILE, file_name="x.csv"),
    told("eleven: the first ten lines", file_of(*[ROWS[0]] * 12), ("notice", None, 11, tuple(range(3, 13)))),
]
EARLIER = row(ROWS[1], Startdatum_ondersteuning="20180101", Einddatum_ondersteuning="20190630")
LATER = row(ROWS[0], Startdatum_ondersteuning="20200101", Einddatum_ondersteuning="20200201")
NOWHERE = (row(ROWS[1], Einddatum_ondersteuning="20180301"), row(ROWS[0], Startdatum_ondersteuning="20200105"))
NOTHING = [
    told(
        "nothing in the half-year: over before",
        file_of(EARLIER),
        FILE,
        notice(None, 2),
        words=("de regels passen bij het 1e halfjaar 2019 (H12019)", "zet dan H12019 in de naam"),
    ),
    told(
        "nothing in the half-year: all later",
        file_of(LATER),
        FILE,
        notice(None, 2),
        words=("de regels passen bij het 1e halfjaar 2020 (H12020)", "100,0% van de regels; dat is meer dan de helft"),
    ),
    told(
        "nothing in the half-year: it fits no other",
        file_of(*NOWHERE),
        FILE,
        notice(None, 2, 3),
        words=("dus er is niets om te tellen.", "een ander halfjaar."),
    ),
    told(
        "nothing in the half-year, later than it can be",
        file_of(row(ROWS[0], Startdatum_ondersteuning="20200901")),
        FILE,
        notice(None, 2),
        words=("dus er is niets om te tellen.",),
    ),
    told("one record in the half-year", file_of(EARLIER, row(ROWS[0], Volume="2")), notice(None, 2)),
    told("half of the records outside", file_of(EARLIER, ROWS[0]), notice(None, 2), words=("50,0% van de regels.",)),
    told(
        "more than half of the records outside",
        file_of(EARLIER, row(EARLIER, Volume="2"), ROWS[0]),
        notice(None, 2, 3),
        words=("66,7% van de regels; dat is meer dan de helft", "passen bij het 1e halfjaar 2019 (H12019)"),
    ),
    told(
        "nothing counts, and a facultative fault",
        file_of(row(EARLIER, Eenheid="99")),
        FILE,
        ("facultative", "Eenheid", 1, (2,)),
        notice(None, 2),
    ),
    told(
        "nothing in the half-year beside a base fault: only that",
        file_of(row(EARLIER, Leveringsvorm="3")),
        base("Leveringsvorm", 2),
        notice(None, 2),
    ),
    told(
        "nothing in the half-year beside a faulty line: only that",
        file_of(EARLIER, "x"),
        base(None, 3),
        notice(None, 2),
        words=("50,0% van de regels.",),
    ),
    told(
        "nobody known", file_of(UNKNOWN), FILE, notice("BSN", 2), words=("overal BSN 999999999", "Neem de BSN's over uit uw administratie")
    ),
    told(
        "known persons outside the half-year only",
        file_of(EARLIER, UNKNOWN),
        FILE,
        notice(None, 2),
        notice("BSN", 3),
        words=("overal BSN 999999999",),
    ),
    told("unknown persons outside the half-year only", file_of(row(EARLIER, BSN="999999999"), ROWS[0]), notice(None, 2), notice("BSN", 2)),
    told("one known person in the half-year", file_of(UNKNOWN, EARLIER, ROWS[0]), notice(None, 3), notice("BSN", 2)),
    told("nobody known, and empty records at the end", file_of(UNKNOWN, ";;;"), FILE, notice(None, 3), notice("BSN", 2)),
]
SECTIONS = {"Notices": NOTICES, "Nothing counts": NOTHING}
