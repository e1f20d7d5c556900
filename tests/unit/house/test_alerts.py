"""The page of alerts: every mail that the engineer can get stands there, with what it means and what to do, and no other."""

from __future__ import annotations

import ast
import re

import pytest

from gmsd.journal import incidents
from tests.support.house import PROJECT

PAGE = (PROJECT / "docs" / "alerts.md").read_text(encoding="utf-8")
RUNBOOK = (PROJECT / "docs" / "runbook.md").read_text(encoding="utf-8")
ROWS = re.findall(r"^\| `([^`]+)` \| (.+) \| (.+) \|$", PAGE, re.MULTILINE)
BEGINNING = "GMSD: "


def written(node: ast.expr) -> str | None:
    """A text of a program, with dots for its values."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(str(part.value) if isinstance(part, ast.Constant) else "..." for part in node.values)
    return None


def texts(tree: ast.AST) -> list[str]:
    """Every text of a program, each once: the parts of an f-string are no texts of their own."""
    inner = {id(part) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in node.values}
    return [text for node in ast.walk(tree) if isinstance(node, ast.expr) and id(node) not in inner and (text := written(node))]


def subjects() -> set[str]:
    """What programs and templates write to the engineer under; runs of dots and what stands between them are one."""
    found = set()
    for path in (PROJECT / "plugins").rglob("*.py"):
        found |= {text for text in texts(ast.parse(path.read_text(encoding="utf-8"))) if text.startswith(BEGINNING)}
    for path in (PROJECT / "plugins").rglob("*.j2"):
        found |= {
            re.sub(r"\{\{.*\}\}", "...", each)
            for each in re.findall(r"block subject %\}(GMSD: .+?)\{% endblock", path.read_text(encoding="utf-8"))
        }
    of_services = {f"{BEGINNING}...", f"{BEGINNING}... for a while"}
    assert of_services <= found
    for words in incidents._WORDS.values():
        found |= {f"{BEGINNING}{words.away}", f"{BEGINNING}{words.back} for a while"}
    return {each.replace("... ... failed", "... failed") for each in found - of_services}


def test_every_mail_to_the_engineer_is_explained_and_no_other() -> None:
    assert {subject for subject, *_ in ROWS} == subjects()
    assert len({subject for subject, *_ in ROWS}) == len(ROWS)


@pytest.mark.parametrize(("subject", "meaning", "deed"), ROWS, ids=[row[0] for row in ROWS])
def test_it_says_what_it_means_and_what_to_do(subject: str, meaning: str, deed: str) -> None:
    assert len(meaning) >= 9
    headings = {_anchor(each) for each in re.findall(r"^## (.+)$", RUNBOOK, re.MULTILINE)}
    linked = re.findall(r"\(runbook\.md#([^)]+)\)", deed)
    assert set(linked) <= headings
    assert linked or deed in {"Nothing", "The same"}


def test_section_that_a_program_sends_its_reader_to_is_in_the_runbook() -> None:
    headings = set(re.findall(r"^## (.+)$", RUNBOOK, re.MULTILINE))
    named = set()
    for path in (PROJECT / "plugins").rglob("*.py"):
        for text in texts(ast.parse(path.read_text(encoding="utf-8"))):
            named |= set(re.findall(r"""runbook,? \(?['"]([A-Z][^"]+?)['"][).]*$""", text))
            named |= set(re.findall(r"\*([A-Z][^*]+)\* in the runbook", text))
    assert len(named) >= 5
    assert named <= headings


def _anchor(heading: str) -> str:
    return re.sub(r"[^a-z0-9 -]", "", heading.lower()).replace(" ", "-")
