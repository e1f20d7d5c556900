"""What each rule is, and the edges of each: what is just right and just wrong. `make mutation` shows that no edge is missing."""

# ruff: noqa: E501, RUF001  the table is read by line; digits of other scripts are meant

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest

from gmsd.protocol import NoProtocolError, protocol_for
from gmsd.rounds import WMO, HalfYear
from tests.spec.checking import COLUMNS, ROWS, cell, check, clean, file_of, header, row

if TYPE_CHECKING:
    from collections.abc import Callable

H2 = HalfYear(2019, 2)

# Codes are stable: mails, reports and the catalogue point at them. Code, level, field and standing of every rule.
REGISTER = """
NAAM-01   file         -                           seed
NAAM-02   file         -                           seed
NAAM-03   file         -                           seed
NAAM-04   file         -                           assumed
NAAM-05   file         -                           assumed
BEST-01   file         -                           assumed
BEST-02   file         -                           assumed
BEST-03   file         -                           assumed
BEST-04   file         -                           assumed
BEST-05   file         -                           assumed
BEST-06   file         -                           assumed
BEST-07   file         -                           assumed
KOL-01    file         -                           assumed
KOL-02    file         -                           assumed
KOL-03    file         -                           assumed
KOL-04    file         -                           assumed
REGEL-01  base         -                           seed
REGEL-02  base         -                           assumed
REGEL-03  notice       -                           assumed
AANM-01   base         Aanmaakdatum_bestand        assumed
AANM-02   base         Aanmaakdatum_bestand        assumed
AANM-03   base         Aanmaakdatum_bestand        assumed
GEM-01    base         Gemeentecode                assumed
GEM-02    base         Gemeentecode                assumed
GEM-03    base         Gemeentecode                assumed
GEM-04    base         Gemeentecode                assumed
BSN-01    base         BSN                         seed
BSN-02    base         BSN                         seed
TYPE-01   base         Type_maatwerkarrangement    assumed
TYPE-02   base         Type_maatwerkarrangement    public
START-01  base         Startdatum_ondersteuning    assumed
START-02  base         Startdatum_ondersteuning    assumed
EIND-02   base         Einddatum_ondersteuning     assumed
EIND-03   base         Einddatum_ondersteuning     assumed
VORM-01   base         Leveringsvorm               assumed
VORM-02   base         Leveringsvorm               assumed
AANM-04   notice       Aanmaakdatum_bestand        assumed
START-04  notice       Startdatum_ondersteuning    assumed
START-05  notice       Startdatum_ondersteuning    assumed
REC-01    notice       -                           assumed
REC-02    notice       -                           assumed
BSN-09    notice       BSN                         assumed
TOEW-02   facultative  Nummer_toewijzing           assumed
VOL-02    facultative  Volume                      assumed
EENH-02   facultative  Eenheid                     assumed
EENH-03   facultative  Eenheid                     public
FREQ-02   facultative  Frequentie                  assumed
FREQ-03   facultative  Frequentie                  public
BEEIN-02  facultative  Reden_beeindiging           assumed
BEEIN-03  facultative  Reden_beeindiging           public
BEEIN-04  facultative  Reden_beeindiging           assumed
WIJZ-02   facultative  Reden_wijziging_toewijzing  assumed
WIJZ-03   facultative  Reden_wijziging_toewijzing  public
"""
# Name, set, type, may be empty, name in the accepted record, code list.
FIELDS = """
Aanmaakdatum_bestand        base         date          no   -                  -
Gemeentecode                base         municipality  no   -                  -
BSN                         base         person        no   bsn                -
Type_maatwerkarrangement    base         code          no   product_category   type_maatwerkarrangement
Startdatum_ondersteuning    base         date          no   start_date         -
Einddatum_ondersteuning     base         date          yes  end_date           -
Leveringsvorm               base         code          no   delivery_form      leveringsvorm
Nummer_toewijzing           facultative  number        yes  allocation_number  -
Volume                      facultative  number        yes  volume             -
Eenheid                     facultative  code          yes  unit               eenheid
Frequentie                  facultative  code          yes  frequency          frequentie
Reden_beeindiging           facultative  code          yes  end_reason         reden_beeindiging
Reden_wijziging_toewijzing  facultative  code          yes  change_reason      reden_wijziging_toewijzing
"""
# The rule that each fault of name, bytes and header is told by.
FILE_RULES = [
    ("NAAM-01", clean(), {"file_name": "WMO_H22019.csv"}),
    ("NAAM-02", clean(), {"file_name": "WMO_H22019_a[b.csv"}),
    ("NAAM-03", clean(), {"file_name": "WMO_H22019_x.xlsx"}),
    ("NAAM-04", clean(), {"file_name": "WMO_H32019_x.csv"}),
    ("NAAM-05", clean(), {"file_name": "WMO_H12019_x.csv"}),
    ("BEST-01", b"", {}),
    ("BEST-02", header().encode(), {}),
    ("BEST-03", clean().replace(b"0518", b"05\x81", 1), {}),
    ("BEST-04", clean().replace(b"0518", b"05\0", 1), {}),
    ("BEST-05", clean(), {"max_bytes": 100}),
    ("BEST-06", file_of(row(Einddatum_ondersteuning="20190630")), {}),
    ("BEST-07", file_of(row(BSN="999999999")), {}),
    ("KOL-01", file_of(*ROWS, head=header().replace("Volume;", "")), {}),
    ("KOL-02", file_of(*ROWS, head=header() + ";BSN"), {}),
    ("KOL-03", file_of(*ROWS, head=header() + ";Naam"), {}),
    ("KOL-04", file_of(*ROWS, head=header().replace("Volume;Eenheid", "Eenheid;Volume")), {}),
    ("REGEL-01", file_of(*ROWS, "x"), {}),
    ("REGEL-02", file_of(ROWS[0], ";" * 12, *ROWS[1:]), {}),
]


