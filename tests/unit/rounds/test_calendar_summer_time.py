"""A window over the change to summer time, or from it, begins and ends at midnight in the Netherlands, whatever the hour elsewhere."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest

from gmsd.rounds import HalfYear, Place, load_calendar

if TYPE_CHECKING:
    from pathlib import Path

ROUND = """- round: 2019-H2
  takes: [2019-H2]
  window: {{first: {first}, last: {last}}}
  withdrawal: {{first: {after}, last: {after}}}
  close: {close}
  release: 2021-05-04
  status: assumed
"""
SECOND = dt.timedelta(seconds=1)


def utc(*when: int) -> dt.datetime:
    return dt.datetime(*when, tzinfo=dt.UTC)  # type: ignore[misc, arg-type]


@pytest.mark.parametrize(
    ("first", "last", "after", "close", "opens", "ends", "closes"),
    [
        ("2020-03-02", "2020-04-03", "2020-04-06", "2020-04-07", utc(2020, 3, 1, 23), utc(2020, 4, 3, 22), utc(2020, 4, 6, 22)),
        ("2020-03-29", "2020-03-29", "2020-03-30", "2020-03-31", utc(2020, 3, 28, 23), utc(2020, 3, 29, 22), utc(2020, 3, 30, 22)),
        ("2020-10-25", "2020-10-25", "2020-10-26", "2020-10-27", utc(2020, 10, 24, 22), utc(2020, 10, 25, 23), utc(2020, 10, 26, 23)),
        ("2020-09-07", "2020-10-30", "2020-11-02", "2020-11-03", utc(2020, 9, 6, 22), utc(2020, 10, 30, 23), utc(2020, 11, 2, 23)),
    ],
    ids=["over spring", "the day of spring", "the day of autumn", "over autumn"],
)
def test_an_upload_is_in_time_to_the_second(
    first: str, last: str, after: str, close: str, opens: dt.datetime, ends: dt.datetime, closes: dt.datetime, tmp_path: Path
):
    calendar = tmp_path / "rounds.yaml"
    calendar.write_text(ROUND.format(first=first, last=last, after=after, close=close), encoding="utf-8")
    known = load_calendar(calendar)
    place = Place("wmo", HalfYear(2019, 2), "0518")
    timings = [known.place(place, at).timing for at in (opens - SECOND, opens, ends - SECOND, ends)]
    assert timings == ["early", "open", "open", "late"]
    (found,) = known.rounds
    assert found.closes_at == closes
    assert [found.phase(at) == "closed" for at in (closes - SECOND, closes)] == [False, True]


@pytest.mark.parametrize("hour", [utc(2020, 10, 25, 0, 30), utc(2020, 10, 25, 1, 30)], ids=["first time", "second time"])
def test_the_hour_that_comes_twice_is_in_the_window_both_times(hour: dt.datetime, tmp_path: Path):
    calendar = tmp_path / "rounds.yaml"
    days = {"first": "2020-10-25", "last": "2020-10-25", "after": "2020-10-26", "close": "2020-10-27"}
    calendar.write_text(ROUND.format(**days), encoding="utf-8")
    assert load_calendar(calendar).place(Place("wmo", HalfYear(2019, 2), "0518"), hour).timing == "open"
