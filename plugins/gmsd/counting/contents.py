"""Counting what tables and reports show of the arrangements of a period: persons, arrangements, and their stock and flows."""

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
        `municipality`, `content`, `value`: of every municipality that has an arrangement, zero included (of who remain: of every one where
        somebody does). A person counts once in every
        content he has an arrangement of; nobody known counts as an arrangement and never as a client (assumed). Who starts on the first
        day enters; an end date is the last day of an arrangement, so begin + entering - leaving is what runs on after the period.

    Source: docs/domain.md, "From records to arrangements to clients" and "Published figures".
    """
    wanted = tuple(contents)
    bits = {
        category: 1 << place for place, category in enumerate(sorted(frozenset().union(*(each.categories | each.also for each in wanted))))
    }
    bit = pl.col("product_category").replace_strict(bits, default=0, return_dtype=pl.Int64)
    parts = [
        _persons(arrangements, [each for each in wanted if each.unit == "clients"], bits, bit),
        _flows(arrangements, [each for each in wanted if each.unit not in ("clients", "remaining")], bits, bit, first_day, last_day),
    ]
    if remaining := [each for each in wanted if each.unit == "remaining"]:
        runs_on = pl.col("end_date").is_null() | (pl.col("end_date") > last_day)
        parts.append(_persons(arrangements.filter(runs_on), remaining, bits, bit))
    return pl.concat([part.select(pl.col(name).cast(kind) for name, kind in _COUNTED.items()) for part in parts]).sort(_PLACE, "content")


def _persons(arrangements: pl.DataFrame, contents: list[Content], bits: dict[int, int], bit: pl.Expr) -> pl.DataFrame:
    """Persons are counted by what they hold, a bit for every category: of a content are those who hold one of its bits, and one of `also`.

    Nobody known holds nothing, so that a municipality of such records only has its zeros too.
    """
    numbered = {each.categories for each in contents if each.number is not None}
    how_many = {found: f"arrangements_{position}" for position, found in enumerate(sorted(numbered, key=sorted))}
    is_known = pl.col("person").is_not_null()
    alike = (
        arrangements.select(
            _PLACE,
            "person",
            held=bit * is_known,
            **{name: is_known & pl.col("product_category").is_in(sorted(found)) for found, name in how_many.items()},
        )
        .group_by(_PLACE, "person")
        .agg(pl.col("held").bitwise_or(), *(pl.col(name).sum() for name in how_many.values()))
        .group_by(_PLACE, "held", *how_many.values())
        .agg(persons=pl.len())
    )
    of_any = [each for each in contents if each.number is None]
    holds = ((pl.col("held") & pl.col("mask")) != 0) & ((pl.col("also") == 0) | ((pl.col("held") & pl.col("also")) != 0))
    counted = alike.join(_masks(of_any, bits), how="cross").group_by(_PLACE, "content").agg(value=pl.col("persons").filter(holds).sum())
    if not numbered:
        return counted
    of_number = alike.group_by(_PLACE).agg(
        pl.col("persons").filter(_has(pl.col(how_many[each.categories]), each.number)).sum().alias(each.name)
        for each in contents
        if each.number is not None
    )
    return pl.concat([counted, of_number.unpivot(index=_PLACE, variable_name="content").select(counted.columns)])


def _has(number: pl.Expr, wanted: tuple[int, int | None]) -> pl.Expr:
    least, most = wanted
    return number >= least if most is None else number.is_between(least, most)


def _masks(contents: list[Content], bits: dict[int, int]) -> pl.DataFrame:
    rows = [(each.name, *(sum(bits[category] for category in found) for found in (each.categories, each.also))) for each in contents]
    return pl.DataFrame(rows, schema={"content": pl.String, "mask": pl.Int64, "also": pl.Int64}, orient="row")


def _flows(
    arrangements: pl.DataFrame, contents: list[Content], bits: dict[int, int], bit: pl.Expr, first_day: dt.date, last_day: dt.date
) -> pl.DataFrame:
    started, ended = pl.col("start_date") >= first_day, pl.col("end_date") <= last_day
    by_category = (
        arrangements.group_by(_PLACE, "product_category")
        .agg(arrangements=pl.len(), begin=(~started).sum(), entering=started.sum(), leaving=ended.sum())
        .with_columns(held=bit)
    )
    holds = (pl.col("held") & pl.col("mask")) != 0
    counted = [
        by_category.join(_masks(same, bits), how="cross").group_by(_PLACE, "content").agg(value=pl.col(unit).filter(holds).sum())
        for unit in ("arrangements", "begin", "entering", "leaving")
        if (same := [each for each in contents if each.unit == unit])
    ]
    return pl.concat(counted) if counted else pl.DataFrame(schema=_COUNTED)
