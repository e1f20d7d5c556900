"""Plays the story through the running services: uploads as the portal, everything else through Airflow, by the movable clock.

What has been played stands in `var/demo/state.json`, so that a demo that was interrupted goes on where it stopped, and one that has been
played only shows its results.
"""

from __future__ import annotations

import datetime as dt
import json
import time
from collections import Counter, defaultdict
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from gmsd.clock import AMSTERDAM, DatabaseClock
from gmsd.consent import approve_explanation, explanations
from gmsd.database import connect, statement
from gmsd.demo import outcome
from gmsd.demo.story import Step, Story, moments
from gmsd.errors import GmsdError
from gmsd.journal import Context
from gmsd.registration import add_term
from gmsd.round_mails import mailing_days
from gmsd.rounds import Place, Round, load_calendar
from gmsd.store import get_store
from gmsd_airflow.api import Airflow
from gmsd_airflow.runs import mail_coordinators

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from gmsd.demo.measure import PeakMemory
    from gmsd.demo.screen import Screen
    from gmsd.settings import Settings

INTAKE, DELIVERY, CLOSE, LOAD, PUBLISH = "gmsd_intake", "gmsd_delivery", "gmsd_optout_close", "gmsd_load", "gmsd_publish"
DAGS = (INTAKE, DELIVERY, CLOSE, LOAD, PUBLISH, "gmsd_housekeeping")
UPLOADS_AT_ONCE = 6
POLL_SECONDS = 0.7
POLLS_PER_LOOK_FOR_FAILURES = 8
PATIENCE_SECONDS = 300.0
OFFICE_HOURS = dt.timedelta(hours=9)
BEFORE_OFFICE = dt.time(8)


class DemoFailed(GmsdError):
    """The demo cannot go on, or cannot begin; the message says why and what to do."""


