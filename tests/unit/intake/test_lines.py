"""The line numbers of a check survive their way to the report, and take no room where the result names them all."""

import numpy as np

from gmsd.checking import CheckResult, Finding
from gmsd.intake.lines import packed, unpacked
from gmsd.rounds import HalfYear


def result(**lines) -> CheckResult:
    findings = tuple(
        Finding(rule.replace("_", "-"), "base", "BSN", len(found), tuple(int(each) for each in found[:10]), "", "", "", np.array(found))
        for rule, found in lines.items()
    )
    return CheckResult("a.csv", "wmo-2020", HalfYear(2019, 2), "0518", "0" * 64, 1, 1, findings)


def test_what_is_packed_comes_out_again_rule_by_rule():
    many = np.sort(np.random.default_rng(1).choice(np.arange(2, 5_000_001), 100_000, replace=False))
    data = packed(result(BSN_02=many, EENH_03=(2, 3), REGEL_01=tuple(range(5, 25))))
    assert data is not None
    assert len(data) <= 400_000
    found = unpacked(data)
    assert list(found) == ["BSN-02", "REGEL-01"]
    assert found["BSN-02"] == many.tolist()
    assert found["REGEL-01"] == list(range(5, 25))
    assert data == packed(result(BSN_02=many, EENH_03=(2, 3), REGEL_01=tuple(range(5, 25))))


def test_a_result_that_names_every_line_needs_nothing_beside_it():
    assert packed(result(BSN_02=(2, 3))) is None
    assert packed(result()) is None
    assert unpacked(None) == {}
