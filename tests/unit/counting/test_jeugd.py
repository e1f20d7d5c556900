"""Trajectories from lines, against a count in plain Python."""

from __future__ import annotations

import datetime as dt
from collections import Counter

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from gmsd.counting import half_year_arrangements
from gmsd.rounds import HalfYear

H1 = HalfYear(2019, 1)
DAYS = st.dates(dt.date(2018, 12, 1), dt.date(2019, 7, 31))
LINES = st.lists(
    st.tuples(st.none() | st.integers(1, 2), st.sampled_from((1, 2)), st.sampled_from(("12345678", "87654321")), DAYS, st.none() | DAYS),
    max_size=12,
)
SCHEMA = {"person": pl.Int64, "product_category": pl.Int16, "provider": pl.String, "start_date": pl.Date, "end_date": pl.Date}
JOINED = ["person", "product_category", "start_date", "end_date", "records"]


@settings(max_examples=200, deadline=None)
@given(LINES)
def test_a_line_is_a_trajectory_and_the_same_line_of_a_known_person_twice_is_one(lines):
    found = half_year_arrangements(pl.DataFrame(lines, schema=SCHEMA, orient="row"), H1, other_filled=lambda: True, counting="trajectories")
    ran = [line for line in lines if line[3] <= H1.last_day and (line[4] is None or line[4] >= H1.first_day)]
    wanted = [(*key[:2], *key[3:], number) for key, number in Counter(line for line in ran if line[0]).items()]
    wanted += [(*line[:2], *line[3:], 1) for line in ran if line[0] is None]
    assert found.joined["records"].sum() == found.used.height == len(ran)
    assert sorted(found.joined.select(JOINED).iter_rows(), key=repr) == sorted(wanted, key=repr)
    assert set(found.joined["delivery_form"]) <= {1}
