"""The command asks the suites without Great Expectations, the pipeline with it: both ways give every file the same result."""

from __future__ import annotations

import datetime as dt
import json
import shutil

import pytest
import yaml

from gmsd.checking import check_file, judge_without_gx, judging
from gmsd.delimited import lines
from gmsd.protocol import mistakes_in
from gmsd.rounds import HalfYear
from tests.spec.checking import ROWS, cell, check, clean, file_of, row
from tests.spec.table import OTHER_LAWS, SECTIONS
from tests.support.stack import PROJECT

CASES = [case for cases in (SECTIONS | OTHER_LAWS).values() for case in cases]


def written(result) -> str:
    return json.dumps(result.to_json(), ensure_ascii=False)


@pytest.fixture(scope="module")
def with_gx():
    return [check(case.data, **case.changes) for case in CASES]


@pytest.fixture
def refused(monkeypatch):
    """Great Expectations may not be asked: the suites as they are have a form without it."""

    def refuse(*_arguments, **_settings):
        raise AssertionError("Great Expectations was asked")

    monkeypatch.setattr(judging, "judge_with_gx", refuse)


@pytest.mark.parametrize("large", [False, True], ids=["in memory", "streamed"])
def test_every_case_gives_the_same_result(with_gx, refused, monkeypatch, large):
    if large:
        monkeypatch.setattr(lines, "_LARGE", 0)
    for case, expected in zip(CASES, with_gx, strict=True):
        found = check(case.data, judge=judge_without_gx, **case.changes)
        assert written(found) == written(expected), case.fault
        assert found.all_lines() == expected.all_lines(), case.fault


ADDED = {
    "a type of its own": {"type": "expect_column_values_to_be_unique", "kwargs": {"column": "Nummer_toewijzing"}},
    "faults allowed": {
        "type": "expect_column_values_to_match_regex",
        "kwargs": {"column": "Nummer_toewijzing", "regex": "^[1-4]$", "mostly": 0.1},
    },
    "only some rows": {
        "type": "expect_column_values_to_match_regex",
        "kwargs": {
            "column": "Nummer_toewijzing",
            "regex": "^[1-4]$",
            "row_condition": {"type": "comparison", "column": {"name": "Volume"}, "operator": "==", "parameter": "7"},
        },
    },
    "one that cannot run": {"type": "expect_column_values_to_be_between", "kwargs": {"column": "Nummer_toewijzing", "min_value": 3}},
}


@pytest.mark.parametrize("large", [False, True], ids=["in memory", "streamed"])
@pytest.mark.parametrize("what", ADDED)
def test_a_rule_that_needs_great_expectations_makes_it_judge_the_file(tmp_path, monkeypatch, what, large):
    shutil.copytree(PROJECT / "expectations", tmp_path / "expectations")
    path = tmp_path / "expectations" / "wmo" / "wmo-2020" / "facultatief.yaml"
    suite = yaml.safe_load(path.read_text(encoding="utf-8"))
    meta = {"code": "TOEW-99", "level": "facultative", "field": "Nummer_toewijzing", "message": "Zin.", "repair": "Zin.", "source": "Hier"}
    suite["expectations"].append(ADDED[what] | {"meta": meta | {"status": "assumed"}})
    path.write_text(yaml.safe_dump(suite, allow_unicode=True), encoding="utf-8")
    monkeypatch.setenv("GMSD_HOME", str(tmp_path))
    if large:
        monkeypatch.setattr(lines, "_LARGE", 0)
    assert mistakes_in() == ()
    data = file_of(*ROWS, *(row(Nummer_toewijzing=number, Volume="7") for number in ("1", "1", "9", "x")))
    found, expected = check(data, judge=judge_without_gx), check(data)
    assert written(found) == written(expected)
    told = [rule.rule for rule in expected.not_run] + [finding.rule for finding in expected.findings]
    assert ("TOEW-99" in told) == (what != "faults allowed")


def test_lines_beyond_the_first_ten_are_the_same_too(refused):
    data = cell("Volume", *(["1,5"] * 300), *(["-1"] * 30))
    found = check(data, judge=judge_without_gx).all_lines()
    assert found["VOL-02"] == list(range(5, 335))
    assert found == check(data).all_lines()


def test_a_municipality_that_nobody_tells_is_found_both_ways(refused):
    given = {"file_name": "WMO_H22019_x.csv", "municipality": None, "half_year": None, "received_on": dt.date(2020, 2, 10)}
    found = check_file(clean(), judge=judge_without_gx, **given)
    assert (found.municipality, found.half_year, found.verdict) == ("0518", HalfYear(2019, 2), "accepted")
