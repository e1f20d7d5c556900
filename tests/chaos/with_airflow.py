"""A round through a real Airflow, whose processes and services are killed in each of its stages; nobody repairs or clears anything."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import time
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING
from xmlrpc.client import Fault

from gmsd.demo import delivery, municipalities_of
from tests.support.outage import away, supervisor
from tests.support.rounds import H1, RELEASE, Left, Round
from tests.support.stack import PROJECT, SERVICES_PYTHON

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from tests.support.played import Home

MUNICIPALITIES = 12
UNDISTURBED = "undisturbed"
SECONDS = 1200.0
AWAY_SECONDS = 15.0
BURST, LOADED, PUBLISHED = "burst of uploads", "close and load", "publication"
STAGES = (BURST, LOADED, PUBLISHED)
PROCESSES = ("scheduler", "api-server", "triggerer", "dag-processor", "postgres")
TASK, TWO, TRIGGERS = "a task's process", "two schedulers", "every run started twice"
SERVICES = {"PostgreSQL away": "PostgreSQL", "store away": "object store", "mail away": "mail server"}
FAULTS = (*(f"{name} killed" for name in PROCESSES), f"{TASK} killed", *SERVICES, TWO, TRIGGERS)
WORKING = {
    BURST: (("gmsd_intake", "start"), ("gmsd_delivery", "check")),
    LOADED: (("gmsd_load", "load"), ("gmsd_load", "figures"), ("gmsd_optout_close", "freeze")),
    PUBLISHED: (("gmsd_publish", "build"), ("gmsd_publish", "targets"), ("gmsd_publish", "publish")),
}
"""Whose process is killed in each stage: whichever runs first."""
AT_A_TIME = 3
"""So many faults meet one stage of one play, one after the other."""


def plan(faults: Sequence[str]) -> list[dict[str, list[str]]]:
    """Plays in which each fault meets each stage once: stage -> faults."""
    groups = [list(faults[start : start + AT_A_TIME]) for start in range(0, len(faults), AT_A_TIME)]
    return [{stage: groups[(number + place) % len(groups)] for place, stage in enumerate(STAGES)} for number in range(len(groups))]


def plays_of_airflow() -> dict[str, dict[str, list[str]]]:
    """Every play by its name: the undisturbed one, and those in which each fault meets each stage once."""
    return {UNDISTURBED: {}} | {f"play {number}": faults for number, faults in enumerate(plan(FAULTS), 1)}


@dataclass(frozen=True)
class KeptStorm:
    """What came of a play: what it left (None when it did not come to its end), what was broken in it, and why it broke off."""

    left: Left | None
    met: dict[tuple[str, str], str]
    broke: str


def keep_storm(folder: Path, name: str, left: Left | None, met: dict[tuple[str, str], str], broke: str) -> None:
    """Write down what came of a play."""
    told = {"left": left and asdict(left), "met": [[*cell, what] for cell, what in met.items()], "broke": broke}
    (folder / f"airflow-{name}.json").write_text(json.dumps(told) + "\n", encoding="utf-8")


def kept_storm(folder: Path, name: str) -> KeptStorm | None:
    """What came of a play when it was played last; None when it never was."""
    path = folder / f"airflow-{name}.json"
    if not path.exists():
        return None
    told = json.loads(path.read_text(encoding="utf-8"))
    left = told["left"] and Left(**{**told["left"], "told": [(one, other) for one, other in told["left"]["told"]]})
    return KeptStorm(left, {(stage, fault): what for stage, fault, what in told["met"]}, told["broke"])


@dataclass
class Storm:
    """One play of an installation that was empty and is running.

    Attributes:
        home: Where.
        faults: Stage -> what it meets.
        say: Where it tells how far it is.
        met: Stage and fault -> what was done, for those that found what they were to break.
    """

    home: Home
    faults: dict[str, list[str]]
    say: Callable[[str], None]
    met: dict[tuple[str, str], str] = field(default_factory=dict)

    def play(self, folder: Path) -> Left:
        """Play the round; the release is fetched into `folder`.

        Raises:
            NotSettled: something did not come to its end by itself.
        """
        self.round = Round(self.home, seconds=SECONDS, say=self.say)
        codes = municipalities_of(MUNICIPALITIES, H1)
        with self.round.opened():
            self.round.now(2019, 9, 3, 10)
            for number, code in enumerate(codes):
                made = delivery(1, code, H1)
                self.round.put(made.key, made.data)
                if number == len(codes) // 3:
                    self._meet(BURST)
            self.round.until("every check, report and mail", lambda: self.round.settled(len(codes)))
            self._close()
            self._publish()
            self.round.until("the mails", lambda: self.round.settled(len(codes)))
            return self.round.left(folder)

    def _close(self) -> None:
        self.round.now(2019, 10, 21, 9)
        self._start("gmsd_optout_close", "close", partition_key=str(H1))
        self.round.until("the close", lambda: self.round.engineer.run("gmsd_optout_close", "close"))
        self._meet(LOADED)
        self.round.until("the load", lambda: self.round.engineer.count("gmsd_load", "success") and self.round.idle())

    def _publish(self) -> None:
        self.round.now(2019, 12, 2, 9, 30)
        self._start("gmsd_publish", RELEASE, conf={"round": str(H1), "dry_run": False})
        self.round.until("the question", lambda: self.round.approver.approve(RELEASE))
        self._meet(PUBLISHED)
        self.round.until("the release", self.round.published)

    def _start(self, dag_id: str, run_id: str, **named: object) -> None:
        self.round.until(f"{dag_id} to be started", lambda: self.round.engineer.start(dag_id, run_id, **named) or True)  # type: ignore[arg-type]

    def _meet(self, stage: str) -> None:
        for fault in self.faults.get(stage, ()):
            done = self._break(stage, fault)
            self.say(f"{stage}: {fault}: {done or 'found nothing to break'}")
            if done:
                self.met[stage, fault] = done

    def _break(self, stage: str, fault: str) -> str:
        if fault in SERVICES:
            with away(self.home, SERVICES[fault]):
                time.sleep(AWAY_SECONDS)
            return f"for {AWAY_SECONDS:.0f} s"
        if fault == TWO:
            return self._second_scheduler()
        if fault == TRIGGERS:
            return self._twice(stage)
        pid = self._working(stage) if fault.startswith(TASK) else self._process(fault.removesuffix(" killed"))
        if not pid:
            return ""
        os.kill(pid, signal.SIGKILL)
        return f"process {pid}"

    def _process(self, name: str) -> int:
        """The process of a program, once it is up again from what met it before."""
        return int(self.round.until(f"{name} to run", lambda: self._pid(name)))

    def _pid(self, name: str) -> int:
        with contextlib.suppress(OSError, Fault):
            return next((int(info["pid"]) for info in supervisor(self.home, "getAllProcessInfo") if info["name"] == name), 0)
        return 0

    def _working(self, stage: str) -> int:
        """The process of a task of a stage; 0 when its tasks are over before one was seen."""
        end = time.monotonic() + SECONDS
        while time.monotonic() < end:
            with contextlib.suppress(Exception):
                for dag_id, task_id in WORKING[stage]:
                    for run in self.round.engineer.runs(dag_id, states=("running",)):
                        for task in self.round.engineer.tasks(dag_id, run["dag_run_id"]):
                            if (task["task_id"], task["state"]) == (task_id, "running") and task["pid"]:
                                return int(task["pid"])
                if self.round.idle() and (stage != BURST or self.round.checked()):
                    return 0
            time.sleep(0.05)
        return 0

    def _second_scheduler(self) -> str:
        """A second one of the same installation, which is killed after a while."""
        log = self.home.var / "log" / "second-scheduler.log"
        command = [str(SERVICES_PYTHON), "-m", "services", "airflow", "scheduler", "--skip-serve-logs"]
        environment = os.environ | {"GMSD_STATE_DIR": str(self.home.var), "PYTHONPATH": str(PROJECT)}
        with log.open("a") as stream:
            second = subprocess.Popen(command, env=environment, cwd=PROJECT, stdout=stream, stderr=stream, start_new_session=True)
        self.round.until(
            "the second scheduler to work", lambda: "Starting the scheduler" in log.read_text(errors="replace") or second.poll() is not None
        )
        ended = second.poll()
        if ended is not None:
            raise AssertionError(f"the second scheduler ended with {ended}: see {log}")
        time.sleep(AWAY_SECONDS)
        os.killpg(second.pid, signal.SIGKILL)  # with the processes of tasks that it has begun
        second.wait()
        return f"for {AWAY_SECONDS:.0f} s, then it was killed"

    def _twice(self, stage: str) -> str:
        """Start what was started once more: by another id where that is a run of its own, by the same where it is refused."""
        engineer = self.round.engineer
        if stage == BURST:
            started = [self.round.until("a run of intake", lambda: engineer.start("gmsd_intake")) for _ in range(2)]
            return f"{len(started)} runs of intake more"
        if stage == LOADED:
            self._start("gmsd_optout_close", "close again", partition_key=str(H1))
            return "a second close"
        assert engineer.start("gmsd_publish", RELEASE, conf={"round": str(H1), "dry_run": False}) is None
        return "refused: that run is there"


def deviations(undisturbed: Left, found: Left) -> list[str]:
    """What a storm changed that it should not have."""
    wrong = []
    for what in ("states", "steps", "release"):
        one, other = getattr(undisturbed, what), getattr(found, what)
        if one != other or not one:
            wrong.append(f"{what}: {sorted(set(one.items()) ^ set(other.items()))[:5]}")
    if one := set(undisturbed.mails) ^ set(found.mails):
        wrong.append(f"mails: {sorted(one)[:5]}")
    if copies := {name: number for name, number in found.mails.items() if number > 1}:
        wrong.append(f"mails more than once: {copies}")
    if found.failed:
        wrong.append(f"runs that failed: {found.failed}")
    if down := {name: state for name, state in found.programs.items() if state != "RUNNING"}:
        wrong.append(f"programs that do not run: {down}")
    if other_mails := [subject for name, subject in found.told if not name.startswith("<outage.")]:
        wrong.append(f"mails to the engineer about failures: {other_mails}")
    return wrong
