"""Writing a release down before it is public: its cells in the ledger, its files and its full account in the private bucket."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import polars as pl

from gmsd.clock import AMSTERDAM
from gmsd.database import copy_frame, statement
from gmsd.errors import GmsdError
from gmsd.journal import Entry, Stage, audit_many
from gmsd.releases.cells import SHOWN, SUPPRESSED
from gmsd.releases.files import DOCUMENT, Bundle, bundle, to_json, to_long_json
from gmsd.releases.gate import hidden_for
from gmsd.store import NotReadable

if TYPE_CHECKING:
    from sqlalchemy import Connection, Row

    from gmsd.formats import ReleaseContent
    from gmsd.releases.plan import Plan
    from gmsd.settings import Settings
    from gmsd.store import ObjectStore


class PlanChangedError(GmsdError):
    """What would be built is not what was approved: the data changed in between."""


class PublicationUnfinishedError(GmsdError):
    """A release of this number is on its way out and says something else: finish it first, by publishing it again."""


class OlderDatabaseError(GmsdError):
    """A release of this number is public, says something else, and the database does not know it."""


@dataclass(frozen=True, slots=True)
class Built:
    """A release that is written down and not yet public."""

    release_id: str
    document_sha256: str
    account_sha256: str
    cells_shown: int
    cells_suppressed: int


def build_release(connection: Connection, store: ObjectStore, settings: Settings, plan: Plan, *, approved: str = "") -> Built:
    """Write a planned release down, as a proposal: it takes an approval to publish it.

    Building the same plan again changes nothing: the moment of the first build is kept as long as the content is the same. Objects are
    named by their hash, so one left behind by a killed task is harmless. Nothing is committed here.

    Args:
        connection: With the publisher's rights, in a transaction.
        store: The object store, as the pipeline.
        settings: Names of the buckets.
        plan: What to build.
        approved: The fingerprint that was approved; empty to build a proposal that nobody has looked at yet.

    Raises:
        PlanChangedError: when the plan is not the approved one.
        PublicationUnfinishedError: when another release of this number has begun to be published.
        OlderDatabaseError: when the number is public already, with other content: the database is older than the store.
    """
    if approved and approved != plan.fingerprint:
        raise PlanChangedError(f"{plan.content.release_id} would say something else than what was approved; look at the preview again")
    connection.execute(statement("releases/lock"))
    existing = connection.execute(statement("releases/get"), {"release_id": plan.content.release_id}).one_or_none()
    as_of = {"law": plan.content.law, "round": str(plan.round)}
    halves = {str(period.halves[0]) for period in plan.content.periods if not period.is_year}
    found = connection.execute(statement("releases/inputs"), as_of).mappings()
    inputs = [dict(row) for row in found if row["half_year"] in halves]
    content, files, account = _rendered(plan, existing, inputs)
    if existing is None or existing.state not in {"building", "published"}:
        _refuse_taken_number(store, settings, content.release_id, files)
    _stage(store, settings, files, account)
    if not (existing is not None and _says(existing, plan, files)):
        _write(connection, plan, content, files, account)
        before = None if existing is None else existing.state
        _tell(connection, plan, files, account, before)
    counts = [each.cells.filter(pl.col("measure") == each.table.measures[0].key) for each in content.tables]
    reasons = pl.concat(counts).filter(pl.col("region").str.starts_with("GM"))["reason"]
    return Built(
        content.release_id,
        hashlib.sha256(files[DOCUMENT]).hexdigest(),
        hashlib.sha256(account).hexdigest(),
        int((reasons == SHOWN).sum()),
        int((reasons == SUPPRESSED).sum()),
    )


def _refuse_taken_number(store: ObjectStore, settings: Settings, release_id: str, files: Bundle) -> None:
    try:
        public = store.get(settings.bucket_publication, f"releases/{release_id}/{DOCUMENT}")
    except NotReadable:
        return
    if public != files[DOCUMENT]:
        raise OlderDatabaseError(
            f"{release_id} is public already and says something else: this database is older than the store and does not know that "
            "release; nothing was changed. See the runbook ('An older database beside a newer store'), begin with `gmsd releases recover`"
        )


def staged_prefix(document: bytes) -> str:
    """Where the files of a release wait in the private bucket: below the hash of its `release.json`."""
    return f"bundles/{hashlib.sha256(document).hexdigest()}/"


def _rendered(plan: Plan, existing: Row[Any] | None, inputs: list[dict[str, Any]]) -> tuple[ReleaseContent, Bundle, bytes]:
    if existing is not None and existing.state != "refused":
        content = replace(plan.content, created=existing.created_at.astimezone(AMSTERDAM))
        account = _account(plan, content, inputs)
        files = bundle(content, hashlib.sha256(account).hexdigest())
        if files[DOCUMENT] == to_json(existing.document):
            return content, files, account
        if existing.state == "building":
            raise PublicationUnfinishedError(
                f"{content.release_id} has begun to be published and says something else; publish it again first"
            )
    account = _account(plan, plan.content, inputs)
    return plan.content, bundle(plan.content, hashlib.sha256(account).hexdigest()), account


def _says(existing: Row[Any], plan: Plan, files: Bundle) -> bool:
    """Whether a release is written down as it would be now; one that is on its way out or public is left alone."""
    if existing.state in {"building", "published"}:
        return True
    same = (existing.state, existing.fingerprint) == ("proposed", plan.fingerprint)
    return same and files[DOCUMENT] == to_json(existing.document)


def _tell(connection: Connection, plan: Plan, files: Bundle, account: bytes, before: str | None) -> None:
    details = {
        "fingerprint": plan.fingerprint,
        "document_sha256": hashlib.sha256(files[DOCUMENT]).hexdigest(),
        "account_sha256": hashlib.sha256(account).hexdigest(),
    }
    # the first moment of what is written down is the content's, and stays when it is built again
    entry = Entry(plan.content.release_id, "built", plan.content.created, Stage.PUBLICATION, "", before, "proposed", details)
    audit_many(connection, [entry])


def _account(plan: Plan, content: ReleaseContent, inputs: list[dict[str, Any]]) -> bytes:
    """The private full account: which delivery of whom made what, where its rows went, and why cells are not shown. No true counts."""
    return to_long_json(
        {
            "schema": "gmsd-account/2",
            "release_id": content.release_id,
            "round": str(plan.round),
            "created": content.created.isoformat(timespec="seconds"),
            "previous": content.previous,
            "versions": content.versions,
            "law": content.law,
            "rules": {each.table.table_id: each.protection.describe() for each in content.tables},
            "inputs": inputs,
            "cells": {each.table.table_id: each.cells.rows() for each in content.tables},
        }
    )


def _stage(store: ObjectStore, settings: Settings, files: Bundle, account: bytes) -> None:
    prefix = staged_prefix(files[DOCUMENT])
    account_key = f"{hashlib.sha256(account).hexdigest()}.json"
    objects = {account_key: account, **{prefix + path: data for path, data in files.items()}}
    store.put_all(settings.bucket_accounts, objects, lambda key: "application/json" if key == account_key else "application/octet-stream")


def _write(connection: Connection, plan: Plan, content: ReleaseContent, files: Bundle, account: bytes) -> None:
    values = {
        "release_id": content.release_id,
        "number": plan.number,
        "law": content.law,
        "round": str(plan.round),
        "created_at": content.created,
        "half_years": json.dumps([str(period.halves[0]) for period in content.periods if not period.is_year]),
        "document": files[DOCUMENT].decode(),
        "account_sha256": hashlib.sha256(account).hexdigest(),
        "fingerprint": plan.fingerprint,
    }
    connection.execute(statement("releases/propose"), values)
    mine = {"release_id": content.release_id}
    for kept in ("cells", "figures", "repairs"):
        connection.execute(statement(f"releases/delete_{kept}"), mine)
    for each in content.tables:
        keep_cells(connection, content.release_id, each.table.table_id, each.cells)
    about = {"law": content.law, "periods": [period.key for period in content.periods]}
    connection.execute(statement("releases/keep_figures"), mine | about)
    hidden = hidden_for(connection, content.release_id, plan.fingerprint)
    if hidden is not None and hidden.height:
        rows = [{"law": content.law, "since": content.release_id, **row} for row in hidden.iter_rows(named=True)]
        connection.execute(statement("releases/keep_repair"), rows)


def keep_cells(connection: Connection, release_id: str, table_id: str, cells: pl.DataFrame) -> None:
    """Write the cells of a table of a release (`CELL`) into the ledger."""
    copy_frame(
        connection, "release_cell", cells.select(pl.lit(release_id).alias("release_id"), pl.lit(table_id).alias("table_id"), pl.all())
    )
