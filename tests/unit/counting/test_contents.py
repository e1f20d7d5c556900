"""Everything that the Wmo tables show, against an independent slow count; and what must hold of a year whatever is delivered."""

from __future__ import annotations

import datetime as dt
from dataclasses import astuple

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from gmsd.counting import allocation_filled, arrangements, count_contents, year_arrangements
from gmsd.rounds import WMO, HalfYear
from gmsd.tables import Content, contents_of
from tests.support import slow_contents
from tests.support.slow_contents import Line

H1, H2 = HalfYear(2019, 1), HalfYear(2019, 2)
CONTENTS = contents_of(WMO, H2)
SCHEMA = {
    "person": pl.Int64, "product_category": pl.Int16, "delivery_form": pl.Int16, "start_date": pl.Date, "end_date": pl.Date,
    "end_reason": pl.Int16, "allocation_number": pl.Int64,
}  # fmt: skip
DAYS = [
    dt.date(2018, 11, 30), dt.date(2018, 12, 31), dt.date(2019, 1, 1), dt.date(2019, 1, 3), dt.date(2019, 5, 4), dt.date(2019, 6, 29),
    dt.date(2019, 6, 30), dt.date(2019, 7, 1), dt.date(2019, 7, 2), dt.date(2019, 11, 8), dt.date(2019, 12, 31), dt.date(2020, 1, 1),
]  # fmt: skip


def frame(lines: list[Line]) -> pl.DataFrame:
    return pl.DataFrame([astuple(line) for line in lines], schema=SCHEMA, orient="row").with_columns(municipality=pl.lit("0518"))


def counted(found: pl.DataFrame, first_day: dt.date, last_day: dt.date) -> dict[str, int]:
    rows = count_contents(found, CONTENTS.values(), first_day=first_day, last_day=last_day)
    return dict(rows.select("content", "value").iter_rows())


def in_scope(line: Line, half: HalfYear) -> bool:
    return line.start <= half.last_day and (line.end is None or line.end >= half.first_day)


@st.composite
def deliveries(draw: st.DrawFn) -> tuple[list[Line], list[Line]]:
    """Two half-years of a municipality, in which most of what runs on is reported again, as it was or with an end."""
    numbered = draw(st.booleans())
    days = st.sampled_from(DAYS)

    def _line() -> Line:
        start, end = draw(days), draw(st.none() | days)
        if end is not None and end < start:
            start, end = end, start
        number = draw(st.integers(1, 4)) if numbered else draw(st.none() | st.integers(1, 2))
        person = draw(st.none() | st.integers(1, 5))
        return Line(
            person,
            draw(st.sampled_from([1, 1, 2, 15, 16, 11])),
            draw(st.integers(1, 2)),
            start,
            end,
            draw(st.sampled_from([None, 19])),
            number,
        )

    first = [line for line in (_line() for _ in range(draw(st.integers(0, 14)))) if in_scope(line, H1)]
    second = [line for line in (_line() for _ in range(draw(st.integers(0, 8)))) if in_scope(line, H2)]
    for line in first:
        what = draw(st.sampled_from(["again", "ended", "ended", "gone"]))
        ends = [day for day in DAYS if day >= max(line.start, H2.first_day)]
        again = (
            line
            if what == "again"
            else Line(*astuple(line)[:4], draw(st.sampled_from(ends)), draw(st.sampled_from([None, 19])), line.number)
        )
        if what != "gone" and in_scope(again, H2):
            second.append(again)
    return first, second


@given(deliveries())
@settings(max_examples=75, deadline=None)
def test_half_years_equal_the_slow_count(delivered: tuple[list[Line], list[Line]]) -> None:
    for half, lines in zip((H1, H2), delivered, strict=True):
        found = frame(lines)
        by_number = allocation_filled(found)
        joined = arrangements(found, by_allocation=by_number, within=["municipality"])
        slow = slow_contents.count(slow_contents.joined(lines, by_number=by_number), half.first_day, half.last_day)
        assert counted(joined, half.first_day, half.last_day) == (slow if lines else {})
        if lines:
            # what runs on after the last day is what was there, plus what began, minus what ended
            runs_on = joined.filter(pl.col("end_date").is_null() | (pl.col("end_date") > half.last_day)).height
            assert runs_on == slow["stand|T001024"] + slow["in|T001024"] - slow["out|T001024"]


