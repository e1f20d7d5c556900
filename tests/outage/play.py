"""A round of twelve municipalities from upload to publication, as its users live it; a service may be taken away in the middle.

What a person does here is what people do without an outage: municipalities upload (and again, when the store refuses), somebody starts the
publication, a second person approves. Nobody repairs, clears or starts anything.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import httpx
from botocore.exceptions import BotoCoreError, ClientError
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from gmsd.clock import AMSTERDAM, DatabaseClock
from gmsd.database import connect, statement
from gmsd.demo import delivery
from gmsd.demo.faults import FAULTS
from gmsd.journal.incidents import SAME_OUTAGE
from gmsd.rounds import HalfYear
from gmsd.store import get_store
from gmsd_airflow.api import Airflow, AirflowError
from tests.support.mails import Maildir
from tests.support.outage import away, programs

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.support.played import Home

H1 = HalfYear(2019, 1)
MUNICIPALITIES = ("0339", "0448", "0744", "0221", "1695", "0072", "0638", "0180", "0431", "0473", "0279", "0994")
FAULTY, CORRECTED, WITHDRAWN, EXPLAINED = "0072", "0221", "0994", "0448"
DAGS = ("gmsd_intake", "gmsd_delivery", "gmsd_optout_close", "gmsd_load", "gmsd_publish", "gmsd_housekeeping")
RELEASE = "r0001"
UPLOADS_AT_ONCE = 2
POLL_SECONDS = 0.5
PATIENCE_SECONDS = 2400.0
NOT_ANSWERING = (SQLAlchemyError, BotoCoreError, ClientError, httpx.TransportError, AirflowError, KeyError)


class NotSettled(Exception):
    """Something does not come to its end by itself."""


@dataclass(frozen=True)
class Outage:
    """A service that is taken away for some minutes."""

    service: str
    minutes: float


@dataclass
class Outcome:
    """What a play left behind.

    Attributes:
        mails: Message-ID -> how many copies lie in the Maildir, the engineer's about outages and failures excepted.
        engineer: Message-ID and subject of those.
        release: Path -> sha-256.
        seconds: How long after the service's return everything was settled, by when it was taken away.
        told: How many mails the engineer got of it.
    """

    states: dict[str, str]
    forms: dict[str, str]
    mails: dict[str, int]
    engineer: list[tuple[str, str]]
    release: dict[str, str]
    failed_runs: list[str]
    programs: dict[str, str]
    seconds: dict[str, float] = field(default_factory=dict)
    told: dict[str, int] = field(default_factory=dict)


class Play:
    """One installation, played once.

    Args:
        home: Where; empty, and running.
        burst: What is taken away while municipalities upload.
        publication: What is taken away while a release is built.
        say: Where it tells how far it is.
    """

    def __init__(self, home: Home, *, burst: Outage | None = None, publication: Outage | None = None, say: Callable[[str], None]) -> None:
        self.home, self.burst, self.publication, self.say = home, burst, publication, say
        self.seconds: dict[str, float] = {}
        self.told: dict[str, int] = {}
        self._back = 0.0

    def play(self, folder: Path) -> Outcome:
        """Play the round; the release is fetched into `folder`.

        Raises:
            NotSettled: something did not come to its end.
        """
        self.settings = self.home.settings
        self.engine = connect(self.settings, "loader")
        self.clock = DatabaseClock(self.engine)
        with Airflow.of(self.settings, "engineer") as self.engineer, Airflow.of(self.settings, "approver") as self.approver:
            for dag_id in DAGS:
                self.engineer.unpause(dag_id)
            self._deliver()
            self._forms()
            self._close()
            self._publish()
            found = self._outcome(folder)
        self.engine.dispose()
        return found

    def _until(self, what: str, found: Callable[[], Any], every: float = POLL_SECONDS) -> Any:
        """What `found` finds, asked again while a service does not answer."""
        end = time.monotonic() + PATIENCE_SECONDS
        said = ""
        while time.monotonic() < end:
            try:
                if value := found():
                    return value
            except NOT_ANSWERING as error:
                said = type(error).__name__
            time.sleep(every)
        raise NotSettled(f"waited {PATIENCE_SECONDS:.0f} s in vain for {what} {said}")

    def _now(self, *when: int) -> None:
        self.clock.move(dt.datetime(*when, tzinfo=AMSTERDAM))  # type: ignore[arg-type, misc]

    def _uploads(self) -> list[tuple[str, bytes]]:
        files = {code: delivery(1, code, H1) for code in MUNICIPALITIES}
        made = [(each.key, FAULTS["base"](each.data) if code == FAULTY else each.data) for code, each in files.items()]
        made.append((files[CORRECTED].key, delivery(1, CORRECTED, H1, revision=1).data))
        made.append(("aanlevering/WMO_H12019_x.csv", b"?"))
        return made

    def _put(self, key: str, body: bytes) -> None:
        """As the program of a municipality: it tries until the store has taken it."""
        client = get_store(self.settings, "portal").client
        self._until(
            f"the store to take {key}",
            lambda: client.put_object(Bucket=self.settings.bucket_inbox, Key=key, Body=body, ACL="bucket-owner-full-control"),
            every=5,
        )

    def _deliver(self) -> None:
        self._now(2019, 9, 3, 10)
        uploads = self._uploads()
        done = threading.Semaphore(0)

        def put(upload: tuple[str, bytes]) -> None:
            self._put(*upload)
            done.release()

        # the correction and the unplaced one come after the first files: numbers of uploads do not depend on who was faster
        first, then = uploads[: len(MUNICIPALITIES)], uploads[len(MUNICIPALITIES) :]
        with ThreadPoolExecutor(UPLOADS_AT_ONCE) as pool:
            waiting = [pool.submit(put, each) for each in first]
            if self.burst is not None:
                for _ in range(len(first) // 3):
                    done.acquire()
                self._until("the first run", lambda: self.engineer.count("gmsd_delivery"))
                self._away(self.burst, "burst of uploads")
            for each in waiting:
                each.result()
        for each in then:
            put(each)
        self._until("every check, report and mail", lambda: self._settled(len(uploads), 0))
        self._settled_after("burst of uploads")

    def _away(self, outage: Outage, when: str) -> None:
        self.say(f"{outage.service} is taken away in the {when} for {outage.minutes:g} minutes")
        with away(self.home, outage.service):
            time.sleep(outage.minutes * 60)
        self.say(f"{outage.service} is back")
        self._back = time.monotonic()
        self.seconds[when] = -self._back

    def _settled_after(self, when: str) -> None:
        if when in self.seconds:
            self.seconds[when] += time.monotonic()
            self.told[when] = len(self._mails()[1]) - sum(self.told.values())
            self.say(f"settled {self.seconds[when]:.0f} s after that")

    def _settled(self, deliveries: int, forms: int) -> bool:
        """Whether everything is registered, dealt with and mailed, and every run has ended well."""
        with self.engine.connect() as connection:
            found = connection.execute(statement("demo/waiting")).one()
            unchecked = connection.scalar(text("SELECT count(*) FROM delivery WHERE state = 'received'"))
        registered = (found.deliveries, found.forms, found.forms_waiting, found.mails_waiting, unchecked) == (deliveries, forms, 0, 0, 0)
        return registered and self.engineer.count("gmsd_delivery", "success") == deliveries and self._idle()

    def _idle(self) -> bool:
        return not any(self.engineer.count(dag_id, "running", "queued") for dag_id in DAGS)

    def _forms(self) -> None:
        self._now(2019, 10, 9, 10)
        code = H1.upload_code
        for municipality, name, body in (
            (WITHDRAWN, "intrekking", {"reason": None}),
            (EXPLAINED, "toelichting", {"text": "In de eerste helft van het jaar zijn wij van aanbieder gewisseld."}),
        ):
            form = {"half_year": code, "municipality": municipality, "name": "Coördinator Wmo", **body}
            self._put(f"{code}/{municipality}/formulieren/{name}.json", json.dumps(form).encode())
            number = 1 if name == "intrekking" else 2
            self._until("the form", lambda number=number: self._settled(len(MUNICIPALITIES) + 2, number))

    def _close(self) -> None:
        self._now(2019, 10, 21, 9)
        self.engineer.start("gmsd_optout_close", partition_key=str(H1))
        self._until("the load", lambda: self.engineer.count("gmsd_load", "success") == 1 and self._idle())

    def _publish(self) -> None:
        if self.publication is not None and "burst of uploads" in self.seconds:
            # what comes sooner after an outage is the same one to the engineer
            time.sleep(max(0.0, self._back + SAME_OUTAGE.total_seconds() + 60 - time.monotonic()))
        self._now(2019, 12, 2, 9, 30)
        self.engineer.start("gmsd_publish", RELEASE, conf={"round": str(H1), "dry_run": False})
        self._until("the question", self._approve)
        if self.publication is not None:
            self._until("the build", lambda: self._task("build") in {"queued", "running", "success"}, every=0.05)
            self._away(self.publication, "publication")
        self._until(
            "the release", lambda: (run := self.engineer.run("gmsd_publish", RELEASE)) and run["state"] == "success" and self._idle()
        )
        self._until("the mails", lambda: self._settled(len(MUNICIPALITIES) + 2, 2))
        self._settled_after("publication")

    def _approve(self) -> bool:
        """Answer at the page as soon as it asks."""
        return self.approver.approve(RELEASE)

    def _task(self, task_id: str) -> str | None:
        return next((task["state"] for task in self.engineer.tasks("gmsd_publish", RELEASE) if task["task_id"] == task_id), None)

    def _outcome(self, folder: Path) -> Outcome:
        with self.engine.connect() as connection:
            states = {row.delivery_id: row.state for row in connection.execute(text("SELECT delivery_id, state FROM delivery"))}
            forms = {row.form_id: row.state for row in connection.execute(text("SELECT form_id, state FROM form"))}
        fetched = self.home.gmsd("releases", "get", RELEASE, "--to", str(folder))
        if fetched.returncode:
            raise NotSettled(fetched.stderr)
        mails, engineer = self._mails()
        return Outcome(
            states=states,
            forms=forms,
            mails=mails,
            engineer=engineer,
            release={str(path.relative_to(folder)): _digest(path) for path in sorted(folder.rglob("*")) if path.is_file()},
            failed_runs=[f"{dag_id}/{run['dag_run_id']}" for dag_id in DAGS for run in self.engineer.runs(dag_id, states=("failed",))],
            programs=programs(self.home),
            seconds=dict(self.seconds),
            told=dict(self.told),
        )

    def _mails(self) -> tuple[dict[str, int], list[tuple[str, str]]]:
        """Copies of each mail, and apart from them what the engineer was told of outages and failures."""
        mails: Counter[str] = Counter()
        told = []
        for mail in Maildir(self.home.var / "mail").mails():
            name = str(mail["Message-ID"])
            if name.startswith(("<outage.", "<run.")):
                told.append((name, str(mail["Subject"])))
            else:
                mails[name] += 1
        return dict(mails), told


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
