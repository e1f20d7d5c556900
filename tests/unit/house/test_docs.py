"""Undocumented is a failing test: generated pages are as the code is, every dependency has its reason, every category its sentence."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path

import pytest

from gmsd.settings import Settings

PROJECT = Path(__file__).resolve().parents[3]
DOCS = PROJECT / "docs"

_spec = importlib.util.spec_from_file_location("docs_generate", DOCS / "generate.py")
generate = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(generate)


@pytest.mark.parametrize("name", sorted(generate.PAGES))
def test_generated_page_is_up_to_date(name):
    assert (DOCS / name).read_text(encoding="utf-8") == generate.PAGES[name](), "run `make docs`"


def test_every_setting_has_a_description():
    assert [name for name, field in Settings.model_fields.items() if not (field.description or "").endswith(".")] == []


def test_every_command_option_says_what_it_is():
    page = generate.commands_page()
    assert re.findall(r"^\| .* \|  \|$", page, re.MULTILINE) == []


def direct_dependencies() -> set[str]:
    lines = (line for path in PROJECT.glob("requirements*.in") for line in path.read_text(encoding="utf-8").splitlines())
    return {re.split(r"[\[=<>~ ]", line)[0] for line in lines if line and not line.startswith(("#", "-"))}


def test_every_direct_dependency_has_a_reason_and_no_other_is_listed():
    rows = re.findall(r"^\| `([^`]+)` \| (.+) \|$", (DOCS / "dependencies.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert {name for name, _ in rows} == direct_dependencies()
    assert all(len(reason) > 20 for _, reason in rows)


def test_locks_are_pinned_by_hash_and_name_no_index():
    for path in PROJECT.glob("requirements*.lock"):
        text = path.read_text(encoding="utf-8")
        pinned = [line for line in text.splitlines() if line and not line.startswith((" ", "#"))]
        assert pinned
        assert "://" not in text
        assert all(re.match(r"^[A-Za-z0-9_.\[\]-]+==\S+( ;.*)? \\$", line) for line in pinned), path.name
        assert text.count("--hash=sha256:") >= len(pinned)


def test_every_decision_stands_in_the_index():
    index = (DOCS / "decisions" / "README.md").read_text(encoding="utf-8")
    records = sorted(path.name for path in (DOCS / "decisions").glob("0*.md"))
    assert records
    assert [name for name in records if f"({name})" not in index] == []
    for name in records:
        text = (DOCS / "decisions" / name).read_text(encoding="utf-8")
        assert [part for part in ("## Context", "## Decision", "## Consequences") if part not in text] == [], name


def test_every_category_of_tests_is_described():
    page = (PROJECT / "tests" / "README.md").read_text(encoding="utf-8")
    folders = {path.name for path in (PROJECT / "tests").iterdir() if path.is_dir() and any(path.rglob("test_*.py"))}
    assert {name for name in folders if f"| `{name}` |" not in page} == set()


@pytest.mark.parametrize("page", [PROJECT / "README.md", *DOCS.rglob("*.md"), PROJECT / "tests" / "README.md"], ids=lambda p: p.name)
def test_links_in_the_documentation_lead_somewhere(page):
    links = re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8"))
    assert [link for link in links if not (page.parent / link).exists()] == []
