"""Who serves which place on a day: terms, laws, and municipalities that were taken over or split."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gmsd.reference import all_municipalities, municipalities
from gmsd.registration import EVERY_LAW, Coordinator, Serving, Term
from gmsd.rounds import HalfYear, Place

BEFORE, AFTER = dt.date(2020, 2, 3), dt.date(2021, 2, 1)
H2 = HalfYear(2020, 2)


def at_work(day: dt.date, *terms: tuple[str, str, str]) -> Serving:
    """Coordinators `a`, `b`, ... at work on a day: name, municipality and law of each term."""
    names = {name for name, _, _ in terms}
    made: dict[str, tuple[Term, ...]] = {}
    for name, code, law in terms:
        made[code] = (*made.get(code, ()), Term(name, code, law, dt.date(2019, 1, 1), None))
    return Serving(day, {name: Coordinator(name, (f"{name}@gemeente.invalid",)) for name in names}, made)


def names(serving: Serving, code: str, law: str = "wmo") -> list[str]:
    return [each.coordinator_id for each in serving.of_place(Place(law, H2, code))]


@pytest.mark.parametrize(
    ("day", "holds"), [("2020-02-02", False), ("2020-02-03", True), ("2020-03-05", True), ("2020-03-06", False), ("2021-01-01", False)]
)
def test_a_term_holds_from_its_first_day_to_the_day_before_its_end(day: str, holds: bool) -> None:
    term = Term("a", "0518", EVERY_LAW, dt.date(2020, 2, 3), dt.date(2020, 3, 6))
    assert term.holds_on(dt.date.fromisoformat(day)) is holds


def test_several_may_serve_one_municipality_and_a_law_may_have_its_own() -> None:
    serving = at_work(BEFORE, ("b", "0518", EVERY_LAW), ("a", "0518", "jeugd"), ("c", "0363", EVERY_LAW))
    assert names(serving, "0518") == ["b"]
    assert names(serving, "0518", "jeugd") == ["a", "b"]
    assert names(serving, "0599") == []


def test_the_successor_serves_what_it_took_over_from_the_day_it_did() -> None:
    """Appingedam 0003 became part of Eemsdelta 1979 on 1 January 2021."""
    terms = (("old", "0003", EVERY_LAW), ("new", "1979", EVERY_LAW))
    assert names(at_work(BEFORE, *terms), "0003") == ["old"]
    assert names(at_work(AFTER, *terms), "0003") == ["new"]
    assert names(at_work(AFTER, terms[0]), "0003") == ["old"]
    places = at_work(AFTER, *terms).places("new", "wmo", H2)
    assert [place.municipality for place in places] == ["0003", "0010", "0024"]
    assert at_work(AFTER, *terms).places("old", "wmo", H2) == ()
    assert [place.municipality for place in at_work(AFTER, *terms).places("new", "wmo", HalfYear(2021, 1))] == ["1979"]
    assert at_work(BEFORE, *terms).places("new", "wmo", H2) == ()


def test_one_that_was_split_is_served_by_who_was_registered_for_it() -> None:
    """Haaren 0788 went to four municipalities on 1 January 2021."""
    assert names(at_work(AFTER, ("part", "0757", EVERY_LAW)), "0788") == []
    assert names(at_work(AFTER, ("part", "0757", EVERY_LAW), ("named", "0788", EVERY_LAW)), "0788") == ["named"]


CODES = [each.code for each in all_municipalities()]


@given(
    held=st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from(CODES), st.sampled_from([EVERY_LAW, "wmo", "jeugd"])), max_size=12),
    day=st.dates(dt.date(2016, 1, 1), dt.date(2023, 12, 31)),
    half_year=st.builds(HalfYear, st.integers(2016, 2022), st.sampled_from([1, 2])),
    law=st.sampled_from(["wmo", "jeugd"]),
)
def test_places_of_a_coordinator_and_coordinators_of_a_place_say_the_same(held, day, half_year, law) -> None:
    serving = at_work(day, *held)
    told = {(name, place.municipality) for name in serving.coordinators for place in serving.places(name, law, half_year)}
    asked = {(each.coordinator_id, code) for code in municipalities(half_year) for each in serving.of_place(Place(law, half_year, code))}
    assert told == asked
