"""The nouns of the glossary: each is in the code under the name it has there, and no class of the library shares its name with another."""

from __future__ import annotations

import ast
import importlib
import re
from collections import defaultdict

import pytest

from tests.support.house import LIBRARY, PROJECT

NAMES = re.findall(r"\| `(gmsd\.[\w.]+)` \|$", (PROJECT / "docs" / "glossary.md").read_text(encoding="utf-8"), flags=re.MULTILINE)


def test_the_glossary_has_its_nouns() -> None:
    assert len(NAMES) == len(set(NAMES)) >= 20


@pytest.mark.parametrize("name", NAMES)
def test_a_noun_is_in_the_code(name: str) -> None:
    module, _, called = name.rpartition(".")
    assert hasattr(importlib.import_module(module), called)


def test_one_noun_is_one_class() -> None:
    found = defaultdict(list)
    for path in [*LIBRARY.rglob("*.py"), *(PROJECT / "plugins" / "gmsd_airflow").rglob("*.py")]:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                found[node.name].append(str(path.relative_to(PROJECT)))
    assert {name: paths for name, paths in found.items() if len(paths) > 1} == {}
