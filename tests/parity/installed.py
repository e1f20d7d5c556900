"""gx_polars as others get it: `python -m tests.parity.installed [cases]`.

Builds the wheel into `var/dist`, installs it into an environment that holds nothing of this project, and runs its tests and the drawn cases
there, in a folder that holds them alone. Prints of which gx_polars they speak; exit status 1 when one of them fails.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from services import wheel
from tests.support.machine import PLAIN, PROJECT, environment

NEEDED = ("pytest", "pytest-timeout", "hypothesis", "pyarrow")
COPIED = ("pyproject.toml", "tests/__init__.py", "tests/conftest.py", "tests/parity", "tests/unit/gx_polars")
TESTS = """
import sys, gx_polars, pytest
print("tests of", gx_polars.__file__, flush=True)
drawn = "--deselect=tests/unit/gx_polars/test_validation_parity.py::test_results_of_drawn_rules_equal_those_of_the_pandas_engine"
sys.exit(pytest.main(["-q", "-o", "pythonpath=.", "-p", "no:cacheprovider", drawn, "tests/unit/gx_polars"]))
"""
"""Its tests without the drawn cases, which are run for themselves."""


def installed(folder: Path, built: Path) -> Path:
    """An environment with the wheel and what its tests need, and beside it its tests: the Python of it."""
    for name in COPIED:
        target = folder / "alone" / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if (PROJECT / name).is_dir():
            shutil.copytree(PROJECT / name, target, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copyfile(PROJECT / name, target)
    return environment(folder, built, *NEEDED) / "python"


def tried(folder: Path, python: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """A run of that Python where nothing but the tests lies; what it prints is shown and given."""
    done = subprocess.run([str(python), *arguments], cwd=folder / "alone", env=PLAIN, stdout=subprocess.PIPE, text=True, check=False)
    print(done.stdout, end="", flush=True)
    return done


def main(arguments: list[str]) -> int:
    """Build, install and try."""
    built = wheel.build(PROJECT / "var" / "dist")
    print(f"{built.name} in an environment of its own", flush=True)
    with tempfile.TemporaryDirectory(dir=built.parent) as name:
        folder = Path(name)
        python = installed(folder, built)
        tests = tried(folder, python, "-c", TESTS)
        drawn = tried(folder, python, "-W", "ignore", "-m", "tests.parity", *arguments)
    return 1 if tests.returncode or drawn.returncode else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
