"""The timetable of the closes: when, which partition, and what a backfill takes."""

from __future__ import annotations

import pendulum
import pytest

CLOSES = {"2019-H1": "2019-10-21", "2019-H2": "2020-03-23", "2090-H1": "2090-10-21"}
AMSTERDAM = "Europe/Amsterdam"


def table(closes=None):
    from gmsd_airflow.timetable import RoundTimetable

    return RoundTimetable.deserialize(RoundTimetable(closes or CLOSES).serialize())


def all_infos(timetable, *, catchup, earliest=None):
    from airflow.timetables.base import TimeRestriction

    found, last = [], None
    while (last := timetable.next_dagrun_info_v2(last_dagrun_info=last, restriction=TimeRestriction(earliest, None, catchup))) is not None:
        found.append(last)
    return found


def test_runs_at_the_close_with_the_round_as_partition():
    found = all_infos(table(), catchup=True, earliest=pendulum.datetime(2019, 1, 1, tz=AMSTERDAM))
    assert [info.partition_key for info in found] == ["2019-H1", "2019-H2", "2090-H1"]
    assert found[1].run_after == pendulum.datetime(2020, 3, 23, tz=AMSTERDAM)
    assert found[1].partition_date == pendulum.datetime(2019, 7, 1, tz=AMSTERDAM)


def test_an_old_close_is_left_to_a_backfill():
    assert [info.partition_key for info in all_infos(table(), catchup=False)] == ["2090-H1"]


def test_a_close_missed_last_week_still_runs():
    recent = (pendulum.now(AMSTERDAM) - pendulum.duration(days=7)).date().isoformat()
    found = all_infos(table(CLOSES | {"2026-H1": recent}), catchup=False)
    assert [info.partition_key for info in found] == ["2026-H1", "2090-H1"]


def test_a_backfill_takes_local_days_and_nothing_that_is_still_to_come():
    found = table().iter_partition_dagrun_infos(earliest=pendulum.datetime(2019, 1, 1), latest=pendulum.datetime(2099, 1, 1))
    assert [info.partition_key for info in found] == ["2019-H1", "2019-H2"]


def test_a_round_that_is_not_in_the_calendar_is_refused():
    from airflow.exceptions import InvalidPartitionKeyError

    assert table().resolve_partition_date("2019-H2") == pendulum.datetime(2019, 7, 1, tz=AMSTERDAM)
    with pytest.raises(InvalidPartitionKeyError, match="2031-H1"):
        table().resolve_partition_date("2031-H1")


def test_rounds_of_several_laws_that_close_on_one_day_each_have_their_turn():
    recent = (pendulum.now(AMSTERDAM) - pendulum.duration(days=7)).date().isoformat()
    closes = {
        "2026-H1": recent,
        "jeugd.2026-H1": recent,
        "jeugd.2019-H2": "2020-03-23",
        "2090-H1": "2090-10-21",
        "bw.2090-H1": "2090-10-21",
    }
    every = [info.partition_key for info in all_infos(table(closes), catchup=True)]
    assert every == ["jeugd.2019-H2", "2026-H1", "jeugd.2026-H1", "2090-H1", "bw.2090-H1"]
    assert [info.partition_key for info in all_infos(table(closes), catchup=False)] == every[1:]
    assert table(closes).resolve_partition_date("jeugd.2019-H2") == pendulum.datetime(2019, 7, 1, 5, 47, tz=AMSTERDAM)


LAWS = {
    "2018-H1": "2018-10-22",
    "jeugd.2018-H1": "2018-10-22",
    "2018-H2": "2019-03-25",
    "jeugd.2018-H2": "2019-03-25",
    "bw.2018-H2": "2019-03-25",
}


@pytest.mark.parametrize(
    ("first", "last", "taken"),
    [
        ((2018, 1, 1), (2018, 7, 1), ["2018-H1", "2018-H2"]),
        ((2018, 1, 1, 5, 47), (2018, 7, 1, 5, 47), ["jeugd.2018-H1", "jeugd.2018-H2"]),
        ((2018, 7, 1, 5, 47), (2018, 7, 1, 5, 47), ["jeugd.2018-H2"]),
        ((2018, 1, 1, 12), (2018, 7, 1, 12), []),
        ((2018, 1, 1), (2018, 7, 1, 23, 59), ["2018-H1", "jeugd.2018-H1", "2018-H2", "bw.2018-H2", "jeugd.2018-H2"]),
    ],
)
def test_a_backfill_takes_the_law_whose_time_of_day_it_has(first, last, taken):
    found = table(LAWS).iter_partition_dagrun_infos(earliest=pendulum.datetime(*first), latest=pendulum.datetime(*last))
    assert [info.partition_key for info in found] == taken


def test_a_partition_date_is_never_that_of_two_rounds():
    dates = [table(LAWS).resolve_partition_date(key) for key in LAWS]
    assert len(set(dates)) == len(LAWS)


def test_the_time_of_day_of_a_law_does_not_hang_on_the_other_laws():
    from gmsd_airflow.partition_dates import time_of_law

    known = {law: time_of_law(law) for law in ("wmo", "jeugd", "participatie", "stapeling", "bw")}
    assert known == {"wmo": (0, 0), "jeugd": (5, 47), "participatie": (4, 38), "stapeling": (16, 3), "bw": (11, 30)}


def test_two_laws_of_one_time_of_day_are_refused(monkeypatch):
    from airflow.exceptions import AirflowTimetableInvalid

    table(LAWS).validate()
    monkeypatch.setattr("gmsd_airflow.timetable.time_of_law", lambda law: (0, 0 if law == "wmo" else 1))
    with pytest.raises(AirflowTimetableInvalid, match="bw, jeugd, wmo"):
        table(LAWS).validate()


def test_follows_the_projects_calendar():
    from gmsd.rounds import load_calendar
    from gmsd_airflow.timetable import RoundTimetable

    assert RoundTimetable.of_calendar().closes == {str(known.code): known.close.isoformat() for known in load_calendar().rounds}
