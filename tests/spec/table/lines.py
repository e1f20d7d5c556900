"""Lines that cannot be read, line ends, and where lines are counted."""

from __future__ import annotations

from tests.spec.checking import ROWS, Case, Expected, base, clean, facultative, file_of, row

OTHER_CODE = row(ROWS[0], Gemeentecode="051")
FIRST = ROWS[0].encode()


def line(what: str, *rows: str, findings: tuple[Expected, ...] = (base(None, 5),), words: tuple[str, ...] = ()) -> Case:
    """Lines after three right ones."""
    return Case(what, file_of(*ROWS, *rows), findings, words=words)


def lines(
    what: str, data: bytes, *findings: Expected, words: tuple[str, ...] = (), records: int | None = None, notices: bool = False
) -> Case:
    return Case(what, data, findings, {}, notices, words, {} if records is None else {"records": records})


LINES = [
    line("field too few", ROWS[0][:-1], words=("te weinig velden",)),
    line("one field", "x", words=("te weinig velden",)),
    line("field too many", ROWS[1].replace(";0518;", ";05;18;"), words=("te veel velden",)),
    line("separator after the last field", ROWS[0] + ";", words=("aan het einde een puntkomma te veel",)),
    line("a million separators", ";" * 1_000_000),
    line("separated by commas", ROWS[0].replace(";", ","), words=("komma's in plaats van puntkomma's",)),
    line("separated by tabs", ROWS[0].replace(";", "\t"), words=("tabs in plaats van puntkomma's",)),
    line("quotation mark", row(Gemeentecode='"0518"'), words=("1 keer staat er een aanhalingsteken", "Kladblok")),
    line("every field quoted", ";".join(f'"{cell}"' for cell in ROWS[0].split(";")), words=("aanhalingsteken",)),
    line("quotation mark in the last field", ROWS[0] + '"'),
    line("quotation mark and fields: one fault", '"' + ROWS[0] + ';;"'),
    line("ten quotation marks: one fault", row(Volume='"' * 10)),
    line("line end in quotation marks: two lines", ROWS[0] + '"a', 'b"', findings=(base(None, 5, 6),)),
    line("separator in quotation marks", row(Volume='"1;2"')),
    line("blanks only", "   ", words=("alleen spaties",)),
    line("1A only, the end of a file of DOS", "\x1a"),
    line("total below the records", "Totaal: 3", words=("slotregel",)),
    line("footer of a database", "(3 rows affected)", words=("slotregel",)),
    line("left out of the other checks", OTHER_CODE + ";"),
    line("left out of the notices", ROWS[0], ROWS[0] + ";", findings=(base(None, 6), ("notice", None, 1, (5,)))),
    line(
        "two kinds: the most frequent first",
        "x",
        "y",
        '"',
        findings=(base(None, 5, 6, 7),),
        words=("2 keer zijn er te weinig velden en 1 keer",),
    ),
    lines("empty line before a record", file_of(ROWS[0], "", ROWS[1]), base(None, 3), words=("leeg",), records=3),
    lines("empty line after the header", file_of("", *ROWS), base(None, 2), records=4),
    lines("two empty lines between records", file_of(ROWS[0], "", "", ROWS[1]), base(None, 3, 4), records=4),
    lines(
        "line of separators only has the right number of fields",
        file_of(*ROWS, ";" * 12),
        *(
            base(column, 5)
            for column in (
                "Aanmaakdatum_bestand",
                "Gemeentecode",
                "BSN",
                "Type_maatwerkarrangement",
                "Startdatum_ondersteuning",
                "Leveringsvorm",
            )
        ),
    ),
    lines("every line", file_of("a", "b"), base(None, 2, 3), records=2),
    lines("fault after a faulty line: physical line numbers", file_of("x", OTHER_CODE), base(None, 2), base("Gemeentecode", 3)),
    lines("eleven faulty lines: the first ten", file_of(*["x"] * 11), base(None, *range(2, 12), count=11), records=11),
]
ENDS = [
    lines("LF", clean(), records=3),
    lines("CRLF", file_of(*ROWS, end="\r\n"), records=3),
    lines("CRLF and LF mixed", clean().replace(b"\n", b"\r\n", 2), records=3),
    lines("none at the end", clean().rstrip(b"\n"), records=3),
    lines("none at the end, and the last field filled", file_of(ROWS[1]).rstrip(b"\n"), records=1),
    lines("empty lines at the end", clean() + b"\n\r\n\n", records=3),
    lines("lone CR is a character of its cell", file_of(*ROWS, row(Gemeentecode="05\r8")), base("Gemeentecode", 5), words=("(CR)",)),
    lines("CR before CRLF is a character of its cell", clean() + FIRST + b"\r\r\n", facultative("Reden_wijziging_toewijzing", 5)),
    lines("CR at the end of the file is a character of its cell", clean() + FIRST + b"\r", facultative("Reden_wijziging_toewijzing", 5)),
    lines("line of a CR only", clean() + b"\r\n\r\r\n" + FIRST, base(None, 5, 6), records=6),
    lines("LF and then CR", clean() + b"\r" + FIRST, base("Aanmaakdatum_bestand", 5)),
    lines(
        "vertical tab, form feed, NEL and line separator end no line",
        file_of(*(row(Gemeentecode=c) for c in "\v\f\x85\u2028")),
        base("Gemeentecode", 2, 3, 4, 5),
        records=4,
    ),
    lines(
        "byte order mark before the first record is of its cell", file_of("\ufeff" + ROWS[0], *ROWS[1:]), base("Aanmaakdatum_bestand", 2)
    ),
    lines(
        "two records that differ in a control character are no repetition",
        file_of(*(row(ROWS[0], Gemeentecode=c) for c in "\r\v")),
        base("Gemeentecode", 2, 3),
        notices=True,
    ),
]
COUNTS = [
    lines("two faults in one cell's field", file_of(OTHER_CODE, OTHER_CODE), base("Gemeentecode", 2, 3)),
    lines("ten: all lines", file_of(*[OTHER_CODE] * 10), base("Gemeentecode", *range(2, 12))),
    lines("eleven: true total, the first ten lines", file_of(*[OTHER_CODE] * 11), base("Gemeentecode", *range(2, 12), count=11)),
    lines(
        "1,500: true total",
        file_of(*[row(ROWS[0], Gemeentecode="518")] * 1500),
        base("Gemeentecode", *range(2, 12), count=1500),
        words=("1.500 keer",),
        records=1500,
    ),
    lines(
        "faults of two fields in one line count twice",
        file_of(row(Gemeentecode="5", Leveringsvorm="3")),
        base("Gemeentecode", 2),
        base("Leveringsvorm", 2),
    ),
    lines("lines left out are records", file_of(*ROWS, "x", "", "y"), base(None, 5, 6, 7), records=6),
]
SECTIONS = {"Lines": LINES, "Line ends": ENDS, "Counts and line numbers": COUNTS}
