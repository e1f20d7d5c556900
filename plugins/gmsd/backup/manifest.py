"""What stands in a backup: its files with their hashes, and what each of them is."""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import asdict, dataclass, field
from pathlib import Path, PurePosixPath
from typing import IO, TYPE_CHECKING, Any

from gmsd.errors import GmsdError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

SCHEMA = "gmsd-backup/1"
NAME = "manifest.json"
SUMS = "SHA256SUMS"
WITHDRAWN = "withdrawn.json"


class BackupDamaged(GmsdError):
    """The folder is no whole backup: a file is missing or is not the one that was written."""


@dataclass(frozen=True, slots=True)
class BackupFile:
    """One file of a backup: how many bytes it has, and their sha-256."""

    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class BackupTable:
    """A table of the warehouse: the columns in the order of its file, and how many rows there are."""

    name: str
    columns: tuple[str, ...]
    rows: int

    @property
    def file(self) -> str:
        """Where its rows are, as CSV without a header; an empty cell without quotes is NULL."""
        return f"database/{self.name}.csv"


@dataclass(frozen=True, slots=True)
class BackupObject:
    """An object of the store.

    Attributes:
        bucket: Which of the buckets, as its setting names it: `inbox`, `deliveries`, ...
        key: Its key.
        file: Where its bytes are.
        content_type: Its media type.
        received: Of the inbox: when it came in.
        form: Of the inbox: the form that nobody had looked at yet.
    """

    bucket: str
    key: str
    file: str
    content_type: str
    received: str | None = None
    form: str | None = None


@dataclass(frozen=True, slots=True)
class Manifest:
    """Everything that a backup holds, and what it was taken of.

    Attributes:
        backup: Its id.
        taken_at: The moment of the snapshot, by the clock of the installation.
        code: The version of the code.
        revision: The schema of the warehouse.
        audit_rows: The newest row of the audit trail, by number; 0 for an empty trail.
        audit_head: Its hash.
        tables: The tables, those that others refer to first.
        sequences: Name and last number.
        buckets: The names of the buckets.
        settings: Settings that decide the bytes of a release.
        keys: The fingerprint of each secret key.
        with_keys: Whether the keys are in the folder.
        objects: The objects; those of the inbox in order of receipt.
        missing: Deliveries whose bytes were not there as the receipt has them, and not withdrawn either.
        files: Every file but the manifest itself and the list of check sums.
    """

    backup: str
    taken_at: str
    code: str
    revision: str
    audit_rows: int
    audit_head: str
    tables: tuple[BackupTable, ...]
    sequences: Mapping[str, int]
    buckets: Mapping[str, str]
    settings: Mapping[str, str]
    keys: Mapping[str, str]
    with_keys: bool
    objects: tuple[BackupObject, ...]
    missing: tuple[str, ...]
    files: Mapping[str, BackupFile] = field(repr=False)

    def write(self, folder: Path) -> None:
        """Write the manifest and the list of check sums, last of all: a folder without them is no backup."""
        said = {"schema": SCHEMA, **asdict(self)}
        text = json.dumps(said, indent=1, ensure_ascii=False) + "\n"
        sums = {name: each.sha256 for name, each in self.files.items()} | {NAME: hashlib.sha256(text.encode()).hexdigest()}
        with private(folder / SUMS) as stream:
            stream.write("".join(f"{sha256}  {name}\n" for name, sha256 in sorted(sums.items())).encode())
        os.sync()
        draft = folder / f"{NAME}.new"
        with private(draft) as stream:
            stream.write(text.encode())
            stream.flush()
            os.fsync(stream.fileno())
        draft.rename(folder / NAME)

    @classmethod
    def read(cls, folder: Path) -> Manifest:
        """The manifest of a backup.

        Raises:
            BackupDamaged: there is none, it is damaged, or it names a file outside its folder.
        """
        try:
            said: dict[str, Any] = json.loads((folder / NAME).read_bytes())
            if said.pop("schema") != SCHEMA:
                raise BackupDamaged(f"{folder / NAME} is of another kind than {SCHEMA}: this version cannot read it")
            said["tables"] = tuple(BackupTable(**{**each, "columns": tuple(each["columns"])}) for each in said["tables"])
            said["objects"] = tuple(BackupObject(**each) for each in said["objects"])
            said["files"] = {name: BackupFile(**each) for name, each in said["files"].items()}
            found = cls(**{**said, "missing": tuple(said["missing"])})
        except FileNotFoundError:
            raise BackupDamaged(f"{folder} holds no whole backup: there is no {NAME} in it, which is written last") from None
        except (ValueError, KeyError, TypeError, AttributeError):
            raise BackupDamaged(f"{folder / NAME} is damaged") from None
        for name in (*found.files, *(table.file for table in found.tables), *(each.file for each in found.objects)):
            if PurePosixPath(name).is_absolute() or ".." in PurePosixPath(name).parts or name not in found.files:
                raise BackupDamaged(f"{folder / NAME} is damaged: it names a file that is none of the backup's")
        return found

    def verify(self, folder: Path, progress: Callable[[str, int, int], None]) -> None:
        """Read every file and compare it with its hash.

        Raises:
            BackupDamaged: one is missing or was changed.
        """
        for done, (name, expected) in enumerate(sorted(self.files.items()), start=1):
            try:
                with (folder / name).open("rb") as stream:
                    size = os.fstat(stream.fileno()).st_size
                    found = hashlib.file_digest(stream, "sha256").hexdigest() if size == expected.size else ""
            except FileNotFoundError:
                raise BackupDamaged(f"{name} of the backup is missing; nothing has been changed") from None
            if found != expected.sha256:
                raise BackupDamaged(f"{name} of the backup is not what was written; nothing has been changed")
            progress("Files verified", done, len(self.files))


def private(path: Path) -> IO[bytes]:
    """Open a new file for writing that only its owner can read."""
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")


def private_folder(path: Path) -> None:
    """Make a folder, and those above it that are missing, which only its owner can look into."""
    missing = []
    while not path.exists():
        missing.append(path)
        path = path.parent
    for each in reversed(missing):
        each.mkdir(mode=0o700, exist_ok=True)  # another object may have made it meanwhile
