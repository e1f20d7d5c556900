"""Municipalities as readers look for them."""

from __future__ import annotations

import pytest

from gmsd.readers import predecessors_of, search, size_class_of, size_words, successors_of, what_became_of
from gmsd.readers.places import MOST_FOUND, of_size_class
from gmsd.rounds import HalfYear

H = HalfYear(2019, 2)


@pytest.mark.parametrize(
    ("words", "first"),
    [
        ("den haag", "GM0518"), ("'s-gravenhage", "GM0518"), ("s gravenhage", "GM0518"), ("gm0518", "GM0518"), ("0518", "GM0518"),
        ("SUDWEST fryslan", "GM1900"),
        ("den bosch", "GM0796"), ("zwolle", "GM0193"), ("urk", "GM0184"), ("alphen", "GM0484"),
    ],
)  # fmt: skip
def test_a_municipality_is_found_as_people_write_it(words, first):
    assert search(words)[0].region == first


def test_nothing_finds_nothing_and_much_is_cut():
    assert search("") == search("  ") == search("bestaatniet") == []
    assert len(search("e")) == MOST_FOUND


def test_one_that_ended_is_found_after_those_that_exist_and_says_where_it_went():
    found = search("haren")
    assert found[-1].note or found[0].note
    assert what_became_of("GM0017") == "Haren is opgegaan in Groningen per 1 januari 2019."
    assert what_became_of("GM0788").startswith("Haaren is verdeeld over Boxtel, ")
    assert what_became_of("GM0518") == ""
    assert successors_of("GM0017") == [("GM0014", "Groningen")]
    assert ("GM0017", "Haren") in predecessors_of("GM0014")


def test_size_classes_hold_every_municipality_once():
    sizes = [size_class_of(each, H) for each in ("GM0518", "GM0050", "GM0060")]
    assert sizes == [">=250k", "20-50k", "<5k"]
    assert "GM0518" in of_size_class(">=250k", H)
    assert [size_words(each) for each in ("<5k", "20-50k", ">=250k")] == [
        "met minder dan 5.000 inwoners", "met 20.000 tot 50.000 inwoners", "met 250.000 inwoners of meer",
    ]  # fmt: skip
