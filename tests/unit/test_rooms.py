"""The house's order: what import-linter's contracts allow, that they can fail, and that a room is entered through its front door."""

from __future__ import annotations

import ast
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[2]
LIBRARY = PROJECT / "plugins" / "gmsd"
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


def test_new_room_must_be_given_its_place(copied):
    (copied / "gmsd" / "attic").mkdir()
    (copied / "gmsd" / "attic" / "__init__.py").write_text("")
    assert "attic" in lint(copied).stdout


def imported(path: Path) -> set[str]:
    """Every module that a file names in an import, also inside functions."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.add(node.module)
    return found


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
