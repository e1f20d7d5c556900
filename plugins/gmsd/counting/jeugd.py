"""What differs for youth care: each line of a provider is a trajectory, and the same line twice is one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from collections.abc import Sequence

_COLUMNS = ("person", "product_category", "delivery_form", "start_date", "end_date", "records")
_IN_KIND = 1
"""Providers deliver what they give in kind; care from a personal budget is in no file of theirs."""


def trajectories(records: pl.DataFrame, within: Sequence[str] = ()) -> pl.DataFrame:
    """Join lines into trajectories: all help of one form within one plan is one line already.

    Args:
        records: Lines in scope: `person` (null = not known, or not born), `product_category` (the form), `provider`, `start_date` and
            `end_date` (null = running).
        within: Further columns within which lines may be joined.

    Returns:
        The columns of `within` and those of `gmsd.counting.arrangements`, sorted.

    Source: Informatieprotocol Beleidsinformatie Jeugd, 3.3 (annex 2 of the Regeling Jeugdwet).
    """
    known = records.filter(pl.col("person").is_not_null())
    alike = [*within, "person", "product_category", "provider", "start_date", "end_date"]
    joined = known.group_by(alike).agg(records=pl.len().cast(pl.Int64))
    nobody = records.filter(pl.col("person").is_null()).with_columns(records=pl.lit(1, dtype=pl.Int64))
    columns = [*within, *_COLUMNS]
    parts = [each.with_columns(delivery_form=pl.lit(_IN_KIND, dtype=pl.Int16)).select(columns) for each in (joined, nobody)]
    return pl.concat(parts).sort(columns, nulls_last=True)
