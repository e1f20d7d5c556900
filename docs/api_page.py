"""The page of what can be imported: what each room hands out, its signature and first sentence, read from the sources."""

from __future__ import annotations

import ast
from functools import cache
from typing import TYPE_CHECKING

from tests.support.house import LIBRARY, PROJECT, arrows, in_order, layers

if TYPE_CHECKING:
    from pathlib import Path

PLUGINS = PROJECT / "plugins"
CELL = str.maketrans({"|": "\\|", "\n": " "})
HEAD = """# What can be imported

A room is entered through its `__init__`: what it hands out is below, from the bottom of [the house](house.md) up, and a test fails on an
import of anything else. Nothing here is promised to programs outside this project, except the [commands](commands.md) and `gx_polars`.
"""


@cache
def _tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def _file_of(module: str) -> Path:
    path = PLUGINS / module.replace(".", "/")
    return path / "__init__.py" if path.is_dir() else path.with_suffix(".py")


def _defined(module: str, name: str) -> tuple[ast.stmt | None, str]:
    """Where a name is defined, and what stands below it if that is a sentence: followed through the imports of modules of ours."""
    body = _tree(_file_of(module)).body
    for place, node in enumerate(body):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith(("gmsd", "gx_polars")):
            for alias in node.names:
                if (alias.asname or alias.name) == name:
                    return _defined(node.module, alias.name)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) and node.name == name:
            return node, ast.get_docstring(node) or ""
        targets = node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
        if any(isinstance(target, ast.Name) and target.id == name for target in targets):
            below = body[place + 1] if place + 1 < len(body) else None
            said = below.value.value if isinstance(below, ast.Expr) and isinstance(below.value, ast.Constant) else ""
            return node, str(said)
    return None, ""


def _handed_out(module: str) -> list[str]:
    for node in _tree(_file_of(module)).body:
        if isinstance(node, ast.Assign) and any(isinstance(target, ast.Name) and target.id == "__all__" for target in node.targets):
            return [str(name) for name in ast.literal_eval(node.value)]
    return []


def _public(module: str) -> list[str]:
    """Of a module that stands by itself: what it defines under a name without an underscore."""
    return [
        node.name
        for node in _tree(_file_of(module)).body
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_")
    ]


def _heading(name: str, node: ast.stmt | None) -> str:
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        returns = f" -> {ast.unparse(node.returns)}" if node.returns else ""
        return f"{name}({ast.unparse(node.args)}){returns}"
    return f"class {name}" if isinstance(node, ast.ClassDef) else name


def _rows(module: str, names: list[str]) -> list[str]:
    out = ["| | |", "|---|---|"]
    for name in sorted(names, key=str.casefold):
        node, said = _defined(module, name)
        out.append(f"| `{_heading(name, node).translate(CELL)}` | {said.split(chr(10) * 2)[0].translate(CELL)} |")
    return out


def api_page() -> str:
    """The rooms with what they hand out, then gx_polars with whole docstrings."""
    stands_on, out = arrows(), [HEAD]
    for name in (each for layer in reversed(layers()) for each in in_order(layer, stands_on)):
        module = f"gmsd.{name}"
        is_room = (LIBRARY / name).is_dir()
        names = _handed_out(module) if is_room else _public(module)
        if names:
            first = (ast.get_docstring(_tree(_file_of(module))) or "").split("\n\n")[0]
            out += [f"## `{module}`", "", " ".join(first.split()), "", *_rows(module, names), ""]
    out += ["## `gx_polars`", "", "A package of its own ([README](../plugins/gx_polars/README.md)); these names are promised.", ""]
    for name in _handed_out("gx_polars"):
        node, said = _defined("gx_polars", name)
        out += [f"### `{name}`", "", "```text", _heading(name, node), "", said, "```", ""]
    return "\n".join(out).rstrip("\n") + "\n"
