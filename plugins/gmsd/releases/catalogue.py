"""What has been published, as anybody with read rights on the publication bucket sees it."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from gmsd.releases.bundle import DOCUMENT, Bundle
from gmsd.releases.publish import POINTER, ReleaseDamagedError
from gmsd.store import NotReadable

if TYPE_CHECKING:
    from gmsd.store import ObjectStore


class NoReleaseError(LookupError):
    """There is no such release, or none in force."""


@dataclass(frozen=True, slots=True)
class Published:
    """One public release."""

    id: str
    created: str
    half_years: tuple[str, ...]
    in_force: bool


def in_force(store: ObjectStore, bucket: str) -> str:
    """The id of the release in force.

    Raises:
        NoReleaseError: when nothing has been published yet.
    """
    try:
        pointer: dict[str, Any] = json.loads(store.get(bucket, POINTER))
    except NotReadable:
        raise NoReleaseError("no release has been published yet") from None
    return str(pointer["id"])


def list_releases(store: ObjectStore, bucket: str) -> list[Published]:
    """Every complete release, oldest first."""
    try:
        current = in_force(store, bucket)
    except NoReleaseError:
        current = ""
    found = []
    for key in store.keys(bucket, "releases/"):
        if key.endswith(f"/{DOCUMENT}"):
            document = json.loads(store.get(bucket, key))
            half_years = tuple(half["half_year"] for half in document["half_years"])
            found.append(Published(document["id"], document["created"], half_years, document["id"] == current))
    return sorted(found, key=lambda release: release.id)


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
    try:
        document = store.get(bucket, root + DOCUMENT)
    except NotReadable:
        raise NoReleaseError(f"no release {release_id}") from None
    files: Bundle = {} if under else {DOCUMENT: document}
    for path, expected in json.loads(document)["files"].items():
        if path.startswith(under):
            files[path] = store.get(bucket, root + path)
            if hashlib.sha256(files[path]).hexdigest() != expected:
                raise ReleaseDamagedError(f"{root}{path} is not what was published")
    return files
