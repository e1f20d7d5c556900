"""A round from uploads to a release on whatever executes tasks; the worker that has the burst in hand may be lost in the middle of it."""

from __future__ import annotations

import datetime as dt
import hashlib
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sqlalchemy import text

from gmsd.clock import AMSTERDAM, DatabaseClock
from gmsd.database import connect, statement
from gmsd.demo import delivery, municipalities_of
from gmsd.journal import trail
from gmsd.rounds import HalfYear
from gmsd.store import get_store
from gmsd_airflow.api import Airflow
from tests.support.mails import Maildir
from tests.support.waiting import until
from tests.support.workers import lose, taken, worker_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.support.played import Home

H1 = HalfYear(2019, 1)
DAGS = ("gmsd_intake", "gmsd_delivery", "gmsd_optout_close", "gmsd_load", "gmsd_publish", "gmsd_housekeeping")
RELEASE = "r0001"
LOST_AFTER = 0.3
"""The share of the deliveries that have been checked when a worker is lost."""
SECONDS = 1200.0


@dataclass
class Outcome:
    """What a play left behind, and how long it took.

    Attributes:
        states: Delivery -> state.
        mails: Message-ID -> how many copies lie in the Maildir, those of outages and failures to the engineer excepted.
        told: Subjects of those.
        steps: What happened to each delivery, by the audit trail -> how often.
        release: Path -> sha-256.
        failed: Runs that failed.
        seconds: Of each part of the round.
        tasks: Worker -> tasks that it took in hand.
        lost: What was lost, and how many deliveries had been checked by then.
    """

    states: dict[str, str]
    mails: dict[str, int]
    told: list[str]
    steps: dict[str, int]
    release: dict[str, str]
    failed: list[str]
    seconds: dict[str, float]
    tasks: dict[str, int]
    lost: tuple[str, int] | None