@dataclass
class State:
    """What has been played so far, kept in a file."""

    path: Path
    choice: str
    seed: int
    done: dict[str, float] = field(default_factory=dict)
    report: dict[str, Any] | None = None

    @classmethod
    def read(cls, path: Path, choice: str, seed: int) -> State:
        """The state of the demo in `var/`.

        Raises:
            DemoFailed: another demo has been played there.
        """
        if not path.is_file():
            return cls(path, choice, seed)
        kept = json.loads(path.read_text(encoding="utf-8"))
        if (kept["choice"], kept["seed"]) != (choice, seed):
            raise DemoFailed(
                f"a demo of {kept['choice']} municipalities with seed {kept['seed']} stands in var/; give RESET=1 to play another one"
            )
        return cls(path, choice, seed, kept["done"], kept["report"])

    def note(self, stage: str, seconds: float) -> None:
        """Remember that a stage is over, and how long it took."""
        self.done[stage] = round(seconds, 1)
        self.write()

    def write(self) -> None:
        """Keep it, whole or not at all."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        draft = self.path.with_suffix(".new")
        draft.write_text(
            json.dumps({"choice": self.choice, "seed": self.seed, "done": self.done, "report": self.report}, indent=1), encoding="utf-8"
        )
        draft.replace(self.path)


class Player:
    """Plays one story.

    Args:
        settings: Of the running services; their clock must be the movable one.
        story: What to play.
        state: What has been played already.
        screen: Where a person sees what is going on.
        measure: Watches the memory.
    """

    def __init__(self, settings: Settings, story: Story, state: State, screen: Screen, measure: PeakMemory) -> None:
        if settings.clock != "database":
            raise DemoFailed("the services run by the system's clock; a demo needs its own: `make down`, then `make demo`")
        self.settings, self.story, self.state, self.screen, self.measure = settings, story, state, screen, measure
        self.folder = settings.home / "var" / "demo"
        self.engine = connect(settings, "loader")
        self.clock = DatabaseClock(self.engine)
        self.portal = get_store(settings, "portal")
        self.engineer = Airflow.of(settings, "engineer")
        self.approver = Airflow.of(settings, "approver")
        self._wanted = 0
        self.rounds = [load_calendar().round(code) for code in sorted({step.round for step in story.steps})]

    def close(self) -> None:
        """Give the connections back."""
        self.engineer.close()
        self.approver.close()
        self.engine.dispose()

    def play(self) -> None:
        """Play what has not been played; returns when everything is published.

        Raises:
            DemoFailed: something does not come to its end; the message names it.
        """
        self._stage("files", self._files)
        self._stage("airflow", self._airflow)
        self._stage("coordinators", self._coordinators)
        for number, played in enumerate(self.rounds, start=1):
            mornings = [(dt.datetime.combine(day, BEFORE_OFFICE, AMSTERDAM), ()) for day in mailing_days(played)]
            for at, together in sorted([*mornings, *moments(self.story.of_round(played.code))], key=lambda each: each[0]):
                self._stage(f"{at:%Y-%m-%d %H:%M}", lambda at=at, together=together: self._moment(at, together))  # type: ignore[misc]
            self._stage(f"close of round {played.code}", lambda played=played: self._close(played))  # type: ignore[misc]
            self._stage(f"release r{number:04d}", lambda played=played, number=number: self._release(played, number))  # type: ignore[misc]

    def _stage(self, name: str, action: Callable[[], str]) -> None:
        if name in self.state.done:
            return
        self.screen.doing(name)
        before = time.monotonic()
        said = action()
        self.state.note(name, time.monotonic() - before)
        self.screen.did(name, said, self.state.done[name])

    def _files(self) -> str:
        written = 0
        for written, _ in enumerate(self.story.write_files(self.folder), start=1):
            self.screen.progress(written, len(self.story.steps))
        self.story.write_manifest(self.folder / "manifest.json")
        size = sum((self.folder / step.file).stat().st_size for step in self.story.steps)
        return f"{written} files made, {size / 2**20:.0f} MB"

    def _airflow(self) -> str:
        for dag_id in DAGS:
            self.engineer.unpause(dag_id)
        errors = self.engineer.import_errors()
        if errors:
            raise DemoFailed(f"Airflow cannot import {errors[0]}")
        with self.engine.connect() as connection:
            found = connection.execute(statement("demo/waiting")).one()
        if found.deliveries or found.forms:
            raise DemoFailed("var/ holds deliveries that are not this demo's; give RESET=1 to play from an empty var/")
        return f"{len(DAGS)} DAGs are ready"

    def _coordinators(self) -> str:
        """Everybody of the story, by the address that its code makes, from the first window on."""
        template, first = self.settings.mail_template_address, self.rounds[0].window_first
        with self.engine.connect() as connection:
            begun = connection.scalar(statement("clock/read"))
        if begun is None:
            self.clock.move(min(step.at for step in self.story.steps) - dt.timedelta(days=7))
        with self.engine.begin() as connection:
            for code in self.story.municipalities:
                add_term(connection, template.format(municipality=code), code, first, at=self.clock.now(), actor="demo")
        return f"{len(self.story.municipalities)} coordinators are registered"

    def _calendar(self) -> str:
        """What housekeeping mails: Airflow's own calendar cannot be moved, and its other tasks have nothing to do here."""
        mailed = mail_coordinators(self.settings)
        return ", ".join(f"{count} mails {kind.replace('_', ' ')}" for kind, count in mailed.items())

    def _moment(self, at: dt.datetime, steps: tuple[Step, ...]) -> str:
        self.clock.move(at)
        if not steps:
            return self._calendar()
        self._upload(steps)
        earlier = [step for step in self.story.steps if step.at <= at]
        uploads = sum(step.action == "upload" for step in earlier)
        forms = len(earlier) - uploads
        before = uploads - sum(step.action == "upload" for step in steps)
        self._wait("uploads and forms to be registered", lambda: self._registered(uploads, forms), len(steps))
        self._wait("checks and reports", lambda: self.engineer.count(DELIVERY, "success") - before, uploads - before)
        kinds = Counter("upload" if step.action == "upload" else "form" for step in steps)
        return ", ".join(f"{count} {kind}{'s' if count > 1 else ''}" for kind, count in kinds.items())

    def _registered(self, uploads: int, forms: int) -> int:
        """How far intake is: as many as wanted only when everything is registered, carried out and mailed."""
        with self.engine.connect() as connection:
            found = connection.execute(statement("demo/waiting")).one()
        missing = uploads - found.deliveries + forms - found.forms + found.forms_waiting
        return self._wanted - int(missing)

    def _upload(self, steps: tuple[Step, ...]) -> None:
        """Put what is not there yet; places side by side, uploads of one place one after the other."""
        there = self._there()
        places: defaultdict[Place | None, list[Step]] = defaultdict(list)
        seen: Counter[str] = Counter(step.key for step in self.story.steps if step.at < steps[0].at)
        for step in steps:
            seen[step.key] += 1
            if seen[step.key] > there[step.key]:
                places[step.place].append(step)

        def put(together: list[Step]) -> None:
            for step in together:
                self.portal.upload_file(self.settings.bucket_inbox, step.key, self.folder / step.file, acl="bucket-owner-full-control")

        with ThreadPoolExecutor(UPLOADS_AT_ONCE) as pool:
            list(pool.map(put, places.values()))

    def _there(self) -> Counter[str]:
        """How often each key has been uploaded: what is in the inbox or in the register, where what was withdrawn still stands."""
        with self.engine.connect() as connection:
            found = {(row.object_key, row.version_id) for row in connection.execute(statement("demo/versions"))}
        listed = get_store(self.settings).versions(self.settings.bucket_inbox)
        found |= {(version.key, version.version_id) for version in listed if not version.is_delete_marker}
        return Counter(key for key, _ in found)

    def _close(self, played: Round) -> str:
        self.clock.move(played.closes_at + OFFICE_HOURS)
        if not self._closed(played):
            run_id = self.engineer.start(CLOSE, partition_key=played.id, note="started by the demo: Airflow's own calendar cannot be moved")
            self._wait("the close", lambda: int(self._ended(CLOSE, str(run_id))), 1)
            if not self._closed(played):
                raise DemoFailed(f"round {played.id} was not closed: see run {run_id} of {CLOSE}")
        loads = sum(len(each.takes) for each in self.rounds if each.code <= played.code)
        self._wait("the load", lambda: self.engineer.count(LOAD, "success"), loads)
        self._calendar()
        return f"{', '.join(map(str, sorted(played.takes)))} frozen, loaded and counted"

    def _closed(self, played: Round) -> list[str]:
        with self.engine.connect() as connection:
            return list(connection.scalars(statement("demo/closed"), {"law": played.law, "round": str(played.code)}))

    def _release(self, played: Round, number: int) -> str:
        self.clock.move(dt.datetime.combine(played.release, dt.time(9, 30), played.closes_at.tzinfo))
        run_id = f"r{number:04d}"
        self._read_explanations()
        self.engineer.start(PUBLISH, run_id, conf={"round": str(played.code), "dry_run": False})
        self._wait("the preview, the approval and the release", lambda: int(self._ended(PUBLISH, run_id) or self._approve(run_id)), 1)
        pointer = self.engineer.result(PUBLISH, run_id, "publish")
        if not pointer or pointer["id"] != run_id:
            raise DemoFailed(f"{run_id} is not in force: see its run in {PUBLISH}")
        self._calendar()
        return f"{run_id} approved by {self.approver.user} and published"

    def _read_explanations(self) -> None:
        """The engineer reads what municipalities want printed, and approves it."""
        with self.engine.connect() as connection:
            waiting = explanations(connection, state="filed")
        for each in waiting:
            approve_explanation(Context.open(self.settings), each.form_id, by=self.engineer.user)

    def _approve(self, run_id: str) -> bool:
        """Approve when asked, at the page and by the form that a person uses. False: not over yet."""
        self.approver.approve(run_id)
        return False

    def _ended(self, dag_id: str, run_id: str) -> bool:
        run = self.engineer.run(dag_id, run_id)
        if run is not None and run["state"] == "failed":
            raise DemoFailed(f"run {run_id} of {dag_id} failed: {self.settings.airflow_url}/dags/{dag_id}/runs/{run_id}")
        return run is not None and run["state"] == "success"

    def _wait(self, what: str, progress: Callable[[], int], wanted: int) -> None:
        """Wait until `progress` reaches `wanted`; patience runs out when it stands still.

        Raises:
            DemoFailed: nothing went on for too long, or a run failed.
        """
        self._wanted = wanted
        best, since, polls = -1, time.monotonic(), 0
        while True:
            now = progress()
            self.screen.progress(now, wanted, what)
            if now >= wanted:
                return
            if now > best:
                best, since = now, time.monotonic()
            polls += 1
            if polls % POLLS_PER_LOOK_FOR_FAILURES == 0:
                self._look_for_failures()
            if time.monotonic() - since > PATIENCE_SECONDS:
                raise DemoFailed(f"waiting for {what}: {now} of {wanted}, and nothing went on for {PATIENCE_SECONDS:.0f} seconds")
            time.sleep(POLL_SECONDS)

    def _look_for_failures(self) -> None:
        failed = failed_runs(self.engineer)
        if failed:
            raise DemoFailed(f"run {failed[0]} failed: see {self.settings.airflow_url}; then play on with `make demo`")


def failed_runs(airflow: Airflow) -> list[str]:
    """Runs that failed, as `dag/run`."""
    return [f"{dag_id}/{run['dag_run_id']}" for dag_id in DAGS for run in airflow.runs(dag_id, states=("failed",))]


def report(player: Player) -> dict[str, Any]:
    """Compare what was played with the story, and count what came of it."""
    with player.engine.connect() as connection:
        wrong = outcome.deviations(connection, player.story)
        counted = outcome.figures(connection)
    wrong += [f"run {each} failed" for each in failed_runs(player.engineer)]
    wrong += outcome.wrong_releases(player.settings, [f"r{number:04d}" for number in range(1, len(player.rounds) + 1)])
    return {
        "municipalities": len(player.story.municipalities),
        "seed": player.story.seed,
        "seconds": round(sum(player.state.done.values())),
        "peak_memory_mb": player.measure.peak_mb,
        "peak_memory_of": "services, Airflow and demo" if player.measure.services_seen else "the demo's own process",
        "stages": player.state.done,
        **counted,
        "deviations": wrong,
    }
