"""A database that is older than the store: which public releases it does not know, and writing those down again."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from typing import TYPE_CHECKING, Any

import polars as pl

from gmsd.database import statement
from gmsd.journal import Entry, audit_many
from gmsd.releases.build import keep_cells
from gmsd.releases.catalogue import list_releases
from gmsd.releases.cells import CELL, NO_BASE
from gmsd.releases.files import DOCUMENT, to_json
from gmsd.releases.publication import ReleaseDamagedError
from gmsd.rounds import WMO
from gmsd.store import NotReadable
from gmsd.tables import table_of

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from gmsd.settings import Settings
    from gmsd.store import ObjectStore

_OLD_CELL = {
    "period": pl.String,
    "region": pl.String,
    "group_code": pl.String,
    "shown": pl.Int64,
    "rate": pl.Int64,
    "reason": pl.String,
}
_KNOWN = frozenset({"building", "published", "recalled"})


def unknown_releases(connection: Connection, store: ObjectStore, settings: Settings) -> list[str]:
    """Ids of releases that are public and that the database does not have as such, oldest first."""
    known = {row.release_id for row in connection.execute(statement("releases/list")) if row.state in _KNOWN}
    return [release.id for release in list_releases(store, settings.bucket_publication) if release.id not in known]


def recover_releases(connection: Connection, store: ObjectStore, settings: Settings, at: dt.datetime) -> list[str]:
    """Write down again, as proposals, the public releases that the database does not know; returns their ids, oldest first.

    What is public and the private full account hold everything that the ledger held. Publishing such a release again takes the ordinary
    way, approval included, and changes no byte. Safe to repeat.

    Args:
        connection: With the publisher's rights, in a transaction; nothing is committed here.
        store: The object store, as the pipeline.
        settings: Names of the buckets.
        at: The moment of the clock.

    Raises:
        ReleaseDamagedError: a public file or the account is not what `release.json` says; nothing may be built on it.
    """
    connection.execute(statement("releases/lock"))
    found = unknown_releases(connection, store, settings)
    for release_id in found:
        document, account = read_public(store, settings, release_id)
        raw = to_json(document)
        values = {
            "release_id": release_id,
            "number": int(release_id[1:]),
            "law": account.get("law", WMO),
            "round": account["round"],
            "created_at": dt.datetime.fromisoformat(document["created"]),
            "half_years": json.dumps([half["half_year"] for half in document["half_years"]]),
            "document": raw.decode(),
            "account_sha256": document["account"],
            "fingerprint": None,
        }
        connection.execute(statement("releases/propose"), values)
        connection.execute(statement("releases/delete_cells"), {"release_id": release_id})
        for table_id, cells in _cells(account, document).items():
            keep_cells(connection, release_id, table_id, cells)
        hashes = {"document_sha256": hashlib.sha256(raw).hexdigest(), "account_sha256": document["account"]}
        # the fingerprint comes with the preview: whoever approves sees what is public now
        entry = Entry(release_id, "written down again", at, "engineer", "public, and unknown to the database", None, "proposed", hashes)
        audit_many(connection, [entry])
    return found


def read_public(store: ObjectStore, settings: Settings, release_id: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """Document and account of a public release, each and every file compared with its hash.

    Raises:
        ReleaseDamagedError: one of them is not what was published, or is gone.
    """
    raw = store.get(settings.bucket_publication, f"releases/{release_id}/{DOCUMENT}")
    document: dict[str, Any] = json.loads(raw)
    if to_json(document) != raw or document["id"] != release_id:
        raise ReleaseDamagedError(f"{DOCUMENT} of {release_id} is not as it was written")
    for path, expected in document["files"].items():
        _same(store, settings.bucket_publication, f"releases/{release_id}/{path}", expected)
    account = _same(store, settings.bucket_accounts, f"{document['account']}.json", document["account"])
    return document, json.loads(account)


def _cells(account: dict[str, Any], document: dict[str, Any]) -> dict[str, pl.DataFrame]:
    """The cells of each table; an account of the first schema has one table, and count and rate side by side."""
    if account["schema"] != "gmsd-account/1":
        return {table_id: pl.DataFrame(rows, schema=CELL, orient="row") for table_id, rows in account["cells"].items()}
    (table_id,) = document["tables"]
    old = pl.DataFrame(account["cells"], schema=_OLD_CELL, orient="row")
    table = table_of(table_id)
    count, rate = table.counts[0].key, table.rates[0].key
    no_base = pl.col("shown").is_not_null() & pl.col("rate").is_null()
    counts = old.with_columns(pl.lit(count).alias("measure"), value="shown")
    rates = old.with_columns(
        pl.lit(rate).alias("measure"), value="rate", reason=pl.when(no_base).then(pl.lit(NO_BASE)).otherwise(pl.col("reason"))
    )
    return {table_id: pl.concat([counts.select(list(CELL)), rates.select(list(CELL))])}


def _same(store: ObjectStore, bucket: str, key: str, expected: str) -> bytes:
    try:
        data = store.get(bucket, key)
    except NotReadable:
        raise ReleaseDamagedError(f"{key} is not in the bucket {bucket}: put it back from a backup") from None
    if hashlib.sha256(data).hexdigest() != expected:
        raise ReleaseDamagedError(f"{key} in the bucket {bucket} is not what its release says: put it back from a backup")
    return data
