"""Every fault a file can have, one a line: what is wrong, and the finding it gives by level, field, count and lines."""

from __future__ import annotations

import datetime as dt

import pytest

from gmsd.protocol import protocol_for
from gmsd.rounds import HalfYear
from tests.spec.checking import COLUMNS, ROWS, Case, cell, check, clean, file_of, header, running, told

FILE = ("file", None, 1, ())
HEAD = ("file", None, 1, (1,))
H1, H2 = HalfYear(2019, 1), HalfYear(2019, 2)


def base(field: str | None, *lines: int, count: int | None = None) -> tuple:
    return ("base", field, count or len(lines), lines)


def facultative(field: str, *lines: int) -> tuple:
    return ("facultative", field, len(lines), lines)


def notice(field: str | None, *lines: int) -> tuple:
    return ("notice", field, len(lines), lines)


def name(fault: str, file_name: str, *findings: tuple, **changes: object) -> Case:
    return Case(f"name: {fault}", clean(), findings, {"file_name": file_name, **changes})


def head(fault: str, line: str, *findings: tuple) -> Case:
    return Case(f"header: {fault}", file_of(*ROWS, head=line), findings)


def fields(*names: str) -> str:
    return ";".join(names)


WITHOUT_VOLUME = [column for column in COLUMNS if column != "Volume"]
ELEVEN_BAD = ROWS[0].replace(";0518;", ";051;")

