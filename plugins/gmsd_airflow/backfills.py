"""Airflow's own backfill of the close, for a range of half-years: what it would do, starting it, and following it to the last load.

A partition of `gmsd_optout_close` is a round: its run freezes every half-year that the round takes, and each of these starts a run of
`gmsd_load`. Which load came of which close is told by Airflow's record of the events that caused a run.
"""

from __future__ import annotations

import datetime as dt
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from gmsd.errors import GmsdError
from gmsd.rounds import partition
from gmsd_airflow.api import Airflow
from gmsd_airflow.closing import CLOSE_DAG
from gmsd_airflow.runs import LOAD_DAG, is_backfill

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from gmsd.rounds import Calendar, HalfYear, Round
    from gmsd.settings import Settings

POLL_SECONDS = 2.0
# One close at a time, oldest first: a round of today finds a free place beside it.
AT_ONCE = 1
# Airflow looks every half minute whether the runs of a backfill are over, and refuses another one until then.
SETTLING_SECONDS = 90.0
_OVER = frozenset({"success", "failed"})


class NothingToBackfill(GmsdError):
    """No round of the range can be backfilled."""


class BackfillRuns(GmsdError):
    """A backfill is running already; its text says which and how far it is."""


class LoadPaused(GmsdError):
    """The DAG that loads is paused: what a close announces meanwhile would be lost."""


@dataclass(frozen=True, slots=True)
class Started:
    """A backfill that was started: its number in Airflow, and the rounds that it makes a run of."""

    number: int
    rounds: tuple[Round, ...]


@dataclass(frozen=True, slots=True)
class Run:
    """A run of a backfill: of the close of a round, or of the load of a half-year.

    Attributes:
        partition: The round or half-year.
        run_id: Of the run; empty while there is none.
        state: As Airflow has it; `waiting` while there is none.
    """

    partition: str
    run_id: str
    state: str


@dataclass(frozen=True, slots=True)
class Followed:
    """How far a backfill is."""

    closes: tuple[Run, ...]
    loads: tuple[Run, ...]

    @property
    def over(self) -> bool:
        """Whether nothing more will come of it: what a close that failed would have loaded is not waited for."""
        return all(run.state in _OVER for run in (*self.closes, *self.loads))

    @property
    def succeeded(self) -> bool:
        """Whether everything went well."""
        return all(run.state == "success" for run in (*self.closes, *self.loads))

    @property
    def words(self) -> str:
        """In a line."""
        closed, loaded = (sum(run.state == "success" for run in runs) for runs in (self.closes, self.loads))
        failed = sum(run.state == "failed" for run in (*self.closes, *self.loads))
        told = f"closed {closed} of {len(self.closes)} rounds, loaded {loaded} of {len(self.loads)} half-years"
        return f"{told}, {failed} failed" if failed else told


def rounds_between(calendar: Calendar, law: str, first: HalfYear, last: HalfYear) -> tuple[Round, ...]:
    """The rounds of a law of a range of half-years, oldest first.

    Raises:
        NothingToBackfill: a half-year of the range has no round.
    """
    found = tuple(known for known in calendar.rounds if known.law == law and first <= known.code <= last)
    named = {known.code for known in found}
    half, missing = first, []
    while half <= last:
        if half not in named:
            missing.append(partition(law, half))
        half = half.next
    if missing:
        more = f" and {len(missing) - 5} more" if len(missing) > 5 else ""
        raise NothingToBackfill(f"the calendar has no round {', '.join(missing[:5])}{more}; `gmsd rounds list` shows them")
    return found


def _body(rounds: Sequence[Round]) -> dict[str, Any]:
    return {
        "dag_id": CLOSE_DAG,
        "from_date": f"{rounds[0].code.first_day}T00:00:00Z",  # read as a day in Amsterdam by the timetable
        "to_date": f"{rounds[-1].code.first_day}T00:00:00Z",
        "run_backwards": False,
        "reprocess_behavior": "completed",
        "max_active_runs": AT_ONCE,
    }


def preview(settings: Settings, rounds: Sequence[Round]) -> list[str]:
    """The rounds that a backfill would close again, as Airflow says."""
    wanted = {known.id for known in rounds}
    with Airflow.of(settings, "engineer") as airflow:
        return [key for key in airflow.backfill_preview(_body(rounds)) if key in wanted]


