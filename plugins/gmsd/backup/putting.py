"""Putting a backup back on an empty installation: verified first, in one transaction of the database, and proved afterwards."""

from __future__ import annotations

import datetime as dt
import json
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from gmsd.backup.manifest import WITHDRAWN, BackupDamaged, Manifest, private
from gmsd.backup.naming import BUCKETS, bucket_of
from gmsd.backup.tables import copy_in, filled, move_form, tables_of
from gmsd.backup.taking import WITHDRAWN_SCHEMA
from gmsd.clock import SystemClock
from gmsd.consent import DeletedAgain, Proof, delete_again, find_left, proofs
from gmsd.database import connect, downgraded, known_revisions, revision_of, statement, upgraded
from gmsd.deletion import clean_files
from gmsd.deliveries import LEFT, compare_copies, get, in_order_of_receipt
from gmsd.errors import GmsdError
from gmsd.installation import KEYS, KeyName, fingerprint, prepare
from gmsd.journal import Context, audit, verify_chain, verify_trail
from gmsd.releases import POINTER, verify_release
from gmsd.store import get_store, side_by_side

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from sqlalchemy import Connection

    from gmsd.backup.manifest import BackupObject
    from gmsd.backup.taking import Progress
    from gmsd.settings import Settings
    from gmsd.store import ObjectStore, Version


class RestoreRefused(GmsdError):
    """The backup cannot be put back here; nothing has been changed that a second attempt would mind."""


@dataclass(frozen=True, slots=True)
class Restored:
    """What was put back, and what came of proving it.

    Attributes:
        backup: Its id.
        taken_at: When it was taken.
        rows: Rows of the warehouse.
        objects: Objects of the store.
        went_on: An earlier attempt had put it back already, and only the proof was left.
        withdrawn: Deliveries of the backup that were withdrawn since, and were not put back.
        counted: Deliveries that a later list says were withdrawn, of a half-year that was closed in the backup already.
        waiting: Uploads that the register did not know: the next intake registers them, as received at the moment of the restore.
        settings: Settings that decide the bytes of a release and are other than they were.
        missing: What the backup itself says was not there.
        faults: What the proof found wrong: releases, the audit trail, copies, what should be gone; empty when all is well.
        proved: What it found right, a line each.
    """

    backup: str
    taken_at: str
    rows: int
    objects: int
    went_on: bool
    withdrawn: tuple[str, ...]
    counted: tuple[str, ...]
    waiting: int
    settings: tuple[str, ...]
    missing: tuple[str, ...]
    faults: tuple[str, ...]
    proved: tuple[str, ...]


def read_withdrawn(path: Path) -> list[Proof]:
    """A list of withdrawals, as `gmsd consent list --json` and every backup write it.

    Raises:
        RestoreRefused: it is none.
        OSError: it cannot be opened.
    """
    try:
        said: dict[str, Any] = json.loads(path.read_bytes())
        if said["schema"] != WITHDRAWN_SCHEMA:
            raise RestoreRefused(f"{path} is no list of withdrawals: it is of another kind than {WITHDRAWN_SCHEMA}")
        return [Proof.of_json(each) for each in said["deliveries"]]
    except (ValueError, KeyError, TypeError):
        raise RestoreRefused(f"{path} is no list of withdrawals, as `gmsd consent list --json` writes it") from None


def restore(
    settings: Settings, folder: Path, *, keys: Path | None, withdrawn: Iterable[Proof], database_only: bool, actor: str, progress: Progress
) -> Restored:
    """Put a backup back on an installation that is set up and holds nothing yet.

    First every file is compared with its hash; then, in one transaction of the database, come the rows, the withdrawals since, the objects
    that are still to be there, the inbox, and the keys. Until that commits nothing of the warehouse is changed, and a killed attempt is
    repeated: objects that are there already are compared and left. At the end it is proved.

    Args:
        settings: Of the installation.
        folder: The backup.
        keys: Where the keys are, when they travelled apart; None: in the backup, or in place already.
        withdrawn: Withdrawals since the backup, beside those that it knows itself.
        database_only: Leave the object store as it is: it was not lost.
        actor: Who does this, for the audit trail.
        progress: Called with what is being done, how many are done, and of how many.

    Raises:
        BackupDamaged: a file is missing or was changed; nothing has been touched.
        RestoreRefused: the installation holds something else, is of another schema, or a key is not at hand.
    """
    manifest = Manifest.read(folder)
    manifest.verify(folder, progress)
    listed = [*read_withdrawn(folder / WITHDRAWN), *withdrawn]
    _refuse_settings(settings, manifest)
    _refuse_running(settings)
    found = _Keys.find(settings, manifest, folder / "keys" if keys is None and manifest.with_keys else keys)
    putting = _Putting(settings, folder, manifest, listed, found, database_only=database_only, actor=actor, progress=progress)
    went_on = putting.is_done()
    if not went_on:
        putting.refuse_filled()
    again, waiting = putting.again() if went_on else putting.put()
    prepare(settings)
    if again.deleted:  # their rows were in the backup, so they stood in the database's files for a moment
        clean_files(settings)
    faults, proved = _prove(Context.open(settings), progress)
    return Restored(
        backup=manifest.backup,
        taken_at=manifest.taken_at,
        rows=sum(table.rows for table in manifest.tables),
        objects=0 if database_only else len(manifest.objects),
        went_on=went_on,
        withdrawn=again.deleted,
        counted=again.counted,
        waiting=waiting,
        settings=tuple(
            f"GMSD_{name.upper()} was {was}, is {getattr(settings, name)}"
            for name, was in manifest.settings.items()
            if str(getattr(settings, name, None)) != was
        ),
        missing=manifest.missing,
        faults=faults,
        proved=proved,
    )


