"""What `make fullsize` shows of the whole country, with a few municipalities: so that the program itself goes on working."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from tests.fullsize.__main__ import same_keys
from tests.fullsize.account import Account
from tests.fullsize.show import GATES, LOSS, OTHERWISE, SHOW_1, SHOW_2, SHOW_3, Wanted, show
from tests.support.stack import installation

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.stack import Stack


def test_a_few_municipalities_show_what_the_country_does(stack: Stack, tmp_path: Path) -> None:
    account = Account(quiet=True)
    for settings in installation(stack, tmp_path):
        same_keys(settings)
        show(settings, account, Wanted(number=3, nearest=None, quick=True))
    assert account.broken == []
    assert {each.show for each in account.lines} == {"Deliveries", SHOW_1, SHOW_2, SHOW_3}
    assert {each.table for each in account.rows} == {GATES, LOSS, OTHERWISE}
    assert [each.cells["release"] for each in account.rows if each.table == GATES] == [f"r{number:04d}" for number in range(1, 5)]
    assert {each.name for each in account.stages if each.release == "r0001"} == {
        "register", "check and report", "close", "load", "count", "plan and attack", "protect and write", "publish",
    }  # fmt: skip
    assert all(each.seconds >= 0 and each.peak_mb > 50 for each in account.stages)
    account.write(tmp_path / "latest.json")
    assert len(json.loads((tmp_path / "latest.json").read_text())["lines"]) == len(account.lines) > 20
    assert account.tables().count("| yes |") == sum(each.holds is True for each in (*account.lines, *account.rows))
