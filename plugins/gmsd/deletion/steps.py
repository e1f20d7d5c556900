"""Carrying a deletion out: one step after the other, each of which may be killed and done again, and is noted when it is done."""

from __future__ import annotations

import json
import shlex
import subprocess
import time
from typing import TYPE_CHECKING, Any

from gmsd.database import connect, statement
from gmsd.deletion.deletion import ALWAYS, DeletionWaits
from gmsd.deletion.files import search_files
from gmsd.deletion.inventory import needles_of
from gmsd.deletion.objects import erase_delivery, erase_left
from gmsd.deletion.pages import begin_log_anew, rewrite
from gmsd.deletion.rows import delete_rows
from gmsd.deletion.traces import files_of_database, trace_patterns, unloaded, unused
from gmsd.deliveries import get

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from gmsd.deletion.deletion import Deletion
    from gmsd.journal import Context
    from gmsd.settings import Settings

_SWEEP_SECONDS = 300


class NotGone(DeletionWaits):
    """What was deleted is still found: the deletion is not over."""


class SweepFailed(DeletionWaits):
    """The command that makes the object store forget names did not do so."""


def carry_on(context: Context, deletion: Deletion) -> dict[str, Any]:
    """Do every step of a deletion that is not done yet; returns what each of them did, by its name.

    Raises:
        StillRead: somebody reads the database as it was before; what is done stays done.
        NotGone: the search at the end finds something.
        SweepFailed: the object store could not be made to forget the names.
    """
    with context.engine.connect() as connection:
        found = {row.step: row for row in connection.execute(statement("deletion/steps"), {"form_id": deletion.form_id})}
    done: dict[str, Any] = {name: {**row.found, "seconds": row.seconds, "done_at": row.done_at} for name, row in found.items()}
    for name, step in _STEPS.items():
        if name not in done:
            begin = time.monotonic()
            told = step(context, deletion, done)
            done[name] = _noted(context, deletion, name, told, time.monotonic() - begin)
    return {name: done[name] for name in _STEPS}


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
    values = {"form_id": deletion.form_id, "step": name, "done_at": at, "seconds": round(seconds, 3), "found": json.dumps(told)}
    with context.engine.begin() as connection:
        connection.execute(statement("deletion/note_step"), values)
    return {**told, "seconds": round(seconds, 3), "done_at": at}


def _objects(context: Context, deletion: Deletion, _done: Mapping[str, Any]) -> dict[str, Any]:
    for delivery_id in deletion.delivery_ids:
        with context.engine.connect() as connection:
            delivery = get(connection, delivery_id)
        erase_delivery(context, delivery)
    if deletion.place is not None:
        erase_left(context, deletion.place)
    return {}


def _rows(context: Context, deletion: Deletion, _done: Mapping[str, Any]) -> dict[str, Any]:
    with context.engine.begin() as connection:
        return delete_rows(connection, deletion.place, deletion.delivery_ids, context.clock.now())


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