def _refuse_settings(settings: Settings, manifest: Manifest) -> None:
    if settings.bucket_inbox != manifest.buckets["inbox"]:
        raise RestoreRefused(
            f"receipts name the bucket {manifest.buckets['inbox']}, this installation's inbox is {settings.bucket_inbox}: "
            "set GMSD_BUCKET_INBOX to the former"
        )
    if manifest.revision not in known_revisions():
        raise RestoreRefused(f"the backup has the schema {manifest.revision}, which this version does not know: install {manifest.code}")


def _refuse_running(settings: Settings) -> None:
    """Airflow's tasks would register what is put into the inbox before the register is there."""
    import httpx

    try:
        httpx.get(f"{settings.airflow_url}/api/v2/monitor/health", timeout=5, trust_env=False)
    except httpx.HTTPError:
        return
    raise RestoreRefused(
        f"Airflow runs at {settings.airflow_url}: stop it first, and start it when this is over (runbook, Backup and restore)"
    )


@dataclass(frozen=True, slots=True)
class _Keys:
    """Where the keys of the backup are, and where they belong."""

    at_hand: Mapping[KeyName, Path]
    in_place: Mapping[KeyName, Path]

    @classmethod
    def find(cls, settings: Settings, manifest: Manifest, source: Path | None) -> _Keys:
        """Find each key: where it belongs, or in the folder given.

        Raises:
            RestoreRefused: one is not at hand, or is another.
        """
        files = {
            "pseudonym": settings.pseudonym_key_file, "rounding": settings.rounding_key_file, "reference": settings.reference_key_file
        }  # fmt: skip
        in_place = {name: settings.home / files[name] for name in KEYS}
        at_hand = {}
        for name, path in in_place.items():
            given = None if source is None else source / f"{name}.key"
            fitting = [each for each in (path, given) if each is not None and _fits(each, name, manifest.keys[name])]
            if not fitting:
                why = f"{given} is not the {name} key of this backup" if given else f"the backup was taken without its {name} key"
                raise RestoreRefused(f"{why}: name the folder of its keys with --keys")
            at_hand[name] = fitting[0]
        return cls(at_hand, in_place)

    def settings(self, settings: Settings) -> Settings:
        """The settings with the keys where they are at hand."""
        return settings.model_copy(update={f"{name}_key_file": path.absolute() for name, path in self.at_hand.items()})

    def put(self) -> None:
        """Put each where it belongs; the new installation's own, which nothing was made with, is put aside."""
        for name, path in self.in_place.items():
            if self.at_hand[name] == path:
                continue
            draft = path.with_name(f"{path.name}.new")
            draft.unlink(missing_ok=True)
            with private(draft) as stream:
                stream.write(self.at_hand[name].read_bytes())
                stream.flush()
                os.fsync(stream.fileno())
            if path.exists():
                path.replace(path.with_name(f"{path.name}.before-restore"))
            draft.replace(path)


def _fits(path: Path, name: KeyName, wanted: str) -> bool:
    try:
        return fingerprint(name, bytes.fromhex(path.read_text(encoding="ascii").strip())) == wanted
    except (FileNotFoundError, ValueError):
        return False


