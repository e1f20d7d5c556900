"""What Airflow runs of the way of an upload, each task in a process of its own that may be killed at a call to a service."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tests.chaos.child import NEVER
from tests.support.stack import PROJECT, environment_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from gmsd.journal import Context
    from gmsd.settings import Settings

SIGKILL = 9


def register(context: Context, _: str) -> object:
    """The first task of Intake."""
    from gmsd.intake import register_inbox

    return register_inbox(context)


def forms(context: Context, _: str) -> object:
    """The second task of Intake."""
    from gmsd.consent import process_forms

    return process_forms(context)


def check(context: Context, delivery_id: str) -> object:
    """The first task of Delivery."""
    from gmsd.intake import check_delivery

    return check_delivery(context, delivery_id)


def report(context: Context, delivery_id: str) -> object:
    """The second task of Delivery."""
    from gmsd.intake import report_delivery

    return report_delivery(context, delivery_id)


def mails(context: Context, _: str) -> object:
    """Of Housekeeping: mails that wait."""
    from gmsd.journal import send_queued

    return send_queued(context, paused=True)


def let_in(context: Context, delivery_id: str) -> object:
    """An engineer lets a late upload in."""
    from gmsd.intake import let_in as let

    return let(context, delivery_id, "engineer", "asked for by telephone")


TASKS: dict[str, Callable[[Context, str], object]] = {
    "register": register, "forms": forms, "check": check, "report": report, "mails": mails, "let_in": let_in
}  # fmt: skip


@dataclass(frozen=True)
class _Step:
    name: str
    about: str

    def run(self, context: Context) -> None:
        """Do it."""
        TASKS[self.name](context, self.about)


def step_of(name: str) -> _Step:
    """A task by name, with what it is about behind a colon."""
    task, _, about = name.partition(":")
    return _Step(task, about)


class Runner:
    """A process that has imported what tasks need, and forks for each."""

    def __init__(self, log: Path) -> None:
        self._log = log.open("a")
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.chaos.child"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self._log, text=True,
            cwd=PROJECT, env=environment_of_nothing(),
        )  # fmt: skip
        self._answer()

    def begin(self, settings: Settings, task: str, *, at: int = NEVER) -> None:
        """Have a task run, and kill its process before its `at`th call to a service."""
        assert self._process.stdin
        asked = {"step": task, "at": at, "cut": "", "control": 0, "module": __name__, "environment": environment_of(settings)}
        self._process.stdin.write(json.dumps(asked) + "\n")
        self._process.stdin.flush()

    def end(self) -> dict[str, Any]:
        """What came of it; see `tests.chaos.child`."""
        return self._answer()

    def _answer(self) -> dict[str, Any]:
        said = self._process.stdout.readline() if self._process.stdout else ""
        if not said:
            raise RuntimeError(f"the process that runs tasks ended; see {self._log.name}")
        return dict(json.loads(said))

    def close(self) -> None:
        """End it."""
        with self._process:
            pass
        self._log.close()


def environment_of_nothing() -> dict[str, str]:
    """The environment of a process that is told with each task whose it is."""
    import os

    return {name: value for name, value in os.environ.items() if not name.startswith("GMSD_")} | {"PYTHONPATH": "plugins:."}
