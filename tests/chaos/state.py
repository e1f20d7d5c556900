"""All that an installation holds: put down, put back, and told in a way that two states can be held against each other."""

from __future__ import annotations

import email
import hashlib
import json
import re
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psycopg
from psycopg import sql
from sqlalchemy import make_url

from gmsd.consent import PROOFS
from gmsd.deliveries import FORM_FOLDER
from gmsd.store import get_store, side_by_side
from tests.support.mails import Maildir

if TYPE_CHECKING:
    from collections.abc import Collection

    from gmsd.settings import Settings
    from gmsd.store import Stored

BUCKETS = ("inbox", "deliveries", "outbox", "staging", "publication", "accounts")
_TABLES = "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace ORDER BY 1"
_ROWS = 'SELECT {name}, (SELECT json_agg(to_jsonb(t) ORDER BY to_jsonb(t)::text COLLATE "C")::text FROM {table} AS t)'
_WAITING = "SELECT count(*) FROM mail WHERE sent_at IS NULL AND NOT starts_with(message_id, %s)"
OF_OUTAGES = "outage."
"""What the engineer's mails about services that were away are called: they come where a fault was, and only there."""
NOT_COMPARED = {
    "clock": "where time is moved",
    "incident": "told by the machine's own time, and only where something was away",
}
"""Tables that a fault may leave different, and why."""
THIS_TIME = ("replaced", "unchanged", "reports", "proof_sha256")
"""Details of the trail that tell what the last attempt did: places loaded or loaded already, reports deleted, a proof with its times."""
OF_THE_MACHINE = ("transaction", "segments", "bytes", "database_files")
"""What the steps and the search of a deletion tell of the database's own numbers and files."""
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d[\d:.+-]*")
_HASH = re.compile(r"[0-9a-f]{64}")
CHAINED = ("sequence", "hash", "previous_hash")
OF_SENDING = ("attempts", "last_error", "not_before", "tried_at")
"""What the register says of tries to send a mail, of which a fault makes more; each mail is compared as it arrived."""
NUMBERED = "recall"
"""The one number that the database gives by itself; what a fault took back leaves a gap."""
MEASURED = "seconds"
"""What is called so, anywhere in a row, is how long something took."""
FORMS = f"/{FORM_FOLDER}/"
"""Where forms lie in the inbox. A confirmation that was killed after it filed a form files it again; intake then finds nothing to do."""
ANCHORS = "audit/"
"""Where heads of the audit trail lie. Who comes again lays down one more; the step `audit` holds the trail against all of them."""


@dataclass(frozen=True)
class Put:
    """A state that was put down: the name of the copy of the database, the current objects of each bucket, and the mails."""

    database: str
    objects: dict[str, dict[str, tuple[str, bytes, str]]]
    versions: dict[str, str]
    mails: frozenset[str]


@dataclass
class Told:
    """What an installation holds, by place: rows, objects, copies of each mail since it was put back; `waiting`: mails that nobody sent."""

    rows: dict[str, list[Any]]
    objects: dict[str, dict[str, str]]
    mails: Counter[str]
    moments: bool = True
    waiting: int = 0

    def without_moments(self) -> Told:
        """The same without what tells a moment: in rows, in the contents of objects and of mails."""
        rows = {table: json.loads(_MOMENT.sub("then", json.dumps(found))) for table, found in self.rows.items()}
        rows |= {"mail": [_without(row, ("body_text", "body_html")) for row in rows.get("mail", [])]}  # a day in words
        rows = {table: sorted(found, key=_in_order) for table, found in rows.items()}
        # what a build lays down is called by the hash of what it says, its moment included; what a killed one left there nothing names
        objects = {
            bucket: dict.fromkeys((_HASH.sub("hash", key) for key in found), "")
            for bucket, found in self.objects.items()
            if bucket != "inbox"
        }
        mails = Counter[str]()
        for name, number in self.mails.items():
            mails[name.split()[0]] += number
        return Told(rows, objects | {"inbox": self.objects["inbox"]}, mails, moments=False, waiting=self.waiting)

    def differences(self, other: Told) -> list[str]:
        """Where another state differs; no row is told, only where it stands."""
        found = []
        for table in sorted(self.rows.keys() | other.rows.keys()):
            one, two = self.rows.get(table, []), other.rows.get(table, [])
            if table not in NOT_COMPARED and one != two:
                found.append(f"{table}: {_which(one, two)}")
        for bucket in BUCKETS:
            here, there = self.objects[bucket], other.objects[bucket]
            if changed := sorted(key for key in here.keys() | there.keys() if here.get(key) != there.get(key)):
                found.append(f"{bucket}: {changed[:4]}")
        if lost := sorted(set(self.mails) - set(other.mails)):
            found.append(f"mails lost: {lost[:4]}")
        if more := sorted(set(other.mails) - set(self.mails)):
            found.append(f"mails that nobody wrote: {more[:4]}")
        return found


