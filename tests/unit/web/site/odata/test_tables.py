"""A table's StatLine files as entity sets."""

from __future__ import annotations

import polars as pl
import pytest

from gmsd.releases import bundle
from gmsd.web.site.odata.tables import ServedTable, read_table
from tests.support.releases import H1, H2, content


@pytest.fixture(scope="module")
def tables() -> dict[str, ServedTable]:
    """Every table of a release of two half-years."""
    release = content(H1, H2, every_table=True)
    files = bundle(release, "0" * 64)
    return {
        each.table.table_id: read_table(
            each.table.table_id,
            "r0001",
            {path.rpartition("/")[2]: data for path, data in files.items() if path.startswith(f"statline/{each.table.table_id}/")},
        )
        for each in release.tables
    }


def test_every_table_has_the_sets_of_its_kind(tables: dict[str, ServedTable]) -> None:
    assert len(tables) == 6
    for table in tables.values():
        dimensions = table.sets["DataProperties"].rows.filter(pl.col("Type") != "Topic")["Key"].to_list()
        assert list(table.sets) == ["TableInfos", "UntypedDataSet", "TypedDataSet", "DataProperties", "CategoryGroups", *dimensions]


def test_the_cube_is_dense_and_row_major(tables: dict[str, ServedTable]) -> None:
    for table in tables.values():
        typed, untyped = table.sets["TypedDataSet"].rows, table.sets["UntypedDataSet"].rows
        cells = 1
        for name in table.sets["DataProperties"].rows.filter(pl.col("Type") != "Topic")["Key"]:
            cells *= table.sets[name].rows.height
        assert typed["ID"].to_list() == untyped["ID"].to_list() == list(range(cells))


def test_a_missing_figure_is_null_and_a_dot(tables: dict[str, ServedTable]) -> None:
    for table in tables.values():
        typed, untyped = table.sets["TypedDataSet"].rows, table.sets["UntypedDataSet"].rows
        for topic in table.sets["DataProperties"].rows.filter(pl.col("Type") == "Topic")["Key"]:
            shown = untyped[topic].str.strip_chars(" ")
            assert ((shown == ".") == typed[topic].is_null()).all()
            assert shown.filter(shown != ".").cast(pl.Int32).to_list() == typed[topic].drop_nulls().to_list()
