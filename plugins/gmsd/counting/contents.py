"""Counting what tables show of the arrangements of a period: persons, arrangements, and their stock and flows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable

    from gmsd.tables import Content

_PLACE = "municipality"
_COUNTED = {_PLACE: pl.String, "content": pl.String, "value": pl.Int64}


def count_contents(arrangements: pl.DataFrame, contents: Iterable[Content], *, first_day: dt.date, last_day: dt.date) -> pl.DataFrame:
    """Count every content in every municipality.

    Args:
        arrangements: Those that ran in the period: `municipality`, `person` (null = 999999999, nobody known), `product_category`,
            `start_date` and `end_date` (null = running).
        contents: What to count.
        first_day: Of the period.
        last_day: Of the period.

    Returns:
        `municipality`, `content`, `value`: of every municipality that has an arrangement, zero included. Nobody known counts as an
        arrangement and never as a client (assumed). Who starts on the first day enters; an end date is the last day of an arrangement, so
        begin + entering - leaving is what runs on after the period.

    Source: docs/domain.md, "From records to arrangements to clients" and "Published figures".
    """
    wanted = tuple(contents)
    of_persons = [each for each in wanted if each.unit == "clients"]
    parts = [
        _persons(arrangements, of_persons),
        _flows(arrangements, [each for each in wanted if each.unit != "clients"], first_day, last_day),
    ]
    return pl.concat([part.select(pl.col(name).cast(kind) for name, kind in _COUNTED.items()) for part in parts]).sort(_PLACE, "content")


def _persons(arrangements: pl.DataFrame, contents: list[Content]) -> pl.DataFrame:
    """Each person is one row with a bit for every category he has an arrangement of: a content is then a mask over one column."""
    categories = sorted(frozenset().union(*(each.categories for each in contents)))
    bits = {category: 1 << position for position, category in enumerate(categories)}
    numbered = {each.categories for each in contents if each.number is not None}
    how_many = {found: f"arrangements_{position}" for position, found in enumerate(sorted(numbered, key=sorted))}
    category = pl.col("product_category").cast(pl.Int64)
    persons = (
        arrangements.lazy()
        .filter(pl.col("person").is_not_null())
        .group_by(_PLACE, "person")
        .agg(
            category.replace_strict(bits, default=0, return_dtype=pl.Int64).bitwise_or().alias("held"),
            *(category.is_in(sorted(found)).sum().alias(name) for found, name in how_many.items()),
        )
    )

    def _is_counted(content: Content) -> pl.Expr:
        if content.number is not None:
            least, most = content.number
            number = pl.col(how_many[content.categories])
            return number.is_between(least, most) if most is not None else number >= least
        return (pl.col("held") & sum(bits[category] for category in content.categories)) != 0

    counted = persons.group_by(_PLACE).agg(_is_counted(each).sum().cast(pl.Int64).alias(each.name) for each in contents)
    places = arrangements.lazy().select(_PLACE).unique()
    return places.join(counted, on=_PLACE, how="left").unpivot(index=_PLACE, variable_name="content").with_columns(_zero()).collect()


def _flows(arrangements: pl.DataFrame, contents: list[Content], first_day: dt.date, last_day: dt.date) -> pl.DataFrame:
    started, ended = pl.col("start_date") >= first_day, pl.col("end_date") <= last_day
    by_category = (
        arrangements.lazy()
        .group_by(_PLACE, pl.col("product_category").cast(pl.Int64))
        .agg(
            arrangements=pl.len().cast(pl.Int64),
            begin=(~started).sum().cast(pl.Int64),
            entering=started.sum().cast(pl.Int64),
            leaving=ended.fill_null(value=False).sum().cast(pl.Int64),
        )
        .unpivot(index=[_PLACE, "product_category"], variable_name="unit")
    )
    mapping = pl.LazyFrame(
        [(each.name, each.unit, category) for each in contents for category in sorted(each.categories)],
        schema={"content": pl.String, "unit": pl.String, "product_category": pl.Int64},
        orient="row",
    )
    counted = by_category.join(mapping, on=["unit", "product_category"]).group_by(_PLACE, "content").agg(pl.col("value").sum())
    names = pl.LazyFrame({"content": [each.name for each in contents]}, schema={"content": pl.String})
    cells = arrangements.lazy().select(_PLACE).unique().join(names, how="cross")
    return cells.join(counted, on=[_PLACE, "content"], how="left").with_columns(_zero()).collect()


def _zero() -> pl.Expr:
    return pl.col("value").cast(pl.Int64).fill_null(0)
