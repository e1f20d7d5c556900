"""Rows in = rows used + rows left out, at each step."""

from __future__ import annotations

import pytest

from gmsd.feedback import Checked
from gmsd.overview import AccountedStep
from gmsd.overview.accounting import of_check, of_load
from tests.unit import samples as s

LOADED = {
    "rows_in": 100, "rows_used": 90, "rows_out_of_scope": 7, "rows_never_sent": 3, "rows_merged": 10, "arrangements": 80
}  # fmt: skip


@pytest.mark.parametrize("name", list(s.RESULTS))
def test_a_check_takes_a_file_whole_or_not_at_all(name):
    checked = Checked.of(s.RESULTS[name])
    step = of_check(checked)
    assert step.missing == 0
    assert step.used == (checked.records if checked.accepted else 0)
    assert step.left_out["file rejected"] == checked.records - step.used


def test_a_load_adds_up_and_says_where_rows_went():
    step = of_load(LOADED)
    assert (step.rows_in, step.used, step.missing) == (100, 90, 0)
    assert step.left_out == {"never sent (reason 13)": 3, "outside the half-year": 7}
    assert step.note == "80 arrangements, 10 rows joined to another"


def test_rows_that_nothing_accounts_for_are_missing():
    assert AccountedStep("load", 100, 90, {"outside the half-year": 7}).missing == 3
