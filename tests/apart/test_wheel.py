"""The package on a machine of its own: from the sources to an archive, from that to a wheel, and installed beside nothing else.

The installation is a real one: the installer that `make` works with (uv, else pip) takes every dependency from the package index, in the
versions of the lock. That is what a municipality does, and with uv it takes seconds: what `make setup` fetched lies in its cache. Building
happens in a copy, without isolation, with the setuptools of the lock.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tarfile
import zipfile
from io import BytesIO
from typing import TYPE_CHECKING, NamedTuple

import openpyxl
import pytest

from tests.spec.checking import ROWS, cell, file_of
from tests.support.machine import PLAIN, PROJECT, environment, run

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SOURCES = ("pyproject.toml", "setup.py", "MANIFEST.in", "README.md", "LICENSE", "CHANGELOG.md", "plugins", "expectations", "sql")
LEFT_OUT = {"alembic", "apache-airflow", "boto3", "holidays", "httpx", "psycopg", "pyarrow", "sqlalchemy", "starlette", "uvicorn"}
BUILD = "import sys, setuptools.build_meta as backend; backend.{what}(sys.argv[1])"


class Installed(NamedTuple):
    """Where the package was installed, and what was installed."""

    bin: Path
    wheel: Path


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built from the source archive, not from the checkout: the archive must be complete."""
    copy, out = tmp_path_factory.mktemp("sources"), tmp_path_factory.mktemp("built")
    for name in SOURCES:
        if (PROJECT / name).is_dir():
            shutil.copytree(PROJECT / name, copy / name, ignore=shutil.ignore_patterns("__pycache__", "*.egg-info"))
        else:
            shutil.copy(PROJECT / name, copy)
    run(sys.executable, "-c", BUILD.format(what="build_sdist"), out, cwd=copy)
    [archive] = out.glob("*.tar.gz")
    with tarfile.open(archive) as opened:
        opened.extraction_filter = getattr(tarfile, "data_filter", None)  # came with 3.11.4
        opened.extractall(out)
    [unpacked] = (path for path in out.iterdir() if path.is_dir())
    run(sys.executable, "-c", BUILD.format(what="build_wheel"), out, cwd=unpacked)
    [built] = out.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installed]:
    """An environment with the wheel and what it asks for."""
    folder = tmp_path_factory.mktemp("machine")
    yield Installed(environment(folder, wheel), wheel)
    shutil.rmtree(folder)


@pytest.fixture
def gmsd(installed: Installed, tmp_path: Path):
    """The installed command, in a folder that has nothing to do with the checkout."""
    (tmp_path / "expectations").mkdir()  # a folder of the person's own, of another Great Expectations project

    def call(*arguments: object) -> subprocess.CompletedProcess[bytes]:
        command = [str(installed.bin / "gmsd"), *map(str, arguments)]
        return subprocess.run(command, cwd=tmp_path, env=PLAIN, capture_output=True, timeout=120, check=False)

    return call


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    good, faulty = tmp_path / "WMO_H22019_goed.csv", tmp_path / "WMO_H22019_fout.csv"
    good.write_bytes(file_of(*ROWS))
    faulty.write_bytes(cell("BSN", "123", "x"))
    return good, faulty


def test_wheel_carries_the_rules_and_the_statements(wheel):
    inside = set(zipfile.ZipFile(wheel).namelist())
    for name in ("expectations", "sql"):
        wanted = {path.relative_to(PROJECT) for path in (PROJECT / name).rglob("*") if path.is_file() and path.suffix != ".pyc"}
        assert {f"gmsd/_data/{path}" for path in wanted} <= inside
    assert not [name for name in inside if name.startswith("tests") or name.endswith(".pyc")]


def test_only_what_a_check_needs_is_installed(installed):
    listing = "import importlib.metadata as m; print(*{d.name.lower().replace('_', '-') for d in m.distributions()})"
    names = set(run(installed.bin / "python", "-c", listing).split())
    assert "gmsd" in names
    assert not names & LEFT_OUT
    assert len(names) < 60


def test_good_and_faulty_file_are_checked(gmsd, files):
    good, faulty = (gmsd("check", path, "--municipality", "0518", "--format", "json") for path in files)
    assert (good.returncode, json.loads(good.stdout)["verdict"]) == (0, "accepted")
    result = json.loads(faulty.stdout)
    assert (faulty.returncode, result["verdict"], result["protocol"]) == (1, "rejected", "wmo-2020")
    assert [(f["field"], f["lines"]) for f in result["findings"] if f["level"] == "base"] == [("BSN", [5, 6])]


def test_reports_are_written(gmsd, files, tmp_path):
    _, faulty = files
    page = gmsd("check", faulty, "--format", "html")
    assert (page.returncode, page.stdout[:15].lower()) == (1, b"<!doctype html>")
    out = tmp_path / "report.xlsx"
    assert gmsd("check", faulty, "--format", "xlsx", "--out", out).returncode == 1
    assert openpyxl.load_workbook(BytesIO(out.read_bytes())).sheetnames[0] == "samenvatting"
    text = gmsd("check", faulty)
    assert (text.returncode, text.stderr) == (1, b"")
    assert "Afgekeurd" in text.stdout.decode()


@pytest.mark.parametrize("command", ["rounds list", "deliveries list", "releases list", "setup", "serve", "doctor", "demo play"])
def test_other_commands_say_what_they_need(gmsd, command):
    done = gmsd(*command.split())
    lines = done.stderr.decode().splitlines()
    assert (done.returncode, done.stdout, len(lines)) == (2, b"", 1), lines
    assert "install gmsd[pipeline]" in lines[0]


def test_help_needs_nothing_more(gmsd):
    done = gmsd("--help")
    assert (done.returncode, done.stderr) == (0, b"")
    assert all(name in done.stdout.decode() for name in ("check", "rounds", "releases"))


LOOK_AROUND = """
import polars as pl, great_expectations as gx, gx_polars, sys, warnings
warnings.simplefilter("ignore")
frame = pl.DataFrame({"a": ["ab", None, "b"], "n": [1, None, 3]})
rules = [gx.expectations.ExpectColumnValuesToMatchRegex(column="a", regex="(?<=a)b")]
[result] = gx_polars.validate(frame, gx.ExpectationSuite(name="s", expectations=rules)).results
print(result.success, result.result["unexpected_count"], result.result["partial_unexpected_list"], "pyarrow" in sys.modules)
"""


def test_rule_that_needs_pandas_runs_without_pyarrow(installed):
    assert run(installed.bin / "python", "-c", LOOK_AROUND).strip() == "False 1 ['b'] False"
