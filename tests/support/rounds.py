"""A round in a running installation, as its users live it: what is done at each stage, when it is over, and what it leaves behind."""

from __future__ import annotations

import datetime as dt
import hashlib
import time
from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import httpx
from botocore.exceptions import BotoCoreError, ClientError
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from gmsd.clock import AMSTERDAM, DatabaseClock
from gmsd.database import connect, statement
from gmsd.journal import trail
from gmsd.rounds import HalfYear
from gmsd.store import get_store
from gmsd_airflow.api import Airflow, AirflowError
from tests.support.mails import Maildir
from tests.support.outage import programs
from tests.support.waiting import patience

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.support.played import Home

H1 = HalfYear(2019, 1)
DAGS = ("gmsd_intake", "gmsd_delivery", "gmsd_optout_close", "gmsd_load", "gmsd_publish", "gmsd_housekeeping")
RELEASE = "r0001"
OF_HOUSEKEEPING = "<round."
"""What the engineer is told of a round comes with the daily run of housekeeping, whatever the moment of the clock is then."""
NOT_ANSWERING = (SQLAlchemyError, BotoCoreError, ClientError, httpx.TransportError, AirflowError, KeyError)
"""What who asks is told while a service is away."""


class NotSettled(Exception):
    """Something does not come to its end by itself."""


@dataclass
class Left:
    """What a round left behind.

    Attributes:
        states: Delivery -> state.
        forms: Form -> state.
        mails: Message-ID -> how many copies lie in the Maildir, but for the engineer's about outages, failures and rounds.
        told: Message-ID and subject of those.
        steps: What happened to each delivery, by the audit trail -> how often.
        release: Path -> sha-256.
        failed: Runs that failed.
        programs: Program -> what supervisor says of it.
    """

    states: dict[str, str]
    forms: dict[str, str]
    mails: dict[str, int]
    told: list[tuple[str, str]]
    steps: dict[str, int]
    release: dict[str, str]
    failed: list[str]
    programs: dict[str, str]


