"""Periods of retention: what is past them is announced to the engineer, and thrown away after some days of notice."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gmsd.database import statement
from gmsd.deletion.objects import erase_delivery, reports_of
from gmsd.deletion.pages import begin_log_anew, rewrite
from gmsd.deletion.rows import delete_rows
from gmsd.deliveries import get
from gmsd.journal import Entry, Stage, audit_many, lock_place, tell_engineer
from gmsd.store import side_by_side

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection

    from gmsd.journal import Context
    from gmsd.settings import Settings

KINDS = {
    "files": "raw files and staged records, with the results of their checks",
    "reports": "reports in the outbox",
    "mails": "subject and text of mails that were sent",
    "forms": "who filed a form, and the reason of a withdrawal",
}
_ALONE = "gmsd:retention"
QUESTIONS_KEPT = dt.timedelta(days=30)
_TABLES = {
    "files": ("delivery", "check_result", "delivery_copy", "inbox_marker", "mail"),
    "reports": (),
    "mails": ("mail",),
    "forms": ("form",),
}


@dataclass(frozen=True, slots=True)
class Retention:
    """What a look at the periods of retention found and did, by kind (`KINDS`).

    Attributes:
        due: Ids of everything that is past its period.
        announced: How much of it was announced now for the first time.
        gone: How much was thrown away now.
    """

    due: dict[str, tuple[str, ...]]
    announced: dict[str, int]
    gone: dict[str, int]


def setting_of(kind: str) -> str:
    """The setting that says how many days a kind is kept."""
    return f"keep_{kind}_days"


def periods_of(settings: Settings) -> dict[str, int]:
    """How many days each kind is kept."""
    return {kind: int(getattr(settings, setting_of(kind))) for kind in KINDS}


def due_now(context: Context) -> dict[str, tuple[str, ...]]:
    """What is past its period now; nothing is changed."""
    with context.engine.connect() as connection:
        return _due(connection, context)


def _due(connection: Connection, context: Context) -> dict[str, tuple[str, ...]]:
    now = context.clock.now()
    limits = {kind: now - dt.timedelta(days=days) for kind, days in periods_of(context.settings).items()}
    found: dict[str, list[str]] = {kind: [] for kind in KINDS}
    for row in connection.execute(statement("retention/due"), limits):
        found[row.kind].append(row.subject)
    return {kind: tuple(subjects) for kind, subjects in found.items()}


def enforce(context: Context) -> Retention:
    """Announce what is newly past its period, and throw away what was announced long enough ago.

    Killed and run again, what is in tables, buckets and the database's files is the same: tables that were not written anew yet after rows
    of them went are written the next time, and that is noted. What a longer period keeps after all is not due any more, announced or not.

    Raises:
        StillRead: somebody reads the database as it was before; the rows are gone, and their tables are written anew the next time.
    """
    announced = _announce(context)
    due = due_now(context)
    before = context.clock.now() - dt.timedelta(days=context.settings.keep_notice_days)
    with context.engine.connect() as connection:
        ripe = [(row.kind, row.subject) for row in connection.execute(statement("retention/announced"), {"before": before})]
    gone: dict[str, int] = dict.fromkeys(KINDS, 0)
    # files last: what is due of a delivery's reports and mails is told by its data being there
    for kind in sorted(KINDS, key=lambda kind: kind == "files"):
        subjects = [subject for each, subject in ripe if each == kind and subject in due[kind]]
        if subjects:
            gone[kind] = _throw_away(context, kind, subjects)
    _clean_files(context)
    _forget_questions(context)
    return Retention(due, announced, gone)


def _clean_files(context: Context) -> None:
    """Write the tables anew that rows went from and that were not since, and note it."""
    gone: dict[str, list[str]] = {}
    with context.engine.begin() as connection:
        for row in connection.execute(statement("retention/in_files")):
            gone.setdefault(row.kind, []).append(row.subject)
        # later than those that deleted
        transaction = str(connection.scalar(statement("deletion/current_transaction"))) if gone else ""
    if not gone:
        return
    if tables := list(dict.fromkeys(table for kind in gone for table in _TABLES[kind])):
        rewrite(context.settings, tables, transaction)
        begin_log_anew(context.settings)
    now = context.clock.now()
    with context.engine.begin() as connection:
        for kind, subjects in gone.items():
            connection.execute(statement("retention/cleaned"), {"kind": kind, "subjects": subjects, "at": now})


def _announce(context: Context) -> dict[str, int]:
    now = context.clock.now()
    with context.engine.begin() as connection:
        connection.execute(statement("journal/lock"), {"name": _ALONE})
        due = _due(connection, context)
        known = {(row.kind, row.subject) for row in connection.execute(statement("retention/waiting"))}
        for kind, subject in known - {(kind, subject) for kind, subjects in due.items() for subject in subjects}:
            connection.execute(statement("retention/no_longer"), {"kind": kind, "subject": subject})
        fresh = [(kind, subject) for kind, subjects in due.items() for subject in subjects if (kind, subject) not in known]
        counts = Counter(kind for kind, _ in fresh)
        if fresh:
            rows = [{"kind": kind, "subject": subject, "at": now} for kind, subject in fresh]
            connection.execute(statement("retention/announce"), rows)
            audit_many(connection, [Entry("retention", "announced", now, Stage.HOUSEKEEPING, details=dict(counts))])
            _tell(connection, context, counts, now)
    return {kind: counts[kind] for kind in KINDS}


def _tell(connection: Connection, context: Context, counts: Counter[str], now: dt.datetime) -> None:
    settings, days = context.settings, periods_of(context.settings)
    lines = "\n".join(f"- {number} x {KINDS[kind]}, kept {days[kind]} days (setting {setting_of(kind)})" for kind, number in counts.items())
    text = "\n\n".join(
        (
            f"These are past their period of retention:\n{lines}",
            f"By itself: they are thrown away in {settings.keep_notice_days} days, in the database's files too.",
            "What to do: nothing when that is right. `gmsd retention` shows what it is; a longer period in the settings keeps it.",
        )
    )
    tell_engineer(connection, settings, f"retention.{now:%Y%m%d}", "announced", "GMSD: some data have been kept long enough", text, now)


def _forget_questions(context: Context) -> None:
    """Questions whether a withdrawal is meant hold who asked and why: they go unannounced, a while after they could be confirmed.

    Killed before the table is written anew, its file holds them until the next deletion, which writes it too.
    """
    with context.engine.begin() as connection:
        before = context.clock.now() - QUESTIONS_KEPT
        gone = connection.execute(statement("retention/forget_questions"), {"before": before}).rowcount
        transaction = str(connection.scalar(statement("deletion/current_transaction"))) if gone else ""
    if gone:
        rewrite(context.settings, ["withdrawal_request"], transaction)
        begin_log_anew(context.settings)


def _throw_away(context: Context, kind: str, subjects: Sequence[str]) -> int:
    """Throw away what is of a kind; the objects first, then the rows and the note in one transaction. How much another task left of it."""
    if kind in ("files", "reports"):
        for delivery_id in subjects:
            _erase_objects(context, kind, delivery_id)
    now = context.clock.now()
    with context.engine.begin() as connection:
        connection.execute(statement("journal/lock"), {"name": _ALONE})
        waiting = {row.subject for row in connection.execute(statement("retention/waiting")) if row.kind == kind}
        left = [each for each in subjects if each in waiting]
        if not left:
            return 0
        if kind == "files":
            for delivery_id in left:
                delivery = get(connection, delivery_id)
                if delivery.place is not None:
                    lock_place(connection, delivery.place)
                # its rows in the warehouse are figures by now and stay: no place is named
                delete_rows(connection, None, [delivery_id], now)
        elif kind in ("mails", "forms"):
            connection.execute(statement(f"retention/empty_{kind}"), {"subjects": left})
        connection.execute(statement("retention/done"), {"kind": kind, "subjects": left, "at": now})
        expired = [Entry(each, "expired", now, Stage.HOUSEKEEPING, reason=KINDS[kind]) for each in left if kind != "mails"]
        audit_many(connection, [*expired, Entry("retention", "thrown away", now, Stage.HOUSEKEEPING, details={kind: len(left)})])
    return len(left)


def _erase_objects(context: Context, kind: str, delivery_id: str) -> None:
    with context.engine.connect() as connection:
        delivery = get(connection, delivery_id)
    if kind == "files":
        erase_delivery(context, delivery, reports=False)
    else:
        side_by_side(lambda key: context.store.delete(context.settings.bucket_outbox, key), reports_of(context, delivery))