NAMES = [
    name("right", "WMO_H22019_gemeenteDenHaag.CSV"),
    name("small letters and txt", "wmo_h22019_x.txt"),
    name("blanks in the free text", "WMO_H22019_gemeente Den Haag.csv"),
    name("free text is one blank", "WMO_H22019_ .csv"),
    name("underscores in the free text", "WMO_H22019_a_b.csv"),
    name("no WMO", "H22019_x.csv", FILE),
    name("something before WMO", "xWMO_H22019_x.csv", FILE),
    name("no free text", "WMO_H22019.csv", FILE),
    name("empty free text", "WMO_H22019_.csv", FILE),
    name("control character in the free text", "WMO_H22019_a\tb.csv", FILE),
    name("no code uitvraag", "WMO_x.csv", FILE),
    name("code of a third half", "WMO_H32019_x.csv", FILE),
    name("year of two digits", "WMO_H219_x.csv", FILE),
    name("before the first protocol", "WMO_H22014_x.csv", FILE, half_year=None),
    name("half-year not begun", "WMO_H22020_x.csv", FILE, half_year=None),
    name("half-year begun on the day", "WMO_H12020_x.csv", half_year=None, received_on=dt.date(2020, 2, 3)),
    name("other code uitvraag", "WMO_H12019_x.csv", FILE),
    name("extension", "WMO_H22019_x.xlsx", FILE),
    name("no extension", "WMO_H22019_x", FILE),
    name("blank after the extension", "WMO_H22019_x.csv ", FILE),
    name("second dot", "WMO_H22019_a.b.csv", FILE),
    *[name(f"forbidden {character}", f"WMO_H22019_a{character}b.csv", FILE) for character in ':\\/?;*"><|]['],
    name("extension and forbidden character", "WMO_H22019_a[b.xlsx", FILE, FILE),
    name("form, extension", "gegevens.docx", FILE, FILE),
]
HEADERS = [
    head("small letters and blanks around names", header().lower().replace(";", " ;\t")),
    head("column missing", fields(*WITHOUT_VOLUME), HEAD),
    head("column doubled", header() + ";BSN", HEAD),
    head("column unknown", header() + ";Naam", HEAD),
    head("separator after the last name", header() + ";", HEAD),
    head("quoted name", header().replace("BSN", '"BSN"'), HEAD, HEAD),
    head("name misspelt", header().replace("BSN", "B S N"), HEAD, HEAD),
    head("order", fields(*COLUMNS[:7], *reversed(COLUMNS[7:])), HEAD),
    head("comma as separator", header().replace(";", ","), HEAD, HEAD),
    head("no header but data", ROWS[0], HEAD, HEAD),
]
FILES = [
    Case("file: empty", b"", (FILE,)),
    Case("file: only a byte order mark", b"\xef\xbb\xbf", (FILE,)),
    Case("file: only empty lines", b"\r\n\n", (FILE,)),
    Case("file: header alone", header().encode(), (FILE,)),
    Case("file: header and empty lines", header().encode() + b"\r\n\r\n\n", (FILE,)),
    Case("file: UTF-16 with mark", clean().decode().encode("utf-16"), (FILE,)),
    Case("file: UTF-16 without mark", clean().decode().encode("utf-16-be"), (FILE,)),
    Case("file: byte Windows-1252 does not define", clean().replace(b"0518", b"05\x81", 1), (FILE,)),
    Case("file: mark of UTF-8 and not UTF-8", b"\xef\xbb\xbf" + clean().replace(b"0518", b"05\xe9", 1), (FILE,)),
    Case("file: NUL byte", clean().replace(b"0518", b"05\0", 1), (FILE,)),
    Case("file: NUL byte and other header", file_of("a\0b", head="x"), (FILE, HEAD, HEAD)),
    Case("file: too many bytes", clean(), (FILE,), {"max_bytes": 100}),
    Case("file: too many lines", clean(), (FILE,), {"max_lines": 3}),
    Case("file: as many lines as may be", clean(), (), {"max_lines": 4}),
    Case("file: mark of UTF-8", b"\xef\xbb\xbf" + clean(), ()),
    Case("file: CRLF", file_of(*ROWS, end="\r\n"), ()),
    Case("file: mixed line ends, none at the end", clean().replace(b"\n", b"\r\n", 2).rstrip(), ()),
    Case("file: empty lines at the end", clean() + b"\n\r\n\n", ()),
    Case("file: half-year of the folder where the name has none", clean(), (FILE,), {"file_name": "x.csv"}),
]
LINES = [
    Case("line: field too few", file_of(*ROWS, ROWS[0][:-1]), (base(None, 5),)),
    Case("line: field too many", file_of(*ROWS, ROWS[0] + ";"), (base(None, 5),)),
    Case("line: quotation mark", file_of(*ROWS, ROWS[0].replace("0518", '"0518"')), (base(None, 5),)),
    Case("line: quotation mark and fields", file_of(*ROWS, '"' + ROWS[0] + ';;"'), (base(None, 5),)),
    Case("line: line end in quotation marks", file_of(*ROWS, ROWS[0] + '"a', 'b"'), (base(None, 5, 6),)),
    Case("line: empty before a record", file_of(ROWS[0], "", ROWS[1]), (base(None, 3),)),
    Case("line: first is empty", file_of("", *ROWS), (base(None, 2),)),
    Case("line: blanks only", file_of(*ROWS, "   "), (base(None, 5),)),
    Case("line: 1A only", file_of(*ROWS, "\x1a"), (base(None, 5),)),
    Case("line: left out of the other checks", file_of(*ROWS, ELEVEN_BAD + ";"), (base(None, 5),)),
    Case("line: all of them", file_of("a", "b"), (base(None, 2, 3),)),
    Case("line: lone CR is of its cell", file_of(*ROWS, ROWS[0].replace("0518", "05\r8")), (base("Gemeentecode", 5),)),
    Case("line: CR before CRLF", clean() + ROWS[0].encode() + b"\r\r\n", (facultative("Reden_wijziging_toewijzing", 5),)),
    Case("line: byte order mark before the first record", file_of("\ufeff" + ROWS[0], *ROWS[1:]), (base("Aanmaakdatum_bestand", 2),)),
    Case(
        "line: two records with another control character",
        file_of(*(ROWS[0].replace("0518", c) for c in "\r\v")),
        (base("Gemeentecode", 2, 3),),
        notices=True,
    ),
    Case("line: true total, ten lines", file_of(*[ELEVEN_BAD] * 12), (base("Gemeentecode", *range(2, 12), count=12),)),
    Case("line: fault after a faulty line", file_of("x", ELEVEN_BAD), (base(None, 2), base("Gemeentecode", 3))),
]
BASE = [
    Case("Aanmaakdatum: empty", cell("Aanmaakdatum_bestand", ""), (base("Aanmaakdatum_bestand", 5),)),
    Case("Aanmaakdatum: forms", cell("Aanmaakdatum_bestand", "3-2-2020", "2020023", "20200230"), (base("Aanmaakdatum_bestand", 5, 6, 7),)),
    Case("Aanmaakdatum: after receipt", cell("Aanmaakdatum_bestand", "20200211", "20200210"), (base("Aanmaakdatum_bestand", 5),)),
    Case("Gemeentecode: empty", cell("Gemeentecode", ""), (base("Gemeentecode", 5),)),
    Case(
        "Gemeentecode: forms",
        cell("Gemeentecode", "518", "05180", " 0518", "0518 ", "O518", "٠٥١٨"),
        (base("Gemeentecode", 5, 6, 7, 8, 9, 10),),
    ),
    Case("Gemeentecode: another", cell("Gemeentecode", "0519"), (base("Gemeentecode", 5),)),
    Case("Gemeentecode: another, none known", cell("Gemeentecode", "0519"), (), {"municipality": None}),
    Case("Gemeentecode: form and another", cell("Gemeentecode", "519", "0519"), (base("Gemeentecode", 5), base("Gemeentecode", 6))),
    Case("BSN: empty", cell("BSN", ""), (base("BSN", 5),)),
    Case("BSN: blanks only is filled", cell("BSN", "   "), (base("BSN", 5),)),
    Case("BSN: 11-proef", cell("BSN", "999900007"), (base("BSN", 5),)),
    Case("BSN: zeros", cell("BSN", "000000000"), (base("BSN", 5),)),
    Case("BSN: leading zero lost", cell("BSN", "12345672"), (base("BSN", 5),)),
    Case("BSN: forms", cell("BSN", "9999.00.006", "9,999E+08", "9999000060", "+99900006"), (base("BSN", 5, 6, 7, 8),)),
    Case("BSN: leading zero is right", cell("BSN", "012345672"), ()),
    Case("Type: empty", cell("Type_maatwerkarrangement", ""), (base("Type_maatwerkarrangement", 5),)),
    Case("Type: forms", cell("Type_maatwerkarrangement", "1", "00", "19", "001", "x"), (base("Type_maatwerkarrangement", 5, 6, 7, 8, 9),)),
    Case("Startdatum: empty", cell("Startdatum_ondersteuning", ""), (base("Startdatum_ondersteuning", 5),)),
    Case(
        "Startdatum: forms",
        running("Startdatum_ondersteuning", "2018-1-1", "00000101", "20190229", "20181301", "2018010", "18000230", "1-7-2019", " 2018010"),
        (base("Startdatum_ondersteuning", *range(5, 13)),),
    ),
    Case("Startdatum: years that exist", running("Startdatum_ondersteuning", "00010101", "20160229", "15821010"), ()),
    Case("Einddatum: form", cell("Einddatum_ondersteuning", "20190931", "31-12-2019", " "), (base("Einddatum_ondersteuning", 5, 6, 7),)),
    Case("Einddatum: 99991231 is a date", cell("Einddatum_ondersteuning", "99991231"), ()),
    Case("Einddatum: before start", cell("Einddatum_ondersteuning", "20171231"), (base("Einddatum_ondersteuning", 5),)),
    Case("Einddatum: on the first day", cell("Einddatum_ondersteuning", "20180101"), ()),
    Case("Einddatum: not compared with a bad start", cell("Startdatum_ondersteuning", "20199999"), (base("Startdatum_ondersteuning", 5),)),
    Case("Leveringsvorm: empty", cell("Leveringsvorm", ""), (base("Leveringsvorm", 5),)),
    Case("Leveringsvorm: forms", cell("Leveringsvorm", "0", "3", "01", "1 ", "zin"), (base("Leveringsvorm", 5, 6, 7, 8, 9),)),
]
FACULTATIVE = [
    Case("Nummer: forms", cell("Nummer_toewijzing", "1234567890", "-1", "1.0", "A1"), (facultative("Nummer_toewijzing", 5, 6, 7, 8),)),
    Case("Nummer: leading zeros", cell("Nummer_toewijzing", "000000001", "0"), ()),
    Case("Volume: forms", cell("Volume", "123456789", "1,5", "1E+05", "+1", "1 0"), (facultative("Volume", 5, 6, 7, 8, 9),)),
    Case("Volume: without Eenheid", cell("Volume", "7", "00000000"), ()),
    Case("Eenheid: form", cell("Eenheid", "4", "uur", "04 "), (facultative("Eenheid", 5, 6, 7),)),
    Case("Eenheid: code", cell("Eenheid", "99", "84"), (facultative("Eenheid", 5, 6),)),
    Case("Eenheid: form and code", cell("Eenheid", "4", "99"), (facultative("Eenheid", 5), facultative("Eenheid", 6))),
    Case("Frequentie: form", cell("Frequentie", "02", "x"), (facultative("Frequentie", 5, 6),)),
    Case("Frequentie: code", cell("Frequentie", "0", "7"), (facultative("Frequentie", 5, 6),)),
    Case("Frequentie: 3 and 5 hold", cell("Frequentie", "3", "5"), ()),
    Case("Reden_beeindiging: form", cell("Reden_beeindiging", "2", "x1"), (facultative("Reden_beeindiging", 5, 6),)),
    Case("Reden_beeindiging: code", cell("Reden_beeindiging", "32", "36", "39"), (facultative("Reden_beeindiging", 5, 6, 7),)),
    Case("Reden_beeindiging: no end date", running("Reden_beeindiging", "19"), (facultative("Reden_beeindiging", 5),)),
    Case("Reden_beeindiging: bad code, no end date", running("Reden_beeindiging", "99"), (facultative("Reden_beeindiging", 5),)),
    Case(
        "Reden_beeindiging: end date not in order",
        cell("Einddatum_ondersteuning", "x"),
        (base("Einddatum_ondersteuning", 5),),
    ),
    Case("Reden_wijziging: form", cell("Reden_wijziging_toewijzing", "4"), (facultative("Reden_wijziging_toewijzing", 5),)),
    Case(
        "Reden_wijziging: code", cell("Reden_wijziging_toewijzing", "13", "15", "00"), (facultative("Reden_wijziging_toewijzing", 5, 6, 7),)
    ),
    Case("all fields: any encoding", cell("Volume", "é"), (facultative("Volume", 5),)),
    Case("all fields: Windows-1252", cell("Volume", "é").decode().encode("cp1252"), (facultative("Volume", 5),)),
    Case("all fields: curly quote", cell("Volume", "”"), (facultative("Volume", 5),)),
]
NOTICES = [
    Case("notice: starts later", running("Startdatum_ondersteuning", "20200101"), (notice(None, 5),), notices=True),
    Case("notice: ended before", cell("Einddatum_ondersteuning", "20190630", "20190701"), (notice(None, 5),), notices=True),
    Case("notice: identical records", file_of(*ROWS, ROWS[0], ROWS[1], ROWS[0]), (notice(None, 5, 6, 7),), notices=True),
    Case("notice: almost identical", file_of(*ROWS, ROWS[0] + "02"), (), notices=True),
    Case("notice: unknown person", cell("BSN", "999999999"), (notice("BSN", 5),), notices=True),
    Case(
        "notice: beside a fault",
        file_of(*ROWS, ROWS[0].replace("999900006", "999999999").replace(";1;1;", ";3;1;")),
        (base("Leveringsvorm", 5), notice("BSN", 5)),
        notices=True,
    ),
    Case(
        "notice: none after a file fault",
        cell("BSN", "999999999"),
        (FILE,),
        {"file_name": "x.csv"},
        notices=True,
    ),
]
CASES = [*NAMES, *HEADERS, *FILES, *LINES, *BASE, *FACULTATIVE, *NOTICES]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.fault)
def test_fault_gives_its_findings(case):
    result = check(case.data, **case.changes)
    assert told(result, notices=case.notices) == list(case.findings)
    assert result.not_run == ()
    levels = {finding[0] for finding in case.findings} - {"notice"}
    expected = "rejected" if levels & {"file", "base"} else "accepted_without_facultative" if levels else "accepted"
    assert result.verdict == expected
    assert result.content_errors == sum(count for level, _, count, _ in case.findings if level in ("base", "facultative"))


