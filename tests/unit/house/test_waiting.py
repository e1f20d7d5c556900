"""Waiting ends with what is waited for, and at once when that cannot come any more."""

from __future__ import annotations

import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest

from tests.support import waiting

if TYPE_CHECKING:
    from pathlib import Path


def started(log: Path, program: str) -> subprocess.Popen[str]:
    with log.open("w") as stream:
        return subprocess.Popen([sys.executable, "-c", program], stdout=stream, stderr=subprocess.STDOUT, text=True)


def test_process_that_died_is_not_waited_for_and_its_last_words_are_told(tmp_path):
    log = tmp_path / "log"
    process = started(log, "raise SystemExit('no such keyword')")
    begin = time.monotonic()
    with pytest.raises(AssertionError, match=r"in vain for its work: the process ended with status 1; its last lines:\nno such keyword"):
        waiting.until(lambda: False, "its work", seconds=240, gone=waiting.ended(process, log))
    assert time.monotonic() - begin < waiting.patience(20)


def test_what_came_just_before_the_end_is_found(tmp_path):
    made = tmp_path / "made"
    process = started(tmp_path / "log", f"open({str(made)!r}, 'w').close()")
    process.wait()
    asked = iter((False, True))
    assert waiting.until(lambda: next(asked) and made, "a file", seconds=5, gone=waiting.ended(process, tmp_path / "log")) == made


def test_what_never_comes_is_given_up():
    with pytest.raises(AssertionError, match=r"waited \d+ seconds in vain for the moon"):
        waiting.until(lambda: None, "the moon", seconds=0.3)


def test_patience_grows_with_what_else_wants_to_run(monkeypatch):
    monkeypatch.setattr("os.sched_getaffinity", lambda _: {0, 1})
    monkeypatch.setattr("os.getloadavg", lambda: (0.5, 0, 0))
    assert waiting.patience(10) == 10
    monkeypatch.setattr("os.getloadavg", lambda: (13, 0, 0))
    assert waiting.patience(10) == 97.5
