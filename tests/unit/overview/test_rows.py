"""Where a municipality stands, and what is due when."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest

from gmsd.clock import AMSTERDAM
from gmsd.overview.rows import Deadline, Remarks, deadline_of, standing_of
from tests.unit import samples as s
from tests.unit.overview.made import delivery, row

READY = Remarks(100, 0, 0, 0, 1, has_op_orde=True)
CHECKED = replace(READY, has_op_orde=False)


@pytest.mark.parametrize(
    ("states", "stands"),
    [
        ({}, None),
        ({"1": "rejected"}, "1"),
        ({"1": "accepted", "2": "rejected"}, "1"),
        ({"1": "superseded", "2": "accepted", "3": "repeat"}, "2"),
        ({"1": "withdrawn", "2": "withdrawn"}, "2"),
        ({"99": "published", "100": "received"}, "99"),
        ({"99": "rejected", "100": "received"}, "100"),
    ],
)
def test_a_municipality_stands_with_what_counts_else_with_its_newest_upload(states, stands):
    assert standing_of(states, list(states)) == stands


def at(month: int, day: int) -> dt.datetime:
    return dt.datetime(2020, month, day, 12, tzinfo=AMSTERDAM)


@pytest.mark.parametrize(
    ("standing", "remarks", "now", "expected"),
    [
        (None, None, at(3, 6), Deadline("delivery", dt.date(2020, 3, 6), 0)),
        (None, None, at(3, 9), Deadline("delivery", dt.date(2020, 3, 6), 3)),
        # nothing gets later after the close of 23 March
        (None, None, at(6, 1), Deadline("delivery", dt.date(2020, 3, 6), 17)),
        (delivery("rejected"), CHECKED, at(3, 5), Deadline("delivery", dt.date(2020, 3, 6), 0)),
        # received on Wednesday 4 March: three working days end on Monday
        (delivery("received"), None, at(3, 9), Deadline("verdict", dt.date(2020, 3, 9), 0)),
        (delivery("received"), None, at(3, 11), Deadline("verdict", dt.date(2020, 3, 9), 2)),
        # checked on Wednesday 4 March: two working days end on Friday
        (delivery("accepted"), CHECKED, at(3, 7), Deadline("op-orde", dt.date(2020, 3, 6), 1)),
        (delivery("accepted"), READY, at(3, 20), None),
        (delivery("published"), READY, at(5, 20), None),
        (delivery("withdrawn"), None, at(3, 20), None),
        # it was late on the day that it came
        (replace(delivery("late"), received_at=at(3, 10)), None, at(3, 20), Deadline("delivery", dt.date(2020, 3, 6), 4)),
    ],
)
def test_what_is_due_and_how_late_it_is(standing, remarks, now, expected):
    assert deadline_of(s.ROUND, standing, remarks, now) == expected


def test_what_was_done_is_told_with_its_day_and_how_late_it_was():
    in_time = row(standing=delivery("accepted"), remarks=replace(READY, reported_at=at(3, 6)))
    assert in_time.done == (
        Deadline("verdict", dt.date(2020, 3, 9), 0, dt.date(2020, 3, 4)), Deadline("op-orde", dt.date(2020, 3, 6), 0, dt.date(2020, 3, 6))
    )  # fmt: skip
    late = row(standing=replace(delivery("accepted"), checked_at=at(3, 11)), remarks=replace(READY, reported_at=at(3, 16)))
    assert [(each.days_late, each.done) for each in late.done] == [(2, dt.date(2020, 3, 11)), (3, dt.date(2020, 3, 16))]
    assert row(standing=delivery("received"), remarks=None).done == ()
    assert row(standing=None, newest=None).done == ()


def test_the_first_upload_is_no_correction():
    assert [row(attempts=n).corrections for n in (0, 1, 2, 21, 22)] == [0, 0, 1, 20, 20]


def test_who_has_no_upload_has_not_delivered():
    assert (row(standing=None, newest=None).state, row(standing=None, newest=None).verdict) == ("not_delivered", None)
