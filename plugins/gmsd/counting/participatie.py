"""What differs for assistance and help to work: lines of one kind that overlap or follow each other are one benefit."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from collections.abc import Sequence

_COLUMNS = ("person", "product_category", "delivery_form", "start_date", "end_date", "records")
_RUNNING = dt.date(9999, 12, 31)


def benefits(records: pl.DataFrame, within: Sequence[str] = ()) -> pl.DataFrame:
    """Join lines into benefits.

    Lines of one person and kind that overlap, or of which one begins on the day after another ended, are one benefit: an administration
    that closes a line and opens the next has paid on (assumed). Lines of nobody known are never joined.

    Args:
        records: Lines in scope: `person`, `product_category` (the kind), `start_date` and `end_date` (null = running).
        within: Further columns within which lines may be joined.

    Returns:
        The columns of `within` and those of `gmsd.counting.arrangements`, sorted; `delivery_form` is empty, there is none.
    """
    alike = [*within, "person", "product_category"]
    known = records.filter(pl.col("person").is_not_null())
    ordered = known.with_columns(until=pl.col("end_date").fill_null(_RUNNING)).sort(*alike, "start_date", "until")
    before = pl.col("until").cum_max().shift(1).over(alike)
    begins = before.is_null() | (pl.col("start_date").cast(pl.Int32) > before.cast(pl.Int32) + 1)
    until = pl.col("until").max()
    joined = (
        ordered.with_columns(spell=begins.cast(pl.Int32).cum_sum().over(alike))
        .group_by(*alike, "spell")
        .agg(pl.col("start_date").min(), end_date=pl.when(until < _RUNNING).then(until), records=pl.len().cast(pl.Int64))
    )
    nobody = records.filter(pl.col("person").is_null()).with_columns(records=pl.lit(1, dtype=pl.Int64))
    columns = [*within, *_COLUMNS]
    parts = [each.with_columns(delivery_form=pl.lit(None, dtype=pl.Int16)).select(columns) for each in (joined, nobody)]
    return pl.concat(parts).sort(columns, nulls_last=True)