@dataclass(frozen=True)
class Edge:
    """A rule on one column: the values that it tells, and those that it leaves alone (right ones, and those that another rule tells)."""

    rule: str
    column: str
    wrong: tuple[str, ...]
    left: tuple[str, ...]
    base: str = ROWS[1]
    changes: dict[str, Any] = field(default_factory=dict)


RUNNING, IN_2022 = ROWS[0], {"file_name": "WMO_H12022_x.csv", "half_year": HalfYear(2022, 1), "received_on": dt.date(2022, 9, 1)}
DATES = (
    "2019070",
    "201907011",
    "20190230",
    "20190229",
    "20191301",
    "00000101",
    "x20190701",
    "20190701x",
    "2019-7-1",
    " 2019070",
    "2019070 ",
    "٢٠١٩٠٧٠١",
)
NO_DATES = ("", "20190701", "20160229", "00010101")
TWO = ("4", "004", "x04", "04x", "4x", "٠٤", " 4", "4 ", "-4", "+4", "4-", " ", "  ", "x")
ONE = ("02", "22", "x", "2x", "x2", "٢", " ", "-", "+", " 2")
EDGES = [
    Edge("AANM-01", "Aanmaakdatum_bestand", ("",), (" ", "x", "20200203")),
    Edge("AANM-02", "Aanmaakdatum_bestand", DATES, (*NO_DATES, "20200211")),
    Edge("AANM-03", "Aanmaakdatum_bestand", ("20200211", "20210101", "99991231"), ("20200210", "20200209", "00010101", "x", "")),
    Edge("GEM-01", "Gemeentecode", ("",), (" ", "x", "0518")),
    Edge("GEM-02", "Gemeentecode", ("518", "00518", "x0518", "0518x", "518x", "٠٥١٨", " 518", "518 ", "-518", "+518", "x"), ("", "0518", "0519", "9999")),
    Edge("GEM-03", "Gemeentecode", ("0363", "0599", "0003"), ("", "0518", "518", "x", "00518", "0519", "9999", "0000", "1980", "1979")),
    Edge("GEM-04", "Gemeentecode", ("0519", "9999", "0000", "1980", "0053"), ("", "0518", "0363", "0003", "518", "x", "00518")),
    Edge("BSN-01", "BSN", ("",), (" ", "x", "999999999")),
    Edge("BSN-02", "BSN", ("999900007", "000000000", "99990000", "9999000060", "x99990000", "٩٩٩٩٠٠٠٠٦", " 99990006", "-99990006", "20190701"), ("", "999999999", "999999990", "999900006", "012345672", "111222333")),
    Edge("TYPE-01", "Type_maatwerkarrangement", ("",), (" ", "x", "01")),
    Edge("TYPE-02", "Type_maatwerkarrangement", ("00", "19", "1", "001", "x", " 1", "84", "02 ", "٠١"), ("", "01", "09", "10", "18")),
    Edge("START-01", "Startdatum_ondersteuning", ("",), (" ", "x", "20190701"), RUNNING),
    Edge("START-02", "Startdatum_ondersteuning", DATES, (*NO_DATES, "20200211"), RUNNING),
    Edge("EIND-02", "Einddatum_ondersteuning", DATES, ("", "20190701", "20200229", "99991231")),
    Edge("EIND-03", "Einddatum_ondersteuning", ("20171231", "00010101"), ("20180101", "20180102", "99991231", "")),
    Edge("VORM-01", "Leveringsvorm", ("",), (" ", "x", "1")),
    Edge("VORM-02", "Leveringsvorm", ("0", "3", "01", "6", "x", " 1", "1 ", "١", "12"), ("", "1", "2")),
    Edge("TOEW-02", "Nummer_toewijzing", ("1234567890", "x1", "1x", "1x1", "١", " 1", "1 ", " ", "-1", "+1", "1.0", "1E5"), ("", "0", "9", "000000009", "999999999", "10")),
    Edge("VOL-02", "Volume", ("123456789", "x1", "1x", "1x1", "١", " 1", "1 ", " ", "-1", "+1", "1,5", "1E5"), ("", "0", "9", "00000009", "99999999", "10")),
    Edge("EENH-02", "Eenheid", TWO, ("", "04", "99", "00", "81")),
    Edge("EENH-03", "Eenheid", ("99", "00", "84", "05", "02", "81"), ("", "4", "x4", "004", "01", "04", "14", "16", "82", "83")),
    Edge("FREQ-02", "Frequentie", ONE, ("", "2", "0", "9", "7")),
    Edge("FREQ-03", "Frequentie", ("0", "7", "8", "9"), ("", "x", "02", "1", "2", "3", "4", "5", "6")),
    Edge("BEEIN-02", "Reden_beeindiging", TWO, ("", "19", "99", "00", "88")),
    Edge("BEEIN-03", "Reden_beeindiging", ("99", "00", "01", "04", "32", "36", "38", "14"), ("", "2", "x2", "02", "19", "20", "21", "22", "23", "31")),
    Edge("BEEIN-04", "Reden_beeindiging", ("02", "19", "31"), ("", "99", "2", "x", "01"), RUNNING),
    Edge("WIJZ-02", "Reden_wijziging_toewijzing", TWO, ("", "04", "99", "00", "88")),
    Edge("WIJZ-03", "Reden_wijziging_toewijzing", ("99", "00", "13", "14", "15", "16", "82"), ("", "4", "x4", *(f"{code:02}" for code in range(1, 13)))),
    Edge("WIJZ-03", "Reden_wijziging_toewijzing", ("00", "15", "16"), tuple(f"{code:02}" for code in range(1, 15)), changes=IN_2022),
    Edge("BEEIN-03", "Reden_beeindiging", ("32", "33", "34", "35", "40", "01"), ("02", "19", "36", "37", "38", "39"), changes=IN_2022),
    Edge("BSN-09", "BSN", ("999999999",), ("", "999900006", "999999990", "99999999")),
    Edge("AANM-04", "Aanmaakdatum_bestand", ("20191230", "20190203", "00010101"), ("", "x", "20191231", "20200101", "20200210")),
    Edge("START-04", "Startdatum_ondersteuning", ("19191231", "18991230", "19000101", "10190201", "00010101"), ("", "x", "19200101", "20190701", "20210101"), RUNNING),
    Edge("START-05", "Startdatum_ondersteuning", ("20210101", "20290201", "99991231"), ("", "x", "20201231", "20200101", "20190701", "10190201"), RUNNING),
    Edge("REC-01", "Startdatum_ondersteuning", ("20200101", "20200210", "99991231"), ("", "x", "20191231", "20190701", "00010101"), RUNNING),
    Edge("REC-01", "Einddatum_ondersteuning", ("20190630", "20180101"), ("", "x", "20190701", "20191231", "20200101", "99991231")),
]  # fmt: skip


