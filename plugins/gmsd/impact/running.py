"""Both versions over the whole archive, each in processes of its own, so that neither pays for the other's time or memory."""

from __future__ import annotations

import json
import os
import queue
import subprocess
import sys
import threading
import time
from concurrent.futures import FIRST_EXCEPTION, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import gmsd
from gmsd.errors import GmsdError
from gmsd.store import NotReadable

if TYPE_CHECKING:
    from collections.abc import Callable

    from gmsd.impact.archive import Archive, Item
    from gmsd.impact.comparing import Outcome, Rules

SIDES = ("old", "new")
T = TypeVar("T")


class Stopped(GmsdError):
    """The comparison was broken off."""


@dataclass(slots=True)
class Side:
    """What one version did.

    Attributes:
        error: Why its rules cannot be run at all; None when they can.
        rules: Its rules, by protocol.
        outcomes: Per file of the archive its outcome.
        start_seconds: Until its first process was ready.
        start_cpu_seconds: Processor time of that.
        seconds: Time that passed in checks, over all files.
        cpu_seconds: Processor time of the checks.
        peak_mb: The most memory that one of its processes held.
    """

    error: str | None = None
    rules: Rules = field(default_factory=dict)
    outcomes: list[Outcome] = field(default_factory=list)
    start_seconds: float = 0.0
    start_cpu_seconds: float = 0.0
    seconds: float = 0.0
    cpu_seconds: float = 0.0
    peak_mb: int = 0

    def cost(self) -> dict[str, float]:
        """Time and memory as plain values."""
        times = (self.start_seconds, self.start_cpu_seconds, self.seconds, self.cpu_seconds)
        names = ("start_seconds", "start_cpu_seconds", "check_seconds", "check_cpu_seconds")
        return {name: round(value, 3) for name, value in zip(names, times, strict=True)} | {"peak_mb": self.peak_mb}


