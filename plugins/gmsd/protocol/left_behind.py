"""Objects nobody delivered: what systems and transfer programs leave in a folder, as data in `expectations/inbox/left_behind.yaml`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fnmatch import translate
from functools import cache
from pathlib import PurePath
from typing import TYPE_CHECKING

from gmsd.protocol.law import laws
from gmsd.protocol.reading import Document, Key, Mistake, Node, ProtocolError, expectations_folder
from gmsd.protocol.vocabulary import STATUSES

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

_FILE = {
    "name": Key(str),
    "status": Key(str, among=STATUSES),
    "reason": Key(str),
    "files": Key(list),
    "folders": Key(list),
}
_ENTRY = {"what": Key(str), "names": Key(list)}


@dataclass(frozen=True, slots=True)
class _List:
    files: tuple[tuple[re.Pattern[str], str], ...]
    folders: tuple[tuple[re.Pattern[str], str], ...]


def is_left_behind(name_or_path: str | PurePath) -> bool:
    """Tell whether a file is one that a system or transfer program left: no delivery, whoever looks at it. See `left_by`."""
    return left_by(name_or_path) is not None


def left_by(name_or_path: str | PurePath) -> str | None:
    """Say what left a file.

    Args:
        name_or_path: A file's name, its path from the folder that is looked at, or the key of an object (parts by `/`). One that ends in
            `/` means the folder.

    Returns:
        What it is, in English; None when it may be a delivery. A name that a delivery of some law has is one in every folder.

    Raises:
        ProtocolError: The list, or a law, is not in order.

    Source: assumed, as the list itself says.
    """
    path = name_or_path.as_posix() if isinstance(name_or_path, PurePath) else name_or_path
    *folders, name = [part.casefold() for part in path.split("/")]
    if any(law.may_name(name) for law in laws()):
        return None
    known = _read(_path(expectations_folder()))
    found = _first(known.files, name)
    return found or next((what for what in (_first(known.folders, folder) for folder in folders) if what), None)


def left_behind_mistakes(folder: Path) -> list[Mistake]:
    """Every mistake in the list, below a folder with expectations."""
    mistakes: list[Mistake] = []
    _parse(_path(folder), mistakes)
    return mistakes


def _first(entries: Sequence[tuple[re.Pattern[str], str]], part: str) -> str | None:
    return None if part in ("", ".", "..") else next((what for pattern, what in entries if pattern.fullmatch(part)), None)


def _path(folder: Path) -> Path:
    return folder / "inbox" / "left_behind.yaml"


@cache
def _read(path: Path) -> _List:
    mistakes: list[Mistake] = []
    found = _parse(path, mistakes)
    if found is None or mistakes:
        raise ProtocolError(*mistakes)
    return found


def _parse(path: Path, mistakes: list[Mistake]) -> _List | None:
    root = Document(path, mistakes).root
    read = None if root is None else root.read(_FILE)
    if root is None or read is None:
        return None
    return _List(_entries(root.at("files")), _entries(root.at("folders")))


def _entries(listed: Node) -> tuple[tuple[re.Pattern[str], str], ...]:
    found = []
    for node in listed.each():
        read = node.read(_ENTRY)
        if read is not None:
            found.append((_pattern(node.named(read["what"]), read["names"]), read["what"]))
    return tuple(found)


def _pattern(node: Node, names: Sequence[object]) -> re.Pattern[str]:
    """One pattern for all the names; one that would take every name is a mistake, for it would swallow deliveries."""
    for name in names:
        if not isinstance(name, str):
            node.fault(f"{name!r} is no name; put it between quotation marks")
        elif not name.strip("*?"):
            node.fault(f'"{name}" would take every name')
    if not names:
        node.fault("no name is given")
    return re.compile("|".join(translate(name.casefold()) for name in names if isinstance(name, str)) or r"(?!)")
