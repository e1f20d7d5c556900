"""Periods, statuses, participation and the union of persons."""

from __future__ import annotations

import datetime as dt

import polars as pl
import pytest

from gmsd.figures import count, every_cell, participation_by_period, periods, regions, statuses
from gmsd.rounds import WMO, HalfYear, Participation
from gmsd.tables import main_table

H1, H2 = HalfYear(2019, 1), HalfYear(2019, 2)


@pytest.mark.parametrize(
    ("half_years", "expected"),
    [
        ("2019-H1", {"2019HJ01": "Voorlopig"}),
        ("2019-H2", {"2019HJ02": "Voorlopig"}),
        ("2019-H1 2019-H2", {"2019HJ01": "NaderVoorlopig", "2019HJ02": "Voorlopig", "2019JJ00": "Voorlopig"}),
        (
            "2019-H2 2020-H1 2019-H1",
            {"2019HJ01": "Definitief", "2019HJ02": "Definitief", "2019JJ00": "Definitief", "2020HJ01": "Voorlopig"},
        ),
        ("2018-H1 2019-H2", {"2018HJ01": "Definitief", "2019HJ02": "Voorlopig"}),
        ("", {}),
    ],
)
def test_status_follows_from_the_half_years_released(half_years: str, expected: dict[str, str]) -> None:
    held = [HalfYear.parse(text) for text in half_years.split()]
    assert dict(statuses(held)) == expected
    assert [period.key for period in periods(held)] == list(expected)


def test_the_year_stands_on_both_halves() -> None:
    participation = {
        "2019-H1": {"0518": Participation.DELIVERED, "0363": Participation.DELIVERED, "0034": Participation.WITHDRAWN},
        "2019-H2": {
            "0518": Participation.DELIVERED,
            "0363": Participation.WITHDRAWN,
            "0034": Participation.DELIVERED,
            "0050": Participation.DELIVERED,
        },
    }
    found = participation_by_period(periods([H1, H2]), participation)
    of_year = dict(found.filter(pl.col("period") == "2019JJ00").select("municipality", "participation").iter_rows())
    assert {code: of_year[code] for code in ("0518", "0363", "0034", "0050", "0003")} == {
        "0518": Participation.DELIVERED,
        "0363": Participation.WITHDRAWN,
        "0034": Participation.WITHDRAWN,
        "0050": Participation.NOT_DELIVERED,
        "0003": Participation.NOT_DELIVERED,
    }
    assert found.height == 3 * 355


def test_a_dissolved_municipality_stays_in_the_list() -> None:
    table_periods = periods([HalfYear(2015, 1), HalfYear(2015, 2)])
    assert {"1921", "1940"} <= set(regions(table_periods))
    found = participation_by_period(table_periods, {"2015-H1": {"1921": Participation.DELIVERED}})
    of_old = dict(found.filter(pl.col("municipality") == "1921").select("period", "participation").iter_rows())
    assert of_old == {"2015HJ01": Participation.DELIVERED, "2015HJ02": Participation.DISSOLVED, "2015JJ00": Participation.DISSOLVED}


def arrangements(*rows: tuple[str, int | None, int]) -> pl.DataFrame:
    schema = {"municipality": pl.String, "person": pl.Int64, "product_category": pl.Int16}
    frame = pl.DataFrame(rows, schema=schema, orient="row")
    return frame.with_columns(start_date=pl.lit(dt.date(2019, 3, 1)), end_date=pl.lit(None, pl.Date))


def test_the_year_counts_each_person_once_and_accounts_for_every_row() -> None:
    half_one = arrangements(("0518", 1, 1), ("0518", 2, 1), ("0518", None, 15), ("0363", 9, 1))
    half_two = arrangements(("0518", 2, 15), ("0518", 3, 1))
    table_periods = periods([H1, H2])
    stands = participation_by_period(
        table_periods,
        {"2019-H1": {"0518": Participation.DELIVERED, "0363": Participation.DELIVERED}, "2019-H2": {"0518": Participation.DELIVERED}},
    )
    counted = count(pl.concat([half_one, half_two]), table_periods[2], stands, main_table(WMO).contents(H2))
    by_group = dict(counted.figures.select("content", "value").iter_rows())
    assert by_group == {"T001024": 3, "A048188": 3, "A019506": 0, "A019507": 3, "A019508": 1, "A019509": 0}
    assert counted.figures["municipality"].unique().to_list() == ["0518"]
    accounting = counted.accounting
    assert (accounting.rows_in, accounting.used, accounting.unknown_person) == (6, 5, 1)
    assert accounting.left_out == {"municipality_missing": 1}


def test_a_delivery_without_clients_has_zero_and_not_nothing() -> None:
    table_periods = periods([H1])
    stands = participation_by_period(table_periods, {"2019-H1": {"0518": Participation.DELIVERED}})
    counted = count(arrangements(), table_periods[0], stands, main_table(WMO).contents(H2))
    assert counted.figures["value"].to_list() == [0] * 6
    grid = every_cell(counted.figures, stands, ["T001024"])
    assert grid.filter(pl.col("municipality") == "0518").select("value", "reason").rows() == [(0, None)]
    assert grid.filter(pl.col("municipality") == "0363").select("value", "reason").rows() == [(None, Participation.NOT_DELIVERED)]
