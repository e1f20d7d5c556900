"""A published table as one long list, a row for each cell: what CSV, Parquet, SDMX and the workbooks are written from."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from gmsd.disclosure import SUPPRESSED
from gmsd.formats.keys import CELL_COLUMNS, keys_of

if TYPE_CHECKING:
    from gmsd.formats.content import PublishedTable, ReleaseContent
    from gmsd.tables import Table

MEASURE, UNIT, STATUS, VALUE, MISSING = "Onderwerp", "Eenheid", "Status", "Waarde", "Ontbreekt"
"""The columns beside those of the dimensions."""
TITLE = "Titel"
"""What follows the name of a column of keys in the name of the column of their titles."""
HIDDEN, UNKNOWN = "geheim", "onbekend"
"""Why a figure is missing, as far as a reader may know: it is there and not shown; or it is not there, for whatever reason."""
WHY_MISSING = {
    HIDDEN: "er is een cijfer, maar het gaat over te weinig mensen om het te tonen.",
    UNKNOWN: "de gemeente leverde niet, trok de levering in of bestond niet; van Nederland: te weinig gemeenten.",
}
"""What the words say, to a reader."""


def is_hidden() -> pl.Expr:
    """Whether a cell (`CELL`) is there and not shown, as far as a reader may know: of municipalities only (docs/domain.md)."""
    return (pl.col("reason") == SUPPRESSED) & pl.col("region").str.starts_with("GM")


def columns_of(table: Table, *, totals: bool = True) -> list[str]:
    """The columns of its long table; without `totals` those of the dimensions are left out of which only the total is published."""
    said = [each.key for each in table.dimensions if totals or each.total is None]
    return [MEASURE, MEASURE + TITLE, UNIT, *(name for key in said for name in (key, key + TITLE)), STATUS, VALUE, MISSING]


def long_table(content: ReleaseContent, published: PublishedTable) -> pl.DataFrame:
    """Every cell of a table, by measure, then by the dimensions in the order of the table and of their keys.

    Returns:
        `Onderwerp` and each dimension by its key, all of them followed by their titles in a column of the same name with `Titel`;
        `Eenheid` of the measure, `Status` of the period, `Waarde` (whole number or null) and `Ontbreekt` (null, `geheim` or `onbekend`).
        Keys without padding.
    """
    defined = published.table
    measures = pl.DataFrame(
        [(measure.key, measure.title, measure.unit) for measure in defined.measures],
        schema=[MEASURE, MEASURE + TITLE, UNIT],
        orient="row",
    )
    named = {CELL_COLUMNS[each.kind]: each.key for each in defined.dimensions if each.total is None}
    missing = pl.when(is_hidden()).then(pl.lit(HIDDEN)).when(pl.col("value").is_null()).then(pl.lit(UNKNOWN))
    found = published.cells.with_columns(missing.alias(MISSING)).rename({"measure": MEASURE, "value": VALUE, **named})
    found = found.join(measures, on=MEASURE, how="left")
    order = [pl.col(MEASURE).cast(pl.Enum(measures[MEASURE]))]
    for dimension in defined.dimensions:
        keys = keys_of(content, published, dimension).rename({"Key": dimension.key, "Title": dimension.key + TITLE}).drop("Description")
        if dimension.total is not None:
            found = found.join(keys, how="cross")
        else:
            found = found.join(keys, on=dimension.key, how="left")
            order.append(pl.col(dimension.key).cast(pl.Enum(keys[dimension.key])))
    return found.sort(order).select(columns_of(defined))
