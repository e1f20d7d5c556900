"""Runs the cases of a group by turns, each in a process of its own, so that whatever disturbs the machine disturbs them alike."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tests.bench.report import Run

if TYPE_CHECKING:
    from pathlib import Path

    from tests.bench.groups import Case, Group


CHECKOUT = "BENCH_CHECKOUT"
"""Environment variable that tells a case of another build where its services are."""
_SECONDS_TO_STOP = 90


class BenchError(Exception):
    """A case cannot be measured, or two that should find the same do not."""


def say(text: str, end: str = "\n") -> None:
    """Progress, for whoever waits."""
    sys.stderr.write(text + end)
    sys.stderr.flush()


_PLUGINS = "plugins"


def _command(function: str, folder: Path, *more: str) -> list[str]:
    return [sys.executable, "-W", "ignore", "-m", "tests.bench.worker", f"tests.bench.{function}", str(folder), *more]


def prepare(function: str, folder: Path, rows: int) -> int:
    """Make the files of a group; returns how many rows were made."""
    done = subprocess.run(_command(function, folder, str(rows)), stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode:
        raise BenchError(f"{function} failed")
    made: int = json.loads(done.stdout)["rows"]
    return made


@dataclass
class Worker:
    """The process of one case and what it has told so far.

    Attributes:
        case: What it runs.
        folder: Where its files are.
        seconds: Of each run.
        cpu: Seconds that the cores were busy with it, of each run.
        peak_mb: After the first run, so that a case that runs often is not worse off.
        answer: Of the first run.
        against: The checkout whose library and services are measured; None for this one.
    """

    case: Case
    folder: Path
    against: Path | None = None
    seconds: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)
    peak_mb: int = 0
    answer: Any = None
    _process: subprocess.Popen[str] | None = None
    _busy: bool = False

    def run(self) -> float:
        """Once through."""
        if self._process is None:
            command = _command(self.case.function, self.folder)
            # In a session of its own, so that ctrl-C reaches us only and each process is stopped once, in order.
            other = self.against if self.case.older else None
            paths = [*([str(other / _PLUGINS)] if other else []), *filter(None, [os.environ.get("PYTHONPATH")])]
            environment = os.environ | {"PYTHONPATH": os.pathsep.join(paths)} | ({CHECKOUT: str(other)} if other else {})
            self._process = subprocess.Popen(
                command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, start_new_session=True, env=environment
            )
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._busy = True
        try:
            self._process.stdin.write("run\n")
            self._process.stdin.flush()
            line = self._process.stdout.readline()
        except BrokenPipeError:
            line = ""
        if not line:
            raise BenchError(f"{self.case.name}: its process ended with status {self._process.wait()}")
        self._busy = False
        told = json.loads(line)
        if not self.seconds:
            self.peak_mb, self.answer = told["peak_mb"], told["answer"]
        self.seconds.append(told["seconds"])
        self.cpu.append(told["cpu"])
        return self.seconds[-1]

    def results(self, rows: int) -> list[Run]:
        """The best of its runs, and each stage that it told of by itself, compared with the same stage of the other case."""
        rows = rows if self.case.rows is None else self.case.rows
        whole = Run(self.case.name, rows, min(self.seconds), min(self.cpu), self.peak_mb, self.case.ratio_to)
        stages = self.answer["stages"] if isinstance(self.answer, dict) and "stages" in self.answer else {}
        return [
            whole,
            *(
                Run(
                    f"{whole.name}: {name}",
                    rows,
                    told["seconds"],
                    told["cpu"],
                    int(told["peak_mb"]),
                    f"{whole.ratio_to}: {name}" if whole.ratio_to else None,
                )
                for name, told in stages.items()
            ),
        ]

    def stop(self) -> None:
        """Let the process end, with what it has started; in the middle of a run it is interrupted."""
        process, self._process = self._process, None
        if process is None:
            return
        if self._busy:
            process.send_signal(signal.SIGINT)
        try:
            process.communicate(timeout=_SECONDS_TO_STOP)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.communicate()


def measure(group: Group, folder: Path, rows: int, against: Path | None = None) -> list[Run]:
    """All cases of a group, round by round; a case that has had its runs leaves."""
    workers = [Worker(case, folder, against) for case in group.cases]
    try:
        for turn in range(max(case.runs for case in group.cases)):
            for worker in workers:
                if turn < worker.case.runs:
                    _tell(worker, turn)
                if turn + 1 >= worker.case.runs:
                    worker.stop()
    finally:
        for worker in workers:
            worker.stop()
    compare([worker for worker in workers if worker.case.agrees])
    _tell_same([worker for worker in workers if isinstance(worker.answer, dict) and "same" in worker.answer])
    return [run for worker in workers for run in worker.results(rows)]


def _tell_same(workers: list[Worker]) -> None:
    """Whether cases that do the same thing had the same outcome; two builds may differ on purpose, so it is only said."""
    for worker in workers:
        say(f"  {worker.case.name}: {worker.answer['same']}")
    for worker in workers[1:]:
        first = workers[0].answer["same"]
        differing = [name for name, value in worker.answer["same"].items() if first.get(name) != value]
        say(f"  {worker.case.name}: " + (f"another outcome in {', '.join(differing)}" if differing else "the same outcome"))


def _tell(worker: Worker, turn: int) -> None:
    start = time.perf_counter()
    say(f"  {worker.case.name} ({turn + 1} of {worker.case.runs}) ... ", end="")
    seconds = worker.run()
    beside = time.perf_counter() - start - seconds
    say(f"{seconds:.3f} s" + (f", and {beside:.1f} s beside it" if beside > 1 else ""))


def compare(workers: list[Worker]) -> None:
    """All have counted the same by rule, and those that name lines name the same first ones.

    Raises:
        BenchError: When they differ; it names the case and the rules.
    """
    if not workers:
        return
    first = workers[0]
    for other in workers[1:]:
        rules = sorted(rule for rule in {*first.answer, *other.answer} if not _same(first.answer.get(rule), other.answer.get(rule)))
        if rules:
            shown = "; ".join(f"{rule}: {first.answer.get(rule)} against {other.answer.get(rule)}" for rule in rules[:5])
            raise BenchError(f"{first.case.name} and {other.case.name} differ in {', '.join(rules)} ({shown})")


def _same(one: list[Any] | None, other: list[Any] | None) -> bool:
    if one is None or other is None:
        return False
    return bool(one[0] == other[0]) and (one[1] is None or other[1] is None or one[1] == other[1])
