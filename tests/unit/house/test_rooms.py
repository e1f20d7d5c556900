"""The house's order: what import-linter's contracts allow, that they can fail, and that a room is entered through its front door."""

from __future__ import annotations

import ast
import os
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

from tests.support.house import LIBRARY, PROJECT, imported, layers, share_of

ROOMS = {path.parent.name for path in LIBRARY.glob("*/__init__.py")} - {"commands", "demo"}


def lint(plugins: Path) -> subprocess.CompletedProcess[str]:
    command = [str(Path(sys.executable).parent / "lint-imports"), str(PROJECT / ".importlinter"), "--no-cache"]
    environment = os.environ | {"PYTHONPATH": str(plugins)}
    return subprocess.run(command, cwd=plugins, env=environment, capture_output=True, text=True, check=False)


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    """A copy of the library that a test may spoil."""
    for package in ("gmsd", "gx_polars", "gmsd_airflow"):
        if (PROJECT / "plugins" / package).is_dir():
            shutil.copytree(PROJECT / "plugins" / package, tmp_path / package, ignore=shutil.ignore_patterns("__pycache__"))
    return tmp_path


def test_no_arrow_points_backwards():
    result = lint(PROJECT / "plugins")
    assert result.returncode == 0, result.stdout


@pytest.mark.parametrize(
    ("module", "line"),
    [
        ("gmsd/deliveries/spoiled.py", "import gmsd.releases"),
        ("gmsd/journal/spoiled.py", "import gmsd.deliveries"),
        ("gmsd/rendering/spoiled.py", "import gmsd.feedback"),
        ("gmsd/feedback/spoiled.py", "import gmsd.op_orde"),
        ("gmsd/letters/spoiled.py", "import gmsd.consent"),
        ("gmsd/figures/spoiled.py", "def f():\n    from gmsd import disclosure"),
        ("gmsd/counting/spoiled.py", "import gmsd.warehouse"),
        ("gmsd/releases/spoiled.py", "import gmsd.commands.setup"),
        ("gmsd/warehouse/spoiled.py", "import airflow"),
        ("gmsd/feedback/spoiled.py", "import great_expectations"),
        ("gmsd/checking/spoiled.py", "import gmsd_airflow"),
        ("gx_polars/spoiled.py", "import gmsd.rounds"),
    ],
)
def test_arrow_that_points_backwards_is_found(copied, module, line):
    (copied / module).write_text(line + "\n")
    result = lint(copied)
    assert result.returncode == 1
    assert "spoiled" in result.stdout


def test_circle_inside_a_room_is_found(copied):
    (copied / "gmsd" / "rounds" / "one.py").write_text("from gmsd.rounds import two\n")
    (copied / "gmsd" / "rounds" / "two.py").write_text("from gmsd.rounds import one\n")
    result = lint(copied)
    assert result.returncode == 1
    assert "No cycles are allowed in gmsd.rounds" in result.stdout


def test_new_room_must_be_given_its_place(copied):
    (copied / "gmsd" / "attic").mkdir()
    (copied / "gmsd" / "attic" / "__init__.py").write_text("")
    assert "attic" in lint(copied).stdout


def test_room_is_entered_through_its_front_door():
    side_doors = []
    for path in [*LIBRARY.rglob("*.py"), *(PROJECT / "plugins" / "gmsd_airflow").rglob("*.py"), *(PROJECT / "dags").glob("*.py")]:
        inside = path.relative_to(LIBRARY).parts[0] if path.is_relative_to(LIBRARY) else ""
        for name in imported(path):
            parts = name.split(".")
            front_door = (PROJECT / "plugins" / Path(*parts) / "__init__.py").exists()
            if parts[0] == "gmsd" and len(parts) > 1 and parts[1] in ROOMS - {inside} and not front_door:
                side_doors.append(f"{path.relative_to(PROJECT)} imports {name}")
    assert side_doors == []


@cache
def taken_of_rooms(path: Path) -> set[tuple[str, str]]:
    """Room and name of everything that a file takes from a room by its front door: `from gmsd.room import name`, or `room.name`."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    found, called = set(), {}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module == "gmsd":
            called |= {alias.asname or alias.name: alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("gmsd."):
            found |= {(node.module.removeprefix("gmsd."), alias.name) for alias in node.names}
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in called:
            found.add((called[node.value.id], node.attr))
    return found


def exported(room: str) -> set[str]:
    """The names that a room gives to others."""
    return set(ast.literal_eval(next(node.value for node in front(room).body if isinstance(node, (ast.Assign, ast.AnnAssign)))))


def front(room: str) -> ast.Module:
    return ast.parse((LIBRARY / room.replace(".", "/") / "__init__.py").read_text(encoding="utf-8"))


def needless(room: str, exports: set[str], users: list[Path]) -> set[str]:
    """What a room exports and nobody outside of it takes."""
    taken = {
        name
        for path in users
        if not path.is_relative_to(LIBRARY / room.replace(".", "/"))
        for where, name in taken_of_rooms(path)
        if where == room
    }
    return exports - taken


USERS = [path for folder in ("plugins", "dags", "docs", "services", "sql", "tests") for path in (PROJECT / folder).rglob("*.py")]


@pytest.mark.parametrize("room", sorted(ROOMS | {"web.site", "web.site.odata"}))
def test_a_room_exports_what_somebody_outside_uses_and_no_more(room):
    assert needless(room, exported(room), USERS) == set()


def test_a_name_that_nobody_outside_uses_is_found():
    assert needless("rounds", exported("rounds") | {"Attic"}, USERS) == {"Attic"}


@pytest.mark.parametrize("room", sorted(ROOMS | {"demo", "web.site", "web.site.odata"}))
def test_a_name_of_a_room_hides_no_module_of_it(room):
    """Or else an import of the module gives the name instead."""
    modules = {path.stem for path in (LIBRARY / room.replace(".", "/")).glob("*.py")}
    assert exported(room) & modules == set()


@pytest.mark.parametrize("room", sorted(ROOMS | {"commands", "demo"}))
def test_a_room_says_first_what_it_is(room):
    first = (ast.get_docstring(front(room)) or "").partition("\n")[0]
    assert first.endswith(".")
    assert 5 <= len(first.split()) <= 30


@pytest.mark.parametrize("room", sorted(ROOMS | {"commands", "demo"}))
def test_a_room_says_what_does_not_belong_there(room):
    assert any(each.startswith("Not here: ") for each in (ast.get_docstring(front(room)) or "").split("\n\n"))


@pytest.mark.parametrize("name", sorted(name for layer in layers() for name in layer))
def test_no_room_holds_more_than_nine_per_cent_of_the_lines(name):
    assert share_of(name) <= 0.09
