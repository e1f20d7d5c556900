"""Making a release public: immutable objects first, the pointer last."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

from gmsd.clock import AMSTERDAM
from gmsd.database import statement
from gmsd.errors import GmsdError
from gmsd.formats import media_type
from gmsd.journal import Entry, Stage, anchor, audit_many
from gmsd.releases.approval import approval_of
from gmsd.releases.build import PlanChangedError, staged_prefix
from gmsd.releases.files import DOCUMENT, to_json
from gmsd.releases.recall import recalled
from gmsd.rounds import WMO, HalfYear
from gmsd.store import NotReadable, side_by_side
from gmsd.tables import target_of

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping

    from sqlalchemy import Connection, Engine, Row

    from gmsd.settings import Settings
    from gmsd.store import ObjectStore

POINTER = "current.json"


class ReleaseStateError(GmsdError):
    """The release is not in a state from which this can be done."""


class EmbargoError(GmsdError):
    """The release was approved to be public from a later moment on."""


class ReleaseDamagedError(GmsdError):
    """Bytes in a bucket are not those that the release was built with."""


def publish(engine: Engine, store: ObjectStore, settings: Settings, release_id: str, at: dt.datetime) -> dict[str, Any]:
    """Make a built release public and the one in force, on the approval of a second person that stands in the warehouse.

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
        NotApprovedError: when no other person has approved exactly this.
        EmbargoError: when it is too early.
        PlanChangedError: when something that counts in it has changed since it was built.
        ReleaseStateError: when it was not built, was refused or recalled.
        ReleaseDamagedError: when staged or public bytes are not those it was built with.
    """
    let_out(engine, release_id, at)
    with engine.begin() as connection:
        connection.execute(statement("releases/lock"))
        release = connection.execute(statement("releases/get"), {"release_id": release_id}).one()
        document = to_json(release.document)
        _copy(store, settings, release_id, document, json.loads(document)["files"])
        _copy_one(store, settings, release_id, document, DOCUMENT, hashlib.sha256(document).hexdigest())
        pointer = _point(store, settings, release.document, release.number)
        if release.state != "published":
            _move(connection, release_id, "building", "published", at=at, event="published", details=_hashes(release))
    anchor(engine, store, settings, at=at, occasion=f"release {release_id} published")
    return pointer


def publish_target(engine: Engine, store: ObjectStore, settings: Settings, release_id: str, target: str, at: dt.datetime) -> int:
    """Lay down the public files of one target of a built release; nothing points to them yet. Several may be at it at the same time.

    Args:
        engine: With the publisher's rights.
        store: The object store, as the pipeline.
        settings: Names of the buckets and the ids that get read rights.
        release_id: A release that was built.
        target: Its id; a release that is not made for it has no such files.
        at: The moment of the clock.

    Returns:
        How many files the target has.

    Raises:
        As `publish`.
    """
    let_out(engine, release_id, at)
    with engine.connect() as connection:
        document = to_json(connection.execute(statement("releases/get"), {"release_id": release_id}).one().document)
    hashes = {path: expected for path, expected in json.loads(document)["files"].items() if target_of(path) == target}
    _copy(store, settings, release_id, document, hashes)
    return len(hashes)


def let_out(engine: Engine, release_id: str, at: dt.datetime) -> None:
    """Use the approval of a built release: from here on the content of its number is fixed. Repeated, it changes nothing.

    Raises:
        As `publish`.
    """
    with engine.begin() as connection:
        connection.execute(statement("releases/lock"))
        _let_out(connection, release_id, at)


def refuse(connection: Connection, release_id: str, at: dt.datetime, *, actor: str = Stage.PUBLICATION) -> None:
    """Note that a built release was refused; its number is used again by the next proposal. Nothing of it was public.

    Raises:
        ReleaseStateError: when it has begun to be published.
    """
    release = connection.execute(statement("releases/get"), {"release_id": release_id}).one_or_none()
    if release is None or release.state not in {"proposed", "refused"}:
        raise ReleaseStateError(f"{release_id} cannot be refused: it was not proposed, or is public already")
    if release.state == "proposed":
        _move(connection, release_id, "proposed", "refused", at=at, event="taken back", actor=actor)


def take_back(connection: Connection, release_id: str, at: dt.datetime) -> None:
    """Refuse what was built under this number and is not on its way out, when there is such a thing."""
    release = connection.execute(statement("releases/get"), {"release_id": release_id}).one_or_none()
    if release is not None and release.state == "proposed":
        refuse(connection, release_id, at)


def _let_out(connection: Connection, release_id: str, at: dt.datetime) -> None:
    """Use the approval: the release names it, once and for good, and is on its way out."""
    release = connection.execute(statement("releases/get"), {"release_id": release_id}).one_or_none()
    if release is None or release.state not in {"proposed", "building", "published"}:
        raise ReleaseStateError(f"{release_id} cannot be published: {'never built' if release is None else release.state}")
    if release.state == "published" or release.approval is not None:
        return
    approval = approval_of(connection, release_id, release.fingerprint)
    if approval.embargo is not None and at < approval.embargo:
        until = approval.embargo.astimezone(AMSTERDAM)
        raise EmbargoError(f"{release_id} is under embargo until {until:%-d %B %Y %H:%M} (Europe/Amsterdam); it is {at:%-d %B %Y %H:%M:%S}")
    _refuse_outdated(connection, release)
    details = _hashes(release) | {"question": approval.question, "asked_by": approval.asked_by, "approved_by": approval.answered_by}
    connection.execute(statement("releases/let_out"), {"release_id": release_id, "approval": approval.question})
    audit_many(connection, [Entry(release_id, "let out", at, Stage.PUBLICATION, "", release.state, "building", details)])


def _refuse_outdated(connection: Connection, release: Row[Any]) -> None:
    """What was built may have waited for days: it must still be of half-years that nobody recalled and deliveries that nobody withdrew."""
    shown = {HalfYear.parse(each["half_year"]) for each in release.document.get("half_years", [])}
    gone = sorted(shown & recalled(connection, release.law))
    if gone:
        raise PlanChangedError(f"{release.release_id} shows {gone[0]}, which was recalled since it was built; clear the task `preview`")
    values = {"law": release.law, "round": release.round, "half_years": [str(each) for each in shown], "release_id": release.release_id}
    withdrawn = connection.scalar(statement("releases/withdrawn_since"), values)
    if withdrawn:
        raise PlanChangedError(f"{release.release_id} counts {withdrawn}, which was withdrawn since it was built; clear the task `preview`")


def _hashes(release: Row[Any]) -> dict[str, str]:
    document = hashlib.sha256(to_json(release.document)).hexdigest()
    return {"fingerprint": release.fingerprint, "document_sha256": document, "account_sha256": release.account_sha256}


def _move(
    connection: Connection,
    release_id: str,
    before: str,
    to: str,
    *,
    at: dt.datetime,
    event: str,
    actor: str = Stage.PUBLICATION,
    details: dict[str, str] | None = None,
) -> None:
    """Change the state of a release, with its row in the audit trail."""
    published_at = at if to == "published" else None
    values = {"release_id": release_id, "to_state": to, "from_states": [before], "published_at": published_at}
    connection.execute(statement("releases/set_state"), values)
    audit_many(connection, [Entry(release_id, event, at, actor, "", before, to, details or {})])


def _copy(store: ObjectStore, settings: Settings, release_id: str, document: bytes, hashes: Mapping[str, str]) -> None:
    """Make files of a release public that are not yet, and read those that are: they must be what was built."""
    root = f"releases/{release_id}/"
    there = set(store.keys(settings.bucket_publication, root))

    def copy(path: str) -> None:
        if root + path not in there:
            _copy_one(store, settings, release_id, document, path, hashes[path])
        elif store.digest(settings.bucket_publication, root + path) != hashes[path]:
            raise ReleaseDamagedError(f"{root}{path} exists and says something else; a published object is never replaced")

    side_by_side(copy, sorted(hashes))


def _copy_one(store: ObjectStore, settings: Settings, release_id: str, document: bytes, path: str, expected: str) -> None:
    """Copy a staged file; `release.json` comes last: a release without it is not listed."""
    data = store.get(settings.bucket_accounts, staged_prefix(document) + path)
    if hashlib.sha256(data).hexdigest() != expected:
        raise ReleaseDamagedError(f"the staged {path} of {release_id} is not what was built; build it again")
    key = f"releases/{release_id}/{path}"
    kind = media_type(path)
    written = store.put_new(
        settings.bucket_publication, key, data, content_type=kind, reader=settings.s3_reader_id, owner=settings.s3_pipeline_id
    )
    if not written and store.get(settings.bucket_publication, key) != data:
        raise ReleaseDamagedError(f"{key} exists and says something else; a published object is never replaced")


def _point(store: ObjectStore, settings: Settings, document: dict[str, Any], number: int) -> dict[str, Any]:
    """Write the pointer: the release in force of each law. What stands at its top is the Wmo's, for readers that know one law."""
    law = document["laws"][0] if "laws" in document else WMO
    here = {"id": document["id"], "created": document["created"], "path": f"releases/{document['id']}/"}
    try:
        current: dict[str, Any] = json.loads(store.get(settings.bucket_publication, POINTER))
    except NotReadable:
        current = {}
    in_force = laws_in_force(current)
    if law in in_force and int(in_force[law]["id"][1:]) > number:
        return current
    in_force[law] = here
    pointer = {**in_force.get(WMO, here), "laws": in_force}
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


def laws_in_force(pointer: dict[str, Any]) -> dict[str, dict[str, str]]:
    """Law -> `id`, `created` and `path` of its release in force; a pointer without laws is from when there was one."""
    if "laws" in pointer:
        return dict(pointer["laws"])
    return {WMO: {name: pointer[name] for name in ("id", "created", "path")}} if pointer else {}
