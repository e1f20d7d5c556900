"""gx_polars is given away as a wheel of its own: what the wheel says of itself is true, and the same sources give the same bytes."""

from __future__ import annotations

import ast
import os
import re
import shutil
import sys
import tomllib
import zipfile
from email import message_from_string
from typing import TYPE_CHECKING

import pytest

from services import wheel
from tests.support.house import PROJECT

if TYPE_CHECKING:
    from pathlib import Path

SOURCES = wheel.SOURCES
PACKAGE = tomllib.loads((SOURCES / "pyproject.toml").read_text(encoding="utf-8"))["project"]
PROJECTS = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
NAME_OF = {"dateutil": "python-dateutil", "great_expectations": "great-expectations"}


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return wheel.build(tmp_path_factory.mktemp("dist"))


def test_the_same_sources_give_the_same_bytes(built: Path, tmp_path: Path) -> None:
    """Other rights and times of the files, and what Python and an earlier build leave beside them."""
    other = tmp_path / "checkout" / "gx_polars"
    shutil.copytree(SOURCES, other, ignore=wheel.LEFT_OUT)
    for path in other.iterdir():
        path.chmod(0o700)
        os.utime(path, (1_600_000_000, 1_600_000_000))
    for left in ("__pycache__/old.pyc", "build/lib/gx_polars/old.py", "gx_polars.egg-info/SOURCES.txt"):
        (other / left).parent.mkdir(parents=True)
        (other / left).write_text("")
    before = os.umask(0o077)
    try:
        again = wheel.build(tmp_path / "dist", other)
    finally:
        os.umask(before)
    assert again.name == built.name
    assert again.read_bytes() == built.read_bytes()


def test_wheel_holds_the_package_and_its_papers_and_nothing_else(built: Path) -> None:
    inside = {name for name in zipfile.ZipFile(built).namelist() if ".dist-info/" not in name}
    kept = {".py", ".md", ".typed"}
    assert inside == {f"gx_polars/{path.name}" for path in SOURCES.iterdir() if path.suffix in kept}
    assert {"gx_polars/README.md", "gx_polars/CHANGELOG.md", "gx_polars/DIFFERENCES.md", "gx_polars/py.typed"} <= inside


def test_wheel_says_what_it_is(built: Path) -> None:
    archive = zipfile.ZipFile(built)
    told = message_from_string(archive.read(f"gx_polars-{PACKAGE['version']}.dist-info/METADATA").decode())
    assert (told["Name"], told["Version"], told["License-Expression"]) == ("gx-polars", PACKAGE["version"], PROJECTS["license"])
    assert (told["Description-Content-Type"], told.get_payload().strip()) == (
        "text/markdown",
        (SOURCES / "README.md").read_text(encoding="utf-8").strip(),
    )
    [text] = [archive.read(name) for name in archive.namelist() if name.endswith(f"/licenses/{told['License-File']}")]
    assert text == (PROJECT / "LICENSE").read_bytes()


def test_newest_version_of_the_changelog_is_the_one_that_is_built() -> None:
    headings = re.findall(r"^## (?!Unreleased)(\S+)", (SOURCES / "CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert headings[0] == PACKAGE["version"]
    assert f"gx_polars-{PACKAGE['version']}-py3-none-any.whl" in (SOURCES / "README.md").read_text(encoding="utf-8")


def test_it_asks_for_what_it_imports_and_no_more_in_the_versions_of_this_project() -> None:
    imports = [
        name
        for path in SOURCES.glob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        for name in (
            [node.module or ""]
            if isinstance(node, ast.ImportFrom)
            else [each.name for each in getattr(node, "names", ())]
            if isinstance(node, ast.Import)
            else []
        )
    ]
    needed = {name.split(".")[0] for name in imports} - set(sys.stdlib_module_names) - {"gx_polars"}
    asked = {re.split("[=<>]", each)[0]: each for each in PACKAGE["dependencies"]}
    assert set(asked) == {NAME_OF.get(name, name) for name in needed}
    ours = {re.split("[=<>;]", each)[0]: each for each in PROJECTS["dependencies"]}
    assert {name: each for name, each in asked.items() if each != ours.get(name, each)} == {}
    assert PACKAGE["requires-python"] == PROJECTS["requires-python"]


def test_build_that_fails_says_why(tmp_path: Path) -> None:
    broken = tmp_path / "gx_polars"
    shutil.copytree(SOURCES, broken, ignore=wheel.LEFT_OUT)
    definition = (broken / "pyproject.toml").read_text(encoding="utf-8")
    (broken / "pyproject.toml").write_text(definition.replace('version = "', 'version = "no version '), encoding="utf-8")
    with pytest.raises(SystemExit, match=r"project\.version"):
        wheel.build(tmp_path / "dist", broken)
