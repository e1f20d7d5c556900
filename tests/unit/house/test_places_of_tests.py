"""Where a unit test lies: in the folder of its room, named after the module that it tests; what is about the whole lies in `house`."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from tests.support.house import LIBRARY, PROJECT

UNIT = PROJECT / "tests" / "unit"
ROOMS = sorted(path.parent.name for path in LIBRARY.glob("*/__init__.py"))
FILES = sorted(path.relative_to(UNIT) for path in UNIT.rglob("test_*.py"))


def named_after(file: Path) -> Path | None:
    """The module or room that a test file, by its path below tests/unit, is named after: `feedback/test_report_same.py` tests `report`."""
    first = file.parts[0]
    folder = PROJECT / "plugins" / file.parent if first == "gx_polars" else LIBRARY / file.parent
    words = file.stem.split("_")[1:]
    names = ["_".join(words[:length]) for length in range(len(words), 0, -1)]
    modules = (folder / each for name in names for each in (f"{name}.py", f"{name}/__init__.py"))
    return next((module for module in modules if module.is_file()), None)


@pytest.mark.parametrize("room", ROOMS)
def test_each_room_has_its_folder(room: str) -> None:
    assert any(file.parts[0] == room for file in FILES)


@pytest.mark.parametrize("file", FILES, ids=str)
def test_each_file_is_named_after_a_module_or_is_about_the_whole(file: Path) -> None:
    said = ast.get_docstring(ast.parse((UNIT / file).read_text(encoding="utf-8"))) or ""
    assert len(said.split()) >= 5
    if file.parts[0] != "house":
        assert named_after(file) is not None, f"{file} names no module of plugins/gmsd/{file.parent}"


@pytest.mark.parametrize(
    ("file", "module"),
    [
        ("test_masking.py", "gmsd/masking.py"),
        ("feedback/test_report_same.py", "gmsd/feedback/report.py"),
        ("feedback/test_rule_catalogue.py", "gmsd/feedback/rule_catalogue.py"),
        ("web/test_site.py", "gmsd/web/site/__init__.py"),
        ("gx_polars/test_validation_traps.py", "gx_polars/validation.py"),
        ("feedback/test_nothing.py", None),
        ("attic/test_report.py", None),
        ("test_report.py", None),
    ],
)
def test_a_file_in_another_place_or_of_another_name_is_found(file: str, module: str | None) -> None:
    assert named_after(Path(file)) == (None if module is None else PROJECT / "plugins" / module)
