"""Airflow's own backfill of the close, for a range of half-years: what it would do, starting it, and following it to the last load.

A partition of `gmsd_optout_close` is a round: its run freezes every half-year that the round takes, and each of these starts a run of
`gmsd_load`. Which load came of which close is told by Airflow's record of the events that caused a run.
"""

from __future__ import annotations

import datetime as dt
import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from gmsd.errors import GmsdError
from gmsd.rounds import partition
from gmsd_airflow.api import Airflow
from gmsd_airflow.closing import CLOSE_DAG
from gmsd_airflow.partition_dates import time_of_law
from gmsd_airflow.pools import BACKFILL_POOL, is_backfill
from gmsd_airflow.runs import LOAD_DAG

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

    from gmsd.rounds import Calendar, HalfYear, Round
    from gmsd.settings import Settings

POLL_SECONDS = 2.0
# Airflow looks every half minute whether the runs of a backfill are over, and refuses another one until then.
SETTLING_SECONDS = 90.0
NOTHING_FROZEN = "nothing frozen"
_OVER = frozenset({"success", "failed", NOTHING_FROZEN})


class NothingToBackfill(GmsdError):
    """No round of the range can be backfilled."""


class BackfillRuns(GmsdError):
    """A backfill is running already; its text says which and how far it is."""


class LoadPaused(GmsdError):
    """The DAG that loads is paused: what a close announces meanwhile would be lost."""


class NoPool(GmsdError):
    """Airflow has no pool for backfills: their tasks would wait for ever."""


class InTurn(GmsdError):
    """Rounds that have not been closed go one after the other, oldest first, where one takes a half-year of another."""


@dataclass(frozen=True, slots=True)
class Wish:
    """How the engineer wants a backfill to run.

    Attributes:
        rounds: The rounds, oldest first; of one law.
        order: Which of them goes first: `oldest` or `newest`.
        at_once: How many closes run side by side.
        reprocess: Of which rounds that have a run another is made: those of which it is over (`completed`) or failed (`failed`), or `none`.
    """

    rounds: tuple[Round, ...]
    order: str = "oldest"
    at_once: int = 1
    reprocess: str = "completed"

    @property
    def ends(self) -> tuple[str, str]:
        """The range, as Airflow's API takes it: the days of the first and the last round at the time of day of their law."""
        hour, minute = time_of_law(self.rounds[0].law)
        first, last = (f"{known.code.first_day}T{hour:02d}:{minute:02d}:00Z" for known in (self.rounds[0], self.rounds[-1]))
        return first, last

    @property
    def body(self) -> dict[str, Any]:
        """What Airflow's API is asked."""
        first, last = self.ends
        return {
            "dag_id": CLOSE_DAG,
            "from_date": first,
            "to_date": last,
            "run_backwards": self.order == "newest",
            "reprocess_behavior": self.reprocess,
            "max_active_runs": self.at_once,
        }

    def refuse_out_of_turn(self, closed: Collection[str]) -> None:
        """Refuse an order in which a close would come before that of an earlier round of the same half-year.

        Args:
            closed: Ids of the rounds that have been closed: they keep what was frozen, in whatever order they run.

        Raises:
            InTurn: a round would be passed over.
        """
        if self.order == "oldest" and self.at_once == 1:
            return
        open_rounds = [known for known in self.rounds if known.id not in closed]
        for number, later in enumerate(open_rounds):
            for earlier in open_rounds[:number]:
                if shared := set(earlier.takes) & set(later.takes):
                    raise InTurn(
                        f"round {later.id} takes {', '.join(map(str, sorted(shared)))} of round {earlier.id}, and neither has been closed: "
                        "close them oldest first and one at a time"
                    )


@dataclass(frozen=True, slots=True)
class Started:
    """A backfill that was started: its number in Airflow, and the rounds that it makes a run of."""

    number: int
    rounds: tuple[Round, ...]


@dataclass(frozen=True, slots=True)
class PartitionRun:
    """A run of a backfill: of the close of a round, or of the load of a half-year.

    Attributes:
        partition: The round or half-year.
        run_id: Of the run; empty while there is none.
        state: As Airflow has it; `waiting` while there is none, `nothing frozen` of a close that left its round open.
    """

    partition: str
    run_id: str
    state: str


@dataclass(frozen=True, slots=True)
class Followed:
    """How far a backfill is."""

    closes: tuple[PartitionRun, ...]
    loads: tuple[PartitionRun, ...]

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


def preview(settings: Settings, wish: Wish) -> list[str]:
    """The rounds that a backfill would make a run of, as Airflow says, in its order."""
    with Airflow.of(settings, "engineer") as airflow:
        return airflow.backfill_preview(wish.body)


def start(settings: Settings, wish: Wish) -> Started:
    """Start a backfill. A round of the range that has a run under way is left out, as Airflow does.

    Raises:
        BackfillRuns: one is running.
        LoadPaused: the DAG that loads is paused.
        NoPool: nothing of it would ever run.
        NothingToBackfill: Airflow would make no run, or runs of other rounds too.
    """
    with Airflow.of(settings, "engineer") as airflow:
        if airflow.paused(LOAD_DAG):
            raise LoadPaused(f"the DAG {LOAD_DAG} is paused: unpause it first, or what is closed now is never loaded")
        if not airflow.has_pool(BACKFILL_POOL):
            raise NoPool(f"Airflow has no pool {BACKFILL_POOL}: set Airflow up again (it makes the pool), or make it under Admin, Pools")
        _settled(airflow)
        would = airflow.backfill_preview(wish.body)
        if not would:
            raise NothingToBackfill(f"Airflow would run none of these rounds: {left_out_because(wish.reprocess)}")
        if others := sorted(set(would) - {known.id for known in wish.rounds}):
            raise NothingToBackfill(f"Airflow would run {', '.join(others)} too: its calendar or timetable is another than this one")
        made = airflow.backfill(wish.body)
        if made is None:
            raise BackfillRuns(_running(airflow) or "a backfill was running just now: try again")
        return Started(int(made["id"]), tuple(known for known in wish.rounds if known.id in would))


def left_out_because(reprocess: str) -> str:
    """Why Airflow makes no run of a round."""
    reasons = ["it has not closed yet", "a run of it is under way"]
    if reprocess != "completed":
        reasons.append("it has a run" if reprocess == "none" else "its newest run did not fail")
    return f"{', '.join(reasons[:-1])} or {reasons[-1]}"


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
    closes = [
        replace(close, state=NOTHING_FROZEN) if close.state == "success" and _froze_nothing(airflow, close, loads) else close
        for close in closes
    ]
    expected = [
        (known.id, partition(known.law, half))
        for known, close in zip(rounds, closes, strict=True)
        if close.state not in {"failed", NOTHING_FROZEN}
        for half in sorted(known.takes)
    ]
    return Followed(tuple(closes), tuple(_run(key, loads.get((round_id, key))) for round_id, key in expected))


def _froze_nothing(airflow: Airflow, close: PartitionRun, loads: dict[tuple[str, str], dict[str, Any]]) -> bool:
    """Whether a close that is over was skipped: it is not time yet, an earlier round is open, or somebody left the round open."""
    if any(of == close.partition for of, _ in loads):
        return False
    return any(task["task_id"] == "freeze" and task["state"] == "skipped" for task in airflow.tasks(CLOSE_DAG, close.run_id))


def _run(key: str, run: dict[str, Any] | None) -> PartitionRun:
    return PartitionRun(key, "", "waiting") if run is None else PartitionRun(key, str(run["dag_run_id"]), str(run["state"]))
