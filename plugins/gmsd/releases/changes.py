"""What a release changes against the one in force."""

from __future__ import annotations

import polars as pl

from gmsd.releases.content import Changes

_CELL = ["period", "region", "group_code"]


def changes(before: pl.DataFrame, after: pl.DataFrame) -> tuple[Changes, ...]:
    """Compare two releases cell by cell.

    Args:
        before: `period`, `region`, `group_code`, `shown`, `rate` of the release in force; no rows when there is none.
        after: The same of the release to come.

    Returns:
        For each period of either, in order: cells shown for the first time, shown with another count or rate, and shown no longer.
    """
    values = [*_CELL, "shown", "rate"]
    both = before.select(values).join(after.select(values), on=_CELL, how="full", coalesce=True, suffix="_after")
    was, is_shown = pl.col("shown").is_not_null(), pl.col("shown_after").is_not_null()
    differs = pl.col("shown").ne_missing(pl.col("shown_after")) | pl.col("rate").ne_missing(pl.col("rate_after"))
    counted = both.group_by("period").agg(
        new=(~was & is_shown).sum(), changed=(was & is_shown & differs).sum(), gone=(was & ~is_shown).sum()
    )
    return tuple(Changes(*row) for row in counted.sort("period").select("period", "new", "changed", "gone").iter_rows())
