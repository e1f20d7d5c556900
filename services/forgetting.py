"""Making the object store forget the names of deleted objects at once, where its own housekeeping would do so after a day.

A name stays in three places when an object has been deleted: as a row of its bucket's list that is marked deleted, or still waits beside
it to be written there; as an attribute of an empty file that stands for the deletion; and in news for the list that could not be delivered.
With one copy of everything on one disk nobody else has to hear of a deletion, so none of them is needed when the list knows.
"""

from __future__ import annotations

import subprocess
import sys
import time
from typing import TYPE_CHECKING

from services.state import PROJECT

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from services.state import State


def forget(state: State) -> dict[str, int]:
    """Deliver what waits, then take deleted names out of lists and files; returns how many lists were gone through and files removed."""
    if _late_news(state):
        command = [sys.executable, "-m", "services.daemon", "object-updater", str(state.conf / "object.conf"), "once"]
        subprocess.run(command, check=True, env={"PYTHONPATH": str(PROJECT)}, stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    before = time.time()
    return {"lists": _clean_lists(state, before), "files": _remove_tombstones(state, before)}


def _late_news(state: State) -> bool:
    folder = state.swift_data / "d1" / "async_pending"
    return folder.is_dir() and any(path.is_file() for path in folder.rglob("*"))


def _clean_lists(state: State, before: float) -> int:
    """Rows that are marked deleted go, and are written over: SQLite else leaves them in the free parts of its file."""
    from swift.common.utils import set_swift_dir

    set_swift_dir(str(state.conf))
    from swift.container.backend import ContainerBroker  # reads Swift's configuration

    done = 0
    for path in sorted((state.swift_data / "d1" / "containers").rglob("*.db")):
        broker = ContainerBroker(str(path), pending_timeout=10)
        with broker.get() as connection:
            connection.execute("PRAGMA secure_delete = ON")
        broker.reclaim(before, before)
        done += 1
    return done


def _remove_tombstones(state: State, before: float) -> int:
    """The empty files that stand for deletions; a folder that holds something newer keeps what it holds."""
    done = 0
    for path in _tombstones(state.swift_data / "d1" / "objects"):
        if float(path.stem.partition("_")[0]) < before and [each.name for each in path.parent.iterdir()] == [path.name]:
            path.unlink(missing_ok=True)
            done += 1
    return done


def _tombstones(objects: Path) -> Iterator[Path]:
    return (path for path in objects.rglob("*.ts")) if objects.is_dir() else iter(())
