"""The audit trail: append-only rows, each holding the hash of the one before it, so that a changed or missing row shows."""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import json
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from gmsd.database import statement
from gmsd.journal.locks import lock_audit

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from sqlalchemy import Connection, RowMapping

GENESIS = "0" * 64
# A trail may be long, and is never held whole. Of this statement only: on a connection, the option would hold for all that follows on it.
_IN_PIECES = {"yield_per": 5_000}


class Stage(StrEnum):
    """The part of the pipeline that did something by itself, as the audit trail names it; a person stands there by their name."""

    INTAKE = "intake"
    CHECK = "check"
    REPORT = "report"
    CLOSE = "close"
    LOAD = "load"
    PUBLICATION = "publication"
    HOUSEKEEPING = "housekeeping"


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
class Head:
    """The newest row of the trail: whoever holds its hash can tell later whether it, or any row before it, was changed or taken out."""

    sequence: int
    hash: str


@dataclass(frozen=True, slots=True)
class ChainReport:
    """What a recomputation of the chain found.

    Attributes:
        rows: How many rows fit.
        broken_at: The first row that does not fit or is missing; None: every row fits.
        reason: What is wrong with it, in a sentence.
        head: Hash of the last row that was read; empty for an empty trail.
        missing: Hashes that were asked for and that no row has.
    """

    rows: int
    broken_at: int | None
    reason: str = ""
    head: str = ""
    missing: tuple[str, ...] = ()

    @property
    def whole(self) -> bool:
        """Whether every row fits the one before it, and every hash that was asked for is there."""
        return self.broken_at is None and not self.missing


def hidden(key: bytes, text: str) -> str:
    """What stands in the trail for a file name, key or other text of a sender: a hash under the reference key (64 hex digits).

    Without the key nobody can try names until one fits; with it a name that is known can be found again.
    """
    return hmac.new(key, b"gmsd-audit|" + text.encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()


def _canonical(value: object) -> str:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def _moment(at: dt.datetime) -> str:
    return at.astimezone(dt.UTC).isoformat(timespec="microseconds")


def _digest(row: Mapping[str, Any] | RowMapping) -> str:
    """The hash of a row, as docs/audit.md gives it."""
    content = [
        row["sequence"],
        _moment(row["at"]),
        *(row[name] for name in ("subject", "event", "from_state", "to_state", "reason", "actor", "details", "previous_hash")),
    ]
    return hashlib.sha256(_canonical(content).encode()).hexdigest()


def audit_many(connection: Connection, entries: Sequence[Entry]) -> None:
    """Append entries to the trail in the caller's transaction, in their order."""
    if not entries:
        return
    lock_audit(connection)
    last = head_of_trail(connection)
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
            "actor": str(entry.actor),
            "details": dict(entry.details),
            "previous_hash": previous,
        }
        previous = _digest(row)
        rows.append({**row, "hash": previous, "details": _canonical(row["details"])})
    connection.execute(statement("journal/audit_insert"), rows)


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


def head_of_trail(connection: Connection) -> Head | None:
    """The newest row; None while nothing has happened."""
    last = connection.execute(statement("journal/audit_last")).first()
    return Head(last.sequence, last.hash) if last else None


def trail(connection: Connection, subject: str | None = None) -> Iterator[dict[str, Any]]:
    """The rows of the trail, those of one subject or all, in their order, with every value in the form that is hashed."""
    result = connection.execute(statement("journal/audit_rows"), {"subject": subject}, execution_options=_IN_PIECES)
    for row in result.mappings():
        yield {**row, "at": _moment(row["at"])}


def verify_chain(connection: Connection, known: Iterable[Head] = (), wanted: Iterable[str] = ()) -> ChainReport:
    """Recompute every hash of the trail; look for rows that were taken out, also at its end.

    Args:
        connection: Of any role that reads the trail.
        known: Heads that were laid down elsewhere: each must still be the row it was.
        wanted: Hashes that some row must have.
    """
    with connection.execute(statement("journal/audit_rows"), {"subject": None}, execution_options=_IN_PIECES) as result:
        return _verified(result.mappings(), {head.sequence: head.hash for head in known}, set(wanted))


def _verified(rows: Iterable[RowMapping], known: Mapping[int, str], wanted: set[str]) -> ChainReport:
    previous, expected, missing = GENESIS, 0, set(wanted)
    for row in rows:
        expected += 1
        reason = ""
        if row["sequence"] != expected:
            reason = f"row {expected} is missing"
        elif row["previous_hash"] != previous:
            reason = "it does not hold the hash of the row before it"
        elif _digest(row) != row["hash"]:
            reason = "its content does not fit its hash"
        elif known.get(expected, row["hash"]) != row["hash"]:
            reason = "it is not the row that was anchored outside the database"
        if reason:
            return ChainReport(expected - 1, expected, reason, previous if expected > 1 else "")
        previous = row["hash"]
        missing.discard(previous)
    head = previous if expected else ""
    if known and max(known) > expected:
        return ChainReport(expected, expected + 1, f"the end is missing: rows up to {max(known)} were anchored outside the database", head)
    return ChainReport(expected, None, "no row has the hash that was asked for" if missing else "", head, tuple(sorted(missing)))
