"""The accident of 2022: second half-years had to be pulled, because joining the halves gave arrangements end dates that were too early."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import polars as pl
import pytest
from sqlalchemy import text

from gmsd.checking import pseudonymise
from gmsd.clock import AMSTERDAM
from gmsd.figures import compute
from gmsd.intake import check_and_report, register_inbox
from gmsd.journal import Context
from gmsd.rounds import WMO, HalfYear
from gmsd.warehouse import close_round, load_half_year
from tests.integration.test_rounds import rows_of
from tests.support.half_years import CASES, Case, file_of
from tests.support.stack import installation

if TYPE_CHECKING:
    from collections.abc import Iterator

PLACES = {"0518": True, "0363": False}
RECORDS = "SELECT half_year, municipality, line, person, start_date, end_date FROM record WHERE half_year = '{}' ORDER BY 2, 3"
ARRANGEMENTS = "SELECT municipality, person, start_date, end_date FROM arrangement WHERE half_year = '{}' ORDER BY 1, 2, 3"


def day(year_month_day: str) -> dt.date | None:
    return dt.date.fromisoformat(year_month_day) if year_month_day else None


def move(context: Context, *parts: int) -> None:
    from gmsd.clock import DatabaseClock

    DatabaseClock(context.engine).move(dt.datetime(*parts, tzinfo=AMSTERDAM))


def deliver(context: Context, code: str) -> None:
    for municipality, numbers in PLACES.items():
        data = file_of(code, municipality, numbers=numbers)
        context.store.put(context.settings.bucket_inbox, f"{code}/{municipality}/WMO_{code}_x.csv", data)
    outcomes = check_and_report(context, register_inbox(context).new_deliveries)
    assert [each.verdict for each in outcomes] == ["accepted"] * len(PLACES)


@pytest.fixture(scope="module", params=["halves in two rounds", "both halves in one round"])
def context(request, stack, tmp_path_factory) -> Iterator[Context]:
    """Both halves of 2019, loaded and counted: H1 in its own round and kept in the next, or both in the second round."""
    from gmsd.installation import prepare

    for settings in installation(stack, tmp_path_factory.mktemp("keys")):
        prepare(settings)
        context = Context.open(settings)
        move(context, 2019, 9, 10, 9)
        if request.param == "halves in two rounds":
            deliver(context, "H12019")
            move(context, 2019, 10, 21)
            close_round(context, "2019-H1")
            load_half_year(context, "2019-H1")
            move(context, 2020, 2, 10, 9)
        else:
            move(context, 2020, 2, 10, 9)
            deliver(context, "H12019")
        deliver(context, "H22019")
        move(context, 2020, 3, 23)
        close_round(context, "2019-H2")
        for half_year in ("2019-H1", "2019-H2"):
            load_half_year(context, half_year)
        yield context


def person_of(context: Context, case: Case) -> int:
    frame = pl.DataFrame({"line": [2], "bsn": [int(case.bsn)]})
    return int(pseudonymise(frame, context.settings.key("pseudonym"))["person"][0])


def test_accident_of_2022_each_half_keeps_the_ends_that_it_reported(context: Context) -> None:
    """What the warehouse holds of a half-year is what that half-year's file says: no end comes from another half."""
    for code, half_year in (("H12019", "2019-H1"), ("H22019", "2019-H2")):
        rows = rows_of(context, RECORDS.format(half_year))
        for municipality in PLACES:
            for case in CASES:
                reported = case.first if code == "H12019" else case.second
                held = [(row[4], row[5]) for row in rows if row[1] == municipality and row[3] == person_of(context, case)]
                assert held == [(day(each.start), day(each.end)) for each in reported], f"{case.name} in {half_year} of {municipality}"


def test_accident_of_2022_no_arrangement_of_a_half_ends_before_its_last_report(context: Context) -> None:
    for code, half_year in (("H12019", "2019-H1"), ("H22019", "2019-H2")):
        rows = rows_of(context, ARRANGEMENTS.format(half_year))
        for municipality in PLACES:
            for case in CASES:
                reported = case.first if code == "H12019" else case.second
                ends = [row[3] for row in rows if row[0] == municipality and row[1] == person_of(context, case)]
                if not reported:
                    assert ends == []
                    continue
                latest = max((day(each.end) or dt.date.max) for each in reported)
                assert [end or dt.date.max for end in ends] == [latest], f"{case.name} in {half_year} of {municipality}"


def test_accident_of_2022_the_year_has_the_end_of_the_newest_report(context: Context) -> None:
    """As figures join it: the records of both halves as they lie in the warehouse."""
    from gmsd.figures.warehouse import _of_year, half_years_in_force, periods

    with context.engine.begin() as connection:
        in_force = half_years_in_force(connection, WMO, HalfYear(2019, 2))
        (year,) = [period for period in periods(in_force.half_years) if period.is_year]
        joined = _of_year(connection, WMO, year, pl.DataFrame({"municipality": list(PLACES)}))
    for municipality in PLACES:
        for case in CASES:
            mine = joined.filter((pl.col("municipality") == municipality) & (pl.col("person") == person_of(context, case)))
            assert mine.select("start_date", "end_date").rows() == [(case.start, case.end)], f"{case.name} of {municipality}"


def test_accident_of_2022_the_order_in_which_halves_are_loaded_does_not_matter(context: Context) -> None:
    def everything() -> tuple[list[tuple], ...]:
        return tuple(rows_of(context, each.format(half)) for each in (RECORDS, ARRANGEMENTS) for half in ("2019-H1", "2019-H2"))

    before = everything()
    for order in (("2019-H2", "2019-H1"), ("2019-H1", "2019-H2", "2019-H1")):
        with context.engine.begin() as connection:
            for table in ("record", "arrangement", "load_account"):
                connection.execute(text(f"DELETE FROM {table}"))
        for half_year in order:
            load_half_year(context, half_year)
        assert everything() == before


def test_accident_of_2022_one_half_is_counted_without_the_other(context: Context) -> None:
    """So that one half-year can be pulled: its figures and the year's go, those of the other half are what they were."""
    figures = "SELECT period, municipality, content, value FROM figure ORDER BY 1, 2, 3"
    with context.engine.begin() as connection:
        compute(connection, WMO, HalfYear(2019, 2), context.clock.now())
    both = rows_of(context, figures)
    assert {row[0] for row in both} == {"2019HJ01", "2019HJ02", "2019JJ00"}
    with context.engine.begin() as connection:
        connection.execute(text("DELETE FROM arrangement WHERE half_year = '2019-H2'"))
        connection.execute(text("DELETE FROM record WHERE half_year = '2019-H2'"))
        compute(connection, WMO, HalfYear(2019, 2), context.clock.now())
    alone = rows_of(context, figures)
    assert [row for row in alone if row[0] == "2019HJ01"] == [row for row in both if row[0] == "2019HJ01"]
    load_half_year(context, "2019-H2")
    with context.engine.begin() as connection:
        compute(connection, WMO, HalfYear(2019, 2), context.clock.now())
    assert rows_of(context, figures) == both
