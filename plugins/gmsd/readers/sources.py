"""Where readers find releases: the publication bucket, or a folder that holds one."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Protocol

from gmsd.releases import DOCUMENT, NoReleaseError, document_bytes, get_release, in_force, list_releases

if TYPE_CHECKING:
    from pathlib import Path

    from gmsd.store import ObjectStore


class Source(Protocol):
    """Somewhere that holds releases."""

    def current(self) -> tuple[str, ...]:
        """The ids of the releases in force, one for each law."""

    def releases(self) -> tuple[str, ...]:
        """The ids of all releases, oldest first."""

    def document(self, release_id: str) -> bytes:
        """The `release.json` of a release."""

    def files(self, release_id: str, under: str) -> dict[str, bytes]:
        """The files of a release whose path begins so: path -> bytes."""


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

    def releases(self) -> tuple[str, ...]:
        """Every complete release of the bucket."""
        return tuple(each.id for each in list_releases(self._store, self._bucket))

    def document(self, release_id: str) -> bytes:
        """As it was published."""
        return document_bytes(self._store, self._bucket, release_id)

    def files(self, release_id: str, under: str) -> dict[str, bytes]:
        """Each compared with its published hash."""
        return get_release(self._store, self._bucket, release_id, under=under)


class FolderSource:
    """A release on disk, as `gmsd releases get` writes it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def current(self) -> tuple[str, ...]:
        """The one release of the folder."""
        return (str(_read(self.document(""))["id"]),)

    def releases(self) -> tuple[str, ...]:
        """The same."""
        return self.current()

    def document(self, release_id: str) -> bytes:  # noqa: ARG002 - the folder holds one release
        """As it was published.

        Raises:
            NoReleaseError: the folder holds no release.
        """
        path = self._folder / DOCUMENT
        if not path.is_file():
            raise NoReleaseError(f"no {DOCUMENT} in {self._folder}")
        return path.read_bytes()

    def files(self, release_id: str, under: str) -> dict[str, bytes]:  # noqa: ARG002 - the folder holds one release
        """The files that `release.json` names; what else lies in the folder is not of the release."""
        named = [path for path in _read(self.document(""))["files"] if path.startswith(under)]
        return {path: (self._folder / path).read_bytes() for path in named}


def tables_of_release(source: Source, release_id: str) -> tuple[str, ...]:
    """The ids of the tables that a release names."""
    return tuple(_read(source.document(release_id))["tables"])


def statline_of(source: Source, release_id: str, table_id: str) -> dict[str, bytes]:
    """The files of a table's StatLine folder: name -> bytes."""
    root = f"statline/{table_id}/"
    return {path.removeprefix(root): data for path, data in source.files(release_id, root).items()}


def _read(document: bytes) -> dict[str, Any]:
    read: dict[str, Any] = json.loads(document)
    return read
