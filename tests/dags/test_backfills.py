"""What the command asks of Airflow's backfill, and what it refuses to ask."""

from __future__ import annotations

from dataclasses import replace

import pytest

from gmsd.rounds import HalfYear, load_calendar
from gmsd_airflow.backfills import InTurn, NothingToBackfill, Wish, left_out_because, rounds_between

FIRST, LAST = HalfYear(2018, 1), HalfYear(2018, 2)
ROUNDS = rounds_between(load_calendar(), "wmo", FIRST, LAST)


def test_airflow_is_asked_for_the_range_in_the_order_and_way_that_the_engineer_chose():
    assert Wish(ROUNDS).body == {
        "dag_id": "gmsd_optout_close",
        "from_date": "2018-01-01T00:00:00Z",
        "to_date": "2018-07-01T00:00:00Z",
        "run_backwards": False,
        "reprocess_behavior": "completed",
        "max_active_runs": 1,
    }
    asked = Wish(ROUNDS, order="newest", at_once=3, reprocess="failed").body
    assert (asked["run_backwards"], asked["max_active_runs"], asked["reprocess_behavior"]) == (True, 3, "failed")


def test_the_range_of_another_law_has_the_time_of_day_of_that_law():
    of_jeugd = tuple(replace(known, law="jeugd") for known in ROUNDS)
    assert Wish(of_jeugd).ends == ("2018-01-01T05:47:00Z", "2018-07-01T05:47:00Z")


@pytest.mark.parametrize(("order", "at_once"), [("newest", 1), ("oldest", 2)])
def test_rounds_that_are_open_and_share_a_half_year_go_oldest_first_and_alone(order, at_once):
    wish = Wish(ROUNDS, order=order, at_once=at_once)
    with pytest.raises(InTurn, match=r"round 2018-H2 takes 2018-H1 of round 2018-H1, and neither has been closed"):
        wish.refuse_out_of_turn(set())
    wish.refuse_out_of_turn({"2018-H1"})
    wish.refuse_out_of_turn({"2018-H1", "2018-H2"})
    Wish(ROUNDS).refuse_out_of_turn(set())


def test_rounds_that_share_no_half_year_go_in_any_order():
    apart = rounds_between(load_calendar(), "wmo", HalfYear(2016, 2), HalfYear(2017, 1))
    Wish(apart, order="newest", at_once=2).refuse_out_of_turn(set())


def test_why_a_round_is_left_out_hangs_on_what_was_asked():
    assert left_out_because("completed") == "it has not closed yet or a run of it is under way"
    assert left_out_because("failed") == "it has not closed yet, a run of it is under way or its newest run did not fail"
    assert left_out_because("none") == "it has not closed yet, a run of it is under way or it has a run"


def test_a_law_without_rounds_has_nothing_to_backfill():
    with pytest.raises(NothingToBackfill, match=r"no round jeugd\.2018-H1, jeugd\.2018-H2"):
        rounds_between(load_calendar(), "jeugd", FIRST, LAST)
