"""Figures in HTML: the keys of each, words for a missing one, what a computed one was made of."""

from __future__ import annotations

import pytest

from gmsd.readers import Computed, Figure
from gmsd.readers.figures import computed, earlier, figure, number

ABOUT = ("83262NED", "WmoClienten_1", "T001024", "2019HJ02")


def test_a_figure_says_which_it_is():
    assert figure(Figure(*ABOUT, "GM0518", 24680, "")) == (
        '<td class="number" data-table="83262NED" data-region="GM0518" data-period="2019HJ02" data-group="T001024" '
        'data-measure="WmoClienten_1" data-value="24680">24.680</td>'
    )


@pytest.mark.parametrize(
    ("region", "reason", "words"),
    [("GM0518", "geheim", "geheim"), ("GM0518", "bestond_niet", "bestond niet"), ("NL01", "geen_levering", "te weinig gemeenten")],
)
def test_a_missing_one_is_words_and_a_reason(region, reason, words):
    made = figure(Figure(*ABOUT, region, None, reason), "data")
    assert f'data-value="" data-reason="{reason}">{words}</data>' in made


def test_a_derived_one_says_what_it_was_made_of():
    made = computed(Computed(*ABOUT, "mean", 1234.5, ("GM0001", "GM0002", "GM0003")))
    assert 'data-derived="mean" data-from="GM0001 GM0002 GM0003" data-value="1234.5">1.234,5</td>' in made
    assert "data-region" not in made
    change = computed(Computed(*ABOUT, "change", -15.0, ("2019HJ01", "2019HJ02"), "", "GM0518"))
    assert 'data-region="GM0518"' in change
    assert change.endswith(">\N{MINUS SIGN}15</td>")
    assert "+15<" in computed(Computed(*ABOUT, "change", 15.0, ("2019HJ01", "2019HJ02"), "", "GM0518"))


def test_what_was_shown_before_names_its_release():
    assert 'data-release="r0001" data-value="10">10</data>' in earlier(Figure(*ABOUT, "GM0518", 15, "", 10), "r0001")


def test_a_key_with_signs_is_only_ever_text():
    assert "<script>" not in figure(Figure("<script>", *ABOUT[1:], "GM0518", 1, ""))


def test_numbers_are_dutch():
    assert [number(each) for each in (0, 1234567, 12.5, -3, 12.0, None)] == ["0", "1.234.567", "12,5", "\N{MINUS SIGN}3", "12", ""]
