"""What other programs make of a file: how it is recognised and what is said of it, as data in `expectations/<law>/damage.yaml`."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING

from gmsd.protocol.reading import Document, Key, Mistake, Node, ProtocolError, expectations_folder, refused_pattern
from gmsd.protocol.vocabulary import CHECKS, STATUSES, TYPES

if TYPE_CHECKING:
    from pathlib import Path

    from gmsd.protocol.protocol import Protocol

_FILE = {
    "name": Key(str),
    "title": Key(str),
    "status": Key(str, among=STATUSES),
    "reason": Key(str),
    "files": Key(dict),
    "headers": Key(dict),
    "records": Key(dict),
    "names": Key(list),
    "lines": Key(list),
    "cells": Key(list),
}
_OF_FILE = {"message": Key(str), "repair": Key(str)}
_OF_HEADER = {"what": Key(str), "repair": Key(str)}
_OF_LINE = {"name": Key(str), "regex": Key(str), "what": Key(str), "how": Key(str)}
_OF_NAME = {**_OF_LINE, "check": Key(str, among=tuple(CHECKS))}
_OF_CELL = {**_OF_LINE, "types": Key(list, required=False), "length": Key(int, required=False), "may_be_empty": Key(bool, required=False)}


@dataclass(frozen=True, slots=True)
class Wording:
    """What is said of a file, a first line or a record as a whole: what it is, and what takes the place of the rule's repair."""

    what: str
    repair: str


@dataclass(frozen=True, slots=True)
class Damage:
    """One kind of damage to a name, a line or a cell.

    Attributes:
        name: Its name.
        regex: Found in the faulty name, line or cell, in the syntax of Rust; `<n>` is the number of separators of a right line.
        what: Comes behind "812 keer", or behind the message about a name.
        how: Comes behind the rule's repair.
        types: The types of the fields it happens to; empty = all.
        length: The number of characters of the field's codes; None = any.
        check: The rule on the file's name, by its name in structuur.yaml; None for lines and cells.
        may_be_empty: Whether an empty cell of the field is in order, where another repair works then; None = either.
    """

    name: str
    regex: str
    what: str
    how: str
    types: tuple[str, ...] = ()
    length: int | None = None
    check: str | None = None
    may_be_empty: bool | None = None


@dataclass(frozen=True, slots=True)
class DamageList:
    """All that is recognised; `files`, `records` by the kind that `checking` finds, `headers` by the fault of the first line."""

    files: dict[str, Wording]
    headers: dict[str, Wording]
    records: dict[str, Wording]
    names: tuple[Damage, ...]
    lines: tuple[Damage, ...]
    cells: tuple[Damage, ...]

    def of_lines(self, separators: int) -> tuple[Damage, ...]:
        """The kinds of damage to a line, for a protocol whose lines have this many separators."""
        return tuple(replace(damage, regex=_places(damage.regex, separators)) for damage in self.lines)

    def of_field(self, protocol: Protocol, name: str) -> tuple[Damage, ...]:
        """The kinds of damage to the cells of a field, in the order in which they are tried; none for an unknown field."""
        field = next((field for field in protocol.fields if field.name == name), None)
        if field is None:
            return ()
        codes = protocol.code_lists[field.codes].codes if field.codes is not None else ()
        length = len(codes[0].code) if codes else None
        return tuple(
            damage
            for damage in self.cells
            if (not damage.types or field.type in damage.types)
            and damage.length in (None, length)
            and damage.may_be_empty in (None, field.may_be_empty)
        )


def damage_list(law_id: str) -> DamageList:
    """What is recognised in files of a law.

    Raises:
        ProtocolError: When the file is not in order; all mistakes are told.
    """
    return _read(_path(expectations_folder() / law_id))


def damage_mistakes(folder: Path) -> list[Mistake]:
    """Every mistake in the file, in the folder of a law; also the patterns that do not run."""
    mistakes: list[Mistake] = []
    _parse(_path(folder), mistakes, try_out=True)
    return mistakes


def _path(folder: Path) -> Path:
    return folder / "damage.yaml"


@cache
def _read(path: Path) -> DamageList:
    mistakes: list[Mistake] = []
    found = _parse(path, mistakes)
    if found is None or mistakes:
        raise ProtocolError(*mistakes)
    return found


def _parse(path: Path, mistakes: list[Mistake], *, try_out: bool = False) -> DamageList | None:
    root = Document(path, mistakes).root
    read = None if root is None else root.read(_FILE)
    if root is None or read is None:
        return None
    return DamageList(
        files=_wordings(root.at("files", "files"), _OF_FILE),
        headers=_wordings(root.at("headers", "headers"), _OF_HEADER),
        records=_wordings(root.at("records", "records"), _OF_HEADER),
        names=_damages(root.at("names"), _OF_NAME, try_out=try_out),
        lines=_damages(root.at("lines"), _OF_LINE, try_out=try_out),
        cells=_damages(root.at("cells"), _OF_CELL, try_out=try_out),
    )


def _wordings(listed: Node, known: dict[str, Key]) -> dict[str, Wording]:
    wordings = {}
    for name in listed.value:
        node = listed.at(name, f"{listed.name} {name}")
        read = node.read(known)
        if read is not None:
            wordings[str(name)] = Wording(*read.values())
    return wordings


def _damages(listed: Node, known: dict[str, Key], *, try_out: bool) -> tuple[Damage, ...]:
    damages = []
    for unnamed in listed.each():
        node = unnamed.named(f"damage {unnamed.value.get('name', '?')}")
        read = node.read(known)
        if read is None:
            continue
        types = tuple(read.get("types") or ())
        if not set(types) <= set(TYPES):
            node.fault(f"types are of {', '.join(TYPES)}", "types")
        if try_out and (refused := refused_pattern(_places(read["regex"], 12))) is not None:
            node.fault(f"regex does not run: {refused}", "regex")
        own = {key: read.get(key) for key in ("length", "check", "may_be_empty")}
        damages.append(Damage(read["name"], read["regex"], read["what"], read["how"], types, **own))
    return tuple(damages)


def _places(regex: str, separators: int) -> str:
    """A pattern with the number of separators of a line filled in."""
    for offset in (-2, -1, 0, 1):
        regex = regex.replace(f"<n{offset:+d}>" if offset else "<n>", str(separators + offset))
    return regex
