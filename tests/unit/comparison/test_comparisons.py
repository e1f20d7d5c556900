"""Comparisons against a slow one written from the method's words, what the method was seen to give, and its edges."""

from __future__ import annotations

import math
import time
from collections import Counter

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from gmsd.comparison import Comparisons, NotOfYearError, Terms, TermsError, comparison_group, load_filters
from gmsd.rounds import HalfYear
from tests.support import slow_compare as slow
from tests.support.pages import PROJECT, blocks, follow

ISLANDS = {"0060", "0088", "0093", "0096"}  # Ameland, Schiermonnikoog, Terschelling, Vlieland
WITHOUT_2021 = {"0003", "0010", "0024", "0788"}
PROVINCES = sorted(set(slow.provinces().values()))


@pytest.fixture(scope="module")
def held() -> Comparisons:
    return Comparisons(2020, load_filters(2020, None))


def same(ours, theirs) -> bool:
    """Equal to six decimals, whatever it is."""
    if isinstance(theirs, float) and isinstance(ours, float):
        return math.isclose(ours, theirs, abs_tol=6e-7)
    if isinstance(theirs, dict):
        return ours.keys() == theirs.keys() and all(same(ours[key], value) for key, value in theirs.items())
    if isinstance(theirs, list):
        return len(ours) == len(theirs) and all(map(same, ours, theirs))
    return ours == theirs


def test_what_the_method_was_seen_to_give(held):
    assert [round(cut, 3) for cut in held.cut_points] == [0.576, 0.819]
    assert np.allclose(held.cut_points, slow.cut_points(), atol=1e-9)
    verdicts = {code: held.group(code).verdict for code in held.codes}
    assert Counter(verdicts.values()) == {"goed": 329, "matig": 14, "geen goede vergelijking": 12}
    assert verdicts["0184"] == "matig"  # Urk
    none = {code for code, verdict in verdicts.items() if verdict == "geen goede vergelijking"}
    assert none >= ISLANDS | WITHOUT_2021


@settings(max_examples=4)
@given(
    me=st.sampled_from(slow.codes()),
    number=st.integers(1, 25),
    asked=st.one_of(st.sampled_from([("alike", None), ("unlike", None)]), st.tuples(st.just("alike_but"), st.sampled_from(slow.THEMES))),
    weights=st.dictionaries(st.sampled_from(slow.THEMES), st.sampled_from([0.0, 0.5, 1.5, 3.0, 20.0]), max_size=3),
    province=st.one_of(st.none(), st.sets(st.sampled_from(PROVINCES), min_size=1, max_size=3)),
)
@example(me="0184", number=10, asked=("alike", None), weights={}, province=None)
@example(me="0003", number=10, asked=("alike", None), weights={"leeftijd": 20.0}, province=None)
@example(me="0518", number=354, asked=("alike", None), weights={}, province=None)
@example(me="0518", number=10, asked=("alike_but", "gezondheid"), weights={"gezondheid": 0.0, "wonen": 3.0}, province=None)
@example(me="0518", number=10, asked=("alike", None), weights=dict.fromkeys(slow.THEMES[:-1], 0.0), province={"Utrecht"})
def test_everything_agrees_with_a_slow_comparison(held, me, number, asked, weights, province):
    order, theme = asked
    filters = {"provincie": frozenset(province)} if province else {}
    ours = held.compare(me, Terms(number, order, theme, filters, weights)).to_json()
    theirs = slow.answer(me, number=number, order=order, theme=theme, weights=weights, province=province)
    assert [each["municipality"] for each in ours["neighbours"]] == [each["municipality"] for each in theirs["neighbours"]]
    for key, value in theirs.items():
        assert same(ours[key], value), key


def test_who_has_too_little_in_common_is_compared_with_nobody_and_it_is_said_why(held):
    answer = held.compare("0003")
    assert (answer.neighbours, answer.verdict, len(answer.not_comparable)) == ((), "geen goede vergelijking", 354)
    assert {trait.date.isoformat() for trait in answer.unknown} == {"2021-01-01"}
    assert set(held.compare("0518").not_comparable) == WITHOUT_2021


def test_unlike_is_the_far_end_and_keeps_the_verdict(held):
    far, every = held.compare("0518", Terms(order="unlike")), held.compare("0518", Terms(number=1000))
    assert [each.municipality for each in far.neighbours] == [each.municipality for each in every.neighbours][::-1][:10]
    assert far.verdict == held.compare("0518").verdict == "goed"
    assert every.number == 354
    assert {each.stability for each in every.neighbours} == {1.0}


