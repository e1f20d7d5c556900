"""The published table as it is defined: its groups by half-year, and what follows from them."""

from __future__ import annotations

import re

import pytest

from gmsd.rounds import WMO, HalfYear
from gmsd.tables import category_titles, main_table
from tests.support.house import LIBRARY

TABLE = main_table(WMO)


def test_groups_cover_the_eighteen_categories_as_statline_does() -> None:
    half_year = HalfYear(2019, 1)
    groups = {group.code: group.categories for group in TABLE.groups(half_year)}
    assert list(groups) == ["T001024", "A048188", "A019506", "A019507", "A019508", "A019509"]
    assert groups["T001024"] == set(category_titles(WMO, half_year)) == set(range(1, 19))
    assert groups["A048188"] == groups["T001024"] - groups["A019508"]
    parts = [groups[code] for code in ("A019506", "A019507", "A019508", "A019509")]
    assert sorted(category for part in parts for category in part) == list(range(1, 19))
    assert TABLE.groups_overlap


def test_the_mapping_after_83262ned_says_that_it_is_assumed() -> None:
    public, later = TABLE.grouping(HalfYear(2020, 2)), TABLE.grouping(HalfYear(2021, 1))
    assert public.status == "public"
    assert (later.status, bool(later.reason)) == ("assumed", True)
    assert later.version != public.version


def test_there_are_no_groups_before_the_law() -> None:
    with pytest.raises(LookupError, match="2014-H2"):
        TABLE.groups(HalfYear(2014, 2))


def test_no_number_of_the_protection_is_typed_in_a_text() -> None:
    """They come from the protection that a release was made with: a table with other numbers has other sentences."""
    numbers = {TABLE.base, TABLE.smallest_shown, TABLE.first_shown, TABLE.first_shown - 1, 75}
    texts = [TABLE.about, TABLE.summary, TABLE.sources, TABLE.group_description, *(text for _term, text in TABLE.definitions)]
    texts += [each.description for each in (*TABLE.measures, *TABLE.dimensions, *TABLE.indicators)]
    texts += [each.text for each in TABLE.nested] + [group.description or "" for group in TABLE.groupings[0].groups]
    texts += [path.read_text(encoding="utf-8") for path in (LIBRARY / "releases" / "templates").glob("*.j2")]
    for text in texts:
        assert not {int(each) for each in re.findall(r"(?<![\d.])\b\d+\b(?![\d.]|\. )", text)} & numbers, text
        assert not re.search(r"vijftal|tiental|veelvoud", text), text
