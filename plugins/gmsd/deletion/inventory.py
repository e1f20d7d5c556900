"""What a deletion will take away, as it stands when it begins: counts and hashes, no name, nothing that stands in a file."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from gmsd.database import statement
from gmsd.deletion.files import Needle
from gmsd.deletion.objects import arrived_versions, copies_of, reports_of
from gmsd.journal import hidden

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy import Connection

    from gmsd.deliveries import Delivery
    from gmsd.journal import Context
    from gmsd.rounds import Place

WHERE = {
    "raw_versions": "inbox, every version",
    "unfinished_uploads": "inbox, uploads in parts that were never finished",
    "private_copies": "private bucket of deliveries",
    "staged_records": "private bucket of staged records",
    "reports": "outbox",
    "check_results": "table check_result",
    "confirmations": "table confirmation",
    "replies": "table portal_reply",
    "records": "table record",
    "arrangements": "table arrangement",
    "load_accounts": "table load_account",
    "figures": "table figure",
    "mails": "table mail, subject and body",
    "names": "table delivery, file name and key",
    "markers": "table inbox_marker, keys",
}
"""The classes of data, and where they lie."""


def take_inventory(context: Context, connection: Connection, place: Place | None, deliveries: Sequence[Delivery]) -> dict[str, Any]:
    """Count everything that will go; the names by keyed hashes, so that they can be searched for later."""
    store, settings = context.store, context.settings
    counts: dict[str, int] = dict.fromkeys(WHERE, 0)
    if place is not None:
        counts["unfinished_uploads"] = sum(1 for _ in store.unfinished(settings.bucket_inbox, f"{place.folder}/"))
    for delivery in deliveries:
        counts["raw_versions"] += len(arrived_versions(context, connection, delivery))
        counts["private_copies"] += len(copies_of(context, delivery))
        counts["staged_records"] += store.exists(settings.bucket_staging, delivery.staging_key)
        counts["reports"] += len(reports_of(context, delivery))
    found = connection.execute(statement("deletion/counts"), about(place, [each.delivery_id for each in deliveries])).mappings().one()
    counts |= dict(found)
    return {"counts": counts, "deliveries": [_told(delivery, settings.key("reference")) for delivery in deliveries]}


def about(place: Place | None, delivery_ids: Sequence[str]) -> dict[str, Any]:
    """A place and deliveries of it as the parameters of the statements: the half-year's figures and its year's are theirs."""
    periods = [] if place is None else [place.half_year.statline, f"{place.half_year.year:04d}JJ00"]
    folder = None if place is None else f"{place.folder}/"
    return {**columns_of(place), "ids": list(delivery_ids), "periods": periods, "folder": folder}


def columns_of(place: Place | None) -> dict[str, str | None]:
    """The place of a deletion; of an upload that belonged to none, nothing."""
    return dict.fromkeys(("law", "half_year", "municipality")) if place is None else dict(place.columns)


def _told(delivery: Delivery, key: bytes) -> dict[str, Any]:
    needle = Needle.of(delivery.delivery_id, delivery.file_name, key)
    return {
        "delivery_id": delivery.delivery_id,
        "sha256": delivery.sha256 or "",
        "bytes": delivery.size_bytes,
        "state": delivery.state,
        "key_hash": hidden(key, delivery.object_key),
        "name_hash": hidden(key, delivery.file_name),
        # as text: a database's JSON has numbers of any size, other readers have not
        "needle": None if needle is None else asdict(needle) | {"window": str(needle.window)},
    }


def needles_of(inventory: Mapping[str, Any]) -> list[Needle]:
    """The names of an inventory, to be searched for."""
    held = [each["needle"] for each in inventory["deliveries"] if each["needle"]]
    return [Needle(**{**each, "window": int(each["window"])}) for each in held]
