"""Anchors: heads of the audit trail in the private bucket, outside the database, so that rows cut off at its end are missed."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from gmsd.journal.audit_trail import ChainReport, Head, head_of_trail, verify_chain

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Iterator

    from sqlalchemy import Engine

    from gmsd.settings import Settings
    from gmsd.store import ObjectStore

_PREFIX = "audit/"


def anchor(engine: Engine, store: ObjectStore, settings: Settings, *, at: dt.datetime, occasion: str) -> Head | None:
    """Lay down the head of the trail as it is committed now; an anchor that is there already is never replaced.

    Args:
        engine: Of any role that reads the trail.
        store: The object store, as the pipeline.
        settings: Names the private bucket.
        at: The moment of the clock.
        occasion: Why now, such as `release r0002 published`.

    Returns:
        What was laid down; None for an empty trail.
    """
    with engine.connect() as connection:
        head = head_of_trail(connection)
    if head is not None:
        told = {"schema": "gmsd-anchor/1", "sequence": head.sequence, "hash": head.hash, "at": at.isoformat(), "occasion": occasion}
        key = f"{_PREFIX}{head.sequence:012d}.json"
        store.put_new(settings.bucket_accounts, key, json.dumps(told).encode(), content_type="application/json")
    return head


def anchors(store: ObjectStore, settings: Settings) -> Iterator[Head]:
    """Every head that was laid down, oldest first."""
    for key in store.keys(settings.bucket_accounts, _PREFIX):
        told = json.loads(store.get(settings.bucket_accounts, key))
        yield Head(told["sequence"], told["hash"])


def verify_trail(engine: Engine, store: ObjectStore, settings: Settings, wanted: Iterable[str] = ()) -> ChainReport:
    """Recompute the trail, and compare it with every anchor; `wanted` are hashes that must be in it."""
    # the anchors first: one that is laid down meanwhile may name a row that this reading of the trail does not see
    known = list(anchors(store, settings))
    with engine.connect() as connection:
        return verify_chain(connection, known, wanted)