class Process:
    """One process that checks files by one version of the rules."""

    def __init__(self, home: Path) -> None:
        source = str(Path(gmsd.__file__).parents[1])
        known = os.environ.get("PYTHONPATH")
        environment = os.environ | {"GMSD_HOME": str(home), "PYTHONPATH": source + (os.pathsep + known if known else "")}
        self._process = subprocess.Popen(
            # -P: nothing is imported from wherever the person happens to stand
            [sys.executable, "-P", "-m", "gmsd.impact.worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,  # a library's complaint may quote a cell
            env=environment,
            cwd=home,  # mistakes are told with their place below it
            start_new_session=True,  # who breaks off the comparison breaks off the asking process, which ends this one
        )

    def ask(self, task: dict[str, Any], data: bytes = b"") -> dict[str, Any] | None:
        """An answer; None when the process ended without one."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        try:
            self._process.stdin.write(json.dumps(task).encode() + b"\n" + data)
            self._process.stdin.flush()
            line = self._process.stdout.readline()
        except (BrokenPipeError, ValueError):  # ValueError: `end` closed it meanwhile
            return None
        answer: dict[str, Any] | None = json.loads(line) if line.endswith(b"\n") else None
        return answer

    def ended(self) -> str:
        """How a process that gave no answer came to its end."""
        status = self._process.wait()
        return f"the process was ended by signal {-status}" if status < 0 else f"the process ended with status {status}"

    def end(self) -> None:
        """End it, whatever it is doing."""
        if self._process.poll() is None:
            self._process.kill()
        self._process.wait()
        for stream in (self._process.stdin, self._process.stdout):
            if stream is not None:
                try:
                    stream.close()
                except BrokenPipeError:
                    continue  # what it was told last was never read


class Checker:
    """One version of the rules for one job: a process that is started when needed, also again after it died."""

    def __init__(self, run: Run, name: str) -> None:
        self._run, self._name, self._side = run, name, run.sides[name]
        self._process: Process | None = None

    def start(self) -> str | None:
        """Get a process ready; why that fails, or None."""
        begin = time.perf_counter()
        process = self._run.new_process(self._name)
        answer = process.ask({"start": [str(half_year) for half_year in self._run.archive.half_years]})
        if answer is None:
            return f"the check cannot be started: {process.ended()}"
        with self._run.lock:
            self._side.peak_mb = max(self._side.peak_mb, answer["peak_mb"])
            if "rules" in answer and not self._side.rules:
                self._side.rules = answer["rules"]
                self._side.start_seconds, self._side.start_cpu_seconds = time.perf_counter() - begin, answer["cpu"]
        if "error" in answer:
            return str(answer["error"])
        self._process = process
        return None

    def outcome(self, item: Item, data: bytes | None) -> Outcome:
        """What this version says of a file (None: it lies at `item.source`). A process that dies of it costs the other files nothing."""
        if self._process is None:
            trouble = self.start()
            if trouble is not None:
                return {"failed": trouble}
        assert self._process is not None
        answer = self._process.ask(_task(item, data, self._run.limits), data or b"")
        if answer is None:
            reason, self._process = self._process.ended(), None
            return {"failed": reason}
        with self._run.lock:
            self._side.peak_mb = max(self._side.peak_mb, answer["peak_mb"])
            self._side.seconds += answer["seconds"]
            self._side.cpu_seconds += answer["cpu_seconds"]
        return answer


def _task(item: Item, data: bytes | None, limits: dict[str, int]) -> dict[str, Any]:
    task: dict[str, Any] = {
        "law": item.law,
        "file_name": item.file_name,
        "municipality": item.municipality,
        "half_year": None if item.half_year is None else str(item.half_year),
        "received_on": item.received_on.isoformat(),
        **limits,
    }
    if item.max_bytes is not None:
        task["max_bytes"] = item.max_bytes
    return task | ({"path": str(item.source)} if data is None else {"data": len(data)})


def _fetched(item: Item) -> bytes | None:
    """The bytes of a delivery that does not lie in a folder.

    Raises:
        NotReadable: When they cannot be had.
    """
    if isinstance(item.source, Path):
        return None
    return item.source if isinstance(item.source, bytes) else item.source()


def _results(futures: list[Future[T]]) -> list[T]:
    """The results of all, or the exception of the first that fails.

    It waits in short turns: polars restarts a call that a signal interrupts, so that Ctrl-C would not be heard in a long one.
    """
    failed = False
    while not failed and not all(future.done() for future in futures):
        done, _ = wait(futures, timeout=0.2, return_when=FIRST_EXCEPTION)
        failed = any(future.exception() is not None for future in done)
    return [future.result() for future in sorted(futures, key=lambda future: not future.done())]


class Run:
    """Checks an archive by both versions: each job has a process of either version and hands it one file after the other.

    Args:
        homes: The folder of each version (old, new) that holds its `expectations`.
        archive: What to check.
        limits: `max_bytes` and `max_lines` of the installation.
        jobs: How many files are checked at the same time.
        progress: Called with the number of files done, from any thread.
    """

    def __init__(
        self, homes: dict[str, Path], archive: Archive, limits: dict[str, int], jobs: int, progress: Callable[[int], None]
    ) -> None:
        self.archive, self.limits, self.lock = archive, limits, threading.Lock()
        self.sides = {side: Side() for side in SIDES}
        self._homes, self._jobs, self._progress = homes, jobs, progress
        self._waiting: queue.SimpleQueue[int] = queue.SimpleQueue()
        self._stopped, self._done = threading.Event(), 0
        self._processes: list[Process] = []

    def new_process(self, side: str) -> Process:
        """A process that is ended with the run.

        Raises:
            Stopped: When the run has been broken off.
        """
        with self.lock:
            if self._stopped.is_set():
                raise Stopped
            self._processes.append(Process(self._homes[side]))
            return self._processes[-1]

    def check(self) -> None:
        """Run. Nothing is checked when the new rules cannot be read, and only by the new ones when the old cannot."""
        checkers = [{side: Checker(self, side) for side in SIDES} for _ in range(self._jobs)]
        pool = ThreadPoolExecutor(max(self._jobs, len(SIDES)), thread_name_prefix="job")
        try:
            starts = {side: pool.submit(checker.start) for side, checker in checkers[0].items()}
            (self.sides["new"].error,) = _results([starts["new"]])
            if self.sides["new"].error is None:
                (self.sides["old"].error,) = _results([starts["old"]])
                self._check_all(pool, checkers)
        finally:
            self._stop()
            pool.shutdown()

    def _check_all(self, pool: ThreadPoolExecutor, checkers: list[dict[str, Checker]]) -> None:
        able = [side for side in SIDES if self.sides[side].error is None]
        for side in able:
            self.sides[side].outcomes = [{} for _ in self.archive.items]
        for index in range(len(self.archive.items)):
            self._waiting.put(index)
        _results([pool.submit(self._job, {side: job[side] for side in able}) for job in checkers])

    def _job(self, checkers: dict[str, Checker]) -> None:
        """Take files until there are no more. Who goes first changes from file to file: the second finds the file in memory."""
        while not self._stopped.is_set():
            try:
                index = self._waiting.get_nowait()
            except queue.Empty:
                return
            item = self.archive.items[index]
            try:
                data = _fetched(item)
            except NotReadable:
                for side in checkers:
                    self.sides[side].outcomes[index] = {"unreadable": "no right to read it, or gone"}
                continue
            for side in sorted(checkers, reverse=index % 2 == 0):
                self.sides[side].outcomes[index] = checkers[side].outcome(item, data)
            with self.lock:
                self._done += 1
            self._progress(self._done)

    def _stop(self) -> None:
        self._stopped.set()
        with self.lock:
            for process in self._processes:
                process.end()
