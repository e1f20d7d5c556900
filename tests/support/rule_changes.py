"""Small archives and repositories with the project's rules, for the tests of `gmsd rules impact`."""

from __future__ import annotations

import os
import shutil
import subprocess
from typing import TYPE_CHECKING

import yaml

from tests.spec.checking import ROWS, file_of, header
from tests.support.stack import PROJECT

if TYPE_CHECKING:
    from pathlib import Path

HEADER, RIGHT = header(), ROWS[0]


def git(folder: Path, *arguments: str) -> str:
    environment = os.environ | {f"GIT_{who}_{what}": "x@example.invalid" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
    command = ["git", "-C", str(folder), "-c", "init.defaultBranch=main", *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True, env=environment).stdout.strip()


def commit(folder: Path) -> str:
    git(folder, "add", "expectations")
    git(folder, "commit", "-q", "-m", "rules")
    return git(folder, "rev-parse", "HEAD")


def edit(home: Path, name: str, change) -> None:
    """Load a rule file, let `change` alter it, write it back."""
    path = home / "expectations" / "wmo" / name
    read = yaml.safe_load(path.read_text(encoding="utf-8"))
    change(read)
    path.write_text(yaml.safe_dump(read, allow_unicode=True, sort_keys=False), encoding="utf-8")


def rule(suite: dict, code: str) -> dict:
    return next(entry for entry in suite["expectations"] if entry["meta"]["code"] == code)


def repository(home: Path) -> Path:
    """A repository with the project's rules as its first commit."""
    shutil.copytree(PROJECT / "expectations", home / "expectations")
    git(home, "init", "-q")
    commit(home)
    return home


def clone(home: Path, to: Path) -> Path:
    """A clone that a test may spoil."""
    subprocess.run(["git", "clone", "-q", str(home), str(to)], check=True)
    return to


def put(folder: Path, key: str, *rows: str) -> Path:
    """A file with these records below a folder."""
    path = folder / key
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(file_of(*rows))
    return path
