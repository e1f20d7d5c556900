"""The method as the tables in use give it, and releases made by `gmsd.disclosure` itself: the attack explains them."""

from __future__ import annotations

from dataclasses import replace

import polars as pl
import pytest

from gmsd.attack import CELLS, PublicRelease, audit, method_of
from gmsd.attack.method import Rounding
from gmsd.disclosure import Protection, protect, rate_of
from gmsd.rounds import WMO, HalfYear
from gmsd.tables import contents_of, tables_of
from tests.support import synthetic_release as published
from tests.support import synthetic_truth as made

HALVES = (HalfYear(2019, 1), HalfYear(2019, 2))
PEOPLE = (1_000, 2_400, 9_000)
NESTED = (("A048188", "T001024"),)


def protections() -> dict[str, Protection]:
    return {name: Protection() for name in contents_of(WMO, HALVES[1])}


def test_the_tables_in_use_are_those_that_were_measured() -> None:
    how = method_of(tables_of(WMO), HALVES, protections(), nested=NESTED, years=published.YEARS)
    assert {(each.name, each.unit, each.categories, each.number) for each in how.contents} == {
        (each.name, each.unit, each.categories, each.number) for each in published.contents()
    }
    assert {each.draw for each in how.columns} == {each.name for each in how.contents}
    assert {each.rounding for each in how.columns} == {Rounding()}
    assert {each.content for each in how.columns if each.within} == {"A048188"}


def test_a_content_that_changes_what_it_counts_is_refused() -> None:
    table = tables_of(WMO)[0]
    newest = table.groupings[-1]
    fewer = tuple(replace(each, categories=each.categories - {1}) if each.code == "A019507" else each for each in newest.groups)
    changed = replace(table, groupings=(*table.groupings[:-1], replace(newest, groups=fewer)))
    halves = (HALVES[0], HalfYear(2021, 1))
    with pytest.raises(ValueError, match="A019507 count something else"):
        method_of([changed], halves, protections(), nested=NESTED, years={})


def test_what_disclosure_makes_is_explained() -> None:
    """Every table of municipalities, written from contents that were protected once."""
    register = made.chosen_register(PEOPLE)
    true = made.counts(register)
    people = published.people_of(register)
    inhabitants = (
        true.select("period", "municipality")
        .unique()
        .with_columns(inhabitants=pl.col("municipality").replace_strict(people, return_dtype=pl.Int64))
    )
    grid = true.with_columns(reason=pl.lit(None, dtype=pl.String))
    shown = protect(grid, inhabitants, protections(), bytes(32), nested=NESTED)
    how = method_of(tables_of(WMO), HALVES, protections(), nested=NESTED, years=published.YEARS)
    rows = pl.DataFrame(
        [(each.table_id, each.measure, each.group_code, each.content, each.per or 0) for each in how.columns],
        schema=dict.fromkeys(("table_id", "measure", "group_code", "content"), pl.String) | {"per": pl.Int64},
        orient="row",
    )
    rates = pl.DataFrame({"per": [1000]}).join(shown, how="cross").with_columns(value=rate_of("shown", "people", 1000))
    counts = shown.with_columns(per=pl.lit(0, dtype=pl.Int64), value="shown")
    cells = rows.join(pl.concat([counts, rates], how="diagonal"), on=["content", "per"]).select(list(CELLS))
    release = PublicRelease("r1", cells, inhabitants)
    result = audit([release], how, published.truth([("r1", true)]), processes=1)
    assert not result.faults, result.faults[:3]
    assert result.cells == 3 * 3 * len(how.contents)
    other = cells.with_columns(
        value=pl.when((pl.col("table_id") == "83268NED") & (pl.col("region") == "GM0002")).then(pl.col("value") + 5).otherwise("value")
    )
    wrong = audit([replace(release, cells=other)], how, published.truth([("r1", true)]), processes=1)
    assert {each.kind for each in wrong.faults} == {"figure", "nation"}
