"""The arrangements of a year, from what both half-years report."""

from __future__ import annotations

import polars as pl

from gmsd.counting.half_year import JOINED
from gmsd.counting.joining import arrangements

_PLACE = "municipality"
_HALF = "half"


def year_arrangements(records: pl.DataFrame, by_allocation: frozenset[str], counting: str = "arrangements") -> pl.DataFrame:
    """Join the records of both halves of a year into arrangements.

    A running arrangement is reported in both halves, and the later report knows more: a record that the second half reports again takes the
    place of the one before, with its end date or without one. Only then are records joined, by the rules that hold within a half-year. So
    an arrangement that the second half ends has that end, and one that runs on never gets an end through an older report (the accident of
    2022: halves were joined so that end dates came too early).

    Args:
        records: Used records of both halves: `half` (1 or 2), `municipality`, `person` (null = nobody known), `product_category`,
            `delivery_form`, `start_date`, `end_date`, `end_reason` and `allocation_number`.
        by_allocation: The municipalities that filled the allocation number in all their deliveries of the year: there the number tells
            which record is the same, elsewhere person, type, delivery form and start date do.
        counting: How the records of their law are counted; of another law than the Wmo person, type, provider where there is one, and
            start date tell which record is the same.

    Returns:
        `municipality`, `person`, `product_category`, `delivery_form`, `start_date`, `end_date` and `records`, one row an arrangement.
        Records of nobody known are told apart as well as can be, by type, delivery form and start date, one for one (assumed).

    Source: docs/domain.md, "From records to arrangements to clients", points 1, 2 and 6.
    """
    if counting in JOINED:
        same = [_PLACE, "person", "product_category", *(["provider"] if "provider" in records.columns else []), "start_date"]
        return JOINED[counting](_newest(records, same).drop(_HALF), [_PLACE])
    numbered = pl.col(_PLACE).is_in(sorted(by_allocation)) & pl.col("person").is_not_null()
    with_number, by_dates = records.filter(numbered), records.filter(~numbered)
    dated = _newest(by_dates, [_PLACE, "person", "product_category", "delivery_form", "start_date"])
    numbers = _newest_of_allocation(with_number)
    joined = [
        arrangements(numbers.drop(_HALF), by_allocation=True, within=[_PLACE]),
        arrangements(dated.drop(_HALF), by_allocation=False, within=[_PLACE]),
    ]
    return pl.concat(joined).sort(_PLACE, "person", "product_category", "start_date", nulls_last=True)


def _newest(records: pl.DataFrame, same: list[str]) -> pl.DataFrame:
    """Leave out the records of the first half that the second reports again; where several are alike, as many as are reported again."""
    order = [pl.col("end_date").is_null(), pl.col("end_date")]
    ranked = records.sort(*same, _HALF, *order, nulls_last=True).with_columns(rank=pl.int_range(pl.len()).over([*same, _HALF]))
    first, second = ranked.filter(pl.col(_HALF) == 1), ranked.filter(pl.col(_HALF) == 2)
    again = second.select(*same, "rank")
    return pl.concat([first.join(again, on=[*same, "rank"], how="anti", nulls_equal=True), second]).drop("rank")


def _newest_of_allocation(records: pl.DataFrame) -> pl.DataFrame:
    """Of an allocation that the second half reports, the first half only adds the day it began on: its end is the second's."""
    same = [_PLACE, "person", "product_category", "allocation_number"]
    second = records.filter(pl.col(_HALF) == 2)
    first = records.filter(pl.col(_HALF) == 1).join(second.select(same).unique(), on=same, how="anti")
    begun = records.group_by(same).agg(begun=pl.col("start_date").min())
    earlier = second.join(begun, on=same, how="left").with_columns(start_date=pl.min_horizontal("start_date", "begun"))
    return pl.concat([first, earlier.select(first.columns)])