def test_every_rule_of_the_protocol_is_met_in_this_table():
    met = {finding.rule for case in CASES for finding in check(case.data, **case.changes).findings}
    assert met == set(protocol_for(H2).rules)


@pytest.mark.parametrize(
    ("column", "value", "half_years"),
    [
        ("Reden_beeindiging", "32", ("2017-H2", "2018-H1")),
        ("Eenheid", "84", ("2021-H1", "2020-H2")),
        ("Frequentie", "3", ("2020-H2", "2021-H1")),
        ("Frequentie", "5", ("2020-H2", "2021-H1")),
        ("Reden_beeindiging", "36", ("2021-H1", "2020-H2")),
        ("Reden_beeindiging", "38", ("2022-H1", "2021-H2")),
        ("Reden_wijziging_toewijzing", "01", ("2022-H1", "2022-H2")),
        ("Reden_wijziging_toewijzing", "13", ("2022-H1", "2021-H2")),
        ("Reden_wijziging_toewijzing", "14", ("2022-H1", "2021-H2")),
    ],
)
def test_code_is_right_when_its_validity_overlaps_the_half_year(column, value, half_years):
    for half_year, right in zip(map(HalfYear.parse, half_years), (True, False), strict=True):
        changes = {"file_name": f"WMO_{half_year.upload_code}_x.csv", "half_year": half_year, "received_on": dt.date(2023, 2, 1)}
        assert told(check(cell(column, value), **changes)) == ([] if right else [facultative(column, 5)])


@pytest.mark.parametrize(
    ("file_name", "given", "half_year", "protocol"),
    [
        ("WMO_H22019_x.csv", None, H2, "wmo-2020"),
        ("x.csv", H1, H1, "wmo-2020"),
        ("x.csv", None, None, None),
        ("WMO_H32019_x.csv", None, None, None),
        ("WMO_H22014_x.csv", None, HalfYear(2014, 2), None),
        ("WMO_H12019_x.csv", H2, H1, "wmo-2020"),
    ],
)
def test_half_year_is_the_names_then_the_folders(file_name, given, half_year, protocol):
    result = check(clean(), file_name=file_name, half_year=given)
    assert (result.half_year, result.protocol) == (half_year, protocol)


@pytest.mark.parametrize(
    ("data", "records"),
    [
        (clean(), 3),
        (clean() + b"\n\n", 3),
        (file_of(*ROWS, "x", "", "y"), 6),
        (header().encode(), 0),
        (clean().decode().encode("utf-16"), 3),
        (clean().replace(b"0518", b"05\0"), 3),
    ],
)
def test_records_are_the_lines_after_the_header(data, records):
    assert check(data).records == records