@dataclass
class Play:
    """One installation, played once.

    Attributes:
        home: Where; empty, and running.
        municipalities: How many, or "all".
        lose: What is killed in the middle: a "worker" for good, a "worker that comes back", the "broker", which does too; "" for nothing.
        say: Where it tells how far it is.
    """

    home: Home
    municipalities: int | str
    lose: str
    say: Callable[[str], None]
    seconds: dict[str, float] = field(default_factory=dict)
    lost: tuple[str, int] | None = None

    def play(self, folder: Path) -> Outcome:
        """Play the round; the release is fetched into `folder`.

        Raises:
            AssertionError: something did not come to its end.
        """
        self.settings = self.home.settings
        self.engine = connect(self.settings, "loader")
        self.clock = DatabaseClock(self.engine)
        with Airflow.of(self.settings, "engineer") as self.engineer, Airflow.of(self.settings, "approver") as self.approver:
            for dag_id in DAGS:
                self.engineer.unpause(dag_id)
            uploads = self._upload()
            self._part("arrivals", lambda: self._arrive(uploads))
            self._part("close and load", self._close)
            self._part("publication", self._publish)
            found = self._outcome(folder)
        self.engine.dispose()
        return found

    def _part(self, name: str, do: Callable[[], None]) -> None:
        begin = time.monotonic()
        do()
        self.seconds[name] = round(time.monotonic() - begin, 1)
        self.say(f"{name}: {self.seconds[name]} s")

    def _until(self, what: str, found: Callable[[], Any], every: float = 0.5) -> Any:
        return until(found, what, seconds=SECONDS, gone=self.home.gone(), every=every)

    def _now(self, *when: int) -> None:
        self.clock.move(dt.datetime(*when, tzinfo=AMSTERDAM))  # type: ignore[arg-type, misc]

    def _upload(self) -> int:
        """All of them while intake stands still, one after the other: what reports compare with depends on the order."""
        self._now(2019, 9, 3, 10)
        self._pause_intake()
        client = get_store(self.settings, "portal").client
        codes = municipalities_of(self.municipalities if self.municipalities == "all" else int(self.municipalities), H1)  # type: ignore[arg-type]
        for code in codes:
            made = delivery(1, code, H1)
            client.put_object(Bucket=self.settings.bucket_inbox, Key=made.key, Body=made.data, ACL="bucket-owner-full-control")
        self.say(f"{len(codes)} files uploaded")
        return len(codes)

    def _pause_intake(self) -> None:
        """Nothing of it may be under way: what is paused in the middle never ends."""
        while True:
            self._until("intake to stand still", self._idle)
            self.engineer._request("PATCH", "/dags/gmsd_intake", json={"is_paused": True})
            if self._idle():
                return
            self.engineer.unpause("gmsd_intake")

    def _arrive(self, uploads: int) -> None:
        self.engineer.unpause("gmsd_intake")
        if self.lose:
            self._lose(max(1, int(uploads * LOST_AFTER)))
        self._until("every check, report and mail", lambda: self._settled(uploads))

    def _lose(self, checked: int) -> None:
        """A worker is one that has checks in hand: those of the burst, or that of a delivery's run."""
        name = "broker" if self.lose == "broker" else self._until("a task that checks", self._checking, every=0.05)
        self._until("some checks", lambda: self._checked() >= checked, every=0.02)
        lose(self.home, name, for_good=self.lose == "worker")
        self.lost = (name, self._checked())
        self.say(f"{name} is lost: {self.lost[1]} deliveries had been checked")

    def _checking(self) -> str | None:
        for dag_id, task_id in (("gmsd_intake", "start"), ("gmsd_delivery", "check")):
            for run in self.engineer.runs(dag_id, states=("running",)):
                for task in self.engineer.tasks(dag_id, run["dag_run_id"]):
                    running = (task["task_id"], task["state"]) == (task_id, "running") and task["pid"]
                    if running and (name := worker_of(self.home, int(task["pid"]))):
                        return name
        return None

    def _checked(self) -> int:
        with self.engine.connect() as connection:
            return int(connection.scalar(text("SELECT count(*) FROM delivery WHERE state <> 'received'")) or 0)

    def _settled(self, deliveries: int) -> bool:
        with self.engine.connect() as connection:
            found = connection.execute(statement("demo/waiting")).one()
        done = (found.deliveries, found.mails_waiting, self._checked()) == (deliveries, 0, deliveries)
        return done and self.engineer.count("gmsd_delivery", "success") == deliveries and self._idle()

    def _idle(self) -> bool:
        return not any(self.engineer.count(dag_id, "running", "queued") for dag_id in DAGS)

    def _close(self) -> None:
        self._now(2019, 10, 21, 9)
        self.engineer.start("gmsd_optout_close", partition_key=str(H1))
        self._until("the load", lambda: self.engineer.count("gmsd_load", "success") == 1 and self._idle())

    def _publish(self) -> None:
        self._now(2019, 12, 2, 9, 30)
        self.engineer.start("gmsd_publish", RELEASE, conf={"round": str(H1), "dry_run": False})
        self._until("the question", lambda: self.approver.approve(RELEASE))
        self._until(
            "the release", lambda: (run := self.engineer.run("gmsd_publish", RELEASE)) and run["state"] == "success" and self._idle()
        )

    def _outcome(self, folder: Path) -> Outcome:
        with self.engine.connect() as connection:
            states = {row.delivery_id: row.state for row in connection.execute(text("SELECT delivery_id, state FROM delivery"))}
            steps = Counter(f"{row['subject']} {row['event']} {row['to_state']}" for row in trail(connection) if row["subject"] in states)
        fetched = self.home.gmsd("releases", "get", RELEASE, "--to", str(folder))
        assert not fetched.returncode, fetched.stderr
        mails, told = Counter[str](), []
        for mail in Maildir(self.home.var / "mail").mails():
            name = str(mail["Message-ID"])
            if name.startswith(("<outage.", "<run.")):
                told.append(str(mail["Subject"]))
            else:
                mails[name] += 1
        return Outcome(
            states=states,
            mails=dict(mails),
            told=told,
            steps=dict(steps),
            release={str(path.relative_to(folder)): _digest(path) for path in sorted(folder.rglob("*")) if path.is_file()},
            failed=[f"{dag_id}/{run['dag_run_id']}" for dag_id in DAGS for run in self.engineer.runs(dag_id, states=("failed",))],
            seconds=self.seconds,
            tasks={name: len(found) for name, found in taken(self.home).items()},
            lost=self.lost,
        )


def broken(found: Outcome, uploads: int) -> list[str]:
    """What should not be in one play."""
    wrong = []
    if len(found.states) != uploads or set(found.states.values()) != {"published"}:
        wrong.append(f"states of {len(found.states)} deliveries: {dict(Counter(found.states.values()))}, of {uploads} uploads")
    for what, counted in (("mails", found.mails), ("steps of a delivery", found.steps)):
        if twice := [name for name, number in counted.items() if number != 1]:
            wrong.append(f"{what} not once: {sorted(twice)[:5]}")
    if found.failed:
        wrong.append(f"runs that failed: {found.failed}")
    if found.told:
        wrong.append(f"mails to the engineer: {found.told}")
    if not found.release:
        wrong.append("no release")
    return wrong


def differing(undisturbed: Outcome, found: Outcome) -> list[str]:
    """What a lost worker changed."""
    wrong = []
    for what in ("states", "mails", "steps", "release"):
        one, other = getattr(undisturbed, what), getattr(found, what)
        if one != other:
            wrong.append(f"{what}: {sorted(dict(set(one.items()) ^ set(other.items())))[:5]}")
    return wrong


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
