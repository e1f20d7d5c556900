"""The inbox: what its keys mean, in which order its versions came in, and which of them are new."""

from __future__ import annotations

import datetime as dt
import hashlib
import math
import re
import time
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from typing import TYPE_CHECKING, Literal

from gmsd.database import statement, storable
from gmsd.folders import data_folder
from gmsd.protocol import left_by
from gmsd.reference import is_municipality
from gmsd.rounds import WMO, HalfYear, Place, prefixed
from gmsd.store import UNVERSIONED

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from collections.abc import Set as AbstractSet
    from pathlib import Path

    from sqlalchemy import Connection

    from gmsd.journal import Context
    from gmsd.store import ObjectStore, Version

FormKind = Literal["withdrawal", "explanation"]
FORM_FOLDER = "formulieren"
FORM_NAMES: dict[str, FormKind] = {"intrekking.json": "withdrawal", "toelichting.json": "explanation"}
# How long an upload in parts may take: 512 MB in a day is a slow line's 6 kB/s.
UNFINISHED_FOR = dt.timedelta(days=1)
_UPLOAD_CODE = re.compile(r"H[12][0-9]{4}")
_STORE_MOMENT = re.compile(r"[0-9]{10}\.[0-9]{5}")
# A folder of ours below that of its law, as some programs write it: an object of no bytes under the folder's own name.
_FOLDER = re.compile(rf"(H[12][0-9]{{4}}(/[0-9]{{4}}(/{FORM_FOLDER})?)?)?")
REFUSED = "refused by the store"
# Between the bytes of an upload and its becoming current a store needs a moment: how long to wait before calling it refused.
_PAUSES = (0.2, 0.4, 0.8, 1.6)


@dataclass(frozen=True, slots=True)
class InboxKey:
    """What an inbox key means.

    Attributes:
        place: The place of a delivery or form; None when it has none.
        file_name: The last part of the key.
        form: The kind of form, if it is one.
        problem: Why it has no place.
        not_then: The half-year and the code of a municipality that was none then.
    """

    place: Place | None
    file_name: str
    form: FormKind | None = None
    problem: str = ""
    not_then: Place | None = None


def known_laws() -> frozenset[str]:
    """The laws that have rules: each is a folder of `expectations/` that holds a `law.yaml`."""
    return _laws_in(data_folder("expectations"))


@cache
def _laws_in(expectations: Path) -> frozenset[str]:
    return frozenset({WMO} | {path.parent.name for path in expectations.glob("*/law.yaml")})


def parse_key(key: str, laws: AbstractSet[str] | None = None) -> InboxKey:
    """Read an inbox key: `H22019/0518/WMO_H22019_x.csv` or `H22019/0518/formulieren/intrekking.json`, below `jeugd/` for another law.

    Args:
        key: The key.
        laws: The laws that there are; those of `expectations/` when None.
    """
    law, parts = _law_of(key, laws)
    name = parts[-1]
    form = FORM_NAMES.get(name.casefold()) if len(parts) == 4 and parts[2] == FORM_FOLDER else None
    if not (len(parts) == 3 or form) or not name:
        return InboxKey(None, name, problem=_no_key(law, parts))
    code, municipality = parts[:2]
    if not _UPLOAD_CODE.fullmatch(code) or code.endswith("0000"):
        where = "first" if law == WMO else "second"
        return InboxKey(None, name, problem=f"the {where} part of the key is not a code uitvraag such as H22019")
    place = Place(law, HalfYear.parse(code), municipality)
    if not is_municipality(municipality, place.half_year):
        where = "second" if law == WMO else "third"
        problem = f"the {where} part of the key is not a municipality in {place.half_year}"
        return InboxKey(None, name, problem=problem, not_then=place)
    return InboxKey(place, name, form)


def _law_of(key: str, laws: AbstractSet[str] | None) -> tuple[str, list[str]]:
    """The law of a key, and its parts below the folder of the law; the Wmo has no such folder."""
    first, *rest = key.split("/")
    known = known_laws() if laws is None else laws
    return (first, rest) if rest and first != WMO and first in known else (WMO, [first, *rest])


def _no_key(law: str, parts: Sequence[str]) -> str:
    """Why a key has not the parts of a delivery; a first part that looks like a law is named."""
    if law == WMO and len(parts) >= 4 and _UPLOAD_CODE.fullmatch(parts[1]):
        if parts[0] == WMO:
            return f"the first part of the key is {WMO}: what is delivered of that law lies in the folder of its code uitvraag, without it"
        return "the first part of the key is no law that there are rules for"
    return f"the key is not {prefixed(law, '/')}{{code uitvraag}}/{{gemeentecode}}/{{file name}}"


