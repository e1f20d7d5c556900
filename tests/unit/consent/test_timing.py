"""Which round a form is about, and whether it is in time: a mail that names the wrong last day makes somebody miss the right one."""

from __future__ import annotations

import datetime as dt

import pytest

from gmsd.clock import AMSTERDAM
from gmsd.consent import timing_of
from gmsd.rounds import WMO, HalfYear, Place, load_calendar


@pytest.mark.parametrize(
    ("half_year", "at", "withdrawal", "explanation"),
    [
        ("2019-H1", (2019, 9, 1, 23), ("too_early", "2019-H1"), ("too_early", "2019-H1")),
        ("2019-H1", (2019, 9, 2), ("in_time", "2019-H1"), ("in_time", "2019-H1")),
        ("2019-H1", (2019, 10, 18, 23), ("in_time", "2019-H1"), ("in_time", "2019-H1")),
        ("2019-H1", (2019, 10, 19), ("too_late", "2019-H1"), ("in_time", "2019-H1")),
        ("2019-H1", (2019, 10, 21), ("too_late", "2019-H1"), ("too_late", "2019-H1")),
        ("2019-H1", (2020, 2, 3), ("in_time", "2019-H2"), ("in_time", "2019-H2")),
        ("2019-H1", (2020, 3, 21), ("too_late", "2019-H2"), ("in_time", "2019-H2")),
        ("2019-H2", (2019, 12, 1), ("too_early", "2019-H2"), ("too_early", "2019-H2")),
        ("2019-H2", (2031, 1, 1), ("too_late", "2019-H2"), ("too_late", "2019-H2")),
        ("2030-H2", (2020, 3, 1), ("no_round", None), ("no_round", None)),
        ("2015-H1", (2020, 3, 1), ("too_late", "2015-H2"), ("too_late", "2015-H2")),
        ("2014-H2", (2020, 3, 1), ("no_round", None), ("no_round", None)),
    ],
)
def test_a_form_is_placed(half_year: str, at: tuple[int, ...], withdrawal: tuple[str, str | None], explanation: tuple[str, str | None]):
    for kind, expected in (("withdrawal", withdrawal), ("explanation", explanation)):
        found = timing_of(load_calendar(), kind, Place(WMO, HalfYear.parse(half_year), "0518"), dt.datetime(*at, tzinfo=AMSTERDAM))
        assert (found.state, str(found.round.code) if found.round else None) == expected
