"""What a run of the publication asks for: what the form says, what it does not go together with, and what a script leaves out."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from gmsd.clock import AMSTERDAM
from gmsd.releases import Proposal
from gmsd.rounds import Calendar, HalfYear, load_calendar
from gmsd_airflow.publication_form import asked_for, is_dry_run
from gmsd_airflow.runs import WrongRunError

H1, H2 = HalfYear(2019, 1), HalfYear(2019, 2)
NOW = dt.datetime(2020, 5, 1, 9, tzinfo=AMSTERDAM)
FORM = {
    "action": "publish",
    "law": None,
    "round": None,
    "half_year": None,
    "targets": ["statline", "files", "waarstaatjegemeente"],
    "embargo_date": None,
    "embargo_time": None,
    "reason": None,
    "dry_run": True,
}


def asked(now: dt.datetime = NOW, newest: HalfYear | None = H2, calendar: Calendar | None = None, **conf: Any) -> Proposal:
    return asked_for(conf, calendar or load_calendar(), {"wmo": newest}, now)


def test_the_form_as_it_begins_looks_at_the_newest_round_and_asks_nobody() -> None:
    assert is_dry_run(FORM)
    assert asked(**FORM) == Proposal("wmo", H2)


def test_a_script_that_names_a_round_only_asks_a_second_person_as_ever() -> None:
    assert not is_dry_run({"round": "2019-H1"})
    assert not is_dry_run({})
    assert asked(round="2019-H1") == Proposal("wmo", H1)
    assert asked() == Proposal("wmo", H2)


def test_everything_that_is_filled_in_is_asked_for() -> None:
    found = asked(round="2019-H1", targets=["files", "statline"], embargo_date="2020-05-04", embargo_time="06:30", reason=" Kamerbrief ")
    at = dt.datetime(2020, 5, 4, 6, 30, tzinfo=AMSTERDAM)
    assert found == Proposal("wmo", H1, targets=("statline", "files"), embargo=at, reason="Kamerbrief")
    assert asked(action="recall", half_year="2019-H1", reason="x") == Proposal("wmo", H2, "recall", H1, reason="x")
    assert asked(action="put back", half_year="2019-H1") == Proposal("wmo", H2, "put back", H1)


@pytest.mark.parametrize(
    ("conf", "told"),
    [
        ({"law": "wmo", "round": "jeugd.2019-H2"}, "different laws: round jeugd.2019-H2, law wmo"),
        ({"round": "jeugd.2019-H2", "half_year": "bw.2019-H1", "action": "put back"}, "different laws"),
        ({"round": "jeugd.2019-H2"}, "names no tables; there are tables of wmo"),
        ({"round": "2029-H1"}, r"2018-H2, 2019-H1, 2019-H2 of wmo"),
        ({"targets": ["waarstaatjegemeente"]}, "StatLine .* cannot be left out"),
        ({"targets": []}, "cannot be left out"),
        ({"embargo_date": "2020-05-04"}, "the time .* is missing"),
        ({"embargo_time": "06:30"}, "the day is missing"),
        ({"embargo_date": "2020-05-01", "embargo_time": "09:00"}, "over already; it is 2020-05-01 09:00"),
        ({"embargo_date": "2021-03-28", "embargo_time": "02:30"}, "does not exist: the clock goes forward"),
        ({"embargo_date": "4 May", "embargo_time": "02:30"}, "written as 2020-05-04 and 06:30"),
        ({"half_year": "2019-H1"}, "is for a recall only"),
        ({"action": "recall"}, "which half-year is to be recalled"),
        ({"action": "recall", "half_year": "2019-H1", "reason": " "}, "needs a reason"),
        (
            {"action": "recall", "half_year": "2019-H1", "reason": "x", "embargo_date": "2021-01-01", "embargo_time": "09:30"},
            "leave the embargo empty",
        ),
        ({"action": "delete"}, "there is no action 'delete'"),
    ],
)
def test_what_does_not_go_together_is_answered_in_words(conf: dict[str, Any], told: str) -> None:
    with pytest.raises(WrongRunError, match=told):
        asked(**conf)


def test_a_round_that_is_not_closed_is_refused_with_the_day_of_its_close() -> None:
    early = dt.datetime(2020, 2, 10, 9, tzinfo=AMSTERDAM)
    with pytest.raises(WrongRunError, match="it closes on 23 March 2020"):
        asked(early, H1, round="2019-H2")
    with pytest.raises(WrongRunError, match="its close has not run"):
        asked(NOW, H1, round="2019-H2")
    with pytest.raises(WrongRunError, match="no round has been closed yet"):
        asked(early, None)
    with pytest.raises(WrongRunError, match="no round of wmo has been closed yet"):
        asked(early, None, round="2019-H1")


def test_of_an_hour_that_comes_twice_the_embargo_ends_in_the_later_one() -> None:
    found = asked(embargo_date="2021-10-31", embargo_time="02:30").embargo
    assert found is not None
    assert found.astimezone(dt.UTC) == dt.datetime(2021, 10, 31, 1, 30, tzinfo=dt.UTC)
    assert Proposal("wmo", H2, embargo=found).describe()["embargo"] == "2021-10-31T02:30:00+01:00"


def test_a_run_that_asks_again_may_have_an_embargo_that_is_over() -> None:
    conf = {"embargo_date": "2020-04-30", "embargo_time": "06:30"}
    assert asked_for(conf, load_calendar(), {"wmo": H2}, NOW, again=True).embargo == dt.datetime(2020, 4, 30, 6, 30, tzinfo=AMSTERDAM)
