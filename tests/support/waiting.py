"""Waiting in tests: for a condition, as long as a busy machine needs, and not a moment after it cannot come true any more."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable
    from pathlib import Path

LAST_LINES = 15


def patience(seconds: float) -> float:
    """The seconds that something may take which takes at most `seconds` on an idle machine: more while there is more to run than cores."""
    waiting, _, _ = os.getloadavg()
    return seconds * max(1.0, 1.5 * waiting / len(os.sched_getaffinity(0)))


def until(found: Callable[[], object], what: str, *, seconds: float, gone: Callable[[], str] | None = None, every: float = 0.2) -> Any:
    """What `found` gives as soon as that is true of it.

    Args:
        found: Is asked again and again.
        what: What is waited for, in words.
        seconds: How long at most, on an idle machine.
        gone: Tells why waiting has become useless, '' as long as it has not; see `ended` and `Home.gone`.
        every: Seconds between two questions.

    Raises:
        AssertionError: It did not come in time, or cannot come any more.
    """
    begin = time.monotonic()
    end = begin + patience(seconds)
    while not (value := found()):
        why = gone() if gone else ""
        if why and not (value := found()):  # it may have come just before the end
            raise AssertionError(f"waited in vain for {what}: {why}")
        if value:
            break
        now = time.monotonic()
        if now > end:
            raise AssertionError(f"waited {now - begin:.0f} seconds in vain for {what}")
        end = max(end, begin + patience(seconds))
        time.sleep(every)
    return value


def ended(process: subprocess.Popen[str] | subprocess.Popen[bytes], log: Path) -> Callable[[], str]:
    """For `until`: that a process has ended, with the last lines of its log."""

    def why() -> str:
        status = process.poll()
        return "" if status is None else f"the process ended with status {status}; its last lines:\n{last_lines(log)}"

    return why


def last_lines(log: Path) -> str:
    """The end of a log."""
    lines = log.read_text(encoding="utf-8", errors="replace").splitlines() if log.exists() else []
    return "\n".join(lines[-LAST_LINES:]) or "(nothing)"
