"""What an address asks for, which rows it shows, and the address of what is shown."""

from __future__ import annotations

import datetime as dt
from urllib.parse import parse_qsl

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gmsd.clock import AMSTERDAM
from gmsd.overview import SORTS, BadSelectionError, Deadline, Remarks, Selection, chosen_round
from gmsd.rounds import HalfYear, load_calendar
from tests.unit.overview.made import delivery, row

REJECTED = delivery("rejected", "0363")
ROWS = (
    row("0518", explanation="filed"),
    row("0363", standing=REJECTED, newest=REJECTED, attempts=3, remarks=Remarks(10, 0, 4, 1, 0, has_op_orde=False)),
    row("0599", standing=None, newest=None, attempts=0, remarks=None, deadline=Deadline("delivery", dt.date(2020, 3, 6), 3)),
    row("0344", withdrawal="filed", remarks=Remarks(10, 0, 0, 0, 2, has_op_orde=True), attempts=2),
)


def shown(**query: str) -> list[str]:
    return [each.place.municipality for each in Selection.of(query).apply(ROWS)]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({}, ["0363", "0518", "0599", "0344"]),  # Amsterdam, 's-Gravenhage, Rotterdam, Utrecht
        ({"q": "AMS"}, ["0363"]),
        ({"q": "0518"}, ["0518"]),
        ({"q": "2019-H2.0518"}, ["0518"]),
        ({"q": "2019-h2.0518.03"}, ["0518"]),
        ({"q": "nowhere"}, []),
        ({"state": "not_delivered"}, ["0599"]),
        ({"state": "accepted"}, ["0518", "0344"]),
        ({"verdict": "rejected"}, ["0363"]),
        ({"op_orde": "none"}, ["0363", "0599"]),
        ({"form": "withdrawal"}, ["0344"]),
        ({"form": "explanation"}, ["0518"]),
        ({"late": "yes"}, ["0599"]),
        ({"remarks": "faults"}, ["0363"]),
        ({"remarks": "notices"}, ["0344"]),
        ({"state": "accepted", "form": "withdrawal"}, ["0344"]),
        ({"sort": "code"}, ["0344", "0363", "0518", "0599"]),
        ({"sort": "code", "order": "desc"}, ["0599", "0518", "0363", "0344"]),
        ({"sort": "late", "order": "desc"}, ["0599", "0363", "0518", "0344"]),
        ({"sort": "attempts", "order": "desc"}, ["0363", "0344", "0518", "0599"]),
        ({"sort": "remarks", "order": "desc"}, ["0363", "0344", "0518", "0599"]),
        ({"sort": "state"}, ["0599", "0363", "0518", "0344"]),
        ({"unknown": "x"}, ["0363", "0518", "0599", "0344"]),
    ],
)
def test_rows_that_a_query_shows_in_its_order(query, expected):
    assert shown(**query) == expected


@pytest.mark.parametrize("name", ["state", "verdict", "op_orde", "form", "late", "remarks", "sort", "order"])
def test_value_that_a_name_cannot_have_is_refused(name):
    with pytest.raises(BadSelectionError, match=f"{name} is one of"):
        Selection.of({name: "x' OR 1=1"})


@given(
    q=st.text(st.characters(codec="utf-8"), max_size=8),
    state=st.sampled_from(["", *Selection.choices("state")]),
    sort=st.sampled_from(list(SORTS)),
    order=st.sampled_from(["asc", "desc"]),
)
def test_the_address_of_a_view_is_that_view(q, state, sort, order):
    asked = Selection.of({"q": q, "state": state, "sort": sort, "order": order})
    assert Selection.of(dict(parse_qsl(asked.query(), keep_blank_values=True))) == asked


def test_a_heading_sorts_and_then_the_other_way_round():
    asked = Selection.of({"q": "a"})
    assert asked.sorted_by("late") == "q=a&sort=late"
    assert Selection.of({"q": "a", "sort": "late"}).sorted_by("late") == "q=a&sort=late&order=desc"
    assert Selection.of({"sort": "late", "order": "desc"}).sorted_by("late") == "sort=late"


@pytest.mark.parametrize(
    ("asked", "day", "expected"),
    [
        ({}, dt.date(2020, 2, 10), ("2019-H2", "2019-H2")),
        ({}, dt.date(2019, 9, 10), ("2019-H1", "2019-H1")),
        ({}, dt.date(2010, 1, 1), (str(load_calendar().rounds[0].code),) * 2),
        ({"round": "2019-H2", "half_year": "2019-H1"}, dt.date(2020, 2, 10), ("2019-H2", "2019-H1")),
    ],
)
def test_the_round_that_began_last_unless_another_is_asked_for(asked, day, expected):
    found, half_year = chosen_round(load_calendar(), Selection.of(asked), dt.datetime.combine(day, dt.time(12), AMSTERDAM))
    assert (str(found.code), str(half_year)) == expected
    assert isinstance(half_year, HalfYear)


@pytest.mark.parametrize("asked", [{"round": "1999-H1"}, {"round": "x"}, {"half_year": "x"}, {"round": "2019-H2", "half_year": "2015-H1"}])
def test_round_that_there_is_not(asked):
    with pytest.raises(BadSelectionError):
        chosen_round(load_calendar(), Selection.of(asked), dt.datetime(2020, 2, 10, tzinfo=AMSTERDAM))
