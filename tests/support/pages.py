"""The pages of the documentation as whoever follows them: their blocks of code, in order, executed in a copy of the checkout.

A block of `sh` or `python` is run, one of `diff` is applied with `git apply`; one of `text` is what the block before it must have
printed, line by line, other lines between them allowed. A block that cannot be executed says so in the line above it: "Not executed: ...".
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
COPIED = ("dags", "docs", "expectations", "plugins", "sql", "tests/__init__.py", "tests/support", "pyproject.toml")
FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
EXECUTED = {"sh", "python", "diff", "text"}
REASON = re.compile(r"^Not executed: .{10,}\.$")


@dataclass(frozen=True)
class Block:
    """A block of code of a page.

    Attributes:
        line: Where it begins.
        section: The heading of the second level that it stands under, '' before the first.
        language: As the page has it.
        text: What stands in it.
        reason: Why it is not executed, as the page says it; '' when it is.
    """

    line: int
    section: str
    language: str
    text: str
    reason: str


def blocks(page: str) -> list[Block]:
    """The blocks of a page, given as its text."""
    found = []
    for match in FENCE.finditer(page):
        before = page[: match.start()]
        headings = re.findall(r"^## (.+)$", FENCE.sub("", before), re.MULTILINE)
        above = before.rstrip("\n").rpartition("\n")[2]
        reason = above if REASON.match(above) else ""
        found.append(Block(before.count("\n") + 1, headings[-1] if headings else "", match[1], match[2], reason))
    return found


def checkout(folder: Path) -> Path:
    """A copy of what a page speaks of, in which it may be followed."""
    for name in COPIED:
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if (PROJECT / name).is_dir():
            shutil.copytree(PROJECT / name, target, ignore=shutil.ignore_patterns("*.egg-info"))
        else:
            shutil.copyfile(PROJECT / name, target)
    return folder


def follow(steps: list[Block], home: Path, environment: dict[str, str] | None = None) -> list[str]:
    """Do what a page says, in a copy of the checkout; with an environment in an installation, whose it is.

    Returns:
        What each executed block printed.

    Raises:
        AssertionError: A block failed, or printed something else than the page says.
    """
    programs = home / "bin"
    programs.mkdir(exist_ok=True)
    for name, command in (("gmsd", "-m gmsd.cli"), ("python", "")):
        (programs / name).write_text(f'#!/bin/sh\nexec "{sys.executable}" {command} "$@"\n', encoding="utf-8")
        (programs / name).chmod(0o755)
    if environment is None:
        environment = {name: value for name, value in os.environ.items() if not name.startswith("GMSD_")}
        environment |= {"GMSD_CLOCK": "system", "GMSD_HOME": str(home), "PYTHONPATH": f"{home}/plugins:{home}"}
    environment |= {"PATH": f"{programs}:{environment['PATH']}", "COLUMNS": "160"}
    commands = {"sh": ["bash", "-euo", "pipefail", "-s"], "python": [sys.executable, "-"], "diff": ["git", "apply", "-"]}
    printed: list[str] = []
    for block in steps:
        if block.reason:
            continue
        if block.language == "text":
            _compare(block, printed[-1])
            continue
        done = subprocess.run(
            commands[block.language], input=block.text, cwd=home, env=environment, capture_output=True, text=True, check=False, timeout=300
        )
        assert done.returncode == 0, f"line {block.line}: {done.stdout[-2000:]}{done.stderr[-2000:]}"
        printed.append(done.stdout)
    return printed


def _compare(block: Block, printed: str) -> None:
    """Each line of the block stands in what was printed, in this order; an ellipsis stands for anything."""
    rest = [line.strip() for line in printed.splitlines()]
    for line in filter(None, map(str.strip, block.text.splitlines())):
        pattern = re.compile(".*".join(map(re.escape, line.split("..."))))
        place = next((place for place, each in enumerate(rest) if pattern.fullmatch(each)), None)
        assert place is not None, f"line {block.line}: not printed: {line}; but\n{printed[-3000:]}"
        del rest[: place + 1]
