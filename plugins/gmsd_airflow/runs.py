"""What links the register of deliveries to the runs in Airflow."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from gmsd.errors import GmsdError
from gmsd_airflow.api import Airflow

if TYPE_CHECKING:
    from collections.abc import Iterable

    from gmsd.rounds import HalfYear
    from gmsd.settings import Settings

DELIVERY_DAG = "gmsd_delivery"
LOAD_DAG = "gmsd_load"
PUBLISH_DAG = "gmsd_publish"
# A task in one of these states has not begun and may still do so.
_TO_COME = frozenset({None, "scheduled", "queued", "up_for_retry", "up_for_reschedule"})
# Failed runs of deliveries are started again after pauses between these, for so long.
SHORTEST_PAUSE, LONGEST_PAUSE = dt.timedelta(minutes=10), dt.timedelta(days=1)
GIVEN_UP_AFTER = dt.timedelta(days=7)


class WrongRunError(GmsdError):
    """A run that a person started does not fit what is in the warehouse."""


class AuditBrokenError(GmsdError):
    """The hash chain of the audit trail does not fit. The engineer has a mail of its own about it."""


def start_deliveries(settings: Settings, delivery_ids: Iterable[str]) -> list[str]:
    """Start a run for each delivery that has none; in the order given, which is that of receipt.

    Returns:
        The ids of those whose run was not there yet.
    """
    with Airflow.of(settings, "intake") as airflow:
        return [each for each in delivery_ids if airflow.start(DELIVERY_DAG, each, conf={"delivery": each}) is not None]


@dataclass(frozen=True, slots=True)
class RunsOfRegister:
    """The register beside the runs in Airflow.

    Attributes:
        without_run: Ids of the deliveries that have no run, in order of receipt, whatever their state. What came from an archive is none of
            them: it was checked when it was taken in, and a run would mail a coordinator.
        again: Ids of those whose run had failed and was started again.
    """

    without_run: list[str]
    again: list[str]


def compare_runs(settings: Settings) -> RunsOfRegister:
    """Compare the whole register with the runs in Airflow, and start those that failed again, when that is due (`due_again`)."""
    from gmsd.clock import SystemClock
    from gmsd.database import connect
    from gmsd.deliveries import listing

    with connect(settings, "loader").connect() as connection:
        registered = [delivery.delivery_id for delivery in listing(connection) if not delivery.from_archive]
    now = SystemClock().now()
    with Airflow.of(settings, "intake") as airflow:
        known = {run["dag_run_id"]: run for run in airflow.runs(DELIVERY_DAG)}
        again = [each for each in registered if each in known and due_again(known[each], now)]
        for each in again:
            airflow.clear(DELIVERY_DAG, each)  # what it did is not done twice
    return RunsOfRegister([each for each in registered if each not in known], again)


def due_again(run: dict[str, Any], now: dt.datetime) -> bool:
    """Whether a run that failed is to be started again by now.

    The pause is as long as the run has been failing, at least ten minutes and at most a day, so that it doubles each time; after a week the
    run is left to the engineer, who was told at the first failure.

    Args:
        run: As Airflow's API gives it.
        now: The machine's time, as Airflow's.
    """
    if run["state"] != "failed" or run["end_date"] is None:
        return False
    begun, ended = (dt.datetime.fromisoformat(run[name]) for name in ("run_after", "end_date"))
    failing = ended - begun
    return failing < GIVEN_UP_AFTER and now - ended >= min(max(failing, SHORTEST_PAUSE), LONGEST_PAUSE)


def note(settings: Settings, dag_id: str, run_id: str, text: str) -> None:
    """Write state and reason in the run's note, where the list of runs shows it."""
    with Airflow.of(settings, "intake") as airflow:
        airflow.note(dag_id, run_id, text)


def note_of(checked: dict[str, Any]) -> str:
    """The note of a delivery's run: state, reason and what was found, as `check_in_run` returns them."""
    said = f"{checked['state']}: {checked['reason']}" if checked["reason"] else str(checked["state"])
    return f"{said}\n\n{checked['note']}"


def check_in_run(settings: Settings, run_id: str, params: dict[str, Any], *, actor: str) -> dict[str, Any]:
    """What the task `check` of a run of `gmsd_delivery` does, by the form's action.

    Args:
        settings: Addresses and keys.
        run_id: Names the delivery when the form does not.
        params: `delivery` and `action` of the form.
        actor: Who asked for it, for the audit trail.

    Returns:
        State, verdict, reason and note of the delivery; no personal data.
    """
    from gmsd.intake import check_delivery, let_in, outcome, recheck
    from gmsd.journal import Context

    context = Context.open(settings)
    delivery_id = str(params.get("delivery") or run_id)
    match params["action"]:
        case "check again":
            return recheck(context, delivery_id, actor).to_json()
        case "send report again":
            return outcome(context, delivery_id).to_json()
        case "let in":
            let_in(context, delivery_id, actor, "by the form")
    return check_delivery(context, delivery_id).to_json()


