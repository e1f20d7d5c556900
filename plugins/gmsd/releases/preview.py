"""What is shown of a release before anybody decides: what it would say, what was proposed with it, and its changed cells as a file.

Protected values and totals only. The cells lie in the private bucket under their own hash; what a run that asked nobody showed lies beside
them, and what was asked about stands with its question.
"""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

import polars as pl

from gmsd.formats import changed_cells
from gmsd.reference import name
from gmsd.releases.approval import questions, without_words
from gmsd.releases.cells import SHOWN, SUPPRESSED
from gmsd.releases.difference import held_cells
from gmsd.releases.files import to_json
from gmsd.releases.publication import ReleaseDamagedError
from gmsd.releases.repair import repaired_cells
from gmsd.store import NotReadable

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy import Connection

    from gmsd.formats import PublishedTable
    from gmsd.releases.gate import Attacked
    from gmsd.releases.plan import Plan
    from gmsd.settings import Settings
    from gmsd.store import ObjectStore

_LISTED = 60
"""Of a period that is there before and after: so many municipalities are named that enter or leave, the rest is counted."""


def preview_of(connection: Connection, store: ObjectStore, settings: Settings, plan: Plan, attacked: Attacked) -> dict[str, Any]:
    """The preview of a planned release, with its changed cells laid down in the private bucket.

    Returns:
        `Plan.preview` with what the attack found, `held` in each period of each table, `movements`, and `cells`: key, sha256 and rows.
    """
    data, rows = changed_cells(plan.content)
    digest = hashlib.sha256(data).hexdigest()
    key = f"previews/{digest}.csv"
    store.put(settings.bucket_accounts, key, data, content_type="text/csv; charset=utf-8")
    preview = plan.preview()
    held = _held(connection, plan, attacked)
    for table in preview["tables"]:
        for period in table["periods"]:
            period["held"] = held.get((table["table"], period["period"]), 0)
    return {
        **preview,
        "attack": attacked.describe(),
        "movements": movements(plan.content.tables[0]),
        "cells": {"key": key, "sha256": digest, "rows": rows},
    }


def _held(connection: Connection, plan: Plan, attacked: Attacked) -> dict[tuple[str, str], int]:
    """How many cells of each table and period the ledger keeps missing, those that the attack hid just now included."""
    law = plan.content.law
    before = repaired_cells(connection, law).select("period", "municipality", "content")
    now = attacked.hidden.select("period", "content", municipality=pl.col("region").str.strip_prefix("GM"))
    every = pl.concat([before, now.select(before.columns)]).unique().with_columns(law=pl.lit(law))
    return {(table, period): number for table, period, number in held_cells(every).iter_rows()}


def movements(published: PublishedTable) -> list[dict[str, Any]]:
    """Which municipalities are in a period and were not, and the other way round, against the release in force.

    Returns:
        For each period of either with a municipality on the move: `period`, `is` (new, gone, or both: there before and after), the numbers
        `entering` and `leaving`, and of the last kind who they are, as `enters` and `leaves`.
    """
    earlier = published.cells.clear() if published.earlier is None else published.earlier
    before, after = _participants(earlier), _participants(published.cells)
    found = []
    for period in sorted(before.keys() | after.keys()):
        was, now = before.get(period, frozenset()), after.get(period, frozenset())
        kind = "new" if period not in before else "gone" if period not in after else "both"
        if was != now:
            row: dict[str, Any] = {"period": period, "is": kind, "entering": len(now - was), "leaving": len(was - now)}
            row |= {"enters": _named(now - was), "leaves": _named(was - now)} if kind == "both" else {}
            found.append(row)
    return found


def _participants(cells: pl.DataFrame) -> dict[str, frozenset[str]]:
    """Period -> the municipalities of which there are figures, shown or not."""
    there = cells.filter(pl.col("region").str.starts_with("GM") & pl.col("reason").is_in([SHOWN, SUPPRESSED]))
    return {period: frozenset(regions) for period, regions in there.group_by("period").agg(pl.col("region").unique()).iter_rows()}


def _named(regions: frozenset[str]) -> list[str]:
    codes = sorted(region.removeprefix("GM") for region in regions)
    return [f"{code} {name(code)}" for code in codes[:_LISTED]]


def keep_preview(store: ObjectStore, settings: Settings, run_id: str, preview: Mapping[str, Any]) -> None:
    """Lay down what a run showed that asks nobody; of what municipalities wrote only the hash, so that their words can be deleted."""
    store.put(settings.bucket_accounts, _key_of(run_id), to_json(without_words(preview)), content_type="application/json")


def preview_of_run(connection: Connection, store: ObjectStore, settings: Settings, run_id: str) -> dict[str, Any] | None:
    """What a run showed last: with its question, or by itself; None when its preview has not been worked out."""
    asked = questions(connection, run_id=run_id)
    if asked:
        return asked[0].preview
    try:
        found: dict[str, Any] = json.loads(store.get(settings.bucket_accounts, _key_of(run_id)))
    except NotReadable:
        return None
    return found


def _key_of(run_id: str) -> str:
    return f"previews/runs/{hashlib.sha256(run_id.encode()).hexdigest()}.json"


def cells_of_preview(store: ObjectStore, settings: Settings, preview: Mapping[str, Any]) -> bytes:
    """The changed cells that a preview names, as they were when it was made.

    Raises:
        ReleaseDamagedError: they are gone, or others.
    """
    said = preview["cells"]
    try:
        data = store.get(settings.bucket_accounts, said["key"])
    except NotReadable:
        raise ReleaseDamagedError("the changed cells of this preview are no longer there: clear its task `preview`") from None
    if hashlib.sha256(data).hexdigest() != said["sha256"]:
        raise ReleaseDamagedError("the changed cells of this preview are not those that it was made with: clear its task `preview`")
    return data
