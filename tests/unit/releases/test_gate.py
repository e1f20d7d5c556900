"""What the gate knows of a release before the attack: estimates that follow from shown figures are no news."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl
import pytest

from gmsd.attack import CELLS
from gmsd.disclosure import Protection
from gmsd.figures import inhabitants_of
from gmsd.releases.gate import estimates_again
from tests.support.releases import H1, H2, TABLE, content

if TYPE_CHECKING:
    from gmsd.formats import ReleaseContent

KEY = ["table_id", "measure", "period", "group_code"]


def cells_of(said: ReleaseContent) -> pl.DataFrame:
    return pl.concat(
        each.cells.select(pl.lit(each.table.table_id).alias("table_id"), *(name for name in CELLS if name != "table_id"))
        for each in said.tables
    )


def released(rounding: str) -> ReleaseContent:
    return content(H1, H2, all_places=True, every_table=True, protection=Protection(rounding=rounding))  # type: ignore[arg-type]


def again(said: ReleaseContent, cells: pl.DataFrame) -> pl.DataFrame:
    protections = {each.table.table_id: each.protection for each in said.tables}
    found = estimates_again(said.law, cells, said.periods, inhabitants_of(said.periods), protections)
    assert found is not None
    return found


@pytest.mark.parametrize("rounding", ["keyed", "nearest"])
def test_estimates_come_out_again(rounding: str) -> None:
    said = released(rounding)
    cells = cells_of(said)
    (estimated,) = (each.table.table_id for each in said.tables if each.table.estimates)
    published = cells.filter(pl.col("table_id") == estimated).select(*KEY, "value")
    assert published["value"].null_count() < published.height
    assert again(said, cells).sort(KEY).equals(published.sort(KEY))


@pytest.mark.parametrize(("rounding", "thousands_below"), [("keyed", 1), ("nearest", 0)])
def test_the_bounds_hang_on_how_far_the_release_rounds(rounding: str, thousands_below: int) -> None:
    """A sum of 60 above a thousand: 355 figures that are at most 2 away from the true ones are 43 away together, of 4 it is 85."""
    said = released(rounding)
    main = cells_of(said).filter(pl.col("table_id") == TABLE.table_id).with_columns(pl.col("value").fill_null(10))
    mine = (pl.col("measure") == "WmoClienten_1") & (pl.col("group_code") == "T001024") & (pl.col("period") == H1.statline)
    summed = main.filter(mine & (pl.col("region") != "NL01"))["value"].sum()
    more = pl.when(mine & (pl.col("region") == "GM0363")).then((60 - summed) % 1000).otherwise(0)
    (estimated,) = (each for each in said.tables if each.table.estimates)
    held = pl.concat([main.with_columns(pl.col("value") + more), cells_of(said).filter(pl.col("table_id") == estimated.table.table_id)])
    (lower,) = (each.key for each in estimated.table.measures if each.kind == "lower")
    found = again(said, held).filter((pl.col("measure") == lower) & (pl.col("period") == H1.statline) & (pl.col("group_code") == "T001024"))
    total = summed + (60 - summed) % 1000
    assert found["value"].to_list() == [(total // 1000 - thousands_below) * 1000]
