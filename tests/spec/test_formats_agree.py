"""All formats of a release say the same of every cell: each is read back by a program of others and held against the release."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import polars as pl
import pytest

from gmsd.releases import Bundle, bundle
from gmsd.rounds import HalfYear
from gmsd.tables import tables_of
from tests.support import read_formats as read
from tests.support.releases import TABLE, content

if TYPE_CHECKING:
    from pathlib import Path

    from gmsd.formats import PublishedTable, ReleaseContent

RECALLED, FIRST, SECOND, THIRD = HalfYear(2019, 2), HalfYear(2020, 1), HalfYear(2020, 2), HalfYear(2021, 1)
DISSOLVED, HIDDEN, ABSENT = "GM0003", "GM0050", "GM0014"


def released() -> ReleaseContent:
    """All tables after a release before: a half-year is gone, a municipality was dissolved, one is hidden, most did not deliver."""
    before = {each.table.table_id: each.cells for each in content(RECALLED, FIRST, SECOND, every_table=True).tables}
    now = content(FIRST, SECOND, THIRD, release_id="r0002", every_table=True, before=before[TABLE.table_id])
    tables = tuple(replace(each, earlier=before.get(each.table.table_id)) for each in now.tables)
    return replace(now, tables=tables, explanations=now.explanations.with_columns(half_year=pl.lit(str(FIRST))))


CONTENT = released()
EVERY = [pytest.param(each, id=each.table.table_id) for each in CONTENT.tables]
# Readers that make an object of every cell read the first table, and those that have years or the country only.
SLOW = [
    pytest.param(each, id=each.table.table_id)
    for each in CONTENT.tables
    if each is CONTENT.tables[0] or len(each.table.periods) == 1 or len(each.table.regions) == 1
]
# What is a file of its own too, for a receiver who builds on that table alone.
BLOCKS = [pytest.param(each, id=each.table.table_id) for each in CONTENT.tables if each.table.building_block]


@pytest.fixture(scope="module")
def files() -> Bundle:
    return bundle(CONTENT, "0" * 64)


def test_the_cells_of_a_table_are_of_the_municipalities_of_its_own_periods() -> None:
    """Eemsdelta exists from 2021 on, where tables of years have no period yet."""
    founded = {each.table.table_id: "GM1979" in each.cells["region"] for each in CONTENT.tables if len(each.table.regions) > 1}
    assert founded == {each.table.table_id: len(each.table.periods) > 1 for each in CONTENT.tables if len(each.table.regions) > 1}


def test_the_release_has_everything_that_can_go_apart() -> None:
    """Otherwise the tests below would hold nothing."""
    reasons = {reason for each in CONTENT.tables for reason in each.cells["reason"]}
    assert {"shown", "suppressed", "not_delivered", "dissolved"} <= reasons
    assert len(CONTENT.tables) == len(tables_of(CONTENT.law)) >= 6
    assert len(SLOW) == 3
    assert [each.id for each in BLOCKS] == ["GMSDMA01"]
    main = CONTENT.tables[0]
    assert main.earlier is not None
    assert RECALLED.statline in main.earlier["period"]
    assert RECALLED.statline not in main.cells["period"]
    stands = {region: why for (_, period, region, _), (_, why) in read.expected(main).items() if period == THIRD.statline}
    assert (stands[DISSOLVED], stands[HIDDEN], stands[ABSENT]) == (read.UNKNOWN, read.HIDDEN, read.UNKNOWN)


@pytest.mark.parametrize("published", EVERY)
def test_the_statline_folder(files: Bundle, published: PublishedTable) -> None:
    values = {key: value for key, (value, _) in read.expected(published).items()}
    assert {key: value for key, (value, _) in read.statline(files, published.table).items()} == values


@pytest.mark.parametrize("published", EVERY)
def test_the_long_csv(files: Bundle, published: PublishedTable) -> None:
    assert read.long_csv(files, published.table) == read.expected(published)


@pytest.mark.parametrize("published", EVERY)
def test_parquet(files: Bundle, published: PublishedTable) -> None:
    assert read.parquet(files, published.table) == read.expected(published)


@pytest.mark.parametrize("published", SLOW)
def test_csv_as_its_description_has_it_read(files: Bundle, published: PublishedTable, tmp_path: Path) -> None:
    assert read.csvw(files, published.table, tmp_path) == read.expected(published)


@pytest.mark.parametrize("published", BLOCKS)
def test_the_building_block_in_a_file_of_its_own(files: Bundle, published: PublishedTable, tmp_path: Path) -> None:
    assert read.building_block(files, published.table) == read.expected(published)
    assert read.building_block_as_described(files, published.table, tmp_path) == read.expected(published)


@pytest.mark.parametrize("published", EVERY)
def test_sdmx_by_pysdmx(files: Bundle, published: PublishedTable) -> None:
    assert read.pysdmx(files, published.table) == read.expected(published)


@pytest.mark.parametrize("published", SLOW)
def test_sdmx_by_sdmx1(files: Bundle, published: PublishedTable) -> None:
    assert read.sdmx1(files, published.table) == read.expected(published)


@pytest.mark.parametrize("published", SLOW)
def test_the_workbook(files: Bundle, published: PublishedTable) -> None:
    assert read.ods(files, published.table) == read.expected(published)


@pytest.mark.parametrize("published", EVERY)
def test_waarstaatjegemeente_per_period_and_flat(files: Bundle, published: PublishedTable) -> None:
    shown = {(each.measure, group) for each in published.table.indicators for group in each.codes}
    every = read.expected(published)
    wanted = {key: said for key, said in every.items() if (key[0], key[3]) in shown and key[2].startswith("GM")}
    wide, flat = read.swing(files, published.table, CONTENT)
    assert wide == wanted
    assert flat == wanted
