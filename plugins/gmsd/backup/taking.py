"""Taking a backup while the pipeline runs: the database as of one moment first, then the objects that it names."""

from __future__ import annotations

import hashlib
import json
import secrets
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING

from gmsd.backup.manifest import WITHDRAWN, BackupFile, BackupObject, BackupTable, Manifest, private, private_folder
from gmsd.backup.naming import BUCKETS, Wanted, bucket_of, wanted_objects
from gmsd.backup.tables import copy_out, sequences_of, tables_of
from gmsd.clock import get_clock
from gmsd.consent import Proof, proofs
from gmsd.database import connect, revision_of, statement
from gmsd.deliveries import listing
from gmsd.errors import GmsdError
from gmsd.installation import KEYS, check_key, fingerprint_of
from gmsd.journal import audit, head_of_trail, share_pseudonym_key
from gmsd.releases import POINTER, code_version, pointer_to
from gmsd.store import NotReadable, Saved, get_store, side_by_side

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from sqlalchemy import Connection, Engine

    from gmsd.settings import Settings
    from gmsd.store import ObjectStore

    Progress = Callable[[str, int, int], None]

WITHDRAWN_SCHEMA = "gmsd-withdrawn/1"
# Settings without which a release does not come out byte for byte.
DECIDING = (
    "rounding",
    "secret_threshold",
    "swing_half_year_period",
    "publisher_name",
    "publisher_agency",
    "publisher_contact",
    "publisher_identifiers",
    "publisher_licence",
    "synthetic",
)


class BackupRefused(GmsdError):
    """No backup can be taken now, or not there."""


@dataclass(frozen=True, slots=True)
class TakenBackup:
    """What a backup holds.

    Attributes:
        manifest: All of it.
        withdrawn: How many deletion proofs it holds, those included that came while it was taken.
        left_out: Deliveries of the snapshot that were withdrawn while it was taken: their bytes are not in it.
    """

    manifest: Manifest
    withdrawn: int
    left_out: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Written:
    wanted: Wanted
    object: BackupObject | None
    file: BackupFile | None


def back_up(settings: Settings, folder: Path, *, with_keys: bool, actor: str, progress: Progress) -> TakenBackup:
    """Write a backup of the installation to a new folder, while everything runs.

    Objects are written once and before the commit that names them, and are deleted only by a withdrawal. So everything that the snapshot
    names is there afterwards, and what comes in meanwhile is not in the snapshot: its upload lies in the inbox, and comes along from there.
    Only two things wait: a change of the pseudonym key until the backup is over, and a publication for the moment of the snapshot.

    Args:
        settings: Of the installation.
        folder: Where to write; absent or empty.
        with_keys: Write the secret keys too.
        actor: Who takes it, for the audit trail.
        progress: Called with what is being done, how many are done, and of how many.

    Raises:
        BackupRefused: the folder is not empty, or the pseudonyms are being made anew.
        KeyChanged: a key at hand is not the one that the data were made with.
    """
    for name in KEYS:
        check_key(settings, name)
    private_folder(folder)
    if any(folder.iterdir()):
        raise BackupRefused(
            f"{folder} is not empty: name a new folder for each backup (one without manifest.json was broken off: delete it)"
        )
    folder.chmod(0o700)
    with ExitStack() as held:
        taking = _Taking(settings, folder, held, progress)
        tables, files = taking.tables()
        written, lost = taking.objects()
        taken = taking.finish(tables, files, written, lost, with_keys=with_keys)
    with connect(settings, "loader").begin() as connection:
        details = {"backup": taken.manifest.backup, "audit_rows": taken.manifest.audit_rows, "with_keys": str(with_keys).lower()}
        audit(connection, "installation", "backed up", at=get_clock(settings).now(), actor=actor, details=details)
    return taken


