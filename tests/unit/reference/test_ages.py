"""Inhabitants of some ages: what the tables that name them are set against."""

from __future__ import annotations

import pytest

from gmsd.reference import InhabitantsUnknownError, age_groups, inhabitants, inhabitants_aged, municipalities, printed_trait
from gmsd.reference.ages import AGES_DAY
from gmsd.rounds import HalfYear

H2 = HalfYear(2020, 2)


def test_of_the_whole_country_they_are_what_is_published_of_2020():
    under_23 = sum(inhabitants_aged("under_23", code, H2) for code in municipalities(H2))
    assert round(100 * 435_760 / under_23, 1) == 9.8


def test_a_group_of_ages_lies_between_the_classes_it_is_cut_from():
    classes = {name: printed_trait(name, AGES_DAY) for name in ("age_0_9", "age_10_19", "age_20_29")}
    for code in municipalities(H2):
        under_10, teens, twenties = (int(found[code]) for found in classes.values())
        under_18, under_23 = (inhabitants_aged(name, code, H2) for name in ("under_18", "under_23"))
        assert abs(under_23 - (under_10 + teens + 0.3 * twenties)) <= 0.03 * under_23
        assert under_10 < under_18 < under_10 + teens + 50 < under_23 + 50


def test_everybody_is_a_group_and_an_unknown_one_is_an_error():
    assert age_groups()[0] == "inhabitants"
    assert inhabitants_aged("inhabitants", "0301", H2) == inhabitants("0301", H2)
    with pytest.raises(KeyError):
        inhabitants_aged("over_90", "0301", H2)


def test_a_municipality_of_another_division_has_none():
    with pytest.raises(InhabitantsUnknownError):
        inhabitants_aged("under_23", "1979", HalfYear(2021, 2))
