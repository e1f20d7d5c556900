"""The cells that a release shows otherwise than the one in force, one by one, as a CSV that Dutch Excel opens: for a preview."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from gmsd.disclosure import NATION
from gmsd.formats.csv_people import in_columns
from gmsd.formats.long_table import HIDDEN, UNKNOWN, is_hidden
from gmsd.reference import all_municipalities

if TYPE_CHECKING:
    from gmsd.formats.content import ReleaseContent
    from gmsd.tables import Table

_KEY = ("measure", "period", "region", "group_code")


def changed_cells(content: ReleaseContent) -> tuple[bytes, int]:
    """Every measure of a cell that is new, other or gone against the release in force, table by table.

    What stands in it is what readers of both releases can see: protected values, and of a missing one no more than a release says.

    Returns:
        `table`, `period`, `status`, `region`, `municipality`, `measure`, `title`, `group`, `group title`, `before`, `after`, `change` (new,
        changed, gone) and `missing` (null, `geheim` or `onbekend`) as CSV; and how many rows that are.
    """
    found = [_of_table(content, each.table, each.cells, each.earlier) for each in content.tables]
    found += [_of_table(content, table, earlier.clear(), earlier) for table, earlier in content.gone]
    rows = pl.concat(found)
    return in_columns(rows), rows.height


def _of_table(content: ReleaseContent, table: Table, cells: pl.DataFrame, earlier: pl.DataFrame | None) -> pl.DataFrame:
    before = (cells.clear() if earlier is None else earlier).select(*_KEY, before="value")
    after = cells.select(*_KEY, "reason", after="value")
    both = before.join(after, on=_KEY, how="full", coalesce=True).filter(pl.col("before").ne_missing(pl.col("after")))
    change = pl.when(pl.col("before").is_null()).then(pl.lit("new")).when(pl.col("after").is_null()).then(pl.lit("gone"))
    missing = pl.when(pl.col("after").is_null()).then(pl.when(is_hidden()).then(pl.lit(HIDDEN)).otherwise(pl.lit(UNKNOWN)))
    measures = [each.key for each in table.measures]
    return (
        both.sort(pl.col("measure").cast(pl.Enum(measures)), "period", "region", "group_code")
        .with_columns(missing=missing)
        .select(
            pl.lit(table.table_id).alias("table"),
            "period",
            _named("period", content.statuses).alias("status"),
            "region",
            _named("region", _regions()).alias("municipality"),
            "measure",
            _named("measure", {each.key: each.title for each in table.measures}).alias("title"),
            pl.col("group_code").alias("group"),
            _named("group_code", _groups(table)).alias("group title"),
            "before",
            "after",
            change.otherwise(pl.lit("changed")).alias("change"),
            "missing",
        )
    )


def _named(column: str, names: dict[str, str]) -> pl.Expr:
    return pl.col(column).replace_strict(names, default=None, return_dtype=pl.String)


def _regions() -> dict[str, str]:
    return {NATION: "Nederland"} | {f"GM{each.code}": each.name for each in all_municipalities()}


def _groups(table: Table) -> dict[str, str]:
    """The titles of every time, the newest last: a cell that is gone may be of a group that is."""
    return {group.code: group.title for grouping in table.groupings for group in grouping.groups}
