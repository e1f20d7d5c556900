"""Filters: what a municipality chose or where it lies, which rank nothing and only say who takes part.

The province is a fact that we hold. Policy traits are filled in by the institute that runs the site: a folder that a setting names, with
`<year>.yaml` (which questions there are) and `<year>.csv` (a line a municipality, a column a question). What is not filled in is unknown,
which is an answer of its own.
"""

from __future__ import annotations

import csv
import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from gmsd.protocol import Document, Key, Mistake, ProtocolError, expectations_folder
from gmsd.reference import municipalities_on, municipality

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from gmsd.protocol import Node
    from gmsd.settings import Settings

UNKNOWN = "onbekend"
_PROVINCE = "provincie"
_FILE = {"synthetic": Key(bool), "source": Key(str), "date": Key(dt.date), "traits": Key(dict)}
_QUESTION = {"title": Key(str), "values": Key(dict)}
_CODE = "gemeentecode"


@dataclass(frozen=True, slots=True)
class Filter:
    """One filter.

    Attributes:
        name: Its name in addresses and commands.
        title: What readers see.
        values: Value -> what readers see, in order; `onbekend` is among them where somebody's answer is not known.
        answers: Code of a municipality -> its value, of every municipality of the year.
        source: Where the answers come from.
        date: Of which day they are.
        synthetic: They are made up, for a demo.
    """

    name: str
    title: str
    values: Mapping[str, str]
    answers: Mapping[str, str]
    source: str
    date: dt.date
    synthetic: bool = False


def policy_folder(settings: Settings) -> Path | None:
    """Where the policy traits lie: as set, else of a demo the made-up example, else nowhere."""
    if settings.comparison_policy is not None:
        return settings.home / settings.comparison_policy
    return expectations_folder() / "comparison" / "example" if settings.synthetic else None


def load_filters(year: int, folder: Path | None) -> tuple[Filter, ...]:
    """The filters of a comparison year: the province, then the policy traits in the order of their file.

    Args:
        year: The comparison year.
        folder: The folder with policy traits; without one, or without a file of that year, there is only the province.

    Raises:
        ProtocolError: The files are not in order; every mistake is told with its line.
    """
    codes = sorted(municipalities_on(dt.date(year, 1, 1)))
    answers = {code: municipality(code).province for code in codes}
    names = {name: name for name in sorted(set(answers.values()))}
    province = Filter(_PROVINCE, "Provincie", names, answers, "CBS, Gemeentelijke indeling", dt.date(year, 1, 1))
    if folder is None or not (folder / f"{year}.yaml").is_file():
        return (province,)
    mistakes: list[Mistake] = []
    root = Document(folder / f"{year}.yaml", mistakes).root
    values = None if root is None else root.read(_FILE)
    found = () if root is None or values is None else _policy(root, values, folder / f"{year}.csv", codes)
    if mistakes:
        raise ProtocolError(*mistakes)
    return (province, *found)


def _policy(root: Node, values: dict[str, Any], answered: Path, codes: list[str]) -> tuple[Filter, ...]:
    questions: dict[str, dict[str, Any]] = {}
    for name, question in values["traits"].items():
        node = root.at("traits").at(name, f"policy trait {name}")
        if not isinstance(question, dict):
            node.fault("is no mapping")
            continue
        read = node.read(_QUESTION)
        if not str(name).isidentifier() or name == _PROVINCE:
            node.fault("a name has letters, digits and underscores, and is not that of another filter")
        if read is not None and UNKNOWN in read["values"]:
            node.fault(f'"{UNKNOWN}" is what an empty cell means, and no value', "values")
        if read is not None:
            questions[name] = read
    answers = _answers(root, answered, questions, codes)
    about = values["source"], values["date"], values["synthetic"]
    found = []
    for name, question in questions.items():
        given = answers[name]
        known = {str(value): str(title) for value, title in question["values"].items()}
        titles = known | ({UNKNOWN: "Onbekend"} if UNKNOWN in given.values() else {})
        found.append(Filter(name, question["title"], titles, given, *about))
    return tuple(found)


def _answers(root: Node, path: Path, questions: dict[str, dict[str, Any]], codes: list[str]) -> dict[str, dict[str, str]]:
    """Question -> code -> answer; the file is UTF-8, and may have semicolons or commas as a spreadsheet writes them."""
    answers = {name: dict.fromkeys(codes, UNKNOWN) for name in questions}
    mistakes = root.document.mistakes
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        mistakes.append(Mistake(path, None, f"cannot be read: {getattr(error, 'strerror', None) or 'it is not UTF-8'}"))
        return answers
    rows = csv.DictReader(lines, delimiter=";" if lines and ";" in lines[0] else ",")
    wanted = [_CODE, *questions]
    if sorted(rows.fieldnames or []) != sorted(wanted):
        mistakes.append(Mistake(path, 1, f"the columns are {', '.join(wanted)}"))
        return answers
    seen: set[str] = set()
    for row in rows:
        code = row[_CODE]
        if code not in codes or code in seen:
            mistakes.append(
                Mistake(path, rows.line_num, f'"{code}" {"stands twice" if code in seen else "is no municipality of the year"}')
            )
            continue
        seen.add(code)
        for name, question in questions.items():
            given = (row[name] or "").strip()
            if given and given not in map(str, question["values"]):
                known = ", ".join(map(str, question["values"]))
                mistakes.append(Mistake(path, rows.line_num, f'{name} is "{given}"; known are {known}, or nothing where it is unknown'))
            elif given:
                answers[name][code] = given
    return answers
