"""The steps of a round without Airflow, each in a process of its own that meets a fault and is run again: what is left, and should be."""

from __future__ import annotations

import contextlib
import datetime as dt
import json
import random
import subprocess
import sys
import time
from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sqlalchemy import make_url

from gmsd.clock import DatabaseClock
from gmsd.installation import prepare
from gmsd.journal import Context
from gmsd.store import get_store
from tests.chaos.child import NEVER
from tests.chaos.gate import Control, Gate
from tests.chaos.state import State
from tests.chaos.steps import STEPS, needed, step_of
from tests.support.stack import environment_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from gmsd.settings import Settings
    from tests.chaos.disk import Disk
    from tests.chaos.state import Put, Told
    from tests.chaos.steps import Step
    from tests.chaos.table import Kept

SIGKILL = 9
KILLED, TWICE, AT_ONCE = "killed", "run twice", "twice at once"
AWAY = {"PostgreSQL away": "PostgreSQL", "store away": "store", "mail away": "mail"}
HOUSEKEEPING = ("sweep", "audit", "attention", "retention")
MAILS = "mails"
DISK, CLOCK = "disk full", "clock jumps"
FAULTS = (KILLED, TWICE, AT_ONCE, *AWAY, DISK, CLOCK)
JUMPS = tuple(dt.timedelta(minutes=minutes) for minutes in (90, -90))


@dataclass
class Cell:
    """What a fault did to a step.

    Attributes:
        tried: At how many moments.
        wrong: What was not as it should be, by moment.
        copies: Mails that went out once more with the same Message-ID: killed after the server had taken them, before that was noted.
        later: How often mails were left that housekeeping's task sends: the server had refused them a moment before.
    """

    tried: int = 0
    wrong: list[str] = field(default_factory=list)
    copies: int = 0
    later: int = 0

    def __str__(self) -> str:
        """As who looks on is told it."""
        return f"{self.tried - len(self.wrong)} of {self.tried}"


class Runner:
    """A process that runs steps as an installation; see `child`."""

    def __init__(self, settings: Settings, log: Path) -> None:
        self._log = log.open("a")
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.chaos.child"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._log,
            text=True,
            env=environment_of(settings) | {"PYTHONPATH": "plugins:."},
            cwd=settings.home,
        )
        self._answer()

    def _answer(self) -> dict[str, Any]:
        said = self._process.stdout.readline() if self._process.stdout else ""
        if not said:
            raise RuntimeError(f"the process that runs steps ended; see {self._log.name}")
        return dict(json.loads(said))

    def begin(self, step: str, *, at: int = NEVER, cut: str = "", control: int = 0) -> None:
        """Have a step run."""
        assert self._process.stdin
        self._process.stdin.write(json.dumps({"step": step, "at": at, "cut": cut, "control": control}) + "\n")
        self._process.stdin.flush()

    def end(self) -> dict[str, Any]:
        """What came of it: `signal` that ended it, `error`, whether that is an `outage`, and the boundaries that were `passed`."""
        return self._answer()

    def close(self) -> None:
        """End it."""
        with self._process:  # closes both its pipes and waits
            pass
        self._log.close()


