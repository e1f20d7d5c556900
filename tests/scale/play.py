"""A round from uploads to a release on whatever executes tasks; the worker that has the burst in hand may be lost in the middle of it."""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING

from gmsd.demo import delivery, municipalities_of
from gmsd.store import get_store
from tests.support.rounds import H1, Left, Round
from tests.support.workers import lose, taken, worker_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.support.played import Home

LOST_AFTER = 0.3
"""The share of the deliveries that have been checked when a worker is lost."""
SECONDS = 1200.0


@dataclass
class Outcome(Left):
    """What a play left behind, and how long it took.

    Attributes:
        seconds: Of each part of the round.
        tasks: Worker -> tasks that it took in hand.
        lost: What was lost, and how many deliveries had been checked by then.
    """

    seconds: dict[str, float] = field(default_factory=dict)
    tasks: dict[str, int] = field(default_factory=dict)
    lost: tuple[str, int] | None = None


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
            NotSettled: something did not come to its end.
        """
        self.round = Round(self.home, seconds=SECONDS, say=self.say, gone=self.home.gone())
        with self.round.opened():
            uploads = self._upload()
            self._part("arrivals", lambda: self._arrive(uploads))
            self._part("close and load", self.round.close)
            self._part("publication", self._publish)
            tasks = {name: len(found) for name, found in taken(self.home).items()}
            return Outcome(**asdict(self.round.left(folder)), seconds=self.seconds, tasks=tasks, lost=self.lost)

    def _part(self, name: str, do: Callable[[], None]) -> None:
        begin = time.monotonic()
        do()
        self.seconds[name] = round(time.monotonic() - begin, 1)
        self.say(f"{name}: {self.seconds[name]} s")

    def _upload(self) -> int:
        """All of them while intake stands still, one after the other: what reports compare with depends on the order."""
        self.round.now(2019, 9, 3, 10)
        self._pause_intake()
        client = get_store(self.round.settings, "portal").client
        codes = municipalities_of(self.municipalities if self.municipalities == "all" else int(self.municipalities), H1)  # type: ignore[arg-type]
        for code in codes:
            made = delivery(1, code, H1)
            client.put_object(Bucket=self.round.settings.bucket_inbox, Key=made.key, Body=made.data, ACL="bucket-owner-full-control")
        self.say(f"{len(codes)} files uploaded")
        return len(codes)

    def _pause_intake(self) -> None:
        """Nothing of it may be under way: what is paused in the middle never ends."""
        while True:
            self.round.until("intake to stand still", self.round.idle)
            self.round.engineer._request("PATCH", "/dags/gmsd_intake", json={"is_paused": True})
            if self.round.idle():
                return
            self.round.engineer.unpause("gmsd_intake")

    def _arrive(self, uploads: int) -> None:
        self.round.engineer.unpause("gmsd_intake")
        if self.lose:
            self._lose(max(1, int(uploads * LOST_AFTER)))
        self.round.until("every check, report and mail", lambda: self.round.settled(uploads))

    def _lose(self, checked: int) -> None:
        """A worker is one that has checks in hand: those of the burst, or that of a delivery's run."""
        name = "broker" if self.lose == "broker" else self.round.until("a task that checks", self._checking, every=0.05)
        self.round.until("some checks", lambda: self.round.checked() >= checked, every=0.02)
        lose(self.home, name, for_good=self.lose == "worker")
        self.lost = (name, self.round.checked())
        self.say(f"{name} is lost: {self.lost[1]} deliveries had been checked")

    def _checking(self) -> str | None:
        for dag_id, task_id in (("gmsd_intake", "start"), ("gmsd_delivery", "check")):
            for run in self.round.engineer.runs(dag_id, states=("running",)):
                for task in self.round.engineer.tasks(dag_id, run["dag_run_id"]):
                    running = (task["task_id"], task["state"]) == (task_id, "running") and task["pid"]
                    if running and (name := worker_of(self.home, int(task["pid"]))):
                        return name
        return None

    def _publish(self) -> None:
        self.round.propose()
        self.round.until("the release", self.round.published)


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
        wrong.append(f"mails to the engineer: {[subject for _, subject in found.told]}")
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