def _in_order(row: Any) -> str:
    return json.dumps(row, sort_keys=True)


def _which(one: list[Any], other: list[Any]) -> str:
    if len(one) != len(other):
        return f"{len(other)} rows for {len(one)}"
    columns = sorted({name for left, right in zip(one, other, strict=True) for name in left if left[name] != right.get(name)})
    return f"columns {', '.join(columns)}"


@dataclass
class State:
    """One installation's state, in a database that may be copied.

    Attributes:
        settings: Where it is, past any gate.
        admin: The address of PostgreSQL's own account.
    """

    settings: Settings
    admin: str
    _again: dict[str, str] = field(default_factory=dict)
    _before: frozenset[str] = frozenset()
    _read: dict[tuple[str, str, str], tuple[bytes, str]] = field(default_factory=dict)

    @property
    def database(self) -> str:
        """Its name."""
        return str(make_url(self.settings.database_owner.get_secret_value()).database)

    def _copy(self, source: str, name: str) -> None:
        with psycopg.connect(self.admin, autocommit=True) as connection:
            connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
            # a database is copied that nobody is connected to; a session that was kept for later is made anew
            connection.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [source])
            connection.execute(
                sql.SQL("CREATE DATABASE {} OWNER gmsd_owner TEMPLATE {} STRATEGY WAL_LOG").format(
                    sql.Identifier(name), sql.Identifier(source)
                )
            )
            for right, roles in (
                ("CONNECT", "gmsd_loader, gmsd_publisher, gmsd_approver, gmsd_reader, gmsd_portal"),
                ("TEMPORARY", "gmsd_loader, gmsd_publisher"),
            ):
                connection.execute(sql.SQL(f"GRANT {right} ON DATABASE {{}} TO {roles}").format(sql.Identifier(name)))  # type: ignore[arg-type]

    def _own(self) -> psycopg.Connection[Any]:
        return psycopg.connect(make_url(self.admin).set(database=self.database).render_as_string(False), autocommit=True)

    def hurry(self) -> None:
        """Have PostgreSQL leave writing to the machine: no machine fails here, only processes do, and databases are copied all the time."""
        with psycopg.connect(self.admin, autocommit=True) as connection:
            connection.execute("ALTER SYSTEM SET fsync = off")
            connection.execute("ALTER SYSTEM SET full_page_writes = off")
            connection.execute("SELECT pg_reload_conf()")

    def answers(self) -> bool:
        """Whether PostgreSQL and the store can be worked with."""
        try:
            with self._own() as connection:
                connection.execute("CREATE TEMPORARY TABLE try AS SELECT 1")
            get_store(self.settings).put(self.settings.bucket_accounts, "try", b"")
            get_store(self.settings).delete(self.settings.bucket_accounts, "try")
        except Exception:  # noqa: BLE001 - whatever a service says that is not up again
            return False
        return True

    def put_down(self, name: str) -> Put:
        """Keep the state as it is now, under a name."""
        kept = f"{self.database}_{name}"
        self._copy(self.database, kept)
        store, settings = get_store(self.settings), self.settings
        objects = {}
        for bucket in BUCKETS:
            there = list(store.objects(getattr(settings, f"bucket_{bucket}")))
            contents = side_by_side(lambda each, bucket=bucket: self._content(bucket, each.key, each.etag), there)
            objects[bucket] = {each.key: (each.etag, *content) for each, content in zip(there, contents, strict=True)}
        versions = {each.key: each.version_id for each in store.versions(settings.bucket_inbox) if each.is_latest}
        return Put(kept, objects, versions, frozenset(self._files()))

    def _content(self, bucket: str, key: str, etag: str) -> tuple[bytes, str]:
        """Bytes and media type of an object; what was read once is not read again."""
        if (bucket, key, etag) not in self._read:
            answer = get_store(self.settings).client.get_object(Bucket=getattr(self.settings, f"bucket_{bucket}"), Key=key)
            self._read[bucket, key, etag] = (answer["Body"].read(), answer["ContentType"])
        return self._read[bucket, key, etag]

    def forget(self, put: Put) -> None:
        """Drop what was kept."""
        with psycopg.connect(self.admin, autocommit=True) as connection:
            connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(put.database)))

    def put_back(self, put: Put) -> None:
        """Everything as it was; a mail that was sent stays with who got it."""
        self._copy(put.database, self.database)
        store, settings, moved = get_store(self.settings), self.settings, dict[str, str]()
        for bucket in BUCKETS:
            full, wanted = getattr(settings, f"bucket_{bucket}"), put.objects[bucket]
            there = {each.key: each.etag for each in store.objects(full)}
            gone = [key for key in there if key not in wanted]
            side_by_side(lambda key, full=full: store.erase(full, key) if full == settings.bucket_inbox else store.delete(full, key), gone)
            for key, (etag, body, kind) in wanted.items():
                if there.get(key) == etag:
                    continue
                version = store.put(full, key, body, content_type=kind)
                if bucket == "inbox":
                    moved[put.versions[key]] = version
        # an object that a withdrawal deleted comes back as another version: the register is told, and `tell` says the first of them
        for one, other in moved.items():
            self._again[one] = other
        with self._own() as connection:
            connection.execute("SET session_replication_role = replica")
            for one, other in self._again.items():
                connection.execute("UPDATE delivery SET version_id = %s WHERE version_id = %s", [other, one])
                connection.execute("UPDATE form SET version_id = %s WHERE version_id = %s", [other, one])
        self._before = frozenset(self._files())

    def tell(self) -> Told:
        """All of it, as it is now."""
        back = {other: one for one, other in self._again.items()}
        with self._own() as connection:
            tables = [name for (name,) in connection.execute(_TABLES)]
            each = [sql.SQL(_ROWS).format(name=sql.Literal(name), table=sql.Identifier(name)) for name in tables]
            rows = {name: _as_before(found, back) for name, found in connection.execute(sql.SQL(" UNION ALL ").join(each)) if found}
        rows["audit"] = _by_subject(rows.get("audit", []))
        written = {
            hashlib.md5(row["proof"].encode(), usedforsecurity=False).hexdigest() for row in rows.get("deletion", []) if row["proof"]
        }
        for row in rows.get("deletion", []):
            if row["proof"]:
                proof = _without(json.loads(row["proof"]), (MEASURED,))
                row["proof"] = proof | {"search": _without(proof["search"], OF_THE_MACHINE), "audit": None}  # the head is chained
        for row in rows.get("deletion_step", []):
            row["found"] = _without(row["found"], OF_THE_MACHINE)
        rows["recall"] = [_without(row, (NUMBERED,)) for row in rows.get("recall", [])]
        if "mail" in rows:
            rows["mail"] = [_without(row, OF_SENDING) for row in rows["mail"] if not row["message_id"].startswith(OF_OUTAGES)]
        # PostgreSQL sorted them with the numbers of the machine that have been left out since
        rows = {table: sorted(found, key=_in_order) for table, found in rows.items()}
        store = get_store(self.settings)
        objects = {}
        for bucket in BUCKETS:
            full = getattr(self.settings, f"bucket_{bucket}")
            if bucket == "inbox":
                counted = Counter((each.key, each.etag, each.is_delete_marker) for each in store.versions(full))
                objects[bucket] = {
                    f"{key} {etag} {marker}": "there" if FORMS in key else str(number) for (key, etag, marker), number in counted.items()
                }
            else:
                there = [each for each in store.objects(full) if not each.key.startswith(ANCHORS)]
                objects[bucket] = {each.key: _of_proof(each, written) if each.key.startswith(PROOFS) else each.etag for each in there}
        new = self._files() - self._before
        mails = Counter(name for name in map(_name_of, new) if not name.startswith(f"<{OF_OUTAGES}"))
        return Told(rows, objects, mails, waiting=sum(not row["sent_at"] for row in rows.get("mail", ())))

    def waiting(self) -> int:
        """How many mails wait to be sent."""
        with self._own() as connection:
            row = connection.execute(_WAITING, [OF_OUTAGES]).fetchone()
            return int(row[0]) if row else 0

    def _files(self) -> set[str]:
        folder = Maildir(Path(self.settings.maildir)).folder
        return {str(path) for part in ("new", "cur") for path in (folder / part).glob("*")}