class Library:
    """One installation, whose steps meet faults.

    Args:
        settings: Where it is; its database may be copied.
        admin: The address of PostgreSQL's own account.
        folder: For logs.
        most: At how many moments of a step a fault is tried at most, spread over it; None for each.
        say: Where it tells how far it is.
        disk: What its services write to, when that may be filled.
        kept: Where what came of each cell is written down at once.
    """

    def __init__(
        self,
        settings: Settings,
        admin: str,
        folder: Path,
        most: int | None,
        say: Callable[[str], None],
        disk: Disk | None = None,
        kept: Kept | None = None,
    ) -> None:
        self.settings, self.most, self.say, self.folder, self._disk, self._kept = settings, most, say, folder, disk, kept
        self.state = State(settings, admin)
        self.cells: dict[tuple[str, str], Cell] = {}
        self.spent: defaultdict[str, float] = defaultdict(float)
        self.boundaries: dict[str, int] = {}

    @contextlib.contextmanager
    def opened(self) -> Iterator[None]:
        """With what an installation needs, gates before the services, and a process to run steps."""
        prepare(self.settings)
        self.state.hurry()
        database = make_url(self.settings.database_loader.get_secret_value())
        store = make_url(self.settings.s3_endpoint)
        self._gates = {
            "PostgreSQL": Gate(str(database.host), int(database.port or 5432)),
            "store": Gate(str(store.host), int(store.port or 80)),
            "mail": Gate(self.settings.smtp_host, self.settings.smtp_port),
        }
        self._control = Control({name: gate.cut for name, gate in self._gates.items()} | ({"disk": self._disk.fill} if self._disk else {}))
        fields: dict[str, Any] = {name: getattr(self.settings, name) for name in type(self.settings).model_fields}
        for role in ("owner", "loader", "publisher", "approver", "reader", "portal"):
            url = make_url(fields[f"database_{role}"].get_secret_value()).set(host="127.0.0.1", port=self._gates["PostgreSQL"].port)
            fields[f"database_{role}"] = url.render_as_string(False)
        fields |= {
            "s3_endpoint": f"http://127.0.0.1:{self._gates['store'].port}",
            "smtp_host": "127.0.0.1",
            "smtp_port": self._gates["mail"].port,
        }
        self._through = type(self.settings)(_env_file=None, **fields)
        self._runners = [Runner(self._through, self.folder / "runner.log")]
        try:
            yield
        finally:
            for runner in self._runners:
                runner.close()
            self._control.close()
            for gate in self._gates.values():
                gate.close()

    def play(self, faults: Sequence[str] = FAULTS, steps: Sequence[str] = ()) -> list[str]:
        """Undisturbed from nothing, then from nothing again with every fault in every step; what is wrong.

        Args:
            faults: Some of FAULTS.
            steps: Steps that meet them; all when none are named.
        """
        with self._from_nothing() as (empty, undisturbed):
            self.state.put_back(empty)
            self.disturbed(faults, steps)
            wrong = [f"{step}, {fault}: {each}" for (step, fault), cell in self.cells.items() for each in cell.wrong]
            return wrong + differing(undisturbed, self.release())

    def disturbed(self, faults: Sequence[str] = FAULTS, steps: Sequence[str] = (), *, until_last: bool = False) -> None:
        """From nothing, with every fault in every step; what came of it is in `cells`.

        Args:
            faults: Some of FAULTS.
            steps: Steps that meet them; all when none are named.
            until_last: Stop after the last of these.
        """
        last = max((place for place, step in enumerate(STEPS) if step.name in steps), default=len(STEPS))
        for step in STEPS[: last + 1] if until_last else STEPS:
            self._prepare(step)
            if steps and step.name not in steps:
                self._well(step)
            else:
                self._disturb(step, faults)

    def orders(self, number: int, seed: int = 1) -> list[str]:
        """Every step of every delivery twice, in some orders that its needs allow; what is wrong."""
        wrong = []
        with self._from_nothing() as (empty, undisturbed):
            for each in range(seed, seed + number):
                self.state.put_back(empty)
                names = order(each)
                for place, name in enumerate(names):
                    step = step_of(name)
                    if name not in names[:place] and name not in HOUSEKEEPING:
                        self._prepare(step)
                    self._well(step)
                found = [f"order {each}: {what}" for what in differing(undisturbed, self.release())]
                self.say(f"order {each}: {len(names)} steps, {', '.join(found) or 'the same release'}")
                wrong += found
        return wrong

    @contextlib.contextmanager
    def _from_nothing(self) -> Iterator[tuple[Put, dict[str, str]]]:
        """An installation that was empty, and the release of an undisturbed round in it."""
        with self.opened():
            empty = self.state.put_down("empty")
            self.state.put_back(empty)
            for step in STEPS:
                self._prepare(step)
                self._well(step)
            undisturbed = self.release()
            self.say(f"undisturbed: {len(undisturbed)} files of a release")
            yield empty, undisturbed
            self.state.forget(empty)

    def release(self) -> dict[str, str]:
        """What readers find: path -> ETag."""
        return {each.key: each.etag for each in get_store(self.settings, "reader").objects(self.settings.bucket_publication)}

    def _prepare(self, step: Step) -> None:
        self._move(step.at)
        context = Context.open(self.settings)
        step.before(context)
        context.engine.dispose()

    def _run(self, step: Step, *, at: int = NEVER, cut: str = "") -> dict[str, Any]:
        with self._spending("running"):
            self._runners[0].begin(step.name, at=at, cut=cut, control=self._control.port)
            return self._runners[0].end()

    def _put_back(self, put: Put) -> None:
        with self._spending("putting back"):
            self.state.put_back(put)

    def _tell(self) -> Told:
        with self._spending("looking"):
            return self.state.tell()

    @contextlib.contextmanager
    def _spending(self, what: str) -> Iterator[None]:
        begin = time.monotonic()
        try:
            yield
        finally:
            self.spent[what] += time.monotonic() - begin

    def _well(self, step: Step) -> list[tuple[str, bool]]:
        """Run it undisturbed; the boundaries it passes."""
        done = self._run(step)
        if done["signal"] or done["error"]:
            raise AssertionError(f"{step.name}: {done['error'] or done['signal']}")
        return [(service, changes) for service, changes in done["passed"]]

    def _disturb(self, step: Step, faults: Sequence[str]) -> None:
        begin = time.monotonic()
        self.spent.clear()
        put = self.state.put_down("step")
        self._put_back(put)
        passed = self._well(step)
        wanted = self._tell()
        self.boundaries[step.name] = len(passed)
        for fault in faults:
            cell = Cell()
            try:
                self._meet(cell, step, fault, put, wanted, passed)
            except Exception as error:  # noqa: BLE001 - whatever ends one cell, it is told, and the others are played
                cell.tried += 1
                cell.wrong.append(f"broke off: {type(error).__name__}: {error}")
            if cell.tried:
                self.cells[step.name, fault] = cell
                if self._kept is not None:
                    self._kept.keep(step.name, fault, cell, len(passed))
            for each in cell.wrong:
                self.say(f"WRONG: {step.name}, {fault}: {each}")
        if any(self.cells[step.name, fault].wrong for fault in faults if (step.name, fault) in self.cells):
            self._put_back(put)
            self._well(step)
        self.state.forget(put)
        spent = ", ".join(f"{what} {seconds:.0f}" for what, seconds in self.spent.items())
        told = ", ".join(f"{fault} {self.cells[step.name, fault]}" for fault in faults if (step.name, fault) in self.cells)
        self.say(f"{step.name}: {len(passed)} boundaries; {told} ({time.monotonic() - begin:.0f} s: {spent})")

    def _meet(self, cell: Cell, step: Step, fault: str, put: Put, wanted: Told, passed: list[tuple[str, bool]]) -> None:
        if fault == TWICE:
            self._put_back(put)
            self._well(step)
            self._hold(cell, wanted, "", self._again(step))
        elif fault == AT_ONCE:
            self._put_back(put)
            self._hold(cell, wanted, "", self._both(step))
        elif fault == CLOCK:
            for jump in JUMPS:
                self._put_back(put)
                self._hold(cell, wanted.without_moments(), f"by {jump}", self._jumped(step, jump, passed))
        elif fault == DISK:
            for at in moments(passed, "PostgreSQL", self.most) if self._disk else ():
                self._put_back(put)
                self._hold(cell, wanted, f"at {at} of {len(passed)}", self._stopped(step, at, "disk"))
        else:
            service = AWAY.get(fault, "")
            for at in moments(passed, service, self.most):
                self._put_back(put)
                self._hold(cell, wanted, f"at {at} of {len(passed)}", self._stopped(step, at, service))

    def _hold(self, cell: Cell, wanted: Told, when: str, wrong: list[str]) -> None:
        if not wrong and self.state.waiting() > wanted.waiting:
            # what a full or absent mail server left goes with the task that sends mails that wait; where there is no fault nothing is left
            cell.later += 1
            done = self._run(step_of(MAILS))
            wrong = [f"mails that wait: {done['error'] or done['signal']}"] if done["error"] or done["signal"] else []
        found = self._tell()
        found = found if wanted.moments else found.without_moments()
        wrong = wrong + wanted.differences(found)
        copies = {name: found.mails[name] - number for name, number in wanted.mails.items()}
        cell.copies += sum(copies.values())
        if beyond := [name for name, number in copies.items() if number > 1]:
            wrong.append(f"mails more than once more: {beyond[:4]}")
        cell.tried += 1
        if wrong:
            cell.wrong.append(f"{when} {'; '.join(wrong)}".strip())

    def _again(self, step: Step) -> list[str]:
        done = self._run(step)
        return [f"run again: {done['error'] or done['signal']}"] if done["error"] or done["signal"] else []

    def _both(self, step: Step) -> list[str]:
        if len(self._runners) == 1:
            self._runners.append(Runner(self._through, self.folder / "second-runner.log"))
        for runner in self._runners:
            runner.begin(step.name)
        ended = [runner.end() for runner in self._runners]
        return [f"of two at once: {done['error'] or done['signal']}" for done in ended if done["error"] or done["signal"]]

    def _stopped(self, step: Step, at: int, service: str) -> list[str]:
        """Stop it there, and run it again: what was not as it should be."""
        done = self._run(step, at=at, cut=service)
        wrong = []
        if service == "disk" and self._disk:
            self._disk.empty(self.state.answers)
        elif service:
            self._gates[service].open()
        if service:
            if done["signal"] or (done["error"] and not done["outage"]):
                wrong.append(f"no outage to who decides whether to wait: {done['error'] or done['signal']}")
        elif done["signal"] != SIGKILL and len(done.get("passed", ())) > at:
            wrong.append(f"was not killed: {done}")
        return wrong + self._again(step)

    def _jumped(self, step: Step, jump: dt.timedelta, passed: list[tuple[str, bool]]) -> list[str]:
        """Kill it in the middle while the clock is wrong, and run it again when that is right."""
        there = moments(passed, "", 1) or [0]
        self._move(step.at + jump)
        self._run(step, at=there[0])
        self._move(step.at)
        return self._again(step)

    def _move(self, to: dt.datetime) -> None:
        context = Context.open(self.settings)
        assert isinstance(context.clock, DatabaseClock)
        context.clock.move(to)
        context.engine.dispose()


