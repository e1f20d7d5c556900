"""What one release shows otherwise than another, cell by cell."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from gmsd.database import read_frame, statement
from gmsd.releases.files import NoReleaseError
from gmsd.tables import tables_of

if TYPE_CHECKING:
    from sqlalchemy import Connection

_KEY = ["table_id", "measure", "period", "region", "group_code"]
_CHANGED: dict[str, pl.DataType | type[pl.DataType]] = {
    **dict.fromkeys(_KEY, pl.String),
    "before": pl.Int64,
    "after": pl.Int64,
}
_HELD: dict[str, pl.DataType | type[pl.DataType]] = dict.fromkeys(("law", "period", "municipality", "content", "since"), pl.String)


@dataclass(frozen=True, slots=True)
class Difference:
    """Two releases side by side.

    Attributes:
        before: The id of the first.
        after: The id of the second.
        cells: `table_id`, `measure`, `period`, `region`, `group_code`, `before`, `after` and `change` (new, changed, gone) of every cell
            that is not the same.
        summary: `table_id`, `period`, `new`, `changed`, `gone` and `held` (cells of the second that stay missing because the attack
            found them out), for each table and period with any of these.
    """

    before: str
    after: str
    cells: pl.DataFrame
    summary: pl.DataFrame


def compare_releases(connection: Connection, before: str, after: str) -> Difference:
    """Compare two releases; proposals count as releases here.

    Args:
        connection: With the publisher's rights.
        before: The id of the first.
        after: The id of the second.

    Raises:
        NoReleaseError: one of them is not known.
    """
    for release_id in (before, after):
        if connection.execute(statement("releases/get"), {"release_id": release_id}).one_or_none() is None:
            raise NoReleaseError(f"no release {release_id}")
    found = read_frame(connection, "releases/difference", _CHANGED, before=before, after=after)
    change = pl.when(pl.col("before").is_null()).then(pl.lit("new")).when(pl.col("after").is_null()).then(pl.lit("gone"))
    cells = found.with_columns(change=change.otherwise(pl.lit("changed"))).sort(_KEY)
    counted = cells.group_by("table_id", "period").agg(
        (pl.col("change") == each).sum().cast(pl.Int64).alias(each) for each in ("new", "changed", "gone")
    )
    held = held_cells(read_frame(connection, "releases/held", _HELD, release_id=after))
    summary = counted.join(held, on=["table_id", "period"], how="full", coalesce=True).with_columns(
        pl.col("new", "changed", "gone", "held").fill_null(0)
    )
    return Difference(before, after, cells, summary.sort("table_id", "period"))


def held_cells(repaired: pl.DataFrame) -> pl.DataFrame:
    """How many cells of each table and period stay missing: a repaired content is missing wherever it stands.

    Args:
        repaired: `law`, `period`, `municipality`, `content` of what the attack hid.

    Returns:
        `table_id`, `period` and `held`.
    """
    shown = [
        (law, table.table_id, kind, table.content(measure, group).name)
        for law in repaired["law"].unique()
        for table in tables_of(law)
        for kind in table.periods
        for measure in table.counts
        for group in table.groupings[-1].groups
    ]
    stands = pl.DataFrame(shown, schema=dict.fromkeys(("law", "table_id", "kind", "content"), pl.String), orient="row")
    kind = pl.when(pl.col("period").str.ends_with("JJ00")).then(pl.lit("years")).otherwise(pl.lit("half_years"))
    placed = repaired.with_columns(kind=kind).join(stands, on=["law", "kind", "content"])
    return placed.group_by("table_id", "period").agg(held=pl.len().cast(pl.Int64))
