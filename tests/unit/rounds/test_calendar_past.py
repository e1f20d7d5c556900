"""The calendar holds the rounds of the past, and what a half-year of then needs is that of the time."""

from __future__ import annotations

import datetime as dt
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest

from gmsd import reference
from gmsd.checking import check_file
from gmsd.demo.deliveries import created_on, delivery
from gmsd.protocol import protocol_for
from gmsd.rounds import WMO, HalfYear, load_calendar
from gmsd.tables import contents_of

if TYPE_CHECKING:
    from pathlib import Path

PAST = [HalfYear(year, half) for year in range(2015, 2019) for half in (1, 2)]
MUNICIPALITIES = {2015: (393, 393), 2016: (390, 390), 2017: (388, 388), 2018: (380, 380)}


def test_every_half_year_since_2015_has_a_round_of_its_own():
    rounds = [known for known in load_calendar().rounds if known.law == WMO]
    assert [known.code for known in rounds] == [*PAST, HalfYear(2019, 1), HalfYear(2019, 2)]
    for before, after in pairwise(rounds):
        assert before.close <= after.window_first, after.id
    for known in rounds:
        assert known.takes[0] == known.code
        assert set(known.takes[1:]) == ({known.code.other} if known.code.half == 2 else set()), known.id
        assert known.window_first > known.code.last_day


def test_days_that_were_published_are_those():
    """Waarstaatjegemeente.nl and StatLine, as the calendar names them."""
    known = {str(each.code): each for each in load_calendar().rounds}
    assert (known["2015-H2"].window_first, known["2015-H2"].window_last) == (dt.date(2016, 1, 18), dt.date(2016, 3, 25))
    assert (known["2016-H1"].window_first, known["2016-H1"].window_last) == (dt.date(2016, 8, 15), dt.date(2016, 9, 30))
    assert (known["2017-H2"].window_first, known["2017-H2"].window_last) == (dt.date(2018, 2, 12), dt.date(2018, 3, 9))
    released = {name: known[name].release for name in ("2015-H2", "2017-H1", "2018-H2")}
    assert released == {"2015-H2": dt.date(2016, 7, 5), "2017-H1": dt.date(2017, 11, 23), "2018-H2": dt.date(2019, 5, 13)}
    assert [name for name, each in known.items() if each.consent == "opt_in"] == ["2015-H1", "2015-H2", "2016-H1", "2016-H2"]


def test_a_consent_of_another_kind_is_refused(tmp_path: Path):
    days = "window: {first: 2020-02-03, last: 2020-03-06}\n  withdrawal: {first: 2020-03-09, last: 2020-03-20}\n  close: 2020-03-23\n"
    path = tmp_path / "rounds.yaml"
    path.write_text(f"- round: 2019-H2\n  takes: [2019-H2]\n  {days}  release: 2020-05-04\n  consent: perhaps\n", encoding="utf-8")
    with pytest.raises(ValueError, match="the consent of round 2019-H2 is none of opt_in, opt_out: perhaps"):
        load_calendar(path)


@pytest.mark.parametrize("half_year", PAST, ids=str)
def test_places_inhabitants_rules_and_contents_are_of_the_time(half_year: HalfYear):
    of_then = reference.municipalities(half_year)
    assert len(reference.municipalities_on(half_year.last_day)) == MUNICIPALITIES[half_year.year][half_year.half - 1]
    days = {code: reference.inhabitants_day(code, half_year) for code in of_then}
    assert all(reference.inhabitants(code, half_year) > 0 for code in of_then)
    nearest = {code for code, day in days.items() if day == reference.inhabitants_date(half_year)}
    assert len(nearest) > 0.9 * len(of_then)  # but for those that a later merger changed, and for whom another year stands in
    assert protocol_for(half_year, WMO).holds_for(half_year)
    assert contents_of(WMO, half_year)


@pytest.mark.parametrize("half_year", PAST, ids=str)
def test_a_synthetic_file_of_then_is_accepted_by_the_rules_of_then(half_year: HalfYear):
    """A place of the time: one that a merger ended later, where there is one."""
    gone = [code for code in reference.municipalities(half_year) if not reference.is_municipality(code, HalfYear(2020, 1))]
    for code in (gone[0], "0339"):
        made = delivery(1, code, half_year)
        received = created_on(code, half_year) + dt.timedelta(days=5)
        result = check_file(made.data, file_name=made.file_name, municipality=code, half_year=half_year, law_id=WMO, received_on=received)
        assert (result.verdict, result.records) == ("accepted", made.records), result.findings