class _Putting:
    """One restore."""

    def __init__(
        self,
        settings: Settings,
        folder: Path,
        manifest: Manifest,
        listed: list[Proof],
        keys: _Keys,
        *,
        database_only: bool,
        actor: str,
        progress: Progress,
    ) -> None:
        self.settings, self.folder, self.manifest, self.listed, self.keys = keys.settings(settings), folder, manifest, listed, keys
        self.database_only, self.actor, self.progress = database_only, actor, progress
        self.store: ObjectStore = get_store(settings)
        self.objects = [each for each in manifest.objects if each.bucket != "inbox"]
        self.inbox = [each for each in manifest.objects if each.bucket == "inbox" and not self._is_withdrawn(each)]

    def _is_withdrawn(self, upload: BackupObject) -> bool:
        """Whether an upload that the register of the backup does not know was registered and withdrawn later; one after that is another."""
        if upload.form is not None or upload.received is None:
            return False
        sha256, received = self.manifest.files[upload.file].sha256, dt.datetime.fromisoformat(upload.received)
        return any(proof.sha256 == sha256 and received <= proof.at for proof in self.listed)

    def is_done(self) -> bool:
        """Whether an earlier attempt has put it back."""
        with connect(self.settings, "owner").connect() as connection:
            if not revision_of(connection):
                raise RestoreRefused("the warehouse has no tables yet: run `gmsd setup` first")
            return bool(connection.scalar(statement("backup/restored"), {"backup": self.manifest.backup}))

    def refuse_filled(self) -> None:
        """Refuse an installation that holds anything but a part of this backup.

        Raises:
            RestoreRefused: it does; the message says where.
        """
        with connect(self.settings, "owner").connect() as connection:
            tables = filled(connection)
        if tables:
            raise RestoreRefused(f"this installation is not empty: there are rows in {', '.join(tables)}; restore on a new one")
        if self.database_only:
            return
        ours = {(each.bucket, each.key) for each in self.objects}
        for bucket in BUCKETS[1:]:
            for key in self.store.keys(bucket_of(self.settings, bucket)):
                if (bucket, key) not in ours:
                    raise RestoreRefused(
                        f"this installation is not empty: {bucket_of(self.settings, bucket)} holds an object that is not of this backup; "
                        "restore on a new one, or with --database-only beside the store that was not lost"
                    )
        self._inbox()

    def put(self) -> tuple[DeletedAgain, int]:
        """Rows, withdrawals since, objects, inbox, keys; one transaction. Returns what was withdrawn, and how many uploads wait."""
        manifest = self.manifest
        with connect(self.settings, "owner").begin() as connection:
            self._rows(connection)
            again = self._delete_again(connection)
            waiting = 0
            if not self.database_only:
                gone = self._gone(connection, again)
                self._objects([each for each in self.objects if not _belongs(each, gone)])
                waiting = self._put_inbox(connection)
            details = {"backup": manifest.backup, "taken_at": manifest.taken_at, "audit_rows": manifest.audit_rows}
            details["withdrawn"] = list(again.deleted)
            audit(connection, "installation", "restored", at=self._now(connection), actor=self.actor, details=details)
            self.keys.put()
        return again, waiting

    def again(self) -> tuple[DeletedAgain, int]:
        """What is left when the rows are there already: withdrawals that are listed only now, and their objects."""
        with connect(self.settings, "owner").begin() as connection:
            again = self._delete_again(connection)
            gone = self._gone(connection, again)
            for each in self.objects:
                if _belongs(each, gone):
                    self.store.delete(bucket_of(self.settings, each.bucket), each.key)
            self.keys.put()
        return again, 0

    def _delete_again(self, connection: Connection) -> DeletedAgain:
        hiding = self.settings.key("reference")
        return delete_again(connection, hiding, self.listed, actor=self.actor, at=self._now(connection))

    def _now(self, connection: Connection) -> dt.datetime:
        """The moment by the clock of the installation as it is restored, which no other connection sees yet."""
        system = SystemClock().now()
        if self.settings.clock == "system":
            return system
        moved: dt.datetime | None = connection.scalar(statement("clock/read"))
        return moved or system

    def _rows(self, connection: Connection) -> None:
        """Bring the empty tables to the schema of the backup, fill them, compare the trail, and bring all to the schema of today."""
        manifest, settings = self.manifest, self.settings
        if revision_of(connection) != manifest.revision:
            downgraded(connection, settings, manifest.revision)
        here = dict(tables_of(connection))
        if {table.name: set(table.columns) for table in manifest.tables} != {name: set(columns) for name, columns in here.items()}:
            raise BackupDamaged(f"the tables of the backup are not those of {manifest.revision}")
        written = {table.name: table for table in manifest.tables}
        for done, name in enumerate(here, start=1):
            copy_in(connection, written[name], self.folder / written[name].file)
            self.progress("Tables put back", done, len(here))
        for name, value in manifest.sequences.items():
            connection.execute(statement("backup/set_sequence"), {"name": name, "value": value})
        found = verify_chain(connection)
        if not found.whole or (found.rows, found.head) != (manifest.audit_rows, manifest.audit_head):
            raise BackupDamaged("the audit trail of the backup is not the one that it was taken of")
        upgraded(connection, settings)

    @staticmethod
    def _gone(connection: Connection, again: DeletedAgain) -> set[str]:
        """Ids of what is withdrawn only now, and the beginning of the keys under which something was put aside for their places."""
        places = {get(connection, delivery_id).place for delivery_id in again.deleted}
        return {*again.deleted, *(f"{LEFT}{place.id}." for place in places if place is not None)}

    def _objects(self, objects: list[BackupObject]) -> None:
        ordinary, last = [each for each in objects if each.key != POINTER], [each for each in objects if each.key == POINTER]
        for start in range(0, len(ordinary), 200):
            side_by_side(self._object, ordinary[start : start + 200])
            self.progress("Objects put back", min(start + 200, len(ordinary)), len(ordinary))
        side_by_side(self._object, last)

    def _object(self, each: BackupObject) -> None:
        settings, bucket = self.settings, bucket_of(self.settings, each.bucket)
        public = each.bucket == "publication"
        reader, owner = (settings.s3_reader_id, settings.s3_pipeline_id) if public else ("", "")
        written = self.store.put_file(bucket, each.key, self.folder / each.file, content_type=each.content_type, reader=reader, owner=owner)
        if not written and self.store.digest(bucket, each.key) != self.manifest.files[each.file].sha256:
            raise RestoreRefused(f"{each.key} in {bucket} is there and is not what the backup holds; restore on a new installation")

    def _versions(self) -> dict[str, list[Version]]:
        """What the inbox holds, by key from the first received on."""
        found: dict[str, list[Version]] = {}
        for version in in_order_of_receipt(self.store.versions(self.settings.bucket_inbox)):
            found.setdefault(version.key, []).append(version)
        return found

    def _inbox(self) -> list[tuple[BackupObject, str]]:
        """What belongs in the inbox, each with the version that an attempt which was broken off has put; empty for what is still to be put.

        Raises:
            RestoreRefused: it holds something else.
        """
        bucket, there = self.settings.bucket_inbox, self._versions()
        found = []
        for each in self.inbox:
            version = there[each.key].pop(0).identity if there.get(each.key) else ""
            if version and self.store.digest(bucket, each.key, version) != self.manifest.files[each.file].sha256:
                raise RestoreRefused(f"this installation is not empty: {bucket} holds an upload that is not of this backup")
            found.append((each, version))
        if any(there.values()):
            raise RestoreRefused(f"this installation is not empty: {bucket} holds an upload that is not of this backup")
        return found

    def _put_inbox(self, connection: Connection) -> int:
        """Put back what the register did not know and forms that nobody had looked at; returns how many uploads wait for intake."""
        bucket = self.settings.bucket_inbox
        for each, there in self._inbox():
            path, version = self.folder / each.file, there
            if not version and each.form is not None:
                version = self.store.put(bucket, each.key, path.read_bytes(), content_type=each.content_type)
            elif not version:
                self.store.upload_file(bucket, each.key, path)
            if each.form is not None:
                move_form(connection, each.form, version)
        return sum(each.form is None for each in self.inbox)


