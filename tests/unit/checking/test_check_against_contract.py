"""The check and a slow one, written from the contract's words alone, say the same of files that are spoiled at random."""

from __future__ import annotations

import datetime as dt
import os
from collections import Counter

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gmsd.checking import check_file, judge_without_gx
from gmsd.rounds import HalfYear
from tests.support.slow_check import FIELDS, slow_check

CASES = int(os.environ.get("GMSD_ORACLE_CASES", "150"))
# Around the edges of what can be meant, of each of the half-years below.
MEANT = ["19191231", "19200101", "18991230", "19000101", "20160630", "20160701", "20181231", "20190101", "20201231", "20210101", "20231231"]
HALF_YEARS = [(2015, 1), (2017, 2), (2018, 1), (2019, 1), (2019, 2), (2020, 2), (2021, 1), (2021, 2), (2022, 1), (2022, 2)]
DAYS = [
    "20180101",
    "20180101",
    "20190630",
    "20190701",
    "20191231",
    "20200101",
    "20200210",
    "20200211",
    "20220401",
    "00010101",
    "99991231",
    "20160229",
    *MEANT,
]
ODD = ':\\/?;*"><|][.aB _\u00e9\t\x85\u2028'
DAYS_OF_RECEIPT = [dt.date(2023, 2, 1), dt.date(2020, 2, 10), dt.date(2019, 7, 1), dt.date(2019, 6, 30)]
PERSONS = ["999900006", "999900018", "999900031", "012345672", "123456782", "999999999"]
RIGHT = {
    "Aanmaakdatum_bestand": ["20200203", "20150101", "20180601", "20191230", "20191231", "20230201", "20230202"],
    "Gemeentecode": ["0518", "0518", "0518", "0518", "0363", "0003", "1979", "0457", "1921", "9999"],
    "BSN": PERSONS,
    "Type_maatwerkarrangement": ["01", "09", "18"],
    "Startdatum_ondersteuning": DAYS,
    "Einddatum_ondersteuning": ["", *DAYS],
    "Leveringsvorm": ["1", "2"],
    "Nummer_toewijzing": ["", "1", "000000001", "123456789"],
    "Volume": ["", "0", "99999999"],
    "Eenheid": ["", "01", "04", "83", "84"],
    "Frequentie": ["", "1", "3", "5", "6"],
    "Reden_beeindiging": ["", "02", "19", "31", "32", "36", "38", "39"],
    "Reden_wijziging_toewijzing": ["", "01", "02", "12", "13", "14"],
}
NASTY = [
    *[
        "",
        " ",
        "x",
        "é",
        "\u0660",
        "\uff11",
        "\r",
        "\v",
        "\x85",
        "\u2028",
        "\u00a0",
        "\ufeff",
        "\t",
        "\x1a",
        "\U0001f600",
        "-1",
        "+1",
        "1.0",
    ],
    *["1E+05", "1,5", "0", "00", "3", "7", "19", "24", "99", "001", "518", "05180", "0519", "0000", "000000000", "12345672", "999900007"],
    *["9999000060", "123456789", "1234567890", "20190229", "20191301", "20190431", "00000101", "1-7-2019", "2019-07-01", "43647", "NULL"],
    *["20190701 ", "\t01", "01\r", "NaN", "null", "True", "\u20181\u2019", "”", "#N/B", "\ufdd0", "\ufffd", "a" * 300],
]
NAMES = [
    *[
        "WMO_{code}_x.csv",
        "wmo_{code}_Den Haag.TXT",
        "WMO_{code}_a_b.csv",
        "Wmo_{code}_ .Csv",
        "WMO_{code}_.csv",
        "WMO_{code}.csv",
        "x.csv",
        "",
    ],
    *["WMO_H32019_x.csv", "WMO_H20000_x.csv", "WMO_H12019_x.csv", "WMO_H22014_x.csv", "WMO_H12024_x.csv", "WMO_x_y.csv", "WMO__x.csv"],
    *["WMO_{code}_a.b.csv", "WMO_{code}_a:b.csv", "WMO_{code}_[.xlsx", "WMO_{code}_x", "WMO_{code}_x.csv ", "xWMO_{code}_x.csv", "a;b"],
    *["WMO_{code}_a\tb.csv", "WMO_{code}_a\x85.csv", "WMO_{code}x_y.csv", "WMO-{code}-x.csv", "WMO_h2\uff12019_x.csv", "WMO_{code}_\n.csv"],
]
PIECES = [
    b"\r",
    b"\n",
    b"\r\n",
    b"\n\n",
    b";",
    b'"',
    b" ",
    b"\t",
    b"\0",
    b"\x81",
    b"\x9d",
    b"\xe9",
    b"\xc3\xa9",
    b"\xef\xbb\xbf",
    b"\x1a",
    b"\xc2\x85",
]
BLANK = ["", "", " ", "\t", "\u00a0", "\x85", "\u2003", "\u2028", "\u3000", "\v", "\x1f", "\r", "\ufeff", "\u200b", "\x1a"]
# At most two in one file: a fault of the file itself tells nothing of its content, and one fault can hide another.
SPOILED = [
    "name",
    "header",
    "header case",
    "separator",
    "lines",
    "repeated",
    "no records",
    "whole column",
    "empty records",
    "ends",
    "end",
    "cp1252",
    "mark",
    "bytes",
    "limit",
]


