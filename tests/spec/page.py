"""The table of faulty files as a page to read: docs/faults.md."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.spec.checking import shown
from tests.spec.table import OTHER_LAWS, SECTIONS

if TYPE_CHECKING:
    from tests.spec.checking import Case, Expected

_CELL = str.maketrans({"|": "\\|", "\n": " "})
_INTRODUCTION = """# Faulty files, and what the check says of them

Every row is a small file with a fault that `make test` checks: what is wrong, the finding (level, field, how often, on which lines; the
header is line 1), and for a file or a cell that is recognised some words of the sentences. A file has three right records on lines 2 to 4
and the cells that are shown on the lines after them, unless the row says otherwise. It is delivered by municipality 0518 about 2019-H2, and
received on 10 February 2020. Notices are shown where they are the point. Every number that could be a person's is made up."""


def faults_page() -> str:
    """The whole page."""
    sections = SECTIONS | OTHER_LAWS
    lines = [_INTRODUCTION, "", f"{sum(map(len, sections.values()))} files."]
    for section, cases in sections.items():
        lines += ["", f"## {section}", "", "| what is wrong | findings | in the sentences |", "|---|---|---|", *map(_row, cases)]
    return "\n".join(lines) + "\n"


def _row(case: Case) -> str:
    other = [
        _change(name, value) for name, value in case.changes.items() if not isinstance(value, str) or shown((value,)) not in case.fault
    ]
    fault = case.fault + (f" ({', '.join(other)})" if other else "")
    findings = "<br>".join(map(_finding, case.findings)) or "none"
    answers = "".join(f"<br>{name}: {value}" for name, value in case.answers.items())
    words = "<br>".join(f"„{words}”" for words in case.words)
    return f"| {fault.translate(_CELL)} | {(findings + answers).translate(_CELL)} | {words.translate(_CELL)} |"


def _change(name: str, value: Any) -> str:
    return f"{name.replace('_', ' ')}: {'unknown' if value is None else value}"


def _finding(finding: Expected) -> str:
    level, field, count, lines = finding
    where = (
        f"on line{'s' if len(lines) > 1 else ''} {', '.join(map(str, lines))}{' …' if count > len(lines) else ''}" if lines else "no line"
    )
    return f"**{level}**{f' {field}' if field else ''}: {count}, {where}"
