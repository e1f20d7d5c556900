"""Carrying a deletion out: one step after the other, each of which may be killed and done again, and is noted when it is done."""

from __future__ import annotations

import json
import shlex
import subprocess
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from gmsd.database import connect, statement
from gmsd.deletion.deletion import ALWAYS, DeletionWaits
from gmsd.deletion.files import search_files
from gmsd.deletion.inventory import needles_of
from gmsd.deletion.objects import erase_delivery, erase_left
from gmsd.deletion.pages import PATIENCE_SECONDS, StillRead, begin_log_anew, rewrite
from gmsd.deletion.rows import delete_rows
from gmsd.deletion.traces import files_of_database, trace_patterns, unloaded, unused
from gmsd.deliveries import get

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Iterator, Mapping

    from sqlalchemy import Connection

    from gmsd.deletion.deletion import Deletion
    from gmsd.journal import Context
    from gmsd.settings import Settings

_SWEEP_SECONDS = 300
_ASK_AGAIN_SECONDS = 0.2


class NotGone(DeletionWaits):
    """What was deleted is still found: the deletion is not over."""


class SweepFailed(DeletionWaits):
    """The command that makes the object store forget names did not do so."""


def carry_on(context: Context, deletion: Deletion) -> dict[str, Any]:
    """Do every step of a deletion that is not done yet; returns what each of them did, by its name.

    Of two tasks that come with the same deletion one waits for the other, and finds it done.

    Raises:
        StillRead: somebody reads the database as it was before, or is at this deletion; what is done stays done.
        NotGone: the search at the end finds something.
        SweepFailed: the object store could not be made to forget the names.
    """
    with _alone(context, deletion.form_id):
        with context.engine.connect() as connection:
            found = {row.step: row for row in connection.execute(statement("deletion/steps"), {"form_id": deletion.form_id})}
        done: dict[str, Any] = {name: {**row.found, "seconds": row.seconds, "done_at": row.done_at} for name, row in found.items()}
        for name, step in _STEPS.items():
            if name not in done:
                begin = time.monotonic()
                told = step(context, deletion, done)
                done[name] = _noted(context, deletion, name, told, time.monotonic() - begin)
    return {name: done[name] for name in _STEPS}


@contextmanager
def _alone(context: Context, form_id: str) -> Iterator[None]:
    """Keep other tasks from the same deletion.

    Nobody here may count as somebody who still reads what is deleted: who comes second asks again and again instead of waiting within
    PostgreSQL, and who holds the lock lets go of the statement that took it, whose snapshot would last as long as the transaction.
    """
    end = time.monotonic() + PATIENCE_SECONDS
    about = {"name": f"gmsd:deletion:{form_id}"}
    with context.engine.connect() as connection:
        while not connection.scalar(statement("journal/try_lock"), about):
            connection.rollback()
            if time.monotonic() > end:
                raise StillRead(f"another task is at the deletion that {form_id} asked for")
            time.sleep(_ASK_AGAIN_SECONDS)
        connection.execute(statement("deletion/look_no_more"))
        yield


def clean_files(settings: Settings) -> None:
    """Get what was deleted before the close out of the database's files, whoever deleted it: tables written anew, and the log begun anew.

    Raises:
        StillRead: somebody reads the database as it was before.
    """
    with connect(settings, "owner").begin() as connection:
        transaction = str(connection.scalar(statement("deletion/current_transaction")))
    rewrite(settings, ALWAYS, transaction)
    begin_log_anew(settings)


def _noted(context: Context, deletion: Deletion, name: str, told: Mapping[str, Any], seconds: float) -> dict[str, Any]:
    at = context.clock.now()
    with context.engine.begin() as connection:
        _note(connection, deletion, name, told, seconds, at)
    return {**told, "seconds": round(seconds, 3), "done_at": at}


def _note(connection: Connection, deletion: Deletion, name: str, told: Mapping[str, Any], seconds: float, at: dt.datetime) -> None:
    """A step that was noted is left as it is."""
    values = {"form_id": deletion.form_id, "step": name, "done_at": at, "seconds": round(seconds, 3), "found": json.dumps(told)}
    connection.execute(statement("deletion/note_step"), values)


def _objects(context: Context, deletion: Deletion, _done: Mapping[str, Any]) -> dict[str, Any]:
    for delivery_id in deletion.delivery_ids:
        with context.engine.connect() as connection:
            delivery = get(connection, delivery_id)
        erase_delivery(context, delivery)
    if deletion.place is not None:
        erase_left(context, deletion.place)
    return {}


def _rows(context: Context, deletion: Deletion, _done: Mapping[str, Any]) -> dict[str, Any]:
    """Noted in the transaction that deletes: whoever came after a kill in between would find nothing left to count."""
    begin = time.monotonic()
    with context.engine.begin() as connection:
        now = context.clock.now()
        told = delete_rows(connection, deletion.place, deletion.delivery_ids, now)
        _note(connection, deletion, "rows", told, time.monotonic() - begin, now)
    return told


def _pages(context: Context, deletion: Deletion, done: Mapping[str, Any]) -> dict[str, Any]:
    rewrite(context.settings, deletion.tables, done["rows"]["transaction"])
    return {"tables": list(deletion.tables)}


def _log(context: Context, _deletion: Deletion, _done: Mapping[str, Any]) -> dict[str, Any]:
    return {"segments": begin_log_anew(context.settings)}


def _names(context: Context, _deletion: Deletion, _done: Mapping[str, Any]) -> dict[str, Any]:
    """What the object store keeps of names in its own lists; a store that is not ours to clean does so by itself."""
    command = shlex.split(context.settings.store_sweep)
    if not command:
        return {"swept": False}
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=_SWEEP_SECONDS, stdin=subprocess.DEVNULL)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise SweepFailed(f"GMSD_STORE_SWEEP cannot be run: {type(error).__name__}") from None
    if done.returncode:
        raise SweepFailed(f"GMSD_STORE_SWEEP ended with {done.returncode}; run it by hand to see why")
    return {"swept": True}


def _search(context: Context, deletion: Deletion, _done: Mapping[str, Any]) -> dict[str, Any]:
    """Where the deleted rows stood, and in the log; `gmsd consent verify` looks everywhere else too."""
    settings = context.settings
    paths = files_of_database(settings, deletion.tables)
    needles = needles_of(deletion.inventory)
    with context.engine.connect() as connection:
        needles = unused(connection, needles, settings.key("reference"))
        places = unloaded(connection, [deletion.place] if deletion.place else [])
    found = search_files(paths, needles, trace_patterns(places), settings.key("reference"))
    if found.hits:
        raise NotGone(f"{found.hits[0].about} is still in {found.hits[0].path} ({len(found.hits)} places in all)")
    return {"database_files": found.files, "bytes": found.bytes, "names": len(needles), "rows": bool(places)}


_STEPS: dict[str, Callable[[Context, Deletion, Mapping[str, Any]], dict[str, Any]]] = {
    "objects": _objects,
    "rows": _rows,
    "pages": _pages,
    "log": _log,
    "names": _names,
    "search": _search,
}
