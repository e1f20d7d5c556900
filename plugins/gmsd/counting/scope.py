"""Which records belong to a half-year."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from gmsd.rounds import HalfYear

REMOVED = 13
"""Reden wijziging 13: the record was removed."""


def in_scope(records: pl.DataFrame, half_year: HalfYear) -> pl.DataFrame:
    """Keep the records that were running on at least one day of the half-year.

    Args:
        records: At least `start_date` (Date) and `end_date` (Date, null = running).
        half_year: The half-year the file is about.

    Returns:
        The same columns; rows outside the half-year are left out. The rest of `records` is what the op-orde report names as out of scope.

    Source: docs/domain.md, "Half-year scope" (assumed).
    """
    started = pl.col("start_date") <= half_year.last_day
    not_ended = pl.col("end_date").is_null() | (pl.col("end_date") >= half_year.first_day)
    return records.filter(started & not_ended)


def as_sent(records: pl.DataFrame) -> pl.DataFrame:
    """Leave out the records that were removed: reason 13 with an end date equal to the start is as if never sent (iWmo).

    Args:
        records: At least `change_reason`, `start_date` and `end_date`.
    """
    removed = (pl.col("change_reason") == REMOVED) & (pl.col("end_date") == pl.col("start_date"))
    return records.filter(~removed.fill_null(value=False))
