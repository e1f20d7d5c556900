"""Looking around: deadlines, large changes, faults of suppliers, the disk, keys, and mails that nobody takes."""

from __future__ import annotations

import datetime as dt
import hashlib
import shutil
from typing import TYPE_CHECKING

from gmsd.clock import AMSTERDAM
from gmsd.database import statement
from gmsd.installation import KEYS, KeyChanged, check_key
from gmsd.reference import municipalities, name
from gmsd.registration import serving_on
from gmsd.rounds import HalfYear, partition
from gmsd.tables import main_table, tables_of
from gmsd.watch.alerts import all_alerts, tell
from gmsd.watch.suppliers import supplier_faults

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sqlalchemy import Connection

    from gmsd.journal import Context
    from gmsd.rounds import Round

Found = tuple[str, str, dict[str, object]]
"""The alert, what it is about, and its facts."""
_NAMED = 30


def look_around(context: Context, address: str) -> list[str]:
    """Look for everything that the engineer has to know of, and queue a mail for each that is new.

    Args:
        context: The doors.
        address: Where Airflow's pages are.

    Returns:
        `alert about` of each that is told now.
    """
    at, told = context.clock.now(), []
    for look in _LOOKS:
        with context.engine.begin() as connection:
            found = list(look(context, connection, at))
            told += [f"{alert} {about}" for alert, about, facts in found if _tell(context, connection, alert, about, facts, address, at)]
    return told


def _tell(
    context: Context, connection: Connection, alert: str, about: str, facts: dict[str, object], address: str, at: dt.datetime
) -> bool:
    return tell(connection, context.settings, alert, about, {"address": address, **facts}, at)


def _limits(alert: str) -> dict[str, int]:
    return dict(all_alerts()[alert].limits)


def _closed(connection: Connection) -> set[str]:
    """The ids of the rounds that have been closed."""
    rows = connection.execute(statement("deliveries/closed_rounds"))
    return {partition(row.law, HalfYear.parse(row.round)) for row in rows}


def _windows(context: Context, connection: Connection, at: dt.datetime) -> Iterator[Found]:
    days = _limits("window_ends")["days"]
    for known in context.calendar.rounds:
        if known.opens_at <= at < known.window_ends_at and known.window_ends_at - at <= dt.timedelta(days=days):
            here = {"law": known.law, "half_year": str(known.code), "round": str(known.code)}
            there = municipalities(known.code)
            missing = set(there) - set(connection.scalars(statement("deliveries/delivering"), here))
            facts = {"half_year": known.code, "missing": len(missing), "municipalities": len(there)}
            yield "window_ends", f"round.{known.id}", {**_of(known, known.window_last), **facts}


def _unserved(context: Context, connection: Connection, at: dt.datetime) -> Iterator[Found]:
    """Told once for each round, from some days before its window on."""
    days, duty = _limits("no_coordinator")["days"], serving_on(connection, at.astimezone(AMSTERDAM).date())
    for known in context.calendar.rounds:
        if known.opens_at - dt.timedelta(days=days) <= at < known.window_ends_at:
            without = [code for code in municipalities(known.code) if not duty.of_municipality(code, known.law)]
            if without:
                named = ", ".join(f"{code} {name(code)}" for code in without[:_NAMED]) + (" and more" if len(without) > _NAMED else "")
                facts = {"number": len(without), "municipalities": named, "first": f"{known.window_first:%-d %B %Y}"}
                yield "no_coordinator", f"round.{known.id}", {**_of(known, known.window_last), **facts}


def _closes(context: Context, connection: Connection, at: dt.datetime) -> Iterator[Found]:
    days, closed = _limits("close_overdue")["days"], _closed(connection)
    for known in context.calendar.rounds:
        if dt.timedelta(days=1) <= at - known.closes_at <= dt.timedelta(days=days) and known.id not in closed:
            yield "close_overdue", f"round.{known.id}", _of(known, known.close)


def _releases(context: Context, connection: Connection, at: dt.datetime) -> Iterator[Found]:
    days, closed = _limits("release_due")["days"], _closed(connection)
    for known in context.calendar.rounds:
        due = known.id in closed and abs((known.release - at.date()).days) <= days
        if due and tables_of(known.law) and str(known.code) not in set(_published(connection, known.law)):
            yield "release_due", f"round.{known.id}", _of(known, known.release)