def report_in_run(settings: Settings, run_id: str, checked: dict[str, Any], *, again: bool) -> dict[str, int]:
    """What the task `report` of a run of `gmsd_delivery` does; `checked` is what the check returned."""
    from gmsd.intake import report_delivery
    from gmsd.journal import Context

    note(settings, DELIVERY_DAG, run_id, note_of(checked))
    done = report_delivery(Context.open(settings), checked["delivery_id"], resend=again)
    return {"reports": len(done.reports), "mails_sent": done.mails.sent, "mails_waiting": done.mails.waiting}


def compute_figures(settings: Settings, partition: str, run_id: str = "") -> dict[str, Any] | None:
    """Count every table of a law in every period as of a round; None while another half-year is not loaded, or without tables.

    Args:
        settings: Addresses and keys.
        partition: The round.
        run_id: The run of `gmsd_load` that asks: it leaves counting to another that has not begun to count and counts all of this too.

    Returns:
        The law, how many figures of each period, and where the rows went.
    """
    from dataclasses import asdict

    from gmsd.clock import get_clock
    from gmsd.database import connect
    from gmsd.figures import NotLoadedError, compute
    from gmsd.rounds import parse_partition
    from gmsd.tables import tables_of

    law, code = parse_partition(partition)
    if run_id and _counted_later(settings, law, code, run_id):
        return None
    try:
        with connect(settings, "loader").begin() as connection:
            made = compute(connection, law, code, get_clock(settings).now())
    except NotLoadedError:
        return None
    return asdict(made) if tables_of(law) else None


def _counted_later(settings: Settings, law: str, code: HalfYear, run_id: str) -> bool:
    """Whether another run is still to count every period up to this round: what this one has loaded is then in it.

    The last of several finds none, so somebody always counts; of two that look while both are counting, both do.
    """
    from gmsd.database import connect
    from gmsd.rounds import parse_partition
    from gmsd.warehouse import newest_close

    with Airflow.of(settings, "intake") as airflow:
        others = [run for run in airflow.runs(LOAD_DAG, states=("queued", "running")) if run["dag_run_id"] != run_id]
        for run in others:
            of_law, half_year = parse_partition(run["partition_key"])
            if of_law != law:
                continue
            with connect(settings, "loader").connect() as connection:
                as_of = newest_close(connection, law, half_year)
            if as_of is None or as_of < code:
                continue
            states = {task["task_id"]: task["state"] for task in airflow.tasks(LOAD_DAG, run["dag_run_id"])}
            if states.get("figures") in _TO_COME:
                return True
    return False


def start_publication(settings: Settings, partition: str, *, backfilled: bool = False) -> str | None:
    """Start the publication of a round where that is set; returns the run's id.

    None when it is not set, when there is such a run, of a law without tables, and when a backfill caused the load (`backfilled`): what a
    backfill changes is looked at by a person first.
    """
    from gmsd.database import connect
    from gmsd.releases import next_release_id
    from gmsd.rounds import parse_partition
    from gmsd.tables import tables_of

    if backfilled or not settings.publish_when_loaded or not tables_of(parse_partition(partition)[0]):
        return None
    with connect(settings, "publisher").connect() as connection:
        following = next_release_id(connection)
    with Airflow.of(settings, "intake") as airflow:
        return airflow.start(PUBLISH_DAG, following, conf={"round": partition, "dry_run": False})


def tell_what_needs_attention(settings: Settings) -> list[str]:
    """Mail the engineer what he has to know of and nobody told him: once each, with what to do; what is told now is returned."""
    from gmsd.journal import Context, send_queued
    from gmsd.watch import look_around

    context = Context.open(settings)
    told = look_around(context, f"{settings.airflow_url}/gmsd/rounds?late=yes")
    send_queued(context)
    return told


def mail_coordinators(settings: Settings) -> dict[str, int]:
    """Mail coordinators what the calendar says and was not said yet; how many mails of each kind are new."""
    from gmsd.journal import Context, send_queued
    from gmsd.round_mails import queue_round_mails

    context = Context.open(settings)
    queued = queue_round_mails(context)
    send_queued(context)
    return queued


def verify_audit(settings: Settings) -> dict[str, Any]:
    """Recompute the audit trail, compare it with its anchors, and lay down a new one.

    Returns:
        How many rows it has, and the hash of the newest.

    Raises:
        AuditBrokenError: a row does not fit the one before it, or is not there any more.
    """
    from gmsd.clock import get_clock
    from gmsd.database import connect
    from gmsd.journal import Context, anchor, send_queued, verify_trail
    from gmsd.store import get_store
    from gmsd.watch import tell

    engine, store = connect(settings, "loader"), get_store(settings)
    report = verify_trail(engine, store, settings)
    if not report.whole:
        context = Context.open(settings)
        with engine.begin() as connection:
            facts = {"row": report.broken_at, "reason": report.reason}
            tell(connection, settings, "audit_broken", f"audit.{report.broken_at}", facts, context.clock.now())
        send_queued(context)
        raise AuditBrokenError(f"the audit trail is broken at row {report.broken_at}: {report.reason}")
    anchor(engine, store, settings, at=get_clock(settings).now(), occasion="housekeeping")
    return {"rows": report.rows, "head": report.head}
