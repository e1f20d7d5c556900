"""What has been published, as anybody with read rights on the publication bucket sees it."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from gmsd.releases.files import DOCUMENT, Bundle, NoReleaseError
from gmsd.releases.publication import POINTER, ReleaseDamagedError, laws_in_force
from gmsd.store import NotReadable

if TYPE_CHECKING:
    from gmsd.store import ObjectStore


@dataclass(frozen=True, slots=True)
class Published:
    """One public release."""

    id: str
    created: str
    half_years: tuple[str, ...]
    in_force: bool


def in_force(store: ObjectStore, bucket: str) -> dict[str, str]:
    """Law -> id of its release in force.

    Raises:
        NoReleaseError: when nothing has been published yet.
    """
    try:
        pointer: dict[str, Any] = json.loads(store.get(bucket, POINTER))
    except NotReadable:
        raise NoReleaseError("no release has been published yet") from None
    return {law: found["id"] for law, found in laws_in_force(pointer).items()}


def list_releases(store: ObjectStore, bucket: str) -> list[Published]:
    """Every complete release, oldest first."""
    try:
        current = set(in_force(store, bucket).values())
    except NoReleaseError:
        current = set()
    found = []
    for key in store.keys(bucket, "releases/"):
        if key.endswith(f"/{DOCUMENT}"):
            document = json.loads(store.get(bucket, key))
            half_years = tuple(half["half_year"] for half in document["half_years"])
            found.append(Published(document["id"], document["created"], half_years, document["id"] in current))
    return sorted(found, key=lambda release: release.id)


def get_document(store: ObjectStore, bucket: str, release_id: str) -> dict[str, Any]:
    """The `release.json` of a release.

    Raises:
        NoReleaseError: when there is no such release.
    """
    document: dict[str, Any] = json.loads(document_bytes(store, bucket, release_id))
    return document


def document_bytes(store: ObjectStore, bucket: str, release_id: str) -> bytes:
    """The same as it was published, byte for byte.

    Raises:
        NoReleaseError: when there is no such release.
    """
    try:
        return store.get(bucket, f"releases/{release_id}/{DOCUMENT}")
    except NotReadable:
        raise NoReleaseError(f"no release {release_id}") from None


def get_release(store: ObjectStore, bucket: str, release_id: str, *, under: str = "") -> Bundle:
    """The files of a release, each compared with the hash that `release.json` names.

    Args:
        store: The object store, as a user who may read publications.
        bucket: The publication bucket.
        release_id: Such as `r0002`.
        under: Only the files below this folder, such as `statline/83262NED/`.

    Raises:
        NoReleaseError: when there is no such release.
        ReleaseDamagedError: when a file is not what was published.
    """
    root = f"releases/{release_id}/"
    document = document_bytes(store, bucket, release_id)
    files: Bundle = {} if under else {DOCUMENT: document}
    for path, expected in json.loads(document)["files"].items():
        if path.startswith(under):
            files[path] = store.get(bucket, root + path)
            if hashlib.sha256(files[path]).hexdigest() != expected:
                raise ReleaseDamagedError(f"{root}{path} is not what was published")
    return files
