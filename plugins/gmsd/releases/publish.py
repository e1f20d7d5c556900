"""Making a release public: immutable objects first, the pointer last."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

from gmsd.database import statement
from gmsd.deliveries import anchor
from gmsd.releases.build import staged_prefix
from gmsd.releases.bundle import DOCUMENT, to_json
from gmsd.store import NotReadable

if TYPE_CHECKING:
    import datetime as dt

    from sqlalchemy import Connection, Engine

    from gmsd.settings import Settings
    from gmsd.store import ObjectStore

POINTER = "current.json"
_TYPES = {"csv": "text/csv; charset=utf-8", "json": "application/json", "md": "text/markdown; charset=utf-8"}


class ReleaseStateError(Exception):
    """The release is not in a state from which this can be done."""


class ReleaseDamagedError(Exception):
    """Bytes in a bucket are not those that the release was built with."""


def publish(engine: Engine, store: ObjectStore, settings: Settings, release_id: str, at: dt.datetime) -> dict[str, Any]:
    """Make a built release public and the one in force.

    From the first object on the content of this number is fixed (state `building`), so that a killed task is finished by running it
    again. The pointer never moves back to an older release.

    Args:
        engine: With the publisher's rights.
        store: The object store, as the pipeline.
        settings: Names of the buckets and the ids that get read rights.
        release_id: A release that was built.
        at: The moment of the clock.

    Returns:
        The content of `current.json`.

    Raises:
        ReleaseStateError: when it was not built, was refused or recalled.
        ReleaseDamagedError: when staged or public bytes are not those it was built with.
    """
    with engine.begin() as connection:
        connection.execute(statement("releases/lock"))
        _move(connection, release_id, ["proposed", "building", "published"], None)
    with engine.begin() as connection:
        connection.execute(statement("releases/lock"))
        release = connection.execute(statement("releases/get"), {"release_id": release_id}).one()
        document = to_json(release.document)
        _copy(store, settings, release_id, document)
        pointer = _point(store, settings, release.document, release.number)
        if release.state != "published":
            connection.execute(
                statement("releases/set_state"),
                {"release_id": release_id, "to_state": "published", "from_states": ["building"], "published_at": at},
            )
    anchor(engine, store, settings, at=at, occasion=f"release {release_id} published")
    return pointer


def refuse(connection: Connection, release_id: str) -> None:
    """Note that a built release was refused; its number is used again by the next proposal. Nothing of it was public.

    Raises:
        ReleaseStateError: when it has begun to be published.
    """
    done = connection.execute(
        statement("releases/set_state"),
        {"release_id": release_id, "to_state": "refused", "from_states": ["proposed", "refused"], "published_at": None},
    )
    if done.rowcount != 1:
        raise ReleaseStateError(f"{release_id} cannot be refused: it was not proposed, or is public already")


def _move(connection: Connection, release_id: str, from_states: list[str], published_at: dt.datetime | None) -> None:
    release = connection.execute(statement("releases/get"), {"release_id": release_id}).one_or_none()
    if release is None or release.state not in from_states:
        raise ReleaseStateError(f"{release_id} cannot be published: {'never built' if release is None else release.state}")
    if release.state == "proposed":
        connection.execute(
            statement("releases/set_state"),
            {"release_id": release_id, "to_state": "building", "from_states": ["proposed"], "published_at": published_at},
        )


def _copy(store: ObjectStore, settings: Settings, release_id: str, document: bytes) -> None:
    """Copy the staged files, `release.json` last: a release without it is not listed."""
    hashes: dict[str, str] = json.loads(document)["files"]
    for path, expected in [*sorted(hashes.items()), (DOCUMENT, hashlib.sha256(document).hexdigest())]:
        data = store.get(settings.bucket_accounts, staged_prefix(document) + path)
        if hashlib.sha256(data).hexdigest() != expected:
            raise ReleaseDamagedError(f"the staged {path} of {release_id} is not what was built; build it again")
        key = f"releases/{release_id}/{path}"
        kind = _TYPES[path.rpartition(".")[2]]
        written = store.put_new(
            settings.bucket_publication, key, data, content_type=kind, reader=settings.s3_reader_id, owner=settings.s3_pipeline_id
        )
        if not written and store.get(settings.bucket_publication, key) != data:
            raise ReleaseDamagedError(f"{key} exists and says something else; a published object is never replaced")


def _point(store: ObjectStore, settings: Settings, document: dict[str, Any], number: int) -> dict[str, Any]:
    pointer = {"id": document["id"], "created": document["created"], "path": f"releases/{document['id']}/"}
    try:
        current: dict[str, Any] = json.loads(store.get(settings.bucket_publication, POINTER))
    except NotReadable:
        current = {"id": ""}
    if current["id"] and int(current["id"][1:]) > number:
        return current
    if current != pointer:
        store.put(
            settings.bucket_publication,
            POINTER,
            to_json(pointer),
            content_type="application/json",
            reader=settings.s3_reader_id,
            owner=settings.s3_pipeline_id,
        )
    return pointer
