"""The changed cells of a preview, held against a slow comparison of the two releases; and how they open."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from typing import TYPE_CHECKING

import polars as pl

from gmsd.formats import changed_cells
from gmsd.rounds import HalfYear
from tests.support.releases import TABLE, content

if TYPE_CHECKING:
    from gmsd.formats import ReleaseContent

H1, H2 = HalfYear(2019, 1), HalfYear(2019, 2)
KEY = ("measure", "period", "region", "group_code")


def rows_of(data: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(data.decode("utf-8-sig")), delimiter=";"))


def against(said: ReleaseContent, earlier: pl.DataFrame, cells: pl.DataFrame | None = None) -> ReleaseContent:
    """A release of one table beside one before it."""
    only = said.tables[0]
    return replace(said, tables=(replace(only, earlier=earlier, cells=only.cells if cells is None else cells),))


def slowly(before: pl.DataFrame, after: pl.DataFrame) -> dict[tuple[str, ...], tuple[str, str]]:
    """Cell -> what was shown and is shown, as text, of those that differ."""
    was, now = ({tuple(row[name] for name in KEY): row["value"] for row in frame.iter_rows(named=True)} for frame in (before, after))
    pairs = {key: (was.get(key), now.get(key)) for key in was.keys() | now.keys()}
    return {key: ("" if a is None else str(a), "" if b is None else str(b)) for key, (a, b) in pairs.items() if a != b}


def test_every_cell_that_differs_is_there_once_and_no_other() -> None:
    before = content(H1).tables[0].cells
    # a shown cell that was another, one that is new, one that is gone
    shown = before.with_row_index().filter(pl.col("value").is_not_null() & pl.col("region").str.starts_with("GM"))["index"].to_list()
    index = pl.int_range(pl.len())
    other = before.with_columns(
        value=pl.when(index == shown[0]).then(pl.col("value") + 5).when(index == shown[1]).then(None).otherwise(pl.col("value"))
    ).filter(index != shown[2])
    said = against(content(H1, H2), other)
    data, count = changed_cells(said)
    rows = rows_of(data)
    assert count == len(rows)
    found = {(row["measure"], row["period"], row["region"], row["group"]): (row["before"], row["after"]) for row in rows}
    assert len(found) == len(rows)
    assert found == slowly(other, said.tables[0].cells)
    for row in rows:
        assert row["change"] == ("new" if not row["before"] else "gone" if not row["after"] else "changed")
    assert {row["change"] for row in rows if row["period"] == "2019HJ01"} >= {"new", "changed"}
    assert {row["table"] for row in rows} == {TABLE.table_id}


def test_it_opens_in_columns_in_dutch_excel_and_names_what_it_is_about() -> None:
    data, _ = changed_cells(content(H1))
    assert data.startswith(b"\xef\xbb\xbftable;period;status;region;municipality;")
    first = next(row for row in rows_of(data) if row["region"] == "GM0518")
    assert (first["municipality"], first["status"]) == ("'s-Gravenhage", "Voorlopig")
    assert first["title"]
    assert first["group title"]


def test_a_table_and_a_period_that_are_gone_are_told_cell_by_cell() -> None:
    both, one = content(H1, H2, every_table=True), content(H2, every_table=True)
    earlier = {each.table.table_id: each.cells for each in both.tables}
    tables = tuple(replace(each, earlier=earlier.pop(each.table.table_id)) for each in one.tables)
    gone = tuple((each.table, each.cells) for each in both.tables if each.table.table_id in earlier)
    assert [table.table_id for table, _ in gone] == ["GMSDMA01"]
    rows = rows_of(changed_cells(replace(one, tables=tables, gone=gone))[0])
    assert {row["change"] for row in rows} == {"gone"}
    assert {row["period"] for row in rows} == {"2019HJ01", "2019JJ00"}
    shown = sum(
        cells.filter((pl.col("period") != "2019HJ02") & pl.col("value").is_not_null()).height
        for cells in (each.cells for each in both.tables)
    )
    assert len(rows) == shown


def test_why_a_cell_is_missing_is_told_as_a_release_tells_it() -> None:
    """No word of the attack, and nothing of a municipality that did not deliver but that it is unknown."""
    before = content(H1).tables[0].cells
    suppressed = before.with_columns(
        value=pl.when(pl.col("region") == "GM0363").then(None).otherwise(pl.col("value")),
        reason=pl.when(pl.col("region") == "GM0363").then(pl.lit("suppressed")).otherwise(pl.col("reason")),
    ).filter(pl.col("region") != "GM0518")
    rows = rows_of(changed_cells(against(content(H1), before, suppressed))[0])
    assert {(row["region"], row["missing"]) for row in rows if row["change"] == "gone"} == {("GM0363", "geheim"), ("GM0518", "onbekend")}
