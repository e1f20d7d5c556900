"""The cells of a table in a release: protected, and compared with those of another release."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from gmsd.disclosure import protect
from gmsd.errors import GmsdError
from gmsd.figures import every_cell
from gmsd.releases.content import Changes

if TYPE_CHECKING:
    from gmsd.disclosure import Protection
    from gmsd.tables import Table

CELL: dict[str, pl.DataType | type[pl.DataType]] = {
    "measure": pl.String, "period": pl.String, "region": pl.String, "group_code": pl.String, "value": pl.Int64, "reason": pl.String,
}  # fmt: skip
"""A cell of a release; `value` is a whole number, `group_code` the keys of the dimensions besides region and period, totals left out."""
SHOWN, SUPPRESSED, NO_BASE = "shown", "suppressed", "no_base"
_CELL_KEY = ["period", "region", "group_code"]


class FiguresMissingError(GmsdError):
    """Some municipality that counts has no figures in the warehouse: compute them first."""


def protected_cells(
    table: Table,
    figures: pl.DataFrame,
    participation: pl.DataFrame,
    inhabitants: pl.DataFrame,
    group_codes: list[str],
    protection: Protection,
    key: bytes,
) -> pl.DataFrame:
    """Protect every count of a table, and make its rates from what is shown.

    Args:
        table: The table.
        figures: `measure`, `period`, `municipality`, `group_code`, `value`: true counts.
        participation: `period`, `municipality`, `participation`.
        inhabitants: `period`, `municipality`, `inhabitants`.
        group_codes: The groups of the table.
        protection: How counts are protected.
        key: The rounding key.

    Returns:
        `CELL`: a row for each measure and cell. `reason` is `shown`, or why there is no value; a rate whose inhabitants are not known has
        none of its own to hide: `no_base`.

    Raises:
        FiguresMissingError: a municipality that counts has no figure.
    """
    made = []
    for count in table.counts:
        grid = every_cell(figures.filter(pl.col("measure") == count.key).drop("measure"), participation, group_codes)
        missing = grid.filter(pl.col("value").is_null() & pl.col("reason").is_null())
        if missing.height:
            first = missing.row(0, named=True)
            raise FiguresMissingError(
                f"{missing.height} figures were not computed, such as {table.table_id} of {first['municipality']} in {first['period']}"
            )
        nested = [(each.part, each.whole) for each in table.nested]
        for number, rate in enumerate(table.rates_of(count) or (None,)):
            per = 1000 if rate is None else rate.per
            shown = protect(grid, inhabitants, protection, key, nested=nested, drawn_as=count.drawn_as, per=per)
            shown = shown.with_columns(pl.col("reason").fill_null(SHOWN))
            if number == 0:
                made.append(shown.select(pl.lit(count.key).alias("measure"), *_CELL_KEY, value="shown", reason="reason"))
            if rate is not None:
                no_base = pl.col("shown").is_not_null() & pl.col("rate").is_null()
                reason = pl.when(no_base).then(pl.lit(NO_BASE)).otherwise(pl.col("reason"))
                made.append(shown.select(pl.lit(rate.key).alias("measure"), *_CELL_KEY, value="rate", reason=reason))
    order = pl.col("measure").cast(pl.Enum([measure.key for measure in table.measures]))
    return pl.concat([each.select(list(CELL)) for each in made]).sort(order, *_CELL_KEY)


def changes_between(before: pl.DataFrame, after: pl.DataFrame) -> tuple[Changes, ...]:
    """Compare two releases of a table cell by cell; a cell is every measure of one period, region and group.

    Args:
        before: `CELL` of the release in force; no rows when there is none.
        after: `CELL` of the release to come.

    Returns:
        For each period of either, in order: cells shown for the first time, shown with another value, and shown no longer.
    """
    key = ["measure", *_CELL_KEY]
    both = before.select(*key, "value").join(after.select(*key, "value"), on=key, how="full", coalesce=True, suffix="_after")
    was, is_shown = pl.col("value").is_not_null(), pl.col("value_after").is_not_null()
    cells = both.group_by(_CELL_KEY).agg(
        was=was.any(), is_shown=is_shown.any(), differs=pl.col("value").ne_missing(pl.col("value_after")).any()
    )
    counted = cells.group_by("period").agg(
        new=(~pl.col("was") & pl.col("is_shown")).sum(),
        changed=(pl.col("was") & pl.col("is_shown") & pl.col("differs")).sum(),
        gone=(pl.col("was") & ~pl.col("is_shown")).sum(),
    )
    return tuple(Changes(*row) for row in counted.sort("period").select("period", "new", "changed", "gone").iter_rows())