def in_order_of_receipt(versions: Iterable[Version]) -> list[Version]:
    """Versions from the first received to the last.

    Args:
        versions: As the store lists them: per key newest first.

    Returns:
        Sorted by time of receipt; what the store gives the same time, by the moment in its version ids where they hold one (Swift: the
        time of the put in hundred-thousandths of a second), and else by its own order.
    """
    oldest_first = list(versions)[::-1]
    return sorted(oldest_first, key=lambda v: (v.last_modified, v.version_id if _STORE_MOMENT.fullmatch(v.version_id) else ""))


def nobody_delivered(version: Version) -> str | None:
    """What an object of the inbox is when it is no upload: a delete marker, a marker of a folder, or left by a system or program."""
    if version.is_delete_marker:
        return "delete marker"
    if not version.size and (version.key.endswith("/") or _is_folder(version.key)):
        return "marker of a folder"
    return left_by(version.key)


def _is_folder(key: str) -> bool:
    _, parts = _law_of(f"{key}/", None)
    return key != "" and _FOLDER.fullmatch("/".join(parts[:-1])) is not None


def identities(version: Version) -> tuple[str, ...]:
    """The names that a version may be registered under.

    One that was uploaded while the store kept no versions is called by content and moment; when versions are kept again, Swift gives it
    an id that holds the moment of the upload.
    """
    if not _STORE_MOMENT.fullmatch(version.version_id):
        return (version.identity,)
    moment = dt.datetime.fromtimestamp(math.ceil(float(version.version_id)), dt.UTC)
    return version.identity, f"{UNVERSIONED}/{version.etag}/{moment:%Y%m%dT%H%M%S}"


def list_inbox(store: ObjectStore, bucket: str, known: AbstractSet[tuple[str, str]]) -> tuple[list[Version], dict[tuple[str, str], str]]:
    """Everything in the inbox, and which of the new versions the store refused.

    A store may keep the bytes of an upload that it refused (Swift: 412 to `If-None-Match`) as a version that is listed above the current
    one and was never current. An upload that is just being taken looks the same for a moment, so what is seen so is looked at again.

    Args:
        store: The object store.
        bucket: The inbox.
        known: Key and identity of what has been registered or noted.

    Returns:
        The listing, and by key and identity of what was refused the identity of the version that was current.
    """
    for pause in (*_PAUSES, None):
        listed = list(store.versions(bucket))
        refused = {name: current for name, current in _above_current(listed).items() if name not in known}
        if not refused or pause is None:
            break
        time.sleep(pause)
    return listed, refused


def _above_current(listed: Iterable[Version]) -> dict[tuple[str, str], str]:
    found: dict[tuple[str, str], str] = {}
    for key, group in groupby(listed, key=lambda version: version.key):
        versions = list(group)
        place = next((place for place, version in enumerate(versions) if version.is_latest), 0)
        found |= {
            (storable(key), version.identity): versions[place].identity for version in versions[:place] if not version.is_delete_marker
        }
    return found


def inbox_fingerprint(store: ObjectStore, bucket: str) -> str:
    """A hash over everything that is listed in the inbox: as long as it stays the same, nothing has come in."""
    digest = hashlib.sha256()
    for version in store.versions(bucket):
        digest.update(f"{version.key}\0{version.identity}\0{version.is_delete_marker}\0{version.is_latest}\n".encode("utf-8", "replace"))
    return digest.hexdigest()


def known_versions(connection: Connection, bucket: str) -> set[tuple[str, str]]:
    """Key and identity of everything in the inbox that has been registered or noted."""
    return {(row.object_key, row.version_id) for row in connection.execute(statement("deliveries/known_versions"), {"bucket": bucket})}


def is_known(version: Version, known: AbstractSet[tuple[str, str]]) -> bool:
    """Whether a version is among what has been registered or noted."""
    key = storable(version.key)
    return any((key, name) in known for name in identities(version))


def unregistered(connection: Connection, store: ObjectStore, bucket: str) -> list[Version]:
    """What lies in the inbox and is neither registered nor noted, in order of receipt: what the next intake would take up."""
    known = known_versions(connection, bucket)
    listed, refused = list_inbox(store, bucket, known)
    return in_order_of_receipt(
        version
        for version in listed
        if not version.is_delete_marker and not is_known(version, known) and (storable(version.key), version.identity) not in refused
    )


def abort_unfinished(context: Context) -> int:
    """Abort uploads in parts that were begun more than a day ago and never finished; returns how many there were.

    No listing shows their bytes, no receipt counts them, and they could be finished long after a withdrawal. In the inbox a sender leaves
    them, in the private place a registration that was killed.
    """
    before, settings = context.clock.now() - UNFINISHED_FOR, context.settings
    return sum(context.store.abort_unfinished(bucket, before) for bucket in (settings.bucket_inbox, settings.bucket_deliveries))
