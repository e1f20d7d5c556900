"""The house as its files say it: the order of the rooms, their lines, and which room imports which."""

from __future__ import annotations

import ast
import re
from configparser import ConfigParser
from functools import cache
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
LIBRARY = PROJECT / "plugins" / "gmsd"


@cache
def layers() -> tuple[tuple[str, ...], ...]:
    """The rooms and modules of the library by layer, the highest first, as the contract has them."""
    contracts = ConfigParser()
    contracts.read(PROJECT / ".importlinter", encoding="utf-8")
    order = contracts["importlinter:contract:order"]["layers"].split("\n")
    return tuple(tuple(sorted(part.strip() for part in re.split("[:|]", each))) for each in order if each.strip())


def in_order(layer: tuple[str, ...], stands_on: dict[str, frozenset[str]]) -> list[str]:
    """The rooms of a layer, each after those beside it that it imports."""
    placed: list[str] = []
    while len(placed) < len(layer):
        placed += [name for name in layer if name not in placed and not (stands_on[name] & set(layer)) - set(placed)][:1]
    return placed


def modules_of(name: str) -> list[Path]:
    """The files of a room, or of a module that stands by itself."""
    room = LIBRARY / name
    return sorted(room.rglob("*.py")) if room.is_dir() else [room.with_suffix(".py")]


@cache
def lines_of(name: str) -> int:
    """The lines of a room."""
    return sum(len(path.read_text(encoding="utf-8").splitlines()) for path in modules_of(name))


def share_of(name: str) -> float:
    """Its share of the lines of the library."""
    return lines_of(name) / sum(len(path.read_text(encoding="utf-8").splitlines()) for path in LIBRARY.rglob("*.py"))


def imported(path: Path, *, types: bool = True) -> set[str]:
    """Every module that a file names in an import, also inside functions; without `types` only what it imports when it runs."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")) if types else _when_it_runs(path)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.add(node.module)
            found |= {f"{node.module}.{alias.name}" for alias in node.names} if node.module == "gmsd" else set()
    return found


def _when_it_runs(path: Path) -> ast.Module:
    """A file without what only the type checker reads."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    tree.body = [node for node in tree.body if not (isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING")]
    return tree


@cache
def arrows() -> dict[str, frozenset[str]]:
    """Room -> the rooms that it imports when it runs."""
    names = {name for layer in layers() for name in layer}
    found = {
        name: {each.split(".")[1] for path in modules_of(name) for each in imported(path, types=False) if each.startswith("gmsd.")}
        for name in names
    }
    return {name: frozenset(below & names - {name}) for name, below in found.items()}
