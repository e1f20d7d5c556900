"""Alerts are data: each is looked for, says what it means and what to do, and its page is made of it."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from string import Formatter

import pytest

from gmsd.watch import all_alerts
from tests.support.house import PROJECT

FILES = [*(PROJECT / "plugins" / "gmsd" / "watch").glob("*.py"), PROJECT / "plugins" / "gmsd_airflow" / "runs.py"]


def facts_of(alert: str) -> set[str]:
    """The names that whoever finds an alert fills in, read in the code that does."""
    found: set[str] = set()
    for path in FILES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef) and any(isinstance(each, ast.Constant) and each.value == alert for each in ast.walk(node)):
                found |= {
                    str(key.value)
                    for each in ast.walk(node)
                    if isinstance(each, ast.Dict)
                    for key in each.keys
                    if isinstance(key, ast.Constant)
                }
    return found


@pytest.mark.parametrize("name", sorted(all_alerts()))
def test_each_is_looked_for_and_its_words_can_be_filled_in(name: str) -> None:
    alert = all_alerts()[name]
    wanted = {field for text in (alert.subject, alert.sees, alert.means, alert.does) for _, field, _, _ in Formatter().parse(text) if field}
    assert wanted <= facts_of(name) | {"address", "round", "day"} | set(alert.limits)
    assert all(len(text.split()) >= 5 for text in (alert.sees if name != "key_changed" else alert.subject, alert.means, alert.does))


def test_every_alert_that_is_told_of_is_defined() -> None:
    named = {each for path in FILES for each in re.findall(r'(?:yield |, )"([a-z_]+)", f"', Path(path).read_text(encoding="utf-8"))}
    assert named == set(all_alerts())


def test_the_page_says_of_each_what_to_do() -> None:
    page = (PROJECT / "docs" / "watched.md").read_text(encoding="utf-8")
    assert re.findall(r"^## (.+)$", page, re.MULTILINE) == [each.title for each in all_alerts().values()]
    assert page.count("**What to do.**") == len(all_alerts())
