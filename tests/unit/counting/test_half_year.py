"""What the records of one delivery come to: those that were not removed, those in scope, and how they are joined."""

from __future__ import annotations

import datetime as dt

import polars as pl
import pytest

from gmsd.counting import half_year_arrangements
from gmsd.rounds import HalfYear

H1 = HalfYear(2019, 1)
SCHEMA = {
    "person": pl.Int64, "product_category": pl.Int16, "delivery_form": pl.Int16, "start_date": pl.Date, "end_date": pl.Date,
    "end_reason": pl.Int16, "allocation_number": pl.Int64, "change_reason": pl.Int16,
}  # fmt: skip
MARCH, MAY = dt.date(2019, 3, 1), dt.date(2019, 5, 1)


def records(*rows: tuple[object, ...]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=SCHEMA, orient="row")


# One person, one number, two forms of delivery: one arrangement by the number, two without it.
TWO = records((1, 2, 1, MARCH, MARCH, None, 7, None), (1, 2, 2, MAY, None, None, 7, None))


@pytest.mark.parametrize(("other", "arranged"), [(True, 1), (False, 2)])
def test_the_number_joins_only_where_the_other_half_fills_it_too(other: bool, arranged: int) -> None:
    found = half_year_arrangements(TWO, H1, other_filled=lambda: other)
    assert found.filled
    assert found.joined.height == arranged


def test_the_other_half_is_not_asked_where_this_one_lacks_a_number() -> None:
    def asked() -> bool:
        raise AssertionError("the answer decides nothing")

    lacking = TWO.with_columns(allocation_number=pl.Series([7, None], dtype=pl.Int64))
    found = half_year_arrangements(lacking, H1, other_filled=asked)
    assert (found.filled, found.joined.height) == (False, 2)


def test_records_that_were_removed_or_ran_outside_the_half_year_are_left_out() -> None:
    removed = (2, 2, 1, MAY, MAY, None, 8, 13)
    before = (3, 2, 1, dt.date(2018, 1, 1), dt.date(2018, 12, 31), None, 9, None)
    found = half_year_arrangements(pl.concat([TWO, records(removed, before)]), H1, other_filled=lambda: True)
    assert (found.sent.height, found.used.height) == (3, 2)
    assert found.joined["person"].to_list() == [1]
