"""What is told and changes no verdict."""

from __future__ import annotations

from tests.spec.checking import FILE, ROWS, Case, Expected, base, cell, file_of, notice, row, running


def told(what: str, data: bytes, *findings: Expected, words: tuple[str, ...] = (), **changes: object) -> Case:
    return Case(what, data, findings, dict(changes), True, words)


UNKNOWN = row(BSN="999999999")
NOTICES = [
    told("nothing to tell", file_of(*ROWS)),
    told("starts after the half-year", running("Startdatum_ondersteuning", "20200101", "20191231"), notice(None, 5)),
    told("ended before the half-year", cell("Einddatum_ondersteuning", "20190630", "20190701"), notice(None, 5)),
    told("running since long ago", running("Startdatum_ondersteuning", "00010101")),
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
    told("unknown persons, identical", file_of(UNKNOWN, UNKNOWN), notice(None, 3), notice("BSN", 2, 3), words=("100,0%",)),
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
SECTIONS = {"Notices": NOTICES}
