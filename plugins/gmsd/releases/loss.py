"""What protection takes from a table's figures, beside what the bare rule would take: the price of not telling counts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl

if TYPE_CHECKING:
    from gmsd.tables import Table


def information_loss(table: Table, cells: pl.DataFrame, figures: pl.DataFrame, *, base: int, first_shown: int) -> dict[str, Any]:
    """Compare the municipal counts of a table with the true ones.

    Args:
        table: The table.
        cells: `CELL` of the table.
        figures: `period`, `municipality`, `content`, `value`: true counts.
        base: What counts are rounded to.
        first_shown: The least count that the bare rule shows.

    Returns:
        `cells` (counts that there are), `suppressed` and `suppressed_bare`, `hidden_of_shown` (counts that the bare rule would show and
        that are missing), and the distance of shown counts from the true ones: `mean`, `max`, `mean_bare`, `max_bare`. The bare rule rounds
        to the nearest multiple and hides counts below `first_shown`; totals over the table, nothing of one municipality.
    """
    groups = {group.code: group for grouping in table.groupings for group in grouping.groups}
    rows = [(count.key, code, table.content(count, group).name) for count in table.counts for code, group in groups.items()]
    columns = pl.DataFrame(rows, schema=dict.fromkeys(("measure", "group_code", "content"), pl.String), orient="row")
    shown = (
        cells.filter(pl.col("region").str.starts_with("GM"))
        .join(columns, on=["measure", "group_code"])
        .select("period", "content", municipality=pl.col("region").str.strip_prefix("GM"), shown="value")
    )
    true = pl.col("value")
    nearest = (2 * true + base) // (2 * base) * base
    both = shown.join(figures, on=["period", "municipality", "content"]).with_columns(
        distance=(pl.col("shown") - true).abs(), bare=pl.when(true >= first_shown).then((nearest - true).abs())
    )
    told = both.select(
        cells=pl.len(),
        suppressed=pl.col("shown").is_null().sum(),
        suppressed_bare=(true < first_shown).sum(),
        hidden_of_shown=(pl.col("shown").is_null() & (true >= first_shown)).sum(),
        mean=pl.col("distance").mean().round(2),
        max=pl.col("distance").max(),
        mean_bare=pl.col("bare").mean().round(2),
        max_bare=pl.col("bare").max(),
    )
    return told.row(0, named=True)
