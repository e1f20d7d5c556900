"""Steps of a walk: what a client or an arrangement more does to every count."""

from __future__ import annotations

from gmsd.tables import Content, lives, small_changes, within_a_period
from tests.support import synthetic_release as published

ONE, TWO = frozenset({1}), frozenset({2})
BOTH = ONE | TWO
CLIENTS = [Content(name, "clients", held) for name, held in (("total", BOTH), ("one", ONE), ("two", TWO))]
FLOWS = [Content(unit, unit, BOTH) for unit in ("begin", "entering", "leaving")]


def test_a_client_more_is_one_in_each_group_above_the_category() -> None:
    made = small_changes(CLIENTS)
    assert (("one", 1), ("total", 1)) in made
    assert (("two", 1), ("total", 1)) in [tuple(sorted(each, key=lambda term: term[0] == "total")) for each in made]
    assert (("one", -1), ("two", 1)) in made or (("one", 1), ("two", -1)) in made


def test_no_change_stands_in_it_with_its_opposite() -> None:
    made = small_changes([*CLIENTS, *FLOWS])
    assert len(set(made)) == len(made)
    assert not {tuple((name, -by) for name, by in each) for each in made} & set(made)
    assert within_a_period(CLIENTS)


def test_a_life_counts_alike_in_the_halves_and_the_year() -> None:
    for life in lives([*CLIENTS, *FLOWS]):
        assert set(life) == {"first", "second", "year"}
    entered = {"first": (("entering", 1), ("leaving", 1)), "second": (), "year": (("entering", 1), ("leaving", 1))}
    assert entered in lives(FLOWS)


def test_changes_are_made_once_and_of_what_is_counted() -> None:
    names = {each.name for each in published.contents()}
    found = small_changes(published.contents())
    assert len(set(found)) == len(found)
    assert not set(found) & {tuple((name, -by) for name, by in change) for change in found}
    assert {name for change in found for name, _ in change} == names
    assert all(set(life) == {"first", "second", "year"} for life in lives(published.contents()))
