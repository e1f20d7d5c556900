"""The page about security: each line of what somebody could try names a test, and every test that it names is there."""

from __future__ import annotations

import ast
import re
from functools import cache

import pytest

from tests.support.house import PROJECT

PAGE = (PROJECT / "docs" / "security.md").read_text(encoding="utf-8")
NAMED = re.compile(r"`(test_\w+)(?:::(test_\w+))?`")


@cache
def known() -> dict[str, frozenset[str]]:
    """The tests of every file, by its name; files of one name together."""
    found: dict[str, set[str]] = {}
    for path in (PROJECT / "tests").rglob("test_*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        here = found.setdefault(path.stem, set())
        here |= {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)}
    return {name: frozenset(functions) for name, functions in found.items()}


def lines() -> list[str]:
    """Rows of the tables that say what is held."""
    found = []
    held = False
    for line in PAGE.splitlines():
        if line.startswith("| ") and line.endswith("| held by |"):
            held = True
        elif not line.startswith("|"):
            held = False
        elif held and not line.startswith("|---"):
            found.append(line)
    return found


def test_there_is_a_table_for_each_who_could_try_something():
    assert PAGE.count("| held by |") == 1 + PAGE.count("\n### ") >= 7
    assert len(lines()) > 40


@pytest.mark.parametrize("line", lines(), ids=lambda line: line[2:50])
def test_a_line_names_tests_that_are_there(line):
    named = NAMED.findall(line.rsplit("|", 2)[1])
    assert named, "no test holds this line"
    for file, function in named:
        assert file in known(), file
        assert not function or function in known()[file], f"{file}::{function}"


def test_files_that_are_named_whole_hold_tests():
    assert all(any(name.startswith("test_") for name in known()[file]) for file, function in NAMED.findall(PAGE) if not function)


def test_the_tables_of_who_may_do_what_are_linked():
    assert "(access.md)" in PAGE
