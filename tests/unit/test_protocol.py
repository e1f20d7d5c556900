"""The protocol's data is whole, loads as Great Expectations suites, and errors name the place."""

from __future__ import annotations

import datetime as dt

import great_expectations as gx
import pytest
import yaml

from gmsd.protocol import NoProtocolError, expectations_folder, mistakes_in, protocol_for
from gmsd.rounds import HalfYear

H2 = HalfYear(2019, 2)


@pytest.mark.parametrize(
    "path", sorted(expectations_folder().glob("wmo/*/*[!s].yaml")) + sorted(expectations_folder().glob("wmo/wmo-*/*.yaml"))
)
def test_suite_file_loads_as_it_stands(path):
    if path.parent.name != "codes":
        assert gx.ExpectationSuite(**yaml.safe_load(path.read_text(encoding="utf-8"))).name


@pytest.mark.parametrize("half_year", ["2015-H1", "2019-H2", "2026-H1"])
def test_every_half_year_from_2015_has_the_layout_of_2020(half_year):
    protocol = protocol_for(HalfYear.parse(half_year))
    assert (protocol.id, len(protocol.header), protocol.header[2]) == ("wmo-2020", 13, "BSN")


def test_half_year_before_the_first_protocol_has_none():
    with pytest.raises(NoProtocolError):
        protocol_for(HalfYear(2014, 2))


def test_rule_that_needs_the_municipality_is_left_out_without_one():
    protocol = protocol_for(H2)
    with_it, without = (
        {e.meta["code"] for e in protocol.suite(half_year=H2, received_on=dt.date(2020, 2, 1), municipality=code).expectations}
        for code in ("0518", None)
    )
    assert with_it - without == {"GEM-03"}


def test_open_suite_is_made_once_and_its_parameters_fill_it():
    protocol = protocol_for(H2)
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


def test_code_that_changed_its_meaning_is_listed_once_with_the_meaning_of_the_time():
    codes = protocol_for(H2).code_lists["reden_beeindiging"]
    assert codes.valid_in(H2).count("19") == 1
    assert codes.title_of("19", HalfYear(2017, 1)) == "Toewijzing sluiten"
    assert codes.title_of("19", H2) == "Levering volgens plan beëindigd"


def test_every_sentence_is_whole():
    for rule in protocol_for(H2).rules.values():
        assert rule.message.endswith("."), rule.code
        assert rule.repair.endswith("."), rule.code


def test_no_file_has_a_mistake():
    assert mistakes_in() == ()