@st.composite
def record(draw, spoiled):
    cells = {column: draw(st.sampled_from(values)) for column, values in RIGHT.items()}
    for column in draw(st.lists(st.sampled_from(FIELDS), max_size=2)):
        cells[column] = draw(st.sampled_from(NASTY) | st.text(max_size=9))
    line = ";".join(cells.values())
    if spoiled and draw(st.booleans()):
        place = draw(st.integers(0, len(line)))
        line = line[:place] + draw(st.sampled_from(['"', ";", "\n", "\r\n", ";;", "\r", ""])) + line[place + draw(st.integers(0, 2)) :]
    return line


@st.composite
def nothing(draw):
    """A line of separators and white space, or nearly so: another number of separators, a mark that is no white space, or no character."""
    count = draw(st.sampled_from([12, 12, 12, 0, 1, 11, 13, 30]))
    return ";".join(draw(st.lists(st.sampled_from(BLANK[: draw(st.sampled_from([1, 4, 12, 15]))]), min_size=count + 1, max_size=count + 1)))


@st.composite
def first_line(draw, what):
    names = list(FIELDS)
    if "header case" in what:
        names = [draw(st.sampled_from([name, name.lower(), name.upper(), f" {name}\t"])) for name in FIELDS]
    if "header" in what:
        for _ in range(draw(st.integers(1, 3))):
            place = draw(st.integers(0, len(names)))
            new = draw(st.lists(st.sampled_from([*FIELDS, "", "x", '"BSN"', "B S N", "\ufeff", "Kosten"]), max_size=2))
            names[place : place + draw(st.integers(0, 2))] = new
    return draw(st.sampled_from(",\t|")).join(names) if "separator" in what else ";".join(names)


@st.composite
def content(draw, what):
    records = [] if "no records" in what else draw(st.lists(record("lines" in what), min_size=1, max_size=6))
    if records and "whole column" in what:
        # the same cell in every record, so that a fault of one does not hide what is said of all
        column = draw(st.sampled_from(["BSN", "Startdatum_ondersteuning", "Einddatum_ondersteuning", "Gemeentecode"]))
        value = draw(st.sampled_from([*RIGHT[column], "20190630", "20191231"] if column.endswith("ondersteuning") else RIGHT[column]))
        records = [
            ";".join(value if name == column else cell for name, cell in zip(FIELDS, line.split(";"), strict=False)) for line in records
        ]
    if records and "repeated" in what:
        records += [draw(st.sampled_from(records))] * draw(st.integers(1, 14))
    if "empty records" in what:
        for _ in range(draw(st.integers(1, 3))):
            place = draw(st.sampled_from([len(records), len(records), 0, 1]))
            records[place:place] = draw(st.lists(nothing(), min_size=1, max_size=12))
    ends = st.sampled_from(["\n", "\r\n"]) if "ends" in what else st.just(draw(st.sampled_from(["\n", "\r\n"])))
    text = "".join(line + draw(ends) for line in [draw(first_line(what)), *records])
    if "end" in what:
        ended = ["", "\n\n", "\r\n\r\n", "\r", "\n \n", "\x1a", "\n;;\n\n ;", "\n;\n\x1a", "\n\u00a0;\r\n\r\n"]
        text = text.rstrip("\r\n") + draw(st.sampled_from(ended))
    data = text.encode("cp1252", errors="replace") if "cp1252" in what else text.encode()
    for _ in range(draw(st.integers(1, 2)) if "bytes" in what else 0):
        place = draw(st.integers(0, len(data)))
        data = data[:place] + draw(st.sampled_from(PIECES) | st.binary(max_size=3)) + data[place + draw(st.integers(0, 1)) :]
    return (b"\xef\xbb\xbf" if "mark" in what else b"") + data


@st.composite
def delivery(draw):
    what = draw(st.sets(st.sampled_from(SPOILED), max_size=2))
    half_year = draw(st.sampled_from(HALF_YEARS))
    names = st.sampled_from(NAMES) | st.text(ODD, max_size=4).map("WMO_{{code}}_{}.csv".format) | st.text(max_size=20)
    name = draw(names) if "name" in what else NAMES[0]
    return {
        "data": draw(content(what)),
        "file_name": name.replace("{code}", f"H{half_year[1]}{half_year[0]}"),
        "municipality": draw(st.sampled_from(["0518", "0518", None])),
        "half_year": draw(st.sampled_from([half_year, None, (2019, 2)])) if "name" in what else half_year,
        "received_on": draw(st.sampled_from([dt.date(2023, 2, 1), dt.date(2023, 1, 31)] if "name" not in what else DAYS_OF_RECEIPT)),
        "max_lines": 4 if "limit" in what else 5_000_000,
    }


@settings(max_examples=CASES, deadline=None, suppress_health_check=list(HealthCheck))
@given(delivery())
def test_the_check_says_what_the_contract_says(given_file):
    half_year = given_file["half_year"]
    result = check_file(**given_file | {"half_year": None if half_year is None else HalfYear(*half_year)})
    expected = slow_check(**given_file)
    assert Counter((f.level, f.field, f.count, f.lines) for f in result.findings) == expected.findings
    assert result.not_run == ()
    assert check_file(**given_file | {"half_year": None if half_year is None else HalfYear(*half_year)}, judge=judge_without_gx) == result
    assert (result.verdict, result.content_errors, result.records) == (expected.verdict, expected.content_errors, expected.records)
    assert result.half_year == (None if expected.half_year is None else HalfYear(*expected.half_year))
    if expected.municipality is not None:
        assert result.municipality == expected.municipality
    assert (result.protocol is not None) == expected.protocol
