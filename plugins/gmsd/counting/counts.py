"""Counting clients: distinct persons with at least one arrangement."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gmsd.tables import Group


def clients(arrangements: pl.DataFrame, groups: Sequence[Group], *, within: Sequence[str] = ()) -> pl.DataFrame:
    """Count clients and arrangements per group of product categories.

    A person counts once in every group he has an arrangement in; over the arrangements of two half-years the count is of the union of
    persons, so the year is never the sum of its halves. Arrangements of nobody known count as arrangements and not as clients (assumed).

    Args:
        arrangements: `person` (null = unknown), `product_category` and the columns of `within`.
        groups: The groups of the half-year, in the order of the table; they may overlap.
        within: Columns to count within, such as municipality.

    Returns:
        The columns of `within`, `group_code`, `clients` and `arrangements` (Int64): every group for every combination that occurs,
        zero included, sorted by `within` and then in the order of `groups`.

    Source: docs/domain.md, "From records to arrangements to clients", points 3 and 4.
    """
    order = pl.DataFrame(
        {"group_code": [group.code for group in groups], "position": range(len(groups))},
        schema={"group_code": pl.String, "position": pl.Int32},
    )
    mapping = pl.DataFrame(
        [(group.code, category) for group in groups for category in sorted(group.categories)],
        schema={"group_code": pl.String, "product_category": arrangements.schema["product_category"]},
        orient="row",
    )
    keys = [*within, "group_code"]
    per_person = (
        arrangements.group_by([*within, "person", "product_category"])
        .agg(pl.len().cast(pl.Int64).alias("arrangements"))
        .join(mapping, on="product_category")
        .group_by([*keys, "person"])
        .agg(pl.col("arrangements").sum())
    )
    counted = per_person.group_by(keys).agg(
        pl.col("person").is_not_null().sum().cast(pl.Int64).alias("clients"), pl.col("arrangements").sum()
    )
    cells = arrangements.select(within).unique().join(order, how="cross") if within else order
    return (
        cells.join(counted, on=keys, how="left")
        .with_columns(pl.col("clients", "arrangements").fill_null(0))
        .sort([*within, "position"])
        .select([*keys, "clients", "arrangements"])
    )