class _Taking:
    """One backup: its snapshot, and the locks that are held until it is over."""

    def __init__(self, settings: Settings, folder: Path, held: ExitStack, progress: Progress) -> None:
        self.settings, self.folder, self.progress = settings, folder, progress
        self.store: ObjectStore = get_store(settings)
        owner = connect(settings, "owner")
        # the key's lock before the snapshot, so that no change of the key lies between them
        share_pseudonym_key(held.enter_context(owner.begin()))
        with owner.begin() as waiting:
            waiting.execute(statement("releases/lock"))  # state and pointer of a release change together
            self.snapshot = held.enter_context(_snapshot(owner))
            if self.snapshot.execute(statement("keys/rotating")).first() is not None:
                raise BackupRefused("the pseudonyms are being made anew with another key: finish that first with `gmsd keys rotate`")
            self.pointer = self._pointer()
        self.taken_at = get_clock(settings).now().isoformat()
        head = head_of_trail(self.snapshot)
        self.audit_rows, self.audit_head = (head.sequence, head.hash) if head else (0, "")
        self.checked = {each.delivery_id: each.checked_at for each in listing(self.snapshot)}

    def _pointer(self) -> bytes | None:
        try:
            return pointer_to(self.store, self.settings)
        except NotReadable:
            return None

    def tables(self) -> tuple[list[BackupTable], dict[str, BackupFile]]:
        """Write every table."""
        database = self.folder / "database"
        database.mkdir(mode=0o700)
        named = tables_of(self.snapshot)
        tables, files = [], {}
        for done, (name, columns) in enumerate(named, start=1):
            table, file = copy_out(self.snapshot, name, columns, database)
            tables.append(table)
            files[table.file] = file
            self.progress("Tables written", done, len(named))
        return tables, files

    def objects(self) -> tuple[list[_Written], list[str]]:
        """Write every object that the snapshot names, and those of the inbox that it does not know."""
        wanted, lost = wanted_objects(self.snapshot, self.store, self.settings, self.audit_rows, pointer=self.pointer is not None)
        numbered = [(number, each) for number, each in enumerate(wanted, start=1)]
        written: list[_Written] = []
        for start in range(0, len(numbered), 200):
            written += side_by_side(lambda each: self._write(*each), numbered[start : start + 200])
            self.progress("Objects written", min(start + 200, len(numbered)), len(numbered))
        return written, lost

    def _write(self, number: int, wanted: Wanted) -> _Written:
        # two versions of a key of the inbox, and keys that differ in capitals, are files of their own
        name = f"objects/inbox/{number:06d}" if wanted.bucket == "inbox" else wanted.file
        path = self.folder / name
        private_folder(path.parent)
        try:
            with private(path) as stream:
                saved = self._save(wanted, stream)
        except NotReadable:
            path.unlink()
            return _Written(wanted, None, None)
        found = BackupObject(wanted.bucket, wanted.key, name, saved.content_type, wanted.received, wanted.form)
        return _Written(wanted, found, BackupFile(saved.size, saved.sha256))

    def _save(self, wanted: Wanted, stream: IO[bytes]) -> Saved:
        if wanted.bucket == "publication" and wanted.key == POINTER and self.pointer is not None:  # as it was at the snapshot
            stream.write(self.pointer)
            return Saved(hashlib.sha256(self.pointer).hexdigest(), len(self.pointer), "application/json")
        bucket, key, version_id = wanted.source
        return self.store.save(bucket, key, stream, version_id)

    def finish(
        self,
        tables: Sequence[BackupTable],
        files: dict[str, BackupFile],
        written: Sequence[_Written],
        lost: Sequence[str],
        *,
        with_keys: bool,
    ) -> TakenBackup:
        """Leave out what was withdrawn or checked anew meanwhile, write the list of withdrawals and the keys, and the manifest last."""
        with connect(self.settings, "loader").connect() as connection:
            now = {each.delivery_id: each for each in listing(connection)}
            deleted = proofs(connection)
        before = {each.delivery_id for each in listing(self.snapshot) if each.state == "withdrawn"}
        gone = {each.delivery_id for each in now.values() if each.state == "withdrawn"} - before
        anew = {delivery_id for delivery_id, at in self.checked.items() if now[delivery_id].checked_at != at}
        objects, missing = self._kept(written, gone, anew, files)
        files[WITHDRAWN] = self._put(WITHDRAWN, withdrawn_list(deleted, get_clock(self.settings).now().isoformat()))
        if with_keys:
            (self.folder / "keys").mkdir(mode=0o700)
            for name in KEYS:
                files[f"keys/{name}.key"] = self._put(f"keys/{name}.key", (self.settings.key(name).hex() + "\n").encode())
        manifest = Manifest(
            backup=secrets.token_hex(16),
            taken_at=self.taken_at,
            code=code_version(self.settings.home),
            revision=revision_of(self.snapshot),
            audit_rows=self.audit_rows,
            audit_head=self.audit_head,
            tables=tuple(tables),
            sequences=sequences_of(self.snapshot),
            buckets={bucket: bucket_of(self.settings, bucket) for bucket in BUCKETS},
            settings={name: str(getattr(self.settings, name)) for name in DECIDING},
            keys={name: fingerprint_of(self.settings, name) for name in KEYS},
            with_keys=with_keys,
            objects=objects,
            missing=tuple(sorted(missing | (set(lost) - gone))),
            files=files,
        )
        manifest.write(self.folder)
        return TakenBackup(manifest, len(deleted), tuple(sorted(gone)))

    def _kept(
        self, written: Sequence[_Written], gone: set[str], anew: set[str], files: dict[str, BackupFile]
    ) -> tuple[tuple[BackupObject, ...], set[str]]:
        """The objects of the backup, and what is not there as the database has it."""
        objects: list[BackupObject] = []
        missing: set[str] = set()
        for each in written:
            wanted = each.wanted
            leave = wanted.delivery_id in gone or (wanted.bucket == "staging" and wanted.delivery_id in anew)
            if each.object is None or each.file is None:
                if wanted.sha256 and not leave:
                    missing.add(wanted.delivery_id or f"{wanted.bucket}/{wanted.key}")
                continue
            if leave:
                (self.folder / each.object.file).unlink()
                continue
            if wanted.sha256 not in ("", each.file.sha256):
                missing.add(wanted.delivery_id or f"{wanted.bucket}/{wanted.key}")
            objects.append(each.object)
            files[each.object.file] = each.file
        return tuple(objects), missing

    def _put(self, name: str, data: bytes) -> BackupFile:
        with private(self.folder / name) as stream:
            stream.write(data)
        return BackupFile(len(data), hashlib.sha256(data).hexdigest())


@contextmanager
def _snapshot(engine: Engine) -> Iterator[Connection]:
    """A connection that sees the database as it is now, until it is closed."""
    with engine.connect().execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True) as connection:
        connection.execute(statement("backup/tables"))  # the first statement takes the snapshot
        yield connection


def withdrawn_list(deleted: Sequence[Proof], at: str) -> bytes:
    """Deletion proofs as a file that a restore of an older backup reads."""
    said = {"schema": WITHDRAWN_SCHEMA, "at": at, "deliveries": [proof.to_json() for proof in deleted]}
    return (json.dumps(said, indent=1) + "\n").encode()