def _as_before(found: str, back: dict[str, str]) -> list[Any]:
    said = found
    for other, one in back.items():
        said = said.replace(other, one)
    return [_without(row, (MEASURED,)) for row in json.loads(said)]


def _by_subject(trail: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """What happened to each subject, in order; what is about different ones may come in another order after a fault."""
    found = dict[str, list[Any]]()
    for row in sorted(trail, key=lambda row: row["sequence"]):
        step = {name: row[name] for name in row if name not in CHAINED}
        found.setdefault(row["subject"], []).append(
            step | {"details": {name: row["details"][name] for name in row["details"] if name not in THIS_TIME}}
        )
    return [{subject: steps} for subject, steps in sorted(found.items())]


def _of_proof(found: Stored, written: Collection[str]) -> str:
    """A proof is that of the table `deletion`, where it is compared, or it is told; its page holds times."""
    is_right = not found.key.endswith(".json") or found.etag in written
    return "as in the table" if is_right else found.etag


def _without(value: Any, names: Collection[str]) -> Any:
    if isinstance(value, dict):
        return {name: _without(each, names) for name, each in value.items() if name not in names}
    return [_without(each, names) for each in value] if isinstance(value, list) else value


def _name_of(path: str) -> str:
    """The Message-ID of a mail and what it says, in a word: two copies of one mail are the same to the byte."""
    data = Path(path).read_bytes()
    mail = email.message_from_bytes(data)
    body = hashlib.sha256(b"".join(str(part.get_payload()).encode() for part in mail.walk() if not part.is_multipart())).hexdigest()
    return f"{mail['Message-ID']} {body[:12]}"