class Round:
    """One round of an installation that was empty, and is running.

    Args:
        home: Where.
        seconds: How long each stage may take on an idle machine.
        say: Where it tells how far it is.
        gone: Tells why waiting has become useless; without it nothing does, also while services are away.
    """

    def __init__(self, home: Home, *, seconds: float, say: Callable[[str], None], gone: Callable[[], str] = lambda: "") -> None:
        self.home, self.say, self._seconds, self._gone = home, say, seconds, gone

    @contextmanager
    def opened(self) -> Iterator[None]:
        """With its database, and Airflow as the engineer and as a second person; every DAG is switched on."""
        self.settings = self.home.settings
        self.engine = connect(self.settings, "loader")
        self._clock = DatabaseClock(self.engine)
        with Airflow.of(self.settings, "engineer") as self.engineer, Airflow.of(self.settings, "approver") as self.approver:
            for dag_id in DAGS:
                self.engineer.unpause(dag_id)
            yield
        self.engine.dispose()

    def until(self, what: str, found: Callable[[], Any], every: float = 0.5) -> Any:
        """The first true value of `found`, asked again while a service does not answer.

        Raises:
            NotSettled: it did not come, or cannot come any more.
        """
        begin, said = time.monotonic(), ""
        end = begin + patience(self._seconds)
        while (now := time.monotonic()) < end:
            try:
                if value := found():
                    return value
            except NOT_ANSWERING as error:
                said = type(error).__name__
            if why := self._gone():
                raise NotSettled(f"waited in vain for {what}: {why}")
            end = max(end, begin + patience(self._seconds))
            time.sleep(every)
        raise NotSettled(f"waited {now - begin:.0f} s in vain for {what} {said}")

    def now(self, *when: int) -> None:
        """Move the clock to a moment in Amsterdam."""
        self._clock.move(dt.datetime(*when, tzinfo=AMSTERDAM))  # type: ignore[arg-type, misc]

    def put(self, key: str, body: bytes) -> None:
        """As the program of a municipality: it tries until the store has taken it."""
        client, full = get_store(self.settings, "portal").client, "bucket-owner-full-control"
        self.until(
            f"the store to take {key}", lambda: client.put_object(Bucket=self.settings.bucket_inbox, Key=key, Body=body, ACL=full), every=5
        )

    def idle(self) -> bool:
        """Whether no run is under way or waits."""
        return not any(self.engineer.count(dag_id, "running", "queued") for dag_id in DAGS)

    def checked(self) -> int:
        """How many deliveries are no longer to be checked."""
        with self.engine.connect() as connection:
            return int(connection.scalar(text("SELECT count(*) FROM delivery WHERE state <> 'received'")) or 0)

    def settled(self, deliveries: int, forms: int = 0) -> bool:
        """Whether everything is registered, dealt with and mailed, and every run has ended well."""
        with self.engine.connect() as connection:
            found = connection.execute(statement("demo/waiting")).one()
        registered = (found.deliveries, found.forms, found.forms_waiting, found.mails_waiting) == (deliveries, forms, 0, 0)
        return registered and self.checked() == deliveries == self.engineer.count("gmsd_delivery", "success") and self.idle()

    def close(self) -> None:
        """Freeze the round; it is loaded and counted afterwards."""
        self.now(2019, 10, 21, 9)
        self.until("the close to be started", lambda: self.engineer.start("gmsd_optout_close", "close", partition_key=str(H1)) or True)
        self.until("the load", lambda: self.engineer.count("gmsd_load", "success") == 1 and self.idle())

    def propose(self) -> None:
        """Ask a second person, who approves as soon as there is a question."""
        self.now(2019, 12, 2, 9, 30)
        self.engineer.start("gmsd_publish", RELEASE, conf={"round": str(H1), "dry_run": False})
        self.until("the question", lambda: self.approver.approve(RELEASE))

    def published(self) -> bool:
        """Whether the release is public."""
        run = self.engineer.run("gmsd_publish", RELEASE)
        return bool(run and run["state"] == "success" and self.idle())

    def task(self, dag_id: str, run_id: str, task_id: str) -> dict[str, Any] | None:
        """A task of a run, as Airflow has it."""
        return next((task for task in self.engineer.tasks(dag_id, run_id) if task["task_id"] == task_id), None)

    def left(self, folder: Path) -> Left:
        """What it left behind; the release is fetched into `folder`."""
        with self.engine.connect() as connection:
            states = {row.delivery_id: row.state for row in connection.execute(text("SELECT delivery_id, state FROM delivery"))}
            forms = {row.form_id: row.state for row in connection.execute(text("SELECT form_id, state FROM form"))}
            steps = Counter(f"{row['subject']} {row['event']} {row['to_state']}" for row in trail(connection) if row["subject"] in states)
        fetched = self.home.gmsd("releases", "get", RELEASE, "--to", str(folder))
        if fetched.returncode:
            raise NotSettled(fetched.stderr)
        mails, told = self.mails()
        return Left(
            states=states,
            forms=forms,
            mails=mails,
            told=told,
            steps=dict(steps),
            release={str(path.relative_to(folder)): _digest(path) for path in sorted(folder.rglob("*")) if path.is_file()},
            failed=[f"{dag_id}/{run['dag_run_id']}" for dag_id in DAGS for run in self.engineer.runs(dag_id, states=("failed",))],
            programs=programs(self.home),
        )

    def mails(self) -> tuple[dict[str, int], list[tuple[str, str]]]:
        """Copies of each mail, and apart from them what the engineer was told of outages and failures."""
        mails: Counter[str] = Counter()
        told = []
        for mail in Maildir(self.home.var / "mail").mails():
            name = str(mail["Message-ID"])
            if name.startswith(OF_HOUSEKEEPING):
                continue
            if name.startswith(("<outage.", "<run.")):
                told.append((name, str(mail["Subject"])))
            else:
                mails[name] += 1
        return dict(mails), told


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
