"""The inbox: what its keys mean, in which order its versions came in, and which of them are new."""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from gmsd.database import statement
from gmsd.masking import mask_bsn
from gmsd.reference import is_municipality
from gmsd.rounds import HalfYear

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy import Connection

    from gmsd.deliveries.context import Context
    from gmsd.store import ObjectStore, Version

FormKind = Literal["withdrawal", "explanation"]
FORM_FOLDER = "formulieren"
FORM_NAMES: dict[str, FormKind] = {"intrekking.json": "withdrawal", "toelichting.json": "explanation"}
# How long an upload in parts may take: 512 MB in a day is a slow line's 6 kB/s.
UNFINISHED_FOR = dt.timedelta(days=1)
_UPLOAD_CODE = re.compile(r"H[12][0-9]{4}")
_STORE_MOMENT = re.compile(r"[0-9]{10}\.[0-9]{5}")


@dataclass(frozen=True, slots=True)
class Place:
    """A municipality and a half-year."""

    half_year: HalfYear
    municipality: str


@dataclass(frozen=True, slots=True)
class Key:
    """What an inbox key means: a delivery or a form of a place, or nothing we know (`place` None, `problem` says why)."""

    place: Place | None
    file_name: str
    form: FormKind | None = None
    problem: str = ""


def parse_key(key: str) -> Key:
    """Read an inbox key: `H22019/0518/WMO_H22019_x.csv` or `H22019/0518/formulieren/intrekking.json`."""
    parts = key.split("/")
    name = parts[-1]
    form = FORM_NAMES.get(name.casefold()) if len(parts) == 4 and parts[2] == FORM_FOLDER else None
    if not (len(parts) == 3 or form) or not name:
        return Key(None, name, problem="the key is not {code uitvraag}/{gemeentecode}/{file name}")
    code, municipality = parts[:2]
    if not _UPLOAD_CODE.fullmatch(code) or code.endswith("0000"):
        return Key(None, name, problem="the first part of the key is not a code uitvraag such as H22019")
    half_year = HalfYear.parse(code)
    if not is_municipality(municipality, half_year):
        return Key(None, name, problem=f"the second part of the key is not a municipality in {half_year}")
    return Key(Place(half_year, municipality), name, form)


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


def inbox_fingerprint(store: ObjectStore, bucket: str) -> str:
    """A hash over everything that is listed in the inbox: as long as it stays the same, nothing has come in."""
    digest = hashlib.sha256()
    for version in store.versions(bucket):
        digest.update(f"{version.key}\0{version.version_id}\0{version.is_delete_marker}\n".encode())
    return digest.hexdigest()


def known_versions(connection: Connection, bucket: str) -> set[tuple[str, str]]:
    """Key and version id of everything in the inbox that has been registered: deliveries, forms and delete markers."""
    return {(row.object_key, row.version_id) for row in connection.execute(statement("deliveries/known_versions"), {"bucket": bucket})}


def masked_key(key: str) -> str:
    """A key as it may stand in a log or the audit trail: a number that can be a BSN is masked."""
    return mask_bsn(key)


def abort_unfinished(context: Context) -> int:
    """Abort uploads in parts that were begun in the inbox more than a day ago and never finished; returns how many there were.

    No listing shows their bytes, no receipt counts them, and they could be finished long after a withdrawal.
    """
    return context.store.abort_unfinished(context.settings.bucket_inbox, context.clock.now() - UNFINISHED_FOR)
