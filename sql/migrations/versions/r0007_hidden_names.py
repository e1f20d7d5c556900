"""Names and keys of senders in the audit trail become keyed hashes; the chain is computed anew, and a last row says so.

Until now a registration wrote the key of the object into the trail, a delete marker too, and an erasure a plain hash of it, which can be
guessed. What stands in an append-only trail can never be erased, and a file name may be a person's. The changed rows are written into the
table anew, so that the old ones do not stay in its file (docs/audit.md, "When a migration has to").
"""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import json
from typing import Any

from alembic import context, op
from sqlalchemy import text

from gmsd.masking import mask_bsn

revision = "r0007_hidden_names"
down_revision = "r0006_private_copies"

_NAMES = ("sequence", "at", "subject", "event", "from_state", "to_state", "reason", "actor", "details", "previous_hash")
_OF_SENDERS = ("key", "key_sha256")


class CannotRewrite(Exception):
    """The trail cannot be written anew; nothing has been changed."""


def upgrade() -> None:
    """Hide what a sender chose, from the first row on."""
    connection = op.get_bind()
    connection.execute(text("LOCK TABLE audit IN ACCESS EXCLUSIVE MODE"))
    rows = [dict(row) for row in connection.execute(text("SELECT * FROM audit ORDER BY sequence")).mappings()]
    if not any(_of_a_sender(row) for row in rows):
        return
    _refuse_broken(rows)
    settings = context.config.attributes["settings"]
    key = settings.key("reference")
    _refuse_other_key(connection, key)
    old_head = rows[-1]["hash"]
    changed = _hide(rows, key, _known_keys(connection))
    rows.append(
        {
            "sequence": len(rows) + 1,
            "at": connection.scalar(text("SELECT coalesce((SELECT instant FROM clock WHERE id = 1), now())")),
            "subject": "audit",
            "event": "written anew",
            "from_state": None,
            "to_state": None,
            "reason": "keys of senders became keyed hashes, and every hash from the first such row on was computed anew",
            "actor": revision,
            "details": {"rows": len(rows), "changed": len(changed), "first_changed": changed[0], "previous_head": old_head},
        }
    )
    _seal(rows)
    connection.execute(text("ALTER TABLE audit DISABLE TRIGGER USER"))
    connection.execute(text("TRUNCATE audit"))  # a new file for the table: an update would leave the old rows in it
    connection.execute(
        text(
            "INSERT INTO audit (sequence, at, subject, event, from_state, to_state, reason, actor, details, previous_hash, hash) "
            "VALUES (:sequence, :at, :subject, :event, :from_state, :to_state, :reason, :actor, CAST(:details AS jsonb), "
            ":previous_hash, :hash)"
        ),
        [{**row, "details": _canonical(row["details"])} for row in rows],
    )
    connection.execute(text("ALTER TABLE audit ENABLE TRIGGER USER"))


def downgrade() -> None:
    """What is hidden stays hidden: the trail of before held it, and nothing that needs it has been lost."""


def _of_a_sender(row: dict[str, Any]) -> bool:
    return any(name in row["details"] for name in _OF_SENDERS) or (row["event"] == "delete marker" and bool(row["reason"]))


def _known_keys(connection: Any) -> dict[str, str]:
    """The key of each delivery by its id, and of each object by how the trail wrote it: numbers that can be a BSN were masked there."""
    keys = {mask_bsn(row.object_key): row.object_key for row in connection.execute(text("SELECT object_key FROM inbox_marker"))}
    return keys | {row.delivery_id: row.object_key for row in connection.execute(text("SELECT delivery_id, object_key FROM delivery"))}


def _hide(rows: list[dict[str, Any]], key: bytes, known: dict[str, str]) -> list[int]:
    """Replace what a sender chose; returns the numbers of the rows."""
    changed = []
    for row in rows:
        if not _of_a_sender(row):
            continue
        changed.append(row["sequence"])
        details = {name: value for name, value in row["details"].items() if name not in _OF_SENDERS}
        if row["event"] == "delete marker":
            written, row["reason"] = row["reason"], ""
            object_key = known.get(written, written)
        else:
            object_key = known.get(row["subject"]) or row["details"].get("key", "")
        if object_key:
            details["key_hash"] = hmac.new(key, b"gmsd-audit|" + object_key.encode(), hashlib.sha256).hexdigest()
        row["details"] = details
    return changed


def _refuse_broken(rows: list[dict[str, Any]]) -> None:
    """A chain that does not fit must not be made to fit."""
    previous = "0" * 64
    for number, row in enumerate(rows, 1):
        if (row["sequence"], row["previous_hash"], row["hash"]) != (number, previous, _digest(row)):
            raise CannotRewrite(f"the audit trail is broken at row {number}: see the runbook, The audit trail is broken; then set up again")
        previous = row["hash"]


def _refuse_other_key(connection: Any, key: bytes) -> None:
    noted = connection.scalar(text("SELECT fingerprint FROM key_fingerprint WHERE name = 'reference'"))
    if noted is not None and noted != hashlib.sha256(b"gmsd-key|reference|" + key).hexdigest()[:32]:
        raise CannotRewrite("the reference key is not the one this database was made with; put back the backup of reference.key")


def _seal(rows: list[dict[str, Any]]) -> None:
    previous = "0" * 64
    for row in rows:
        row["previous_hash"] = previous
        row["hash"] = previous = _digest(row)


def _digest(row: dict[str, Any]) -> str:
    content = [row["at"].astimezone(dt.UTC).isoformat(timespec="microseconds") if name == "at" else row[name] for name in _NAMES]
    return hashlib.sha256(_canonical(content).encode()).hexdigest()


def _canonical(value: object) -> str:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
