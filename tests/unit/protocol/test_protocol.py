"""The protocol's data is whole, loads as Great Expectations suites, and errors name the place."""

from __future__ import annotations

import datetime as dt

import great_expectations as gx
import pytest
import yaml

from gmsd.checking import check_file
from gmsd.checking.derive import _KINDS
from gmsd.checking.records import _TYPES
from gmsd.protocol import NoProtocolError, expectations_folder, mistakes_in, protocol_for
from gmsd.protocol.vocabulary import COLUMN_TYPES, KINDS
from gmsd.rounds import WMO, HalfYear

H2 = HalfYear(2019, 2)


@pytest.mark.parametrize("path", sorted(expectations_folder().glob("*/*-*/*.yaml")), ids=lambda path: path.name)
def test_suite_file_loads_as_it_stands(path):
    assert gx.ExpectationSuite(**yaml.safe_load(path.read_text(encoding="utf-8"))).name


@pytest.mark.parametrize("half_year", ["2015-H1", "2019-H2", "2026-H1"])
def test_every_half_year_from_2015_has_the_layout_of_2020(half_year):
    protocol = protocol_for(HalfYear.parse(half_year), WMO)
    assert (protocol.id, len(protocol.header), protocol.header[2]) == ("wmo-2020", 13, "BSN")


def test_half_year_before_the_first_protocol_has_none():
    with pytest.raises(NoProtocolError):
        protocol_for(HalfYear(2014, 2), WMO)


def test_rule_that_needs_the_municipality_is_left_out_without_one():
    protocol = protocol_for(H2, WMO)
    with_it, without = (
        {e.meta["code"] for e in protocol.suite(half_year=H2, received_on=dt.date(2020, 2, 1), municipality=code).expectations}
        for code in ("0518", None)
    )
    assert with_it - without == {"GEM-03"}


def test_open_suite_is_made_once_and_its_parameters_fill_it():
    protocol = protocol_for(H2, WMO)
    parameters = protocol.parameters(H2, dt.date(2020, 2, 1), "0518")
    assert hash(tuple(parameters.items()))
    for known, municipality in ((True, "0518"), (False, None)):
        opened = protocol.open_suite(municipality_known=known)
        assert opened is protocol.open_suite(municipality_known=known)
        filled = protocol.suite(half_year=H2, received_on=dt.date(2020, 2, 1), municipality=municipality)
        for left, right in zip(opened.expectations, filled.expectations, strict=True):
            kwargs = {
                key: parameters[value["$PARAMETER"]] if isinstance(value, dict) and "$PARAMETER" in value else value
                for key, value in left.configuration.kwargs.items()
            }
            assert {key: list(value) if isinstance(value, tuple) else value for key, value in kwargs.items()} == right.configuration.kwargs


# Which codes hold when, written down from iWmo and the dates of the protocol: list, codes, first and last half-year (None = open).
HALF_YEARS = [HalfYear(year, half) for year in range(2015, 2027) for half in (1, 2)]
VALID = [
    ("type_maatwerkarrangement", "01 02 03 04 05 06 07 08 09 10 11 12 13 14 15 16 17 18", None, None),
    ("leveringsvorm", "1 2", None, None),
    ("eenheid", "01 04 14 16 82 83", None, None),
    ("eenheid", "84", "2021-H1", None),
    ("frequentie", "1 2 4 6", None, None),
    ("frequentie", "3 5", None, "2020-H2"),
    ("reden_beeindiging", "02 19 20 21 22 23 31", None, None),
    ("reden_beeindiging", "32 33 34", None, "2017-H2"),
    ("reden_beeindiging", "36 37", "2021-H1", None),
    ("reden_beeindiging", "38 39", "2022-H1", None),
    ("reden_wijziging_toewijzing", "02 03 04 05 06 07 08 09 10 11 12", None, None),
    ("reden_wijziging_toewijzing", "01", None, "2022-H1"),
    ("reden_wijziging_toewijzing", "13 14", "2022-H1", None),
]


def holds(half_year: HalfYear, first: str | None, last: str | None) -> bool:
    return (first is None or HalfYear.parse(first) <= half_year) and (last is None or half_year <= HalfYear.parse(last))


@pytest.mark.parametrize("half_year", HALF_YEARS, ids=str)
def test_codes_are_those_of_the_half_year(half_year):
    right: dict[str, set[str]] = {}
    for name, codes, first, last in VALID:
        right.setdefault(name, set()).update(codes.split() if holds(half_year, first, last) else ())
    protocol = protocol_for(half_year, WMO)
    assert {name: set(protocol.codes(name, half_year)) for name in protocol.code_lists} == right


