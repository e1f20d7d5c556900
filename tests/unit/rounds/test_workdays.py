"""Working days of the Algemene termijnenwet: weekends, the act's holidays, and days that royal decrees put on a par with them."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gmsd.rounds import add_working_days, is_working_day, working_days_before, working_days_until
from gmsd.rounds.workdays import days_by_decree

DECREED = ("2018-05-11", "2018-12-24", "2018-12-31", "2019-05-31", "2019-12-27")
# days that look like those, and are ordinary Fridays and Mondays: nobody decreed anything of them
ORDINARY = ("2017-05-26", "2018-05-14", "2019-12-24", "2019-12-30", "2019-12-31", "2020-05-22", "2020-12-24", "2019-05-29")
HOLIDAYS = (
    "2019-01-01",
    "2019-04-19",
    "2019-04-22",
    "2020-04-27",
    "2017-05-05",
    "2018-05-10",
    "2019-05-30",
    "2019-06-10",
    "2019-12-25",
    "2019-12-26",
)


@pytest.mark.parametrize("day", DECREED)
def test_a_day_of_a_decree_is_no_working_day(day):
    assert not is_working_day(dt.date.fromisoformat(day))
    assert dt.date.fromisoformat(day).weekday() < 5, "in a weekend the test would prove nothing"


def test_the_data_hold_the_days_of_the_decree_and_no_others():
    assert sorted(map(str, days_by_decree())) == sorted(DECREED)


@pytest.mark.parametrize("day", ORDINARY)
def test_days_like_those_are_working_days(day):
    assert is_working_day(dt.date.fromisoformat(day))


@pytest.mark.parametrize("day", HOLIDAYS)
def test_holidays_of_the_act(day):
    assert not is_working_day(dt.date.fromisoformat(day))


@pytest.mark.parametrize(
    ("begin", "count", "end"),
    [
        ("2019-12-23", 3, "2019-12-31"),
        ("2019-12-24", 1, "2019-12-30"),
        ("2019-12-24", 2, "2019-12-31"),
        ("2018-05-09", 1, "2018-05-14"),
        ("2018-12-21", 1, "2018-12-27"),
        ("2018-12-28", 1, "2019-01-02"),
        ("2019-05-29", 3, "2019-06-05"),
    ],
)
def test_terms_over_them(begin, count, end):
    assert str(add_working_days(dt.date.fromisoformat(begin), count)) == end


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("- {day: 2018-05-11, what: x}\n", "entry 1"),
        ("- {day: 11 mei, source: x, what: x}\n", "entry 1"),
        ("- 2018-05-11\n", "entry 1"),
        ("- {day: 2018-05-11, source: x, what: x}\n- {day: 2018-05-11, source: y, what: x}\n", "2018-05-11 stands there twice"),
    ],
)
def test_a_mistake_in_the_data_is_told(tmp_path, text, told):
    path = tmp_path / "days_off.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ValueError, match=told):
        days_by_decree(path)


@given(last=st.dates(dt.date(2016, 1, 1), dt.date(2023, 12, 31)), count=st.integers(0, 15))
def test_days_before_and_until_are_the_inverse_of_adding(last: dt.date, count: int) -> None:
    day = working_days_before(last, count)
    assert working_days_until(day, last) == count
    assert working_days_until(day - dt.timedelta(days=1), last) == count + is_working_day(day)
    if is_working_day(last):
        assert add_working_days(day, count) == last
