"""Which earlier state the step `tests/impact` compares the rules with, in every kind of clone; what it then runs is tested elsewhere."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.support.rule_changes import git

STEP = Path(__file__).resolve().parents[2] / "impact"


def commit(folder: Path, text: str) -> str:
    rules = folder / "expectations" / "wmo" / "rules.yaml"
    rules.parent.mkdir(parents=True, exist_ok=True)
    rules.write_text(text)
    git(folder, "add", "expectations")
    git(folder, "commit", "-q", "-m", text)
    return git(folder, "rev-parse", "HEAD")


def equipped(folder: Path) -> Path:
    """With the step and, in the place of the command, something that tells how it was called."""
    (folder / "tests").mkdir(parents=True)
    shutil.copy(STEP, folder / "tests" / "impact")
    command = folder / ".venv" / "bin" / "gmsd"
    command.parent.mkdir(parents=True)
    command.write_text('#!/bin/sh\necho "$*"\n')
    command.chmod(0o755)
    return folder


@pytest.fixture
def origin(tmp_path) -> Path:
    folder = tmp_path / "origin"
    folder.mkdir()
    git(folder, "init", "-q")
    commit(folder, "first")
    commit(folder, "second")
    return folder


@pytest.fixture
def clone(origin, tmp_path) -> Path:
    git(tmp_path, "clone", "-q", str(origin), "clone")
    return equipped(tmp_path / "clone")


def compared_with(folder: Path, **environment: str) -> str:
    known = {name: value for name, value in os.environ.items() if name != "AGAINST"}
    done = subprocess.run([folder / "tests" / "impact"], check=True, capture_output=True, text=True, env=known | environment)
    revision = done.stdout.removeprefix("rules impact --against ").removesuffix(" --allow-changes\n")
    assert done.stdout == f"rules impact --against {revision} --allow-changes\n"
    assert (revision == "./expectations") == ("compared with themselves" in done.stderr)
    return revision


def test_main_branch_is_compared_with_the_commit_before(clone):
    assert compared_with(clone) == "HEAD~1"


def test_branch_is_compared_with_where_it_left_the_main_branch(clone):
    left = git(clone, "rev-parse", "HEAD")
    git(clone, "checkout", "-q", "-b", "rules")
    commit(clone, "third")
    commit(clone, "fourth")
    assert compared_with(clone) == left


def test_rules_that_are_edited_are_compared_with_the_last_commit(clone):
    (clone / "expectations" / "wmo" / "new.yaml").write_text("x")
    assert compared_with(clone) == "HEAD"


def test_named_revision_goes_first(clone):
    assert compared_with(clone, AGAINST="v1") == "v1"


def test_without_history_the_rules_are_compared_with_themselves(origin, tmp_path):
    git(tmp_path, "clone", "-q", "--depth", "1", f"file://{origin}", "shallow")
    shallow = equipped(tmp_path / "shallow")
    assert compared_with(shallow) == "./expectations"
    shutil.rmtree(shallow / ".git")
    assert compared_with(shallow, GIT_CEILING_DIRECTORIES=str(tmp_path)) == "./expectations"


def test_first_commit_with_rules_is_compared_with_itself(tmp_path):
    folder = equipped(tmp_path / "young")
    git(folder, "init", "-q")
    git(folder, "commit", "-q", "--allow-empty", "-m", "none")
    commit(folder, "first")
    assert compared_with(folder) == "./expectations"