def _published(connection: Connection, law: str) -> Iterator[str]:
    yield from connection.scalars(statement("watch/published_rounds"), {"law": law})


def _of(known: Round, day: dt.date) -> dict[str, object]:
    return {"round": known.id, "day": f"{day:%-d %B %Y}"}


def _changes(context: Context, connection: Connection, at: dt.datetime) -> Iterator[Found]:
    """Of the rounds that were closed and whose release is still to come."""
    closed = _closed(connection)
    for known in context.calendar.rounds:
        if known.id not in closed or not tables_of(known.law) or at.date() > known.release:
            continue
        table = main_table(known.law)
        content = table.content(table.counts[0], table.groups(known.code)[0]).name
        for half in known.takes:
            values = {"law": known.law, "content": content, "period": half.statline, "periods": [half.previous.statline, half.statline]}
            found = list(connection.scalars(statement("watch/large_changes"), values | _limits("large_change")))
            if found:
                names = ", ".join(f"{code} {name(code)}" for code in found[:_NAMED]) + (" and more" if len(found) > _NAMED else "")
                facts = {"half_year": half, "round": known.id, "number": len(found), "municipalities": names}
                yield "large_change", f"change.{known.id}.{partition(known.law, half)}", facts


def _suppliers(context: Context, connection: Connection, at: dt.datetime) -> Iterator[Found]:
    """Of the rounds that run: one mail for a supplier's half-year, and another when a rule joins those that were told."""
    limits = _limits("supplier_faults")
    for known in context.calendar.rounds:
        if not known.opens_at <= at < known.closes_at:
            continue
        found = [each for each in supplier_faults(connection, known.law, round_code=known.code) if each.is_repeated(**limits)]
        for supplier, half in dict.fromkeys((each.supplier, each.half_year) for each in found):
            theirs = sorted((each for each in found if (each.supplier, each.half_year) == (supplier, half)), key=lambda each: each.rule)
            told = "; ".join(
                f"{each.rule} in {each.municipalities} of {each.of} municipalities ({', '.join(each.codes[:_NAMED])}), "
                f"with other software in {each.others} of {each.of_others}"
                for each in theirs
            )
            about = hashlib.sha256("|".join((supplier, *(each.rule for each in theirs))).encode()).hexdigest()[:16]
            facts = {"supplier": supplier, "half_year": half, "round": known.id, "number": len(theirs), "faults": told}
            yield "supplier_faults", f"supplier.{known.id}.{half}.{about}", facts


def _disk(context: Context, connection: Connection, at: dt.datetime) -> Iterator[Found]:  # noqa: ARG001 - the form of a look
    used = shutil.disk_usage(context.settings.home)
    free = 100 * used.free // used.total
    if free < _limits("disk")["percent"]:
        year, week, _ = at.isocalendar()
        yield "disk", f"disk.{year}-W{week:02d}", {"free": free, "gigabytes": used.free >> 30, "folder": context.settings.home}


def _keys(context: Context, connection: Connection, at: dt.datetime) -> Iterator[Found]:  # noqa: ARG001 - the form of a look
    for key in KEYS:
        try:
            check_key(context.settings, key)
        except KeyChanged as error:
            yield "key_changed", f"key.{key}.{hashlib.sha256(str(error).encode()).hexdigest()[:8]}", {"key": key, "reason": error}


def _mails(context: Context, connection: Connection, at: dt.datetime) -> Iterator[Found]:  # noqa: ARG001 - the form of a look
    before = at - dt.timedelta(hours=_limits("mail_refused")["hours"])
    refused = connection.execute(statement("watch/refused"), {"before": before}).all()
    if refused:
        # told again only when another mail joins them
        about = hashlib.sha256(refused[-1].message_id.encode()).hexdigest()[:16]
        yield "mail_refused", f"mails.{about}", {"number": len(refused), "last_error": refused[0].last_error}


_LOOKS: tuple[Callable[[Context, Connection, dt.datetime], Iterator[Found]], ...] = (
    _unserved,
    _windows,
    _closes,
    _releases,
    _changes,
    _suppliers,
    _disk,
    _keys,
    _mails,
)
