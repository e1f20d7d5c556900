"""Played again from nothing with the same secrets, while tasks and the scheduler are killed: the release is the same, byte for byte."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path
from typing import TYPE_CHECKING

from gmsd_airflow.api import Airflow, AirflowError
from tests.support.waiting import ended, patience, until
from tests.ui.conftest import PLAY_SECONDS

if TYPE_CHECKING:
    from tests.support.played import Home

WAIT_SECONDS = 600
FIRST = "r0001"


def loading(airflow: Airflow) -> int | None:
    """The process of a running task `load`, None when there is none just now."""
    for run in airflow.runs("gmsd_load", states=("running",)):
        for task in airflow.tasks("gmsd_load", run["dag_run_id"]):
            if task["task_id"] == "load" and task["state"] == "running" and task["pid"]:
                return int(task["pid"])
    return None


def of_home(home: Home, program: str) -> list[int]:
    """The processes of this installation whose command line names `program`."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            command = (folder / "cmdline").read_bytes().decode(errors="replace").replace("\0", " ")
            environment = (folder / "environ").read_bytes()
        except OSError:
            continue
        if program in command and f"GMSD_HOME={home.folder}\0".encode() in environment:
            found.append(int(folder.name))
    return found


def kill_in_the_middle(home: Home, process) -> list[str]:
    """Kill the first load's process, then the scheduler as soon as the next load runs."""
    airflow = Airflow.of(home.settings, "engineer")
    killed: list[str] = []
    end = time.monotonic() + patience(WAIT_SECONDS)
    while len(killed) < 2 and process.poll() is None and time.monotonic() < end:
        try:
            pid = loading(airflow)
        except AirflowError:
            pid = None
        if pid is not None and not killed:
            os.kill(pid, signal.SIGKILL)
            killed.append("task")
            time.sleep(5)
        elif pid is not None:
            for scheduler in of_home(home, "airflow_process.py scheduler"):
                os.kill(scheduler, signal.SIGKILL)
            killed.append("scheduler")
        time.sleep(0.1)
    airflow._http.close()
    return killed


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def test_killed_processes_leave_no_trace_in_the_release(played, tmp_path):
    """Both kills are in the first round, and so is what they can do to it: its release is played for, and no more."""
    undisturbed = contents(played.releases / FIRST)
    home = played.home
    home.start()
    log, folder = tmp_path / "play.log", tmp_path / FIRST
    process = home.play(log)
    try:
        killed = kill_in_the_middle(home, process)
        until(
            lambda: f"{FIRST} approved by" in log.read_text(encoding="utf-8"), "the release", seconds=PLAY_SECONDS, gone=ended(process, log)
        )
    finally:
        process.kill()
        process.wait()
    assert killed == ["task", "scheduler"]
    fetched = home.gmsd("releases", "get", FIRST, "--to", str(folder))
    assert fetched.returncode == 0, fetched.stderr
    disturbed = contents(folder)
    assert sorted(disturbed) == sorted(undisturbed)
    assert [name for name, data in disturbed.items() if data != undisturbed[name]] == []
