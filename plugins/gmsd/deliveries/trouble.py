"""Uploads that could not be registered: kept until they can be, and told to the engineer once."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from gmsd.database import statement
from gmsd.journal import tell_engineer
from gmsd.masking import printable

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping, Sequence

    from sqlalchemy import Connection

    from gmsd.deliveries.arrival import Arrival, Name
    from gmsd.journal import Context


def troubled(connection: Connection, bucket: str) -> set[Name]:
    """Key and version of what could not be registered by an earlier intake."""
    return {(row.object_key, row.version_id) for row in connection.execute(statement("deliveries/trouble"), {"bucket": bucket})}


def keep_trouble(
    context: Context, connection: Connection, aside: Mapping[Name, str], arrivals: Sequence[Arrival], *, fresh: bool, now: dt.datetime
) -> None:
    """Keep what was set aside, forget what no longer is, and mail the engineer about what is new of it.

    Args:
        context: The doors.
        connection: Of the registration; nothing is committed.
        aside: What could not be registered, and why.
        arrivals: Everything that is not registered yet.
        fresh: Only what had not failed before was tried now.
        now: The moment of the clock.
    """
    bucket = context.settings.bucket_inbox
    known = troubled(connection, bucket)
    there = {arrival.name for arrival in arrivals}
    over = {name for name in known if name not in there or not (fresh or name in aside)}
    gone = [{"bucket": bucket, "object_key": key, "version_id": version_id} for key, version_id in over]
    kept = [
        {"bucket": bucket, "object_key": key, "version_id": version_id, "at": now, "problem": problem}
        for (key, version_id), problem in aside.items()
    ]
    if gone:
        connection.execute(statement("deliveries/trouble_over"), gone)
    if kept:
        connection.execute(statement("deliveries/note_trouble"), kept)
    new = sorted(set(aside) - known)
    if new:
        about = "inbox." + hashlib.sha256("\n".join(f"{key} {version_id}" for key, version_id in new).encode()).hexdigest()[:16]
        listed = "\n".join(f"{printable(name[0])}: {aside[name]}" for name in new)
        text = (
            f"{len(new)} uploads in the inbox could not be registered. They stay where they are, every intake without other work tries"
            f" them again, and all other uploads go on.\n\n{listed}\n\nWhen this goes on for more than an hour: see the runbook, "
            '"An upload cannot be registered".'
        )
        subject = f"GMSD: {len(new)} uploads cannot be registered"
        tell_engineer(connection, context.settings, about, "trouble", subject, text, now)
