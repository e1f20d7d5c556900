"""Totals by state at the end of each day."""

from __future__ import annotations

import datetime as dt

from gmsd.deliveries import STATES
from gmsd.overview import GROUPS, NOT_DELIVERED, totals_by_day
from gmsd.overview.totals import Move

FIRST = dt.date(2020, 2, 3)


def move(municipality: str, number: int, day: int, state: str, hour: int = 12) -> Move:
    return Move(municipality, f"2019-H2.{municipality}.{number:02d}", dt.datetime(2020, 2, day, hour, tzinfo=dt.UTC), state)


def told(moves: list[Move], days: int) -> list[dict[str, int]]:
    found = totals_by_day(moves, 3, FIRST, FIRST + dt.timedelta(days=days - 1))
    assert [each.day for each in found] == [FIRST + dt.timedelta(days=n) for n in range(days)]
    assert all(sum(each.counts.values()) == 3 for each in found)
    return [{name: count for name, count in each.counts.items() if count} for each in found]


def test_every_state_is_in_one_group():
    grouped = sorted(state for states in GROUPS.values() for state in states)
    assert grouped == sorted([*STATES, NOT_DELIVERED])


def test_a_day_holds_what_stands_at_its_end_and_the_next_what_nothing_changed():
    moves = [move("0518", 1, 3, "received"), move("0363", 1, 4, "received"), move("0518", 1, 4, "rejected"), move("0363", 1, 4, "accepted")]
    assert told(moves, 4) == [
        {"being checked": 1, "not delivered": 2},
        {"accepted": 1, "rejected": 1, "not delivered": 1},
        {"accepted": 1, "rejected": 1, "not delivered": 1},
        {"accepted": 1, "rejected": 1, "not delivered": 1},
    ]


def test_a_rejected_correction_leaves_what_counts_and_the_hundredth_is_newer_than_the_ninety_ninth():
    moves = [
        move("0518", 1, 3, "accepted"),
        move("0518", 2, 4, "rejected"),
        move("0363", 99, 3, "rejected"),
        move("0363", 100, 4, "received"),
    ]
    assert told(moves, 2)[1] == {"accepted": 1, "being checked": 1, "not delivered": 1}


def test_a_withdrawal_ends_what_counted():
    assert told([move("0518", 1, 3, "accepted"), move("0518", 1, 5, "withdrawn")], 3)[2] == {"withdrawn": 1, "not delivered": 2}


def test_what_came_before_the_window_counts_on_its_first_day_and_a_day_is_dutch():
    moves = [move("0518", 1, 1, "early"), move("0363", 1, 3, "received", hour=23)]  # after midnight in the Netherlands
    assert told(moves, 2) == [{"not counted": 1, "not delivered": 2}, {"not counted": 1, "being checked": 1, "not delivered": 1}]


def test_before_the_first_day_there_is_nothing_to_tell():
    assert totals_by_day([], 3, FIRST, FIRST - dt.timedelta(days=1)) == ()