def test_alike_in_all_but_a_theme_differs_there(held):
    answer = held.compare("0518", Terms(order="alike_but", theme="inkomen"))
    apart = {each.municipality: each.share["inkomen"] * each.distance**2 for each in held.compare("0518", Terms(number=354)).neighbours}
    farthest = sorted(apart, key=lambda code: apart[code])[-(len(apart) // 4) :]
    assert len(answer.neighbours) == 10
    assert {each.municipality for each in answer.neighbours} <= set(farthest)


def test_one_outside_its_own_filter_is_never_mutual(held):
    near = held.compare("0518", Terms(filters={"provincie": frozenset({"Utrecht"})}))
    assert near.neighbours
    assert not any(each.mutual for each in near.neighbours)


def test_draws_move_within_the_rounding_only(held):
    z = slow.z_scores()
    for draw in (0, 199):
        moved = slow.z_scores(draw)
        gaps = {trait: max(abs(moved[code][trait] - z[code][trait]) for code in z if trait in z[code]) for trait in slow.TRAITS}
        assert all(gap > 0 for gap in gaps.values())
        # Whole percents move most: half a percent of households with children is a tenth of a deviation.
        assert gaps["households_children"] == max(gaps.values()) < 0.2


@pytest.mark.parametrize(
    ("terms", "names"),
    [
        (Terms(number=0), "1 of meer"),
        (Terms(order="alike_but", theme="weer"), "omvang, leeftijd, huishoudens, inkomen, wonen, gezondheid"),
        (Terms(weights={"weer": 1}), "omvang, leeftijd"),
        (Terms(weights={"wonen": -1}), "gewicht van wonen"),
        (Terms(weights={"wonen": math.inf}), "gewicht van wonen"),
        (Terms(weights={"wonen": math.nan}), "gewicht van wonen"),
        (Terms(weights=dict.fromkeys(slow.THEMES, 0)), "boven 0"),
        (Terms(order="alike_but", theme="wonen", weights=dict.fromkeys(set(slow.THEMES) - {"wonen"}, 0)), "boven 0"),
        (Terms(filters={"klimaat": frozenset({"nat"})}), "er zijn: provincie"),
        (Terms(filters={"provincie": frozenset({"Holland"})}), "Drenthe, Flevoland"),
    ],
)
def test_what_does_not_exist_is_refused_and_what_does_is_named(held, terms, names):
    with pytest.raises(TermsError, match=names) as refused:
        held.compare("0518", terms)
    assert refused.value.exit_status == 2


@pytest.mark.parametrize(
    ("code", "why"), [("1979", "bestaat sinds 2021-01-01"), ("0017", "bestond tot 2019-01-01"), ("9999", "geen gemeente")]
)
def test_a_place_of_another_year_is_told_apart_from_none(held, code, why):
    with pytest.raises(NotOfYearError, match=why):
        held.compare(code)


def test_year_without_traits_is_refused():
    with pytest.raises(TermsError, match="er zijn: 2020"):
        Comparisons(2031)


def test_groups_are_the_ten_nearest_and_the_same_for_both_halves_of_a_year(held):
    for code in ("0518", "0184", "0003"):
        nearest = held.compare(code)
        for half_year in (HalfYear(2019, 1), HalfYear(2019, 2), HalfYear(2020, 2), HalfYear(2024, 1)):
            group = comparison_group(code, half_year)
            assert group.members == tuple(each.municipality for each in nearest.neighbours)
            assert (group.year, group.verdict) == (2020, nearest.verdict)
    assert comparison_group("1979", HalfYear(2021, 1)) is None


def test_a_question_with_its_draws_takes_far_less_than_a_second(held):
    held.compare("0518")
    started = time.process_time()
    for code in held.codes[:20]:
        held.compare(code)
    assert (time.process_time() - started) / 20 < 0.2


def test_the_page_asks_as_it_says(tmp_path):
    steps = [block for block in blocks((PROJECT / "docs" / "comparison.md").read_text(encoding="utf-8")) if block.language == "python"]
    assert len(steps) == 1
    (tmp_path / "expectations").symlink_to(PROJECT / "expectations")
    follow(steps, tmp_path)
