"""What lies in the store for the releases that a database knows."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from gmsd.database import statement
from gmsd.releases.build import staged_prefix
from gmsd.releases.files import DOCUMENT, to_json
from gmsd.releases.publication import POINTER

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection

    from gmsd.settings import Settings
    from gmsd.store import ObjectStore

_ON_ITS_WAY = frozenset({"building", "published", "recalled"})
_PUBLIC = frozenset({"published", "recalled"})


@dataclass(frozen=True, slots=True)
class Holding:
    """An object of a release.

    Attributes:
        bucket: Of the public or of the private full accounts.
        key: Its key.
        sha256: Of its bytes, where the release says so; empty otherwise.
    """

    bucket: Literal["publication", "accounts"]
    key: str
    sha256: str = ""


def holdings(connection: Connection, store: ObjectStore, settings: Settings) -> Iterator[Holding]:
    """Every object of the releases of a database, whether it is there or not when a public release must have it; the pointer excepted.

    Args:
        connection: Of any role that reads releases.
        store: The object store, as the pipeline.
        settings: Names of the buckets.
    """
    for row in connection.execute(statement("releases/list")).all():
        release = connection.execute(statement("releases/get"), {"release_id": row.release_id}).one()
        if release.document is None:
            continue
        document = to_json(release.document)
        for key in store.keys(settings.bucket_accounts, staged_prefix(document)):
            yield Holding("accounts", key)
        account = f"{release.account_sha256}.json"
        if release.state in _PUBLIC or store.exists(settings.bucket_accounts, account):
            yield Holding("accounts", account, release.account_sha256)
        if release.state in _ON_ITS_WAY:
            root = f"releases/{row.release_id}/"
            hashes = {root + path: sha256 for path, sha256 in release.document["files"].items()}
            hashes[root + DOCUMENT] = hashlib.sha256(document).hexdigest()
            there = set(store.keys(settings.bucket_publication, root))
            for key in sorted(there | (hashes.keys() if release.state in _PUBLIC else set())):
                yield Holding("publication", key, hashes.get(key, ""))


def pointer_to(store: ObjectStore, settings: Settings) -> bytes:
    """The pointer to the releases in force, as it is.

    Raises:
        NotReadable: nothing has been published yet.
    """
    return store.get(settings.bucket_publication, POINTER)