def _belongs(each: BackupObject, gone: set[str]) -> bool:
    """Whether an object is of a delivery that is gone: by id in its key, or put aside for its place."""
    parts = {part.removesuffix(".parquet") for part in each.key.split("/")}
    return bool(parts & gone) or any(each.key.startswith(prefix) for prefix in gone if prefix.startswith(LEFT))


def _prove(context: Context, progress: Progress) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Hold what is there now against itself: copies against receipts, every release, the trail, and what should be gone."""
    settings = context.settings
    faults, proved = [], []
    copies = compare_copies(context)
    if copies.missing:
        faults.append(f"the bytes of {len(copies.missing)} deliveries are not there as registered, such as {copies.missing[0]}")
    else:
        proved.append("the bytes of every delivery are those of its receipt")
    with connect(settings, "publisher").connect() as connection:
        public = list(connection.scalars(statement("backup/public_releases")))
        for done, release_id in enumerate(public, start=1):
            found = verify_release(context, connection, release_id)
            if found.is_equal:
                proved.append(f"{release_id} comes out byte for byte: {found.files} files")
            elif found.gone:
                proved.append(f"{release_id} has the bytes that were published; the data of {len(found.gone)} of its deliveries is gone")
            else:
                faults.append(f"{release_id} came out otherwise: {', '.join(found.differing)} (built by {found.built_by})")
            progress("Releases verified", done, len(public))
    chain = verify_trail(connect(settings, "loader"), context.store, settings)
    if chain.whole:
        proved.append(f"the audit trail is whole: {chain.rows} rows, head {chain.head}")
    else:
        faults.append(f"the audit trail is broken at row {chain.broken_at}: {chain.reason}")
    with context.engine.connect() as connection:
        deleted = proofs(connection)
    left = find_left(context, deleted)
    faults += [f"{each.delivery_id} was withdrawn and is in {each.where}" for each in left]
    if not left:
        proved.append(f"what {len(deleted)} deletion proofs say is gone, is gone")
    return tuple(faults), tuple(proved)