# Every code that does not hold for ever, with its first and last day. Codes 19 and 20 changed their meaning.
DATED = {
    ("frequentie", "3", None, dt.date(2020, 12, 31)),
    ("frequentie", "5", None, dt.date(2020, 12, 31)),
    ("eenheid", "84", dt.date(2021, 1, 1), None),
    *(("reden_beeindiging", code, None, dt.date(2017, 12, 31)) for code in ("19", "20", "32", "33", "34")),
    *(("reden_beeindiging", code, dt.date(2018, 1, 1), None) for code in ("19", "20")),
    *(("reden_beeindiging", code, dt.date(2021, 1, 1), None) for code in ("36", "37")),
    *(("reden_beeindiging", code, dt.date(2022, 4, 1), None) for code in ("38", "39")),
    ("reden_wijziging_toewijzing", "01", None, dt.date(2022, 3, 31)),
    *(("reden_wijziging_toewijzing", code, dt.date(2022, 4, 1), None) for code in ("13", "14")),
}


def test_codes_hold_from_and_to_their_days():
    every = [(codes.name, each) for codes in protocol_for(H2, WMO).code_lists.values() for each in codes.codes]
    dated = [(name, each.code, each.valid_from, each.valid_to) for name, each in every if each.valid_from or each.valid_to]
    assert sorted(dated, key=str) == sorted(DATED, key=str)


def test_code_that_changed_its_meaning_is_listed_once_with_the_meaning_of_the_time():
    codes = protocol_for(H2, WMO).code_lists["reden_beeindiging"]
    assert codes.valid_in(H2).count("19") == 1
    assert codes.title_of("19", HalfYear(2017, 2)) == "Toewijzing sluiten"
    assert codes.title_of("19", HalfYear(2018, 1)) == "Levering volgens plan beëindigd"
    assert codes.title_of("20", HalfYear(2017, 2)) == "Toewijzing aanhouden"
    assert codes.title_of("20", HalfYear(2018, 1)) == "Levering is tijdelijk beëindigd"
    assert codes.title_of("36", HalfYear(2020, 2)) is None


@pytest.mark.parametrize("rule", protocol_for(H2, WMO).rules.values(), ids=lambda rule: rule.code)
def test_rule_is_told_whole(rule):
    for sentence in (rule.message, rule.repair, *filter(None, (rule.reason, rule.explanation))):
        assert sentence[0].isupper() or sentence[0].isdigit()
        assert sentence.endswith(".")
    assert rule.source.startswith("GMSD-protocol Wmo, ")
    assert rule.status != "assumed" or rule.reason, "an assumed rule says why it was chosen"
    assert rule.field is None or rule.example, "a rule about a field shows a right value"


def test_assumed_layout_and_code_lists_say_why():
    protocol = protocol_for(H2, WMO)
    assert protocol.status != "assumed" or protocol.reason
    for codes in protocol.code_lists.values():
        assert codes.status != "assumed" or codes.reason
        for code in codes.codes:
            own = code.status != codes.status
            assert not own or code.reason, (codes.name, code.code)


@pytest.mark.parametrize("half_year", HALF_YEARS, ids=str)
def test_example_of_every_field_is_right_in_every_half_year(half_year):
    protocol = protocol_for(half_year, WMO)
    row = {rule.field: rule.example for rule in protocol.rules.values() if rule.field is not None}
    rows = [row | {rule.field: rule.example} for rule in protocol.rules.values() if rule.field is not None]
    lines = [protocol.header, *([str(cells[name]) for name in protocol.header] for cells in rows)]
    data = "".join(protocol.separator.join(line) + "\n" for line in lines).encode()
    # The example of a creation date is of February 2020; a file about an earlier half-year may come that late.
    received_on = max(half_year.first_day, dt.date(2020, 2, 10))
    result = check_file(data, file_name=f"WMO_{half_year.upload_code}_x.csv", municipality="0518", half_year=None, received_on=received_on)
    assert [finding.rule for finding in result.findings if finding.level not in ("file", "notice")] == []  # file: nothing counts then
    assert result.records == len(rows) > 13


NAME_RULES = [rule for rule in protocol_for(H2, WMO).rules.values() if rule.code.startswith("NAAM")]


@pytest.mark.parametrize("rule", NAME_RULES, ids=lambda rule: rule.code)
def test_example_of_a_name_is_right(rule):
    result = check_file(b"", file_name=rule.example, municipality="0518", half_year=H2, received_on=dt.date(2020, 2, 10))
    assert not any(finding.rule.startswith("NAAM") for finding in result.findings)


def test_checking_can_make_what_a_protocol_may_ask_for():
    assert set(KINDS) == set(_KINDS)
    assert set(COLUMN_TYPES) == set(_TYPES)


def test_no_file_has_a_mistake():
    assert mistakes_in() == ()