def table(text: str) -> list[tuple[str | None, ...]]:
    return [tuple(None if word == "-" else word for word in line.split()) for line in text.strip().splitlines()]


def rules_are_those_of_the_register() -> None:
    rules = protocol_for(H2, WMO).rules.values()
    assert {(rule.code, rule.level, rule.field, rule.status) for rule in rules} == set(table(REGISTER))


def fields_are_those_of_the_layout() -> None:
    fields = [
        (f.name, f.set, f.type, "yes" if f.may_be_empty else "no", f.record, f.codes)
        for f in protocol_for(H2, WMO).fields
    ]  # fmt: skip
    assert fields == table(FIELDS)
    assert [name for name, *_ in fields] == list(COLUMNS)


def source_is_the_place_of_the_field() -> None:
    protocol = protocol_for(H2, WMO)
    places = {name: f"GMSD-protocol Wmo, veld {place}" for place, name in enumerate(protocol.header, start=1)}
    parts = {"NAAM": "bestandsnaam", "BEST": "bestand", "KOL": "indeling", "REGEL": "indeling", "REC": "afbakening"}
    for rule in protocol.rules.values():
        place = f"GMSD-protocol Wmo, {parts[rule.code.partition('-')[0]]}" if rule.field is None else places[rule.field]
        assert rule.source == place, rule.code


