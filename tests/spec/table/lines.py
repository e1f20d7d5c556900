"""Lines that cannot be read, line ends, and where lines are counted."""

from __future__ import annotations

from tests.spec.checking import FILE, HEAD, ROWS, Case, Expected, base, clean, facultative, file_of, notice, row, shown

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
    line("field too few, in the middle", "20200203;0518;999900006;01;20180101;;1", words=("te weinig velden",)),
    *(
        line(
            f"{what}: {shown((each,))}",
            each,
            words=("1 keer staan er hoogstens twee gegevens in", "haal regels weg waarin geen arrangement hoort"),
        )
        for what, each in (
            ("one field", "x"),
            ("a total", ";;3;;"),
            ("a total with its word", "Aantal;;3"),
            ("only a municipality", "0518;"),
            ("the columns that are copied down", "20200203;0518;;;;;;;;"),
            ("a cell beyond the last column", ";" * 20 + "x"),
        )
    ),
    line("field too many", ROWS[1].replace(";0518;", ";05;18;"), words=("te veel velden",)),
    line("separator after the last field", ROWS[0] + ";", words=("aan het einde een puntkomma te veel",)),
    line("a million separators behind a cell", "x" + ";" * 1_000_000),
    *(
        line(
            f"nothing but {what}",
            text,
            words=("geen gegevens in, alleen aanhalingstekens of scheidingstekens", "haal de regels zonder gegevens helemaal weg"),
        )
        for what, text in (
            ("quoted empty cells", ";".join(['""'] * 13)),
            ("commas", "," * 12),
            ("commas and blanks", ", ,\t,"),
            ("bars", "|||"),
            ("quoted empty cells between commas", '"","",'),
        )
    ),
    line("half of a quoted cell", '";;;', words=("een aanhalingsteken in",)),
    line("separated by commas", ROWS[0].replace(";", ","), words=("komma's in plaats van puntkomma's",)),
    line("separated by tabs", ROWS[0].replace(";", "\t"), words=("tabs in plaats van puntkomma's",)),
    line("quotation mark", row(Gemeentecode='"0518"'), words=("1 keer staat er een aanhalingsteken", "Kladblok")),
    line("every field quoted", ";".join(f'"{cell}"' for cell in ROWS[0].split(";")), words=("aanhalingsteken",)),
    line("quotation mark in the last field", ROWS[0] + '"'),
    line("quotation mark and fields: one fault", '"' + ROWS[0] + ';;"'),
    line("ten quotation marks: one fault", row(Volume='"' * 10)),
    line("line end in quotation marks: two lines", ROWS[0] + '"a', 'b"', findings=(base(None, 5, 6),)),
    line("separator in quotation marks", row(Volume='"1;2"')),
    line("1A only, the end of a file of DOS", "\x1a"),
    line("total below the records", "Totaal: 3", words=("slotregel",)),
    line("footer of a database", "(3 rows affected)", words=("slotregel",)),
    line("left out of the other checks", OTHER_CODE + ";"),
    line("left out of the notices", ROWS[0], ROWS[0] + ";", findings=(base(None, 6), ("notice", None, 1, (5,)))),
    line(
        "three kinds: how many are not explained",
        *["x", "x", "x", ROWS[0] + ";", ROWS[0] + ";", '"'],
        findings=(base(None, 5, 6, 7, 8, 9, 10),),
        words=("en 2 keer staat er aan het einde een puntkomma te veel; van nog 1 is de oorzaak hier niet genoemd.",),
    ),
    line(
        "two records on one line by a lone CR",
        ROWS[0] + "\r" + ROWS[2],
        words=("losse regelterugloop (CR) waar een regeleinde hoort", "Macintosh"),
    ),
    line("a record cut by a lone CR", ROWS[0][:20] + "\r" + ROWS[0][20:40], words=("losse regelterugloop (CR) waar een regeleinde hoort",)),
    *(
        line(f"two records on one line by {what}", ROWS[0] + mark + ROWS[2], words=("een teken in dat op een regeleinde lijkt",))
        for what, mark in (("a vertical tab", "\v"), ("a form feed", "\f"), ("NEL", "\x85"), ("U+2028", "\u2028"), ("U+2029", "\u2029"))
    ),
    line(
        "two kinds: the most frequent first",
        "x",
        "y",
        '"',
        findings=(base(None, 5, 6, 7),),
        words=("2 keer staan er hoogstens twee gegevens in, zoals in een totaalregel of in een stuk van een gebroken regel en 1 keer",),
    ),
    lines("empty line before a record", file_of(ROWS[0], "", ROWS[1]), base(None, 3), words=("leeg",), records=3),
    lines("empty line after the header", file_of("", *ROWS), base(None, 2), records=4),
    lines("two empty lines between records", file_of(ROWS[0], "", "", ROWS[1]), base(None, 3, 4), records=4),
    lines("every line", file_of("a", "b"), base(None, 2, 3), records=2),
    lines("fault after a faulty line: physical line numbers", file_of("x", OTHER_CODE), base(None, 2), base("Gemeentecode", 3)),
    lines("eleven faulty lines: the first ten", file_of(*["x"] * 11), base(None, *range(2, 12), count=11), records=11),
]
NOTHING = ";" * 12
EMPTY = [
    lines(
        "before a record",
        file_of(ROWS[0], NOTHING, ROWS[1]),
        base(None, 3),
        words=("Haal deze regels", "u hoeft er niets in te vullen"),
        records=3,
    ),
    lines("after the header", file_of(NOTHING, *ROWS), base(None, 2), records=4),
    *(
        lines(f"{what} before a record", file_of(ROWS[0], nothing, *ROWS[1:]), base(None, 3), words=("Haal deze regels",), records=4)
        for what, nothing in (
            ("one separator", ";"),
            ("eleven separators", ";" * 11),
            ("a thousand separators", ";" * 1000),
            ("blanks", "   "),
            ("blanks between the separators", " ;" * 12),
            ("tabs", "\t;" * 12 + "\t"),
            ("no-break spaces", "\u00a0;" * 12),
            ("blanks, tabs and no-break spaces", " ;\t;\u00a0; \t\u00a0;" + ";" * 8),
            ("wide and thin spaces", "\u3000;\u2009;\u202f" + ";" * 10),
            ("NEL, line separator, vertical tab and form feed", "\x85;\u2028;\v;\f" + ";" * 9),
            ("a lone CR", "\r" + NOTHING),
        )
    ),
    lines(
        "a byte order mark is no white space",
        file_of(ROWS[0], "\ufeff" + NOTHING),
        base("Aanmaakdatum_bestand", 3),
        *(base(column, 3) for column in ("Gemeentecode", "BSN", "Type_maatwerkarrangement", "Startdatum_ondersteuning", "Leveringsvorm")),
    ),
    lines(
        "with a quotation mark it is a faulty line", file_of(ROWS[0], ';"' + NOTHING, ROWS[1]), base(None, 3), words=("aanhalingsteken",)
    ),
    lines("beside an empty line: each for itself", file_of(ROWS[0], "", NOTHING, ROWS[1]), base(None, 3), base(None, 4), records=4),
    lines("in a row before a record", file_of(ROWS[0], *[NOTHING] * 12, ROWS[1]), base(None, *range(3, 13), count=12), records=14),
    lines("CRLF before a record", file_of(ROWS[0], NOTHING, ROWS[1], end="\r\n"), base(None, 3), records=3),
    *(
        lines(
            f"CRLF, {count} separators before a record",
            file_of(ROWS[0], ";" * count, ROWS[1], end="\r\n"),
            base(None, 3),
            words=("Haal deze regels",),
            records=3,
        )
        for count in (1, 2, 3, 4, 5)
    ),
    lines(
        "Windows-1252 before a record", file_of(ROWS[0], " ;\u00a0" + ";" * 11, ROWS[1]).decode().encode("cp1252"), base(None, 3), records=3
    ),
    lines("before a line of 1A", file_of(*ROWS, NOTHING, "\x1a"), base(None, 6), base(None, 5), records=5),
    lines(
        "ten thousand and one before a record",
        file_of(*[NOTHING] * 10_001, ROWS[0]),
        base(None, *range(2, 12), count=10_001),
        records=10_002,
    ),
    lines("at the end", file_of(*ROWS, NOTHING, NOTHING, NOTHING), notice(None, 5, 6, 7), words=("aantal: 3",), records=3),
    *(
        lines(f"{what} at the end", data, notice(None, *found), records=3)
        for what, data, found in (
            ("without a line end", clean() + b";;;", (5,)),
            ("blanks only", clean() + b"   \n", (5,)),
            ("a CR only", clean() + b"\r", (5,)),
            ("no-break spaces without a line end", clean() + "\u00a0".encode() * 999, (5,)),
            ("CRLF", file_of(*ROWS, NOTHING, NOTHING, end="\r\n"), (5, 6)),
            ("after an empty line", clean() + b"\n;;\n", (6,)),
            ("mixed with empty lines", clean() + b";\n\n ;\r\n\r\n\t\n\n", (5, 7, 9)),
            ("another number of separators each", clean() + b";\n;;;;\n" + b";" * 40 + b"\n", (5, 6, 7)),
            ("a million separators", clean() + b";" * 1_000_000, (5,)),
            ("Windows-1252", clean() + b"\xa0;\xa0\n", (5,)),
            ("UTF-8 with its mark", b"\xef\xbb\xbf" + clean() + "\u3000;\n".encode(), (5,)),
        )
    ),
    lines("eleven at the end: the first ten lines", file_of(*ROWS, *[NOTHING] * 11), ("notice", None, 11, tuple(range(5, 15))), records=3),
    lines("before a record and at the end", file_of(ROWS[0], NOTHING, ROWS[1], NOTHING), base(None, 3), notice(None, 5), records=3),
    lines("below the header only: no records", file_of(NOTHING, NOTHING), FILE, words=("geen gegevens",), records=0),
    lines("nothing but separators: a first line without names", b";;;\n;;;\n", HEAD, HEAD, FILE, records=0),
    lines("below an empty first line: an empty file", b"\n;;;\n  \n", FILE, words=("leeg",), records=0),
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
    lines("line of a CR only", clean() + b"\r\n\r\r\n" + FIRST, base(None, 5), base(None, 6), records=6),
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
SECTIONS = {"Lines": LINES, "Empty records": EMPTY, "Line ends": ENDS, "Counts and line numbers": COUNTS}
