"""The workers of a running installation: which of them runs a task, and losing one."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import time
from pathlib import Path
from typing import TYPE_CHECKING
from xmlrpc.client import Fault

from tests.support.outage import supervisor

if TYPE_CHECKING:
    from tests.support.played import Home

_TAKEN = re.compile(r"Executing workload in Celery: .*task_id='(\w+)', dag_id='(\w+)'")


def _processes(home: Home) -> dict[str, int]:
    return {info["name"]: info["pid"] for info in supervisor(home, "getAllProcessInfo") if info["pid"]}


def workers(home: Home) -> dict[str, int]:
    """The process of each worker that runs, by its name."""
    return {name: pid for name, pid in _processes(home).items() if name.startswith("worker-")}


def ancestors(pid: int) -> set[int]:
    """A process and those that it descends from; without those that are gone."""
    found = set[int]()
    with contextlib.suppress(OSError):
        while pid > 1:
            found.add(pid)
            pid = int(Path("/proc", str(pid), "stat").read_text().rpartition(")")[2].split()[1])
    return found


def worker_of(home: Home, pid: int) -> str | None:
    """The worker that a task's process belongs to."""
    above = ancestors(pid)
    return next((name for name, worker in workers(home).items() if worker in above), None)


def lose(home: Home, name: str, *, for_good: bool) -> None:
    """SIGKILL; supervisor starts a worker, or the broker, again, unless it is lost for good."""
    os.kill(_processes(home)[name], signal.SIGKILL)
    while for_good:
        try:
            supervisor(home, "stopProcess", f"airflow:{name}")
        except Fault:  # it is between its end and the next start
            time.sleep(0.1)
        else:
            return


def taken(home: Home) -> dict[str, list[tuple[str, str]]]:
    """DAG and task of everything that each worker took in hand, by its log."""
    found = {}
    for log in sorted((home.var / "log").glob("worker-*.log")):
        found[log.stem] = [(dag, task) for task, dag in _TAKEN.findall(log.read_text(encoding="utf-8", errors="replace"))]
    return found
