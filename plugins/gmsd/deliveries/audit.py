"""The audit trail: append-only rows, each holding the hash of the one before it, so that a changed or missing row shows."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from gmsd.database import statement
from gmsd.deliveries.locks import lock_audit

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from sqlalchemy import Connection, RowMapping

GENESIS = "0" * 64


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that happened; `details` holds text, whole numbers and lists or mappings of them, never personal data."""

    subject: str
    event: str
    at: dt.datetime
    actor: str
    reason: str = ""
    from_state: str | None = None
    to_state: str | None = None
    details: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ChainReport:
    """What a recomputation of the chain found: how many rows, and the first one that does not fit (None: the chain is whole)."""

    rows: int
    broken_at: int | None
    reason: str = ""

    @property
    def whole(self) -> bool:
        """Whether every row fits the one before it."""
        return self.broken_at is None


def _canonical(value: object) -> str:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def _digest(row: Mapping[str, Any] | RowMapping) -> str:
    at: dt.datetime = row["at"]
    content = [
        row["sequence"],
        at.astimezone(dt.UTC).isoformat(timespec="microseconds"),
        *(row[name] for name in ("subject", "event", "from_state", "to_state", "reason", "actor", "details", "previous_hash")),
    ]
    return hashlib.sha256(_canonical(content).encode()).hexdigest()


def audit_many(connection: Connection, entries: Sequence[Entry]) -> None:
    """Append entries to the trail in the caller's transaction, in their order."""
    if not entries:
        return
    lock_audit(connection)
    last = connection.execute(statement("deliveries/audit_last")).first()
    sequence, previous = (last.sequence, last.hash) if last else (0, GENESIS)
    rows = []
    for entry in entries:
        sequence += 1
        row = {
            "sequence": sequence,
            "at": entry.at,
            "subject": entry.subject,
            "event": entry.event,
            "from_state": entry.from_state,
            "to_state": entry.to_state,
            "reason": entry.reason,
            "actor": entry.actor,
            "details": dict(entry.details),
            "previous_hash": previous,
        }
        previous = _digest(row)
        rows.append({**row, "hash": previous, "details": _canonical(row["details"])})
    connection.execute(statement("deliveries/audit_insert"), rows)


def audit(
    connection: Connection,
    subject: str,
    event: str,
    *,
    at: dt.datetime,
    actor: str,
    reason: str = "",
    details: Mapping[str, Any] | None = None,
) -> None:
    """Append one entry about `subject` (a delivery, form, round, half-year or release) to the trail in the caller's transaction."""
    audit_many(connection, [Entry(subject, event, at, actor, reason, details=details or {})])


def verify_chain(connection: Connection) -> ChainReport:
    """Recompute every hash of the trail, and look for rows that were taken out."""
    with connection.execution_options(yield_per=5_000).execute(statement("deliveries/audit_all")) as result:
        return _verified(result.mappings())


def _verified(rows: Iterable[RowMapping]) -> ChainReport:
    previous, expected = GENESIS, 0
    for row in rows:
        expected += 1
        if row["sequence"] != expected:
            return ChainReport(expected - 1, expected, f"row {expected} is missing")
        if row["previous_hash"] != previous:
            return ChainReport(expected, expected, "it does not hold the hash of the row before it")
        if _digest(row) != row["hash"]:
            return ChainReport(expected, expected, "its content does not fit its hash")
        previous = row["hash"]
    return ChainReport(expected, None)
