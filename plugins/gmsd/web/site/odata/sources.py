"""Where the service finds the releases in force."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Protocol

from gmsd.releases import DOCUMENT, NoReleaseError, get_document, get_release, in_force

if TYPE_CHECKING:
    from pathlib import Path

    from gmsd.store import ObjectStore


class Source(Protocol):
    """Somewhere that holds releases."""

    def current(self) -> tuple[str, ...]:
        """The ids of the releases in force, one for each law."""

    def tables(self, release_id: str) -> tuple[str, ...]:
        """The ids of the tables of a release."""

    def statline(self, release_id: str, table_id: str) -> dict[str, bytes]:
        """The files of a table's StatLine folder: name -> bytes."""


class BucketSource:
    """The publication bucket: the releases in force, or a given one."""

    def __init__(self, store: ObjectStore, bucket: str, release_id: str | None = None) -> None:
        self._store = store
        self._bucket = bucket
        self._release_id = release_id

    def current(self) -> tuple[str, ...]:
        """The given release, else those that `current.json` names.

        Raises:
            NoReleaseError: when there is none.
        """
        return (self._release_id,) if self._release_id else tuple(in_force(self._store, self._bucket).values())

    def tables(self, release_id: str) -> tuple[str, ...]:
        """The ids of the tables that `release.json` names."""
        return tuple(get_document(self._store, self._bucket, release_id)["tables"])

    def statline(self, release_id: str, table_id: str) -> dict[str, bytes]:
        """The table's files, each compared with its published hash."""
        root = f"statline/{table_id}/"
        files = get_release(self._store, self._bucket, release_id, under=root)
        return {path.removeprefix(root): data for path, data in files.items()}


class FolderSource:
    """A release on disk, as `gmsd releases get` writes it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def current(self) -> tuple[str, ...]:
        """The one release of the folder."""
        return (str(self._document()["id"]),)

    def tables(self, release_id: str) -> tuple[str, ...]:  # noqa: ARG002 - the folder holds one release
        """The ids of its tables."""
        return tuple(self._document()["tables"])

    def _document(self) -> dict[str, Any]:
        path = self._folder / DOCUMENT
        if not path.is_file():
            raise NoReleaseError(f"no {DOCUMENT} in {self._folder}")
        document: dict[str, Any] = json.loads(path.read_bytes())
        return document

    def statline(self, release_id: str, table_id: str) -> dict[str, bytes]:  # noqa: ARG002 - the folder holds one release
        """The table's files."""
        return {path.name: path.read_bytes() for path in sorted((self._folder / "statline" / table_id).glob("*.csv"))}
