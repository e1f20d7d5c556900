"""gx_polars on a machine of somebody else: installed from its wheel, without this project, it passes its own tests and the drawn cases.

What `make parity` does with thousands of cases happens here with fewer.
"""

from __future__ import annotations

import re
import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest

from services import wheel
from tests.parity import installed
from tests.parity.rules import CASES
from tests.support.machine import PLAIN, run

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

CASES_HERE = 20
"""A few of each kind: `unit` draws more from the sources."""


@pytest.fixture(scope="module")
def machine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder with an environment that holds the wheel, and the tests beside it."""
    folder = tmp_path_factory.mktemp("machine")
    installed.installed(folder, wheel.build(folder))
    yield folder
    shutil.rmtree(folder)


@pytest.fixture(scope="module")
def python(machine: Path) -> Path:
    return machine / "environment" / "bin" / "python"


def of(machine: Path, printed: str) -> bool:
    """Whether the package that is spoken of lies in the environment."""
    [place] = re.findall(r"^(?:tests of|drawn cases of) (.+)$", printed, re.MULTILINE)
    return place.startswith(f"{machine}/environment/lib/") and place.endswith("/site-packages/gx_polars/__init__.py")


def test_nothing_of_this_project_is_there(machine: Path, python: Path) -> None:
    listing = "import importlib.metadata as m; print(*{d.name.lower().replace('_', '-') for d in m.distributions()})"
    names = set(run(python, "-I", "-c", listing).split())
    assert {"gx-polars", "great-expectations", "polars"} <= names
    assert {name for name in names if name.startswith(("gmsd", "apache-airflow"))} == set()
    assert not (machine / "alone" / "plugins").exists()
    missing = "from importlib.util import find_spec; print([name for name in ('gmsd', 'gmsd_airflow', 'services') if find_spec(name)])"
    assert run(python, "-c", missing, cwd=machine / "alone").strip() == "[]"


def test_its_tests_pass_as_installed(machine: Path, python: Path) -> None:
    done = installed.tried(machine, python, "-c", installed.TESTS)
    assert done.returncode == 0, done.stdout[-4000:]
    assert of(machine, done.stdout)
    passed = re.search(r"^(\d+) passed", done.stdout, re.MULTILINE)
    assert passed is not None, done.stdout[-500:]
    assert int(passed[1]) >= 100


def test_drawn_cases_equal_the_pandas_engine_as_installed(machine: Path, python: Path) -> None:
    done = installed.tried(machine, python, "-W", "ignore", "-m", "tests.parity", str(CASES_HERE))
    assert done.returncode == 0, done.stdout[-4000:]
    assert of(machine, done.stdout)
    rows = re.findall(r"^(\w+) +(\d+) +(\d+) +\d+ +0  ", done.stdout, re.MULTILINE)
    assert {kind for kind, *_ in rows} == set(CASES)
    assert min(int(cases) for _, cases, _ in rows) >= CASES_HERE


def test_types_of_it_are_known_to_whoever_checks_types(python: Path) -> None:
    marker = "from importlib.resources import files; print((files('gx_polars') / 'py.typed').is_file())"
    assert run(python, "-I", "-c", marker).strip() == "True"


def test_a_test_that_fails_is_not_passed_over(machine: Path, python: Path) -> None:
    """A change of the installed package is seen by the tests: they look at it and at nothing else."""
    validation = next((machine / "environment" / "lib").glob("*/site-packages/gx_polars/errors.py"))
    before = validation.read_text(encoding="utf-8")
    validation.write_text(before + "\nraise ImportError('spoiled')\n", encoding="utf-8")
    try:
        done = subprocess.run(
            [python, "-c", installed.TESTS], cwd=machine / "alone", env=PLAIN, capture_output=True, text=True, check=False
        )
    finally:
        validation.write_text(before, encoding="utf-8")
    assert done.returncode != 0
    assert "spoiled" in done.stderr