def start(settings: Settings, rounds: Sequence[Round]) -> Started:
    """Start a backfill. A round of the range that has a run under way is left out, as Airflow does.

    Raises:
        BackfillRuns: one is running.
        LoadPaused: the DAG that loads is paused.
        NothingToBackfill: Airflow would make no run, because each round has one under way or none has closed; or it would make one of a
            round of another law too, which its backfill cannot leave out.
    """
    with Airflow.of(settings, "engineer") as airflow:
        if airflow.paused(LOAD_DAG):
            raise LoadPaused(f"the DAG {LOAD_DAG} is paused: unpause it first, or what is closed now is never loaded")
        _settled(airflow)
        would = airflow.backfill_preview(_body(rounds))
        if not would:
            raise NothingToBackfill("none of these rounds has closed, or each has a run under way: see the runs of Close of a round")
        if others := sorted(set(would) - {known.id for known in rounds}):
            raise NothingToBackfill(f"Airflow's backfill would run {', '.join(others)} too: its range is one of days, whatever the law")
        made = airflow.backfill(_body(rounds))
        if made is None:
            raise BackfillRuns(_running(airflow) or "a backfill was running just now: try again")
        return Started(int(made["id"]), tuple(known for known in rounds if known.id in would))


def _settled(airflow: Airflow) -> None:
    """Wait until a backfill whose runs are over is marked so; refuse at once when one has runs to come.

    Raises:
        BackfillRuns: one is running.
    """
    end = time.monotonic() + SETTLING_SECONDS
    while running := _running(airflow):
        under_way = any(is_backfill(run["dag_run_id"]) for run in airflow.runs(CLOSE_DAG, states=("queued", "running")))
        if under_way or time.monotonic() > end:
            raise BackfillRuns(running)
        time.sleep(POLL_SECONDS)


def _running(airflow: Airflow) -> str:
    for each in airflow.backfills(CLOSE_DAG):
        if each["completed_at"] is None:
            paused = ", paused" if each["is_paused"] else ""
            return (
                f"backfill {each['id']} is running{paused}, started {each['created_at'][:16].replace('T', ' ')} UTC, from "
                f"{each['from_date'][:10]} to {each['to_date'][:10]}: wait for it, or cancel it in Airflow (Close of a round, Backfills)"
            )
    return ""


def follow(settings: Settings, started: Started, tell: Callable[[Followed], None]) -> Followed:
    """Wait until every close of a backfill and every load that came of it is over.

    Args:
        settings: Addresses and keys.
        started: The backfill.
        tell: Called with how far it is, each time it is looked at.
    """
    with Airflow.of(settings, "engineer") as airflow:
        begun = next(_moment(each["created_at"]) for each in airflow.backfills(CLOSE_DAG) if each["id"] == started.number)
        causes: dict[str, list[str]] = {}
        while True:
            found = _look(airflow, begun, started.rounds, causes)
            tell(found)
            if found.over:
                return found
            time.sleep(POLL_SECONDS)


def _moment(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text)


def _since(run: dict[str, Any], begun: dt.datetime) -> bool:
    return run["queued_at"] is not None and _moment(run["queued_at"]) >= begun


def _look(airflow: Airflow, begun: dt.datetime, rounds: Sequence[Round], causes: dict[str, list[str]]) -> Followed:
    """How far it is now; `causes` keeps what was asked of each load, as that never changes."""
    made: dict[str, dict[str, Any]] = {}
    for run in airflow.runs(CLOSE_DAG):
        if is_backfill(run["dag_run_id"]) and _since(run, begun) and run["partition_key"]:
            made[run["partition_key"]] = run
    closes = [_run(known.id, made.get(known.id)) for known in rounds]
    of_close = {close.run_id: close for close in closes if close.run_id}
    loads: dict[tuple[str, str], dict[str, Any]] = {}
    for run in airflow.runs(LOAD_DAG):
        if not _since(run, begun):
            continue
        run_id = run["dag_run_id"]
        if run_id not in causes and (told := airflow.caused_by(LOAD_DAG, run_id)) is not None:
            causes[run_id] = told
        for cause in causes.get(run_id, ()):
            if cause in of_close:
                loads[of_close[cause].partition, run["partition_key"]] = run
    expected = [
        (known.id, partition(known.law, half))
        for known, close in zip(rounds, closes, strict=True)
        if close.state != "failed" and not (close.state == "success" and _froze_nothing(airflow, close.run_id, loads, known.id))
        for half in sorted(known.takes)
    ]
    return Followed(tuple(closes), tuple(_run(key, loads.get((round_id, key))) for round_id, key in expected))


def _froze_nothing(airflow: Airflow, run_id: str, loads: dict[tuple[str, str], dict[str, Any]], round_id: str) -> bool:
    """Whether a close that is over was skipped, because the clock says that it is not time yet or somebody left the round open."""
    if any(of == round_id for of, _ in loads):
        return False
    return any(task["task_id"] == "freeze" and task["state"] == "skipped" for task in airflow.tasks(CLOSE_DAG, run_id))


def _run(key: str, run: dict[str, Any] | None) -> Run:
    return Run(key, "", "waiting") if run is None else Run(key, str(run["dag_run_id"]), str(run["state"]))
