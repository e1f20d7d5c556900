"""Which Pythons we claim: one truth in the package's definition, and everything that installs, tests or tells agrees with it."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[3]
PACKAGE = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))
PREFIX = "Programming Language :: Python :: "
CLAIMED = [each.removeprefix(PREFIX) for each in PACKAGE["project"]["classifiers"] if each.startswith(PREFIX)]
OLDEST, NEWEST = CLAIMED[0], CLAIMED[-1]


def text(path: str) -> str:
    return (PROJECT / path).read_text(encoding="utf-8")


def test_every_place_claims_the_same_versions():
    major, minor = NEWEST.split(".")
    assert PACKAGE["project"]["requires-python"] == f">={OLDEST},<{major}.{int(minor) + 1}"
    supported = re.search(r"^SUPPORTED=\((.*)\)", text("services/bootstrap.sh"), re.MULTILINE)
    assert supported is not None
    assert supported[1].split() == CLAIMED
    for path, last in (("README.md", "or"), ("services/bootstrap.sh", "or"), ("docs/zelf-controleren.md", "of")):
        assert f"Python {', '.join(CLAIMED[:-1])} {last} {NEWEST}" in text(path), path


def test_linter_and_type_checker_judge_by_the_oldest():
    assert PACKAGE["tool"]["ruff"]["target-version"] == f"py{OLDEST.replace('.', '')}"
    assert PACKAGE["tool"]["mypy"]["python_version"] == OLDEST


@pytest.mark.parametrize("path", ["Dockerfile", "services/Dockerfile"])
def test_images_have_a_version_that_is_claimed(path):
    assert set(re.findall(r"^FROM python:([0-9.]+)-", text(path), re.MULTILINE)) <= set(CLAIMED)


def test_locks_are_resolved_for_every_version_from_the_oldest():
    script = text("services/lock.sh")
    assert '--universal --python-version "$oldest"' in script
    oldest = subprocess.run(
        ["bash", "-c", next(line for line in script.splitlines() if line.startswith("oldest=")) + '; echo "$oldest"'],
        cwd=PROJECT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert oldest.stdout.strip() == OLDEST


@pytest.mark.parametrize("wrong", ["/nowhere/python", "false"])
def test_chosen_python_that_will_not_do_is_refused_before_anything_is_touched(wrong, tmp_path):
    done = subprocess.run(
        ["bash", PROJECT / "services" / "bootstrap.sh"],
        env=os.environ | {"PYTHON": wrong},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == f"set-up: PYTHON={wrong} is not Python {', '.join(CLAIMED[:-1])} or {NEWEST}\n"


def test_what_is_tried_beside_the_environments_python_is_told():
    done = subprocess.run(["bash", PROJECT / "tests" / "pythons", "--list"], capture_output=True, text=True, check=True, timeout=60)
    own = ".".join(map(str, sys.version_info[:3]))
    assert done.stdout.startswith("Found: ")
    assert f"; .venv has {own}" in done.stdout
    told = " ".join(done.stdout.splitlines())
    assert [version for version in CLAIMED if version not in told] == []
