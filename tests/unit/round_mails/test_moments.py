"""When the calendar has something to say."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest

from gmsd.clock import AMSTERDAM
from gmsd.round_mails.moments import occasions
from gmsd.rounds import Calendar, HalfYear, load_calendar
from tests.unit import samples as s


def said(calendar: Calendar, *moment: int) -> list[tuple[str, str]]:
    now = dt.datetime(*moment, tzinfo=AMSTERDAM)
    return [(each.kind, "+".join(known.id for known in each.rounds)) for each in occasions(calendar, now)]


@pytest.mark.parametrize(
    ("moment", "kinds"),
    [
        ((2020, 2, 2, 23, 59), []),
        ((2020, 2, 3, 0, 0), ["window_opened"]),
        ((2020, 2, 25, 12), ["window_opened"]),
        ((2020, 2, 26, 12), ["window_opened", "reminder_7"]),
        ((2020, 3, 3, 12), ["window_opened", "reminder_7"]),
        ((2020, 3, 4, 12), ["window_opened", "reminder_2"]),
        ((2020, 3, 6, 23, 59), ["window_opened", "reminder_2"]),
        ((2020, 3, 7, 12), []),
        ((2020, 3, 9, 3), ["withdrawal_opened"]),
        ((2020, 3, 20, 23), ["withdrawal_opened"]),
        ((2020, 3, 21, 3), []),
        ((2020, 3, 23, 0), ["published", "round_closed"]),
        ((2020, 6, 3, 0), ["published", "round_closed"]),
        ((2020, 6, 4, 0), []),
    ],
)
def test_what_a_day_says(moment: tuple[int, ...], kinds: list[str]) -> None:
    assert said(Calendar((s.ROUND,)), *moment) == [(kind, "2019-H2") for kind in kinds]


def test_laws_with_the_same_day_share_a_mail_but_for_what_a_run_decides() -> None:
    calendar = Calendar((s.ROUND, replace(s.ROUND, law="jeugd")))
    assert said(calendar, 2020, 2, 26, 12) == [("window_opened", "2019-H2+jeugd.2019-H2"), ("reminder_7", "2019-H2+jeugd.2019-H2")]
    assert said(calendar, 2020, 3, 24, 12) == [
        ("published", "2019-H2"), ("published", "jeugd.2019-H2"), ("round_closed", "2019-H2"), ("round_closed", "jeugd.2019-H2"),
    ]  # fmt: skip


def test_a_window_of_a_few_days_has_its_reminders_from_its_first_day_on() -> None:
    short = replace(s.ROUND, window_first=dt.date(2020, 3, 5))
    assert said(Calendar((short,)), 2020, 3, 5, 12) == [("reminder_2", "2019-H2"), ("window_opened", "2019-H2")]


def test_nobody_is_mailed_of_a_half_year_of_before() -> None:
    assert said(load_calendar(), 2020, 2, 3, 12) == [("window_opened", "2019-H2")]
    assert HalfYear(2015, 1) in {known.code for known in load_calendar().rounds}
