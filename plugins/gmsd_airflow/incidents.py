"""What tasks and Airflow's own processes note of outages and failures; the library keeps them and writes the engineer's mails."""

from __future__ import annotations

import datetime as dt
import logging
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from gmsd.outages import Service

log = logging.getLogger(__name__)

# What happens by itself after a failure; of all other DAGs nothing does.
AFTERWARDS: dict[str, Literal["cleared", "next run", "nothing"]] = {
    "gmsd_delivery": "cleared",
    "gmsd_intake": "next run",
    "gmsd_housekeeping": "next run",
}
# A service that was started anew is no outage.
SHORT = dt.timedelta(seconds=10)


def outage_seen(service: Service, since: dt.datetime, until: dt.datetime | None = None) -> bool:
    """Note that a service does not answer; false when that cannot be noted, because the warehouse is away itself."""
    from sqlalchemy.exc import SQLAlchemyError

    from gmsd.journal import Context, note_outage, send_queued

    try:
        context = Context.open()
        with context.engine.begin() as connection:
            told = note_outage(connection, context.settings, service, since=since, until=until, at=context.clock.now())
        if told and service != "mail server":
            send_queued(context)
    except SQLAlchemyError as error:
        log.warning("the outage of %s is not noted yet (%s)", service, type(error).__name__)
        return False
    return True


def task_failed(context: Any) -> None:
    """Note that a task failed for good; `context` is Airflow's. What cannot be noted stands in the log."""
    from sqlalchemy.exc import SQLAlchemyError

    from gmsd.clock import SystemClock
    from gmsd.journal import Context, FailedTask, note_failed_task, send_queued
    from gmsd_airflow.runs import AuditBrokenError

    ti, error = context["ti"], context.get("exception")
    if isinstance(error, AuditBrokenError):  # told in a mail that says what to do; this one would say: repair and clear
        return
    doors = Context.open()
    failed = FailedTask(
        dag_id=ti.dag_id,
        run_id=ti.run_id,
        task_id=ti.task_id,
        error=type(error).__name__ if isinstance(error, BaseException) else "it was ended from outside",
        url=f"{doors.settings.airflow_url}/dags/{ti.dag_id}/runs/{ti.run_id}/tasks/{ti.task_id}",
        afterwards=AFTERWARDS.get(ti.dag_id, "nothing"),
    )
    try:
        with doors.engine.begin() as connection:
            told = note_failed_task(connection, doors.settings, failed, now=SystemClock().now(), at=doors.clock.now())
        if told:
            send_queued(doors)
    except SQLAlchemyError as problem:
        log.warning("the failure of %s %s is not noted (%s)", failed.dag_id, failed.run_id, type(problem).__name__)


class Watch:
    """Remembers since when services have been silent, and notes it as soon as the warehouse answers."""

    def __init__(self) -> None:
        self._since: dict[Service, dt.datetime] = {}

    def silent(self, service: Service, since: dt.datetime) -> None:
        """A service did not answer at that moment."""
        self._since.setdefault(service, since)

    def note(self, *, silent_now: Service | None = None, until: dt.datetime | None = None) -> bool:
        """Write down what is remembered; all but `silent_now` answer again, since `until` (now when not given).

        Returns:
            Whether nothing is left to note.
        """
        now = until or dt.datetime.now(dt.UTC)
        for service, since in list(self._since.items()):
            over = service != silent_now
            noted = now - since < SHORT or outage_seen(service, since, now if over else None)
            if over and noted:
                del self._since[service]
        return not self._since
