"""Incidents: a service that does not answer, a task that failed. Each is one mail to the engineer, however many tasks meet it."""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from gmsd.clock import AMSTERDAM, SystemClock
from gmsd.database import statement
from gmsd.journal.engineer import tell_engineer

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from gmsd.outages import Service
    from gmsd.settings import Settings

# Longer than the longest pause between two tries of a task, so that one outage is one however it is met.
SAME_OUTAGE = dt.timedelta(minutes=6)
# Longer than the longest pause after which a failed run is started again.
SAME_FAILURE = dt.timedelta(hours=48)


@dataclass(frozen=True, slots=True)
class _Words:
    """What the engineer is told of a service: while it is away, when it is back, what that means, where to look."""

    away: str
    back: str
    meanwhile: str
    look: str


_WORDS: dict[Service, _Words] = {
    "PostgreSQL": _Words(
        "PostgreSQL does not answer",
        "PostgreSQL did not answer",
        "Uploads go on arriving in the inbox; nothing is registered, checked or published until it answers.",
        "see `var/log/postgres.log`",
    ),
    "object store": _Words(
        "the object store does not answer",
        "the object store did not answer",
        "Nobody can upload, and nothing is registered, checked or published until it answers.",
        "see `proxy.log`, `account.log`, `container.log` and `object.log` in `var/log`",
    ),
    "mail server": _Words(
        "the mail server does not answer",
        "the mail server did not answer",
        "Mails wait in the queue, this one among them. Everything else goes on.",
        "see `var/log/smtp.log`, or ask whoever runs the mail server",
    ),
    "Airflow": _Words(
        "Airflow's API does not answer",
        "Airflow's API did not answer",
        "Runs are not started until it answers.",
        "see `var/log/api-server.log`",
    ),
    "machine": _Words(
        "the machine or its network fails",
        "the machine or its network failed",
        "A disk is full, memory or handles are used up, or connections break, and tasks cannot do their work.",
        "see *Disk full* in the runbook",
    ),
}

_BY_ITSELF = (
    "By itself: every task that needs it is tried again, after some seconds at first and every five minutes in the end, for half a day. "
    "What was interrupted goes on where it stopped, nothing is done twice, and each mail leaves once. There is nothing to do."
)
_IF_IT_GOES_ON = (
    "If it goes on: `gmsd doctor` shows what answers; {look}; `make up` starts what is not running. After more than half a day see "
    "*A service was away* in the runbook."
)

_AFTERWARDS = {
    "cleared": "the run is started again after ten minutes, then after ever longer, at most a day, for a week.",
    "next run": "the next run of this DAG takes up where this one stopped.",
    "nothing": "nothing; what stands behind it waits.",
}


@dataclass(frozen=True, slots=True)
class FailedTask:
    """A task of Airflow that failed for good.

    Attributes:
        error: Name of the exception's type.
        url: Where its log is.
        afterwards: What happens by itself: the run is cleared by a sweep, the next run of the DAG does the same work, or nothing.
    """

    dag_id: str
    run_id: str
    task_id: str
    error: str
    url: str
    afterwards: Literal["cleared", "next run", "nothing"] = "nothing"


def note_outage(
    connection: Connection, settings: Settings, service: Service, *, since: dt.datetime, until: dt.datetime | None, at: dt.datetime
) -> bool:
    """Note that a service did not answer, and queue the engineer's mail about it when this is news.

    Args:
        connection: With the loader's rights, in a transaction that does nothing else.
        settings: Where the engineer's address stands.
        service: What did not answer.
        since: The first moment at which it is known not to have answered, by the machine's clock.
        until: The moment at which it answered again; None while it does not.
        at: The moment of the pipeline's clock, for the mail.

    Returns:
        Whether a mail was queued.
    """
    seen = until or SystemClock().now()
    if not _is_new(connection, service, since, seen, SAME_OUTAGE):
        return False
    words = _WORDS[service]
    if until is None:
        subject, first = f"GMSD: {words.away}", f"Since {_moment(since)} {words.away}."
    else:
        subject, first = f"GMSD: {words.back} for a while", f"Between {_moment(since)} and {_moment(until)} {words.back}."
    paragraphs = (f"{first} {words.meanwhile}", _BY_ITSELF, _IF_IT_GOES_ON.format(look=words.look), "You get one mail for each outage.")
    text = "\n\n".join(paragraphs)
    return tell_engineer(connection, settings, f"outage.{_slug(service)}.{since:%Y%m%dT%H%M%S}", "outage", subject, text, at)


def note_failed_task(connection: Connection, settings: Settings, failed: FailedTask, *, now: dt.datetime, at: dt.datetime) -> bool:
    """Note that a task failed for good, and queue the engineer's mail about it: once a run, of deliveries once a kind of failure.

    Args:
        connection: With the loader's rights, in a transaction that does nothing else.
        settings: Where the engineer's address stands.
        failed: The task.
        now: The machine's time.
        at: The moment of the pipeline's clock, for the mail.

    Returns:
        Whether a mail was queued.
    """
    # A fault in the check fails every delivery of a burst, one in intake every run: that is one mail.
    recurs = failed.afterwards != "nothing"
    kind = f"{failed.dag_id}.{failed.task_id} {failed.error}" + ("" if recurs else f" {failed.run_id}")
    if not _is_new(connection, kind, now, now, SAME_FAILURE):
        return False
    others = "Other runs that fail at this task in the same way are not mailed: Airflow's list of failed runs shows them." if recurs else ""
    text = "\n\n".join(
        (
            f"Task `{failed.task_id}` of run `{failed.run_id}` of `{failed.dag_id}` failed at {_moment(now)}: {failed.error}.",
            f"The last lines of its log say why: {failed.url}",
            f"By itself: {_AFTERWARDS[failed.afterwards]}",
            "What to do: repair what the log names, then clear the run; clearing is always safe. The runbook has a section for refusals.",
            others,
        )
    ).strip()
    subject = f"GMSD: {failed.dag_id} {failed.run_id} failed ({failed.error})"
    # a Message-ID of some length is folded, which not every reader of mail undoes
    about = hashlib.sha256(f"{failed.dag_id}/{failed.run_id}/{failed.task_id}/{failed.error}".encode()).hexdigest()[:16]
    return tell_engineer(connection, settings, f"run.{about}", "failed", subject, text, at)


def _is_new(connection: Connection, what: str, since: dt.datetime, seen: dt.datetime, same: dt.timedelta) -> bool:
    """Whether nobody has seen this incident before; it is noted either way."""
    connection.execute(statement("journal/lock"), {"name": "gmsd:incident"})
    known = connection.execute(statement("journal/incident_latest"), {"what": what}).first()
    if known is not None and since <= known.last_seen_at + same:
        connection.execute(statement("journal/incident_seen"), {"what": what, "began_at": known.began_at, "last_seen_at": seen})
        return False
    connection.execute(statement("journal/incident_begin"), {"what": what, "began_at": since, "last_seen_at": max(since, seen)})
    return True


def _moment(at: dt.datetime) -> str:
    return f"{at.astimezone(AMSTERDAM):%Y-%m-%d %H:%M:%S}"


def _slug(text: str) -> str:
    """What may stand in a Message-ID."""
    return re.sub(r"[^A-Za-z0-9._-]+", "-", text)
