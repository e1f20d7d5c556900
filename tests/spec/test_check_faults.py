"""Every fault a file can have, one a row of `table/`: what is wrong, and the finding it gives by level, field, count and lines."""

from __future__ import annotations

import json
import re
from functools import cache
from typing import TYPE_CHECKING

import pytest

from gmsd.protocol import damage_list, expectations_folder, protocols
from gmsd.rounds import WMO
from tests.spec.checking import COLUMNS, ROWS, cell, check, told
from tests.spec.table import SECTIONS

if TYPE_CHECKING:
    from gmsd.checking import Finding

ROWS_OF_TABLE = [(section, case) for section, cases in SECTIONS.items() for case in cases]


@cache
def findings_of_table() -> list[Finding]:
    return [finding for _, case in ROWS_OF_TABLE for finding in check(case.data, **case.changes).findings]


@pytest.mark.parametrize("case", [pytest.param(case, id=f"{section}: {case.fault}") for section, case in ROWS_OF_TABLE])
def test_fault_gives_its_findings(case):
    result = check(case.data, **case.changes)
    assert told(result, notices=case.notices or any(level == "notice" for level, *_ in case.findings)) == list(case.findings)
    assert result.not_run == ()
    levels = {finding[0] for finding in case.findings} - {"notice"}
    expected = "rejected" if levels & {"file", "base"} else "accepted_without_facultative" if levels else "accepted"
    assert result.verdict == expected
    assert result.content_errors == sum(count for level, _, count, _ in case.findings if level in ("base", "facultative"))
    assert {name: getattr(result, name) for name in case.answers} == case.answers
    said = " ".join(f"{finding.message} {finding.repair}" for finding in result.findings)
    assert [words for words in case.words if words not in said] == [], said
    for finding in result.findings:
        assert finding.message.endswith("."), finding.message
        assert finding.repair.endswith("."), finding.repair
        assert not re.search(r"[{}]", finding.message + finding.repair)


def test_rows_are_many_and_told_apart():
    names = [(section, case.fault) for section, case in ROWS_OF_TABLE]
    assert len(names) >= 150
    assert len(set(names)) == len(names)


def test_every_rule_of_the_protocols_of_the_wmo_is_met_in_this_table():
    met = {finding.rule for finding in findings_of_table()}
    assert met == {code for protocol in protocols(expectations_folder(), WMO) for code in protocol.rules}


def test_everything_that_is_recognised_is_met_in_this_table():
    said = " ".join(f"{finding.message} {finding.repair}" for finding in findings_of_table())
    known = damage_list(WMO)
    sentences = [
        *(wording.what for wording in known.files.values()),
        *(re.split(r"\{\w+\}", wording.what)[0] for wording in (*known.headers.values(), *known.records.values())),
        *(damage.what for damage in (*known.names, *known.lines, *known.cells)),
    ]
    assert [sentence for sentence in sentences if sentence not in said] == []


def test_no_cell_stands_in_a_sentence():
    cells = ["4711,5", "Jansen", "1-2-1947", "47110815", "999900018x"]
    for column in COLUMNS:
        told_of = json.dumps(check(cell(column, *cells)).to_json(), ensure_ascii=False)
        assert [value for value in cells if value in told_of] == []
    head = ";".join(["Jansen", "1-2-1947", *COLUMNS[2:]])
    told_of = json.dumps(check("\n".join([head, *ROWS]).encode()).to_json(), ensure_ascii=False)
    assert [value for value in cells if value in told_of] == []
