"""Counting against a slow oracle that looks at every pair of records."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from itertools import combinations

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gmsd.counting import allocation_filled, arrangements, in_scope
from gmsd.protocol.vocabulary import COUNTINGS

SCHEMA = {
    "person": pl.Int64,
    "product_category": pl.Int16,
    "delivery_form": pl.Int16,
    "start_date": pl.Date,
    "end_date": pl.Date,
    "end_reason": pl.Int16,
    "allocation_number": pl.Int64,
}
NEW_YEAR = date(2019, 1, 1)


@dataclass(frozen=True)
class FirstHalf:
    """As much of a half-year as `in_scope` asks for."""

    first_day: date = date(2019, 1, 1)
    last_day: date = date(2019, 6, 30)


def frame(rows: list[tuple[object, ...]]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=SCHEMA, orient="row")


def day(number: int) -> date:
    return NEW_YEAR + timedelta(days=number)


records_drawn = st.lists(
    st.tuples(
        st.sampled_from([None, 1, 1, 2]),
        st.sampled_from([1, 2]),
        st.sampled_from([1, 2]),
        st.integers(0, 30).map(day),
        st.one_of(st.none(), st.integers(0, 30).map(day)),
        st.sampled_from([None, 19]),
        st.sampled_from([7, 8]),
    ),
    max_size=14,
)


def slow_groups(rows: list[tuple[object, ...]], *, by_allocation: bool) -> list[set[int]]:
    """Union by looking at every pair, again and again until nothing moves."""
    label = list(range(len(rows)))

    def same(a: tuple[object, ...], b: tuple[object, ...]) -> bool:
        if a[0] is None or a[0] != b[0] or a[1] != b[1]:
            return False
        if by_allocation:
            return a[6] == b[6]
        if a[2] != b[2] or a[5] != b[5]:
            return False
        meets = any(x is not None and abs((x - y).days) <= 3 for x, y in ((a[4], b[3]), (b[4], a[3])))  # type: ignore[operator]
        return meets or (a[3] == b[3] and a[4] == b[4])

    moved = True
    while moved:
        moved = False
        for i, j in combinations(range(len(rows)), 2):
            if label[i] != label[j] and same(rows[i], rows[j]):
                label = [min(label[i], label[j]) if x in (label[i], label[j]) else x for x in label]
                moved = True
    return [{i for i, x in enumerate(label) if x == group} for group in sorted(set(label))]


@given(records_drawn, st.booleans())
@settings(max_examples=200, deadline=None)
def test_arrangements_equal_the_slow_way(rows: list[tuple[object, ...]], by_allocation: bool) -> None:
    found = arrangements(frame(rows), by_allocation=by_allocation)
    expected = []
    for members in slow_groups(rows, by_allocation=by_allocation):
        parts = [rows[i] for i in members]
        ends = [part[4] for part in parts]
        last = max(parts, key=lambda part: (part[3], part[2]))
        end = None if None in ends else max(ends)  # type: ignore[type-var]
        expected.append((parts[0][0], parts[0][1], last[2], min(part[3] for part in parts), end, len(parts)))  # type: ignore[type-var]
    key = [str(row) for row in found.iter_rows()]
    assert sorted(key) == sorted(str(row) for row in expected)
    assert found["records"].sum() == len(rows)


def test_a_chain_of_records_is_one_arrangement_however_long() -> None:
    rows = [(1, 2, 1, day(10 * i), day(10 * i + 9), None, None) for i in range(200)]
    joined = arrangements(frame(list(reversed(rows))), by_allocation=False)
    assert joined.rows() == [(1, 2, 1, day(0), day(1999), 200)]


@pytest.mark.parametrize(("gap", "expected"), [(3, 1), (4, 2)])
def test_three_days_between_end_and_start_still_meet(gap: int, expected: int) -> None:
    rows = [(1, 2, 1, day(0), day(10), 19, None), (1, 2, 1, day(10 + gap), day(40), 19, None)]
    assert arrangements(frame(rows), by_allocation=False).height == expected


def test_a_running_part_keeps_the_arrangement_running() -> None:
    """The accident of 2022: joining halves must never give an end date that is too early."""
    rows = [(1, 2, 1, day(0), day(10), None, None), (1, 2, 1, day(11), None, None, None)]
    assert arrangements(frame(rows), by_allocation=False)["end_date"].to_list() == [None]
    by_number = [(1, 2, 1, day(0), day(10), None, 5), (1, 2, 1, day(90), None, None, 5)]
    assert arrangements(frame(by_number), by_allocation=True)["end_date"].to_list() == [None]


def test_municipalities_and_half_years_are_never_joined_over() -> None:
    rows = frame([(1, 2, 1, day(0), day(10), None, None)])
    both = pl.concat([rows.with_columns(municipality=pl.lit(code)) for code in ("0518", "0363")])
    assert arrangements(both, by_allocation=False, within=["municipality"]).height == 2
    assert arrangements(both, by_allocation=True, within=["municipality"]).height == 2


@pytest.mark.parametrize(
    ("start", "end", "inside"),
    [
        (date(2019, 6, 30), None, True),
        (date(2019, 7, 1), None, False),
        (date(2010, 1, 1), date(2019, 1, 1), True),
        (date(2010, 1, 1), date(2018, 12, 31), False),
        (date(2010, 1, 1), None, True),
    ],
)
def test_scope_takes_first_and_last_day_in(start: date, end: date | None, inside: bool) -> None:
    records = frame([(1, 2, 1, start, end, None, None)])
    assert in_scope(records, FirstHalf()).height == int(inside)  # type: ignore[arg-type]


def test_the_allocation_number_counts_as_filled_only_when_no_record_lacks_it() -> None:
    numbers = pl.Series("allocation_number", [1, 2, None], dtype=pl.Int64)
    assert allocation_filled(pl.DataFrame({"allocation_number": numbers.head(2)}))
    assert not allocation_filled(pl.DataFrame({"allocation_number": numbers}))
    assert not allocation_filled(pl.DataFrame({"allocation_number": numbers.head(0)}))


def counted(records: pl.DataFrame) -> int:
    by_allocation = allocation_filled(records)
    return arrangements(in_scope(records, FirstHalf()), by_allocation=by_allocation).height


def test_a_law_that_is_counted_so_must_keep_what_counting_looks_at():
    """The load looks at one column more: that a record was removed stands in `change_reason`."""
    row = (1, 1, 1, NEW_YEAR, None, 19, None)
    assert set(COUNTINGS["arrangements"]) == {*SCHEMA, "change_reason", "bsn"} - {"person"}
    assert counted(frame([row])) == 1
    for name in SCHEMA:
        with pytest.raises(pl.exceptions.ColumnNotFoundError):
            counted(frame([row]).drop(name))
