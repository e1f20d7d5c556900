"""What a backfill does to half-years that were published: nothing where nothing changed, and what changed is told beforehand."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text

from gmsd.database import connect
from gmsd.figures import changed_figures, compute, periods, true_figures
from gmsd.journal import Context, verify_chain
from gmsd.releases import cells_ahead, get_release, verify_release
from gmsd.rounds import WMO, HalfYear
from gmsd.warehouse import close_round, load_half_year
from tests.support.fewer_tables import MAIN, home_with
from tests.support.published import close_and_count, deliver, file_of, publish

if TYPE_CHECKING:
    from typing import Any

    import polars as pl

    from gmsd.releases import Ahead

home = home_with(MAIN, "GMSDMA01")
H1, H2 = HalfYear(2019, 1), HalfYear(2019, 2)
# What of a release is about the release itself, its id, its moment and the one before it, or tells what it changes.
OF_ITSELF = ("release.json", "CHANGES.md", "metadata/", "sdmx/changes/")
TELLS_CHANGES = ("/TableInfos.csv", ".ods", ".txt", ".csv-metadata.json")


@pytest.fixture(scope="module")
def context(settings, clock) -> Context:
    """Two rounds of three municipalities, a release of each."""
    context = Context.open(settings)
    sizes = {"0518": 120, "0363": 70, "0034": 9}
    deliver(context, clock, "2019-H1", {("H12019", code): file_of("H12019", code, size) for code, size in sizes.items()})
    close_and_count(context, clock, "2019-H1")
    publish(context, "first")
    deliver(context, clock, "2019-H2", {("H22019", code): file_of("H22019", code, size, skipped=10) for code, size in sizes.items()})
    close_and_count(context, clock, "2019-H2")
    publish(context, "second")
    return context


def backfill(context: Context) -> None:
    """What the closes and loads of a backfill do, oldest first."""
    for round_ in (H1, H2):
        close_round(context, str(round_))
        for half_year in context.calendar.round(round_).takes:
            load_half_year(context, str(half_year))
        with connect(context.settings, "loader").begin() as connection:
            compute(connection, WMO, round_, context.clock.now())


def figures(context: Context) -> pl.DataFrame:
    with connect(context.settings, "loader").connect() as connection:
        return true_figures(connection, WMO, periods((H1, H2))).sort("period", "municipality", "content")


def ahead(context: Context) -> Ahead:
    with connect(context.settings, "publisher").connect() as connection:
        found = cells_ahead(connection, context.settings, WMO, context.clock.now())
    assert found is not None
    return found


def files(context: Context, release_id: str) -> dict[str, bytes]:
    return get_release(context.store, context.settings.bucket_publication, release_id)


def rows(context: Context, table: str) -> list[Any]:
    with context.engine.connect() as connection:
        return list(connection.execute(text(f"SELECT * FROM {table} ORDER BY 1, 2, 3, 4")).all())  # a name of this test


def test_an_unchanged_half_year_gives_the_same_figures_and_files_byte_for_byte(context: Context):
    kept = {table: rows(context, table) for table in ("load_account", "frozen", "mail")}
    before = figures(context)
    backfill(context)
    after = figures(context)
    assert before.height > 0
    assert before.equals(after)
    told = changed_figures(before, after)
    assert told.select("changed", "new", "gone").sum().row(0) == (0, 0, 0)
    assert {table: rows(context, table) for table in kept} == kept
    assert ahead(context).cells == ()
    with connect(context.settings, "publisher").connect() as connection:
        assert all(verify_release(context, connection, release).is_equal for release in ("r0001", "r0002"))
        assert verify_chain(connection).whole


def test_the_release_after_it_holds_the_same_files(context: Context):
    assert publish(context, "after the backfill") == "r0003"
    before, after = (
        {
            path: data.replace(release.encode(), b"")
            for path, data in files(context, release).items()
            if not path.startswith(OF_ITSELF) and not path.endswith(TELLS_CHANGES)
        }
        for release in ("r0002", "r0003")
    )
    assert set(before) == set(after)
    assert [path for path in before if before[path] != after[path]] == []
    assert {path.partition("/")[0] for path in before} >= {"statline", "sdmx", "waarstaatjegemeente", "bouwstenen"}
    assert not [path for path in files(context, "r0003") if path.startswith("sdmx/changes/")]


def test_what_other_rules_count_is_told_by_half_year_before_it_is_published(context: Context):
    """Rules that leave out a third of the arrangements of a place count its half-year; the rules of now count it again."""
    left_out = text("DELETE FROM arrangement WHERE half_year = '2019-H1' AND municipality = '0518' AND person % 3 = 0")
    before = figures(context)
    with connect(context.settings, "owner").begin() as connection:
        assert connection.execute(left_out).rowcount > 10
    with connect(context.settings, "loader").begin() as connection:
        compute(connection, WMO, H2, context.clock.now())
    told = {row["period"]: row for row in changed_figures(before, figures(context)).to_dicts()}
    assert told["2019HJ01"]["changed"] > 0
    assert [told[period]["changed"] for period in ("2019HJ02", "2019JJ00")] == [0, 0]
    found = ahead(context)
    assert found.previous == "r0003"
    assert {each.period for _, each in found.cells} == {"2019HJ01"}
    assert sum(each.changed + each.gone for table, each in found.cells if table == "83262NED") > 0
    backfill(context)
    assert figures(context).equals(before)
    assert ahead(context).cells == ()
