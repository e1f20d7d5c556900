"""What a deletion proof says is gone: listed, searched for again in every store, and deleted once more where an older backup has it."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from gmsd.database import statement, storable
from gmsd.deletion import (
    Searched,
    delete_rows,
    digest_of,
    flush,
    needles_of,
    search_files,
    searched_folders,
    trace_patterns,
    unloaded,
    unused,
)
from gmsd.deliveries import LEFT, Change, WrongState, identities, listing, transition_many
from gmsd.errors import GmsdError
from gmsd.journal import audit, hidden
from gmsd.rounds import HalfYear, Place
from gmsd.store import NotReadable

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from sqlalchemy import Connection

    from gmsd.deliveries import Delivery
    from gmsd.journal import Context
    from gmsd.store import Version


class NoProof(GmsdError):
    """Nothing was deleted under that name."""

    exit_status = 2


class NotOurs(GmsdError):
    """A document is not a proof that this installation wrote."""


@dataclass(frozen=True, slots=True)
class Proof:
    """That the data of a delivery went, as the audit trail has it; no name and nothing of what stood in it.

    Attributes:
        delivery_id: The delivery.
        form: The withdrawal that asked for it, such as `form.0007`.
        at: When its data were gone.
        sha256: Of its bytes; empty when they could never be read.
        size_bytes: How many there were.
        key_hash: Of its key in the inbox, under the reference key.
    """

    delivery_id: str
    form: str
    at: dt.datetime
    sha256: str
    size_bytes: int
    key_hash: str

    def to_json(self) -> dict[str, Any]:
        """What a list of withdrawals holds of it."""
        return {**asdict(self), "at": self.at.isoformat()}

    @classmethod
    def of_json(cls, said: dict[str, Any]) -> Proof:
        """The proof that `to_json` wrote.

        Raises:
            KeyError, TypeError, ValueError: it is none.
        """
        return cls(**{**said, "at": dt.datetime.fromisoformat(said["at"])})


@dataclass(frozen=True, slots=True)
class Left:
    """Something that a proof says is gone, and is there: of which delivery, and where."""

    delivery_id: str
    where: str


@dataclass(frozen=True, slots=True)
class DeletedAgain:
    """What came of holding a list of withdrawals against an older register.

    Attributes:
        deleted: Deliveries of the register that are withdrawn now.
        counted: Deliveries that were closed in already: no withdrawal may take those back, a person has to decide.
    """

    deleted: tuple[str, ...]
    counted: tuple[str, ...]


def proofs(connection: Connection, about: str | None = None) -> list[Proof]:
    """Every deletion proof, oldest first; those of one form or one delivery when it is named.

    Raises:
        NoProof: nothing was deleted under that name.
    """
    found = [_proof(row.delivery_id, row.at, row.details) for row in connection.execute(statement("consent/proofs"))]
    if about is None:
        return found
    named = [proof for proof in found if about in (proof.form, proof.delivery_id)]
    if not named:
        raise NoProof(f"there is no deletion proof of {about}: name a form such as form.0007, or a delivery")
    return named


def _proof(delivery_id: str, at: dt.datetime, details: dict[str, Any]) -> Proof:
    # of before `key_hash` the trail was written anew (docs/audit.md): every row has it
    return Proof(delivery_id, details["form"], at, details["sha256"], details["bytes"], details.get("key_hash", ""))


def find_left(context: Context, searched: Sequence[Proof]) -> list[Left]:
    """Search every store for what these proofs say is gone: the warehouse, and each bucket that deliveries lie in.

    In the inbox a version is looked for by key and version, and by its bytes: one of the same size is read and hashed, unless it is
    registered as a delivery that was not withdrawn, since a municipality may deliver the same file again.
    """
    if not searched:
        return []
    of_form: dict[str, list[str]] = {}
    for proof in searched:
        of_form.setdefault(proof.form, []).append(proof.delivery_id)
    by_id = {proof.delivery_id: proof for proof in searched}
    with context.engine.connect() as connection:
        rows = connection.execute(statement("consent/left_of"), {"ids": list(by_id)})
        found = [Left(row.delivery_id, row.place) for row in rows]
        found += _left_of_places(connection, of_form)
    found += _left_in_buckets(context, by_id)
    found += _left_in_inbox(context, searched)
    return sorted(set(found), key=lambda left: (left.delivery_id, left.where))


def search_disk(context: Context, searched: Sequence[Proof], also: Sequence[Path] = ()) -> tuple[list[Left], Searched]:
    """Search the files of our own services for the names and rows of what is gone: deleted rows that were not overwritten, logs, lists.

    A name is not looked for where something that stays has it too, nor the rows of a place that was loaded anew.

    Args:
        context: The doors; the settings name the folders.
        searched: What is said to be gone.
        also: More folders, such as those of backups.

    Returns:
        What was found, and how much was looked at.
    """
    key = context.settings.key("reference")
    forms = {proof.form for proof in searched}
    with context.engine.connect() as connection:
        rows = [row for row in connection.execute(statement("deletion/proved")) if row.form_id in forms]
        needles = unused(connection, [needle for row in rows for needle in needles_of(row.inventory)], key)
        places = unloaded(connection, {place for row in rows if (place := _place_of(row)) is not None})
    folders = searched_folders(context.settings)
    if folders:
        flush(context.settings)
    done = search_files([*folders, *also], needles, trace_patterns(places), key)
    return sorted(
        {Left(hit.about, f"{hit.path}, at byte {hit.offset}") for hit in done.hits}, key=lambda left: (left.delivery_id, left.where)
    ), done


def _place_of(row: Any) -> Place | None:
    return None if row.law is None else Place(row.law, HalfYear.parse(row.half_year), row.municipality)


def check_document(connection: Connection, text: str) -> str:
    """The form of a proof that somebody holds as a document.

    Raises:
        NotOurs: it is not, byte for byte, the proof that the audit trail speaks of.
    """
    try:
        form = json.loads(text)["form"]
    except (ValueError, TypeError, KeyError):
        raise NotOurs("the file is no deletion proof") from None
    known = connection.scalars(statement("consent/proof_hashes"), {"form_id": str(form)}).all()
    if digest_of(text) not in known:
        raise NotOurs(f"the file is not the proof of {form} that the audit trail speaks of: it was changed, or is of another installation")
    return str(form)


def _left_of_places(connection: Connection, of_form: dict[str, list[str]]) -> Iterator[Left]:
    """Rows of the warehouse that no account speaks of, of places that were withdrawn."""
    first = {
        place: of_form[row.form_id][0]
        for row in connection.execute(statement("deletion/proved"))
        if row.form_id in of_form and (place := _place_of(row))
    }
    columns = [place.columns for place in first]
    values = {
        f"{name}s" if name != "municipality" else "municipalities": [each[name] for each in columns]
        for name in ("law", "half_year", "municipality")
    }
    for row in connection.execute(statement("consent/rows_of_places"), values):
        yield Left(first[Place(row.law, HalfYear.parse(row.half_year), row.municipality)], "tables record and arrangement, in no account")


def _left_in_buckets(context: Context, by_id: dict[str, Proof]) -> Iterator[Left]:
    store, settings = context.store, context.settings
    for key in store.keys(settings.bucket_deliveries):
        delivery_id = key.removeprefix(LEFT).split("/")[0]
        if delivery_id in by_id:
            yield Left(delivery_id, f"{settings.bucket_deliveries}/{key}")
    for key in store.keys(settings.bucket_staging):
        if key.removesuffix(".parquet") in by_id:
            yield Left(key.removesuffix(".parquet"), f"{settings.bucket_staging}/{key}")
    for upload in store.unfinished(settings.bucket_deliveries):
        if upload.key in by_id:
            yield Left(upload.key, f"{settings.bucket_deliveries}, an upload in parts that was never finished")
    for key in store.keys(settings.bucket_outbox):
        for delivery_id in by_id.keys() & set(key.split("/")):
            yield Left(delivery_id, f"{settings.bucket_outbox}/{key}")


def _left_in_inbox(context: Context, searched: Sequence[Proof]) -> Iterator[Left]:
    """Key names of senders are not told: the version says which object it is."""
    bucket = context.settings.bucket_inbox
    with context.engine.connect() as connection:
        receipts = connection.execute(statement("consent/receipts"), {"bucket": bucket}).all()
    of_version = {(row.object_key, row.version_id): row for row in receipts}
    by_size: dict[int, list[Proof]] = {}
    for proof in searched:
        by_size.setdefault(proof.size_bytes, []).append(proof)
    wanted = {proof.delivery_id for proof in searched}
    for version in context.store.versions(bucket):
        if version.is_delete_marker:
            continue
        row = next((of_version[name] for name in _names(version) if name in of_version), None)
        if row is not None:
            if row.delivery_id in wanted:
                yield Left(row.delivery_id, f"{bucket}, version {version.identity}")
            continue
        same_size = by_size.get(version.size)
        digest = _digest(context, bucket, version) if same_size else ""
        for proof in same_size or ():
            if digest == proof.sha256:
                yield Left(proof.delivery_id, f"{bucket}, version {version.identity}, not registered")


def _names(version: Version) -> Iterator[tuple[str, str]]:
    for name in identities(version):
        yield storable(version.key), name


def _digest(context: Context, bucket: str, version: Version) -> str:
    try:
        return context.store.digest(bucket, version.key, version.identity)
    except NotReadable:
        return "unreadable"  # no proof has that


def delete_again(connection: Connection, hiding: bytes, listed: Sequence[Proof], *, actor: str, at: dt.datetime) -> DeletedAgain:
    """Let a register that is older than some withdrawals know of them: the deliveries are withdrawn, their results and copies forgotten.

    The objects are not touched; whoever calls this does not put them back. A delivery is the same when its id and its bytes are, or its
    key and its bytes: an older register may give other numbers.

    Args:
        connection: With the right to change deliveries and to write the trail; nothing is committed.
        hiding: The reference key.
        listed: Withdrawals that the register may not know.
        actor: Who does this.
        at: The moment of the clock.
    """
    here = [delivery for delivery in listing(connection) if delivery.deleted_at is None]
    deleted, counted = [], []
    for delivery in here:
        proof = next((each for each in listed if _is_same(delivery, each, hiding)), None)
        if proof is None:
            continue
        reason = f"withdrawn by {proof.form} on {proof.at:%Y-%m-%d}, after the backup that this was restored from"
        try:
            transition_many(connection, [Change(delivery.delivery_id, "withdrawn", reason)], actor=actor, at=at)
        except WrongState:
            counted.append(delivery.delivery_id)
            continue
        delete_rows(connection, delivery.place, [delivery.delivery_id], at)
        details = {"form": proof.form, "sha256": proof.sha256, "key_hash": proof.key_hash, "bytes": proof.size_bytes}
        audit(connection, delivery.delivery_id, "erased", at=at, actor=actor, reason=reason, details=details)
        deleted.append(delivery.delivery_id)
    return DeletedAgain(tuple(deleted), tuple(counted))


def _is_same(delivery: Delivery, proof: Proof, hiding: bytes) -> bool:
    if (delivery.sha256 or "") != proof.sha256:
        return False
    return delivery.delivery_id == proof.delivery_id or hidden(hiding, delivery.object_key) == proof.key_hash