def fault_of_name_bytes_or_header_is_told_by_its_rule() -> None:
    for code, data, changes in FILE_RULES:
        assert [finding.rule for finding in check(data, **changes).findings if finding.level != "notice"] == [code]


def limits_and_half_years_are_those_of_the_protocol() -> None:
    protocol = protocol_for(H2, WMO)
    assert (protocol.separator, protocol.max_bytes, protocol.max_lines) == (";", 512 * 2**20, 5_000_000)
    assert (str(protocol.first), protocol.last) == ("2015-H1", None)
    with pytest.raises(NoProtocolError):
        protocol_for(HalfYear(2014, 2), WMO)


def sentences_leave_open_only_what_is_filled_in() -> None:
    """What is named in a sentence is what this file has: the words are looked up, not only filled."""
    said = {code: check(data, **changes).findings[0] for code, data, changes in FILE_RULES}
    assert "(H22019)" in said["NAAM-05"].message
    assert ": Volume." in said["KOL-01"].message
    assert ": BSN." in said["KOL-02"].message
    assert "plaats 14." in said["KOL-03"].message
    assert re.search(r"\b0 MB\b.*\b5\.000\.000 regels", said["BEST-05"].message)
    other = check(cell("Gemeentecode", "0363")).findings[0]
    assert "(0518)" in other.message
    assert "code 0518" in other.repair
    unknown = check(cell("Gemeentecode", "0363"), municipality=None).findings[0]
    assert "(0518, die van de eerste regel" in unknown.message
    outside = check(cell("Startdatum_ondersteuning", "20200101", base=ROWS[0])).findings[0]
    assert "(2e halfjaar 2019)" in outside.message
    assert "25,0% van de regels" in outside.message
    for data in (file_of(row(Einddatum_ondersteuning="20190630")), file_of(row(BSN="999999999"))):
        assert "(2e halfjaar 2019)" in check(data).findings[0].message
    for column, value in (("Gemeentecode", "9999"), ("Aanmaakdatum_bestand", "20190203"), ("Startdatum_ondersteuning", "20290201")):
        assert "(2e halfjaar 2019)" in check(cell(column, value, base=ROWS[0])).findings[0].message
    assert "aantal: 2)" in check(file_of(*ROWS, ";", ";")).findings[0].message
    assert "25,0%" in check(cell("BSN", "999999999")).findings[-1].message


CHECKS: dict[str, Callable[[], None]] = {
    check.__name__.replace("_", " "): check
    for check in (
        rules_are_those_of_the_register,
        fields_are_those_of_the_layout,
        source_is_the_place_of_the_field,
        fault_of_name_bytes_or_header_is_told_by_its_rule,
        limits_and_half_years_are_those_of_the_protocol,
        sentences_leave_open_only_what_is_filled_in,
    )
}


@pytest.mark.parametrize("name", CHECKS)
def test_protocol(name):
    CHECKS[name]()


@pytest.mark.parametrize("edge", EDGES, ids=lambda edge: f"{edge.rule} {edge.column} {edge.changes.get('half_year', '')}")
def test_edge(edge):
    tell_edge(edge)


def tell_edge(edge: Edge) -> None:
    """Each wrong value is told by its rule and by no other; among more right lines than wrong ones."""
    enough = [ROWS[0]] * len(edge.wrong)
    rows = [row(edge.base, **{edge.column: value}) for value in edge.wrong]
    result = check(file_of(*ROWS, *enough, *rows), **edge.changes)
    first = 2 + len(ROWS) + len(enough)
    level = protocol_for(H2, WMO).rules[edge.rule].level
    counts_nothing = {"BEST-06", "BEST-07"}  # what is told of many wrong values together is no finding of one
    found = [
        (f.rule, f.count, f.lines) for f in result.findings if (f.level != "notice" and f.rule not in counts_nothing) or f.rule == edge.rule
    ]
    assert result.not_run == ()
    assert found == [(edge.rule, len(rows), tuple(range(first, first + len(rows)))[:10])], level
    left = check(file_of(*ROWS, *(row(edge.base, **{edge.column: value}) for value in edge.left)), **edge.changes)
    assert edge.rule not in {finding.rule for finding in left.findings}


def test_every_rule_has_its_edges():
    whole_lines = {"REC-02", "REGEL-03"}
    assert {edge.rule for edge in EDGES} | {code for code, *_ in FILE_RULES} | whole_lines == set(protocol_for(H2, WMO).rules)
