"""Code lists: codes appear, disappear and change meaning, so each carries the days it is valid."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gmsd.protocol.reading import Document, Key
from gmsd.protocol.vocabulary import STATUSES

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from gmsd.protocol.reading import Mistake, Node
    from gmsd.rounds import HalfYear

_LIST = {
    "name": Key(str),
    "title": Key(str),
    "source": Key(str),
    "status": Key(str, among=STATUSES),
    "reason": Key(str, required=False),
    "codes": Key(list),
}
_CODE = {
    "code": Key(str),
    "title": Key(str),
    "valid_from": Key(dt.date, required=False, nullable=True),
    "valid_to": Key(dt.date, required=False, nullable=True),
    "status": Key(str, required=False, among=STATUSES),
    "reason": Key(str, required=False),
}


@dataclass(frozen=True, slots=True)
class Code:
    """One code with its Dutch title and its first and last day; None = open.

    Attributes:
        code: The code as it stands in a file.
        title: What it means.
        valid_from: The first day it may be used.
        valid_to: The last day.
        status: Where its validity comes from: seed, public or assumed.
        reason: Why this choice, in Dutch, when it is assumed.
    """

    code: str
    title: str
    valid_from: dt.date | None
    valid_to: dt.date | None
    status: str
    reason: str | None

    def overlaps(self, half_year: HalfYear) -> bool:
        """Whether the code is valid on at least one day of the half-year."""
        started = self.valid_from is None or self.valid_from <= half_year.last_day
        return started and (self.valid_to is None or self.valid_to >= half_year.first_day)


@dataclass(frozen=True, slots=True)
class CodeList:
    """A list of codes; a code that changed its meaning stands in it once per meaning."""

    name: str
    title: str
    source: str
    status: str
    reason: str | None
    codes: tuple[Code, ...]

    def valid_in(self, half_year: HalfYear) -> tuple[str, ...]:
        """The codes whose validity overlaps the half-year, in the order of the list, each once."""
        return tuple(dict.fromkeys(code.code for code in self.codes if code.overlaps(half_year)))

    def title_of(self, code: str, half_year: HalfYear) -> str | None:
        """What the code means in the half-year (its last meaning there), or None when it is not valid."""
        titles = [entry.title for entry in self.codes if entry.code == code and entry.overlaps(half_year)]
        return titles[-1] if titles else None


def read_code_lists(paths: Iterable[Path], mistakes: list[Mistake]) -> tuple[dict[str, CodeList], tuple[str, ...]]:
    """Read the files of `codes/`; what is wrong in them is added to `mistakes`.

    Returns:
        The lists by name; and all names, also of lists that cannot be read, so that one mistake is not told again where the list is used.
    """
    lists: dict[str, CodeList] = {}
    files: dict[str, Path] = {}
    unread: list[str] = []
    for path in paths:
        root = Document(path, mistakes).root
        read = None if root is None else root.read(_LIST)
        if root is None or read is None:
            unread.append(path.stem)
            continue
        name = read["name"]
        if name in lists:
            root.fault(f'code list "{name}" stands in {files[name].name} too; each name is used once', "name")
        codes = _codes(root.at("codes"), read["status"])
        lists[name] = CodeList(name, read["title"], read["source"], read["status"], read["reason"], codes)
        files[name] = path
    return lists, (*lists, *unread)


def _codes(listed: Node, status: str) -> tuple[Code, ...]:
    if not listed.value:
        listed.fault("codes is empty; it is a list of codes")
    found: list[tuple[Code, Node]] = []
    for unnamed in listed.each():
        entry = unnamed.named(f"code {unnamed.value.get('code', '?')}")
        read = entry.read(_CODE)
        if read is None:
            continue
        code = Code(read["code"], read["title"], read["valid_from"], read["valid_to"], read["status"] or status, read["reason"])
        if code.valid_from is not None and code.valid_to is not None and code.valid_from > code.valid_to:
            entry.fault(
                f"valid_to ({code.valid_to}) lies before valid_from ({code.valid_from}); both are days on which it is valid", "valid_to"
            )
        for earlier, node in found:
            if earlier.code == code.code and _both_valid(earlier, code):
                entry.fault(f"stands also on line {node.line} and both are valid on the same days; let one end before the other begins")
        found.append((code, entry))
    return tuple(code for code, _node in found)


def _both_valid(one: Code, other: Code) -> bool:
    first = max(one.valid_from or dt.date.min, other.valid_from or dt.date.min)
    return first <= min(one.valid_to or dt.date.max, other.valid_to or dt.date.max)