@given(deliveries())
@settings(max_examples=125, deadline=None)
def test_the_year_equals_the_slow_count(delivered: tuple[list[Line], list[Line]]) -> None:
    first, second = delivered
    both = [frame(first).with_columns(half=pl.lit(1, pl.Int8)), frame(second).with_columns(half=pl.lit(2, pl.Int8))]
    numbered = all(allocation_filled(half) for half in both)
    joined = year_arrangements(pl.concat(both), frozenset(["0518"] if numbered else []))
    slow = slow_contents.count(slow_contents.of_year(first, second, by_number=numbered), H1.first_day, H2.last_day)
    assert counted(joined, H1.first_day, H2.last_day) == (slow if first or second else {})


@given(deliveries())
@settings(max_examples=50, deadline=None)
def test_persons_of_the_year_are_those_of_both_halves(delivered: tuple[list[Line], list[Line]]) -> None:
    both = [frame(lines).with_columns(half=pl.lit(number, pl.Int8)) for number, lines in enumerate(delivered, start=1)]
    year = year_arrangements(pl.concat(both), frozenset())
    for categories in (CONTENTS["T001024"].categories, CONTENTS["A019508"].categories):
        persons = [part.filter(pl.col("product_category").is_in(sorted(categories)))["person"].drop_nulls() for part in (*both, year)]
        assert set(persons[2]) == set(persons[0]) | set(persons[1])


GROUPS = {"all": frozenset({1, 2}), "one": frozenset({1}), "none": frozenset({9})}
OF_GROUPS = [Content(f"{unit} {name}", unit, held) for name, held in GROUPS.items() for unit in ("clients", "arrangements")]


@given(st.lists(st.tuples(st.sampled_from(["a", "b"]), st.sampled_from([None, 1, 2, 3]), st.sampled_from([1, 2])), max_size=20))
@settings(max_examples=60, deadline=None)
def test_each_municipality_is_counted_by_itself(rows: list[tuple[str, int | None, int]]) -> None:
    """Persons as sets; a municipality where nobody is known has its zeros, one without arrangements has no row."""
    schema = {"municipality": pl.String, "person": pl.Int64, "product_category": pl.Int16}
    dates = {"start_date": pl.lit(H1.first_day), "end_date": pl.lit(None, pl.Date)}
    found = pl.DataFrame(rows, schema=schema, orient="row").with_columns(**dates)
    expected = {}
    for place in {row[0] for row in rows}:
        for name, held in GROUPS.items():
            own = [person for where, person, category in rows if where == place and category in held]
            expected[place, f"clients {name}"] = len({person for person in own if person is not None})
            expected[place, f"arrangements {name}"] = len(own)
    counted = count_contents(found, OF_GROUPS, first_day=H1.first_day, last_day=H1.last_day)
    assert {(place, name): value for place, name, value in counted.iter_rows()} == expected


def test_accident_of_2022_an_arrangement_that_runs_on_never_ends_through_an_older_report() -> None:
    """Half-years of 2020 and 2021 were taken back in 2022: joining the halves had given too early end dates."""
    start = dt.date(2018, 11, 30)
    ended, running = dt.date(2019, 6, 30), None
    first = [Line(1, 1, 1, start, ended, None, None), Line(2, 1, 1, start, running, None, None), Line(3, 1, 1, start, ended, None, 7)]
    second = [
        Line(1, 1, 1, start, running, None, None),
        Line(2, 1, 1, start, dt.date(2019, 11, 8), 19, None),
        Line(3, 1, 1, start, running, None, 7),
    ]
    both = pl.concat([frame(first).with_columns(half=pl.lit(1, pl.Int8)), frame(second).with_columns(half=pl.lit(2, pl.Int8))])
    for numbered in (frozenset[str](), frozenset({"0518"})):
        lines = both if not numbered else both.with_columns(allocation_number=pl.col("person"))
        ends = dict(year_arrangements(lines, numbered).select("person", "end_date").iter_rows())
        assert ends == {1: None, 2: dt.date(2019, 11, 8), 3: None}