def differing(undisturbed: dict[str, str], found: dict[str, str]) -> list[str]:
    """Which files of a release are not the same to the byte."""
    if found == undisturbed and found:
        return []
    return [f"files of the release: {sorted(set(found.items()) ^ set(undisturbed.items()))[:5]}"]


def order(seed: int) -> list[str]:
    """Every step twice: the first time when all it needs has been done, the second time anywhere after that."""
    draw, needs, done = random.Random(seed), needed(), list[str]()
    while left := [name for name in needs if name not in done]:
        done.append(draw.choice([name for name in left if needs[name] <= set(done)]))
    for name in sorted(needs):
        # once somebody has answered, a preview would ask anew, and once it is public there is nothing to ask about
        # a build says then that another release comes next
        end = done.index({"preview": "answer", "build": "publish"}[name]) if name in ("preview", "build") else len(done)
        done.insert(draw.randint(done.index(name) + 1, end), name)
    return done


def moments(passed: Sequence[tuple[str, bool]], service: str, most: int | None) -> list[int]:
    """Where a step is stopped.

    Args:
        passed: Its boundaries, undisturbed.
        service: What is cut off there; empty for a kill.
        most: How many at most; None for every boundary at a kill, and at a cut every boundary before which something had changed.
    """
    changed = [0, *(number + 1 for number, (_, changes) in enumerate(passed) if changes)]
    if service:
        own = [number for number, (name, _) in enumerate(passed) if name == service]
        # the first call of that service at or after each change, and the change itself, which is then never answered
        found = {min((each for each in own if each >= number), default=-1) for number in changed}
        found |= {number for number in own if passed[number][1]}
        found -= {-1}
    else:
        found = set(range(len(passed))) if most is None else {each for each in changed if each < len(passed)}
    there = sorted(found)
    if most is None or len(there) <= most:
        return there
    return sorted({there[(2 * number + 1) * len(there) // (2 * most)] for number in range(most)})
