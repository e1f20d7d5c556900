"""What is shown of one municipality: every table, beside others, over time."""

from __future__ import annotations

import pytest

from gmsd.readers import read_edition, sections_of
from tests.support.bundles import one_release, two_releases


@pytest.fixture(scope="module")
def edition():
    return read_edition(two_releases(), "r0002")


def test_every_table_with_municipalities_has_a_section_with_all_its_groups(edition):
    sections = sections_of(edition, "GM0518", edition.period("2019HJ02"))
    assert [each.cube.table.table_id for each in sections] == ["83262NED", "83264NED", "86050NED", "83268NED", "GMSDMA01"]
    assert [(len(each.topics), {len(topic.rows) for topic in each.topics}) for each in sections] == [
        (len(each.cube.measures), {len(each.cube.groups)}) for each in sections
    ]


def test_a_table_of_years_shows_the_year_and_one_without_it_says_so(edition):
    shown = {
        each.cube.table.table_id: each.period and each.period.key for each in sections_of(edition, "GM0518", edition.period("2019HJ02"))
    }
    assert (shown["83262NED"], shown["GMSDMA01"]) == ("2019HJ02", "2019JJ00")


def test_half_years_and_years_stand_apart_with_the_change_between_shown_ones(edition):
    [section, *_] = sections_of(edition, "GM0034", edition.period("2019HJ02"))
    [development, *_] = section.developments
    assert [each.period.key for each in development.halves] == ["2019HJ01", "2019HJ02"]
    assert [each.period.key for each in development.years] == ["2019JJ00"]
    first, second = development.halves
    assert first.change is None
    assert second.change is not None
    assert (second.figure.value, second.change.value, second.change.reason) == (None, None, "geen_levering")


def test_a_comparison_group_is_asked_for_by_place_and_period():
    edition = read_edition(one_release(), "r0001")
    asked = []

    def group_of(region, period):
        asked.append((region, period.key))
        return ("GM0363", "GM0599", "GM0344")

    section = sections_of(edition, "GM0518", edition.period("2019HJ01"), group_of)[0]
    assert section.topics[0].rows[0].of_group.made_of == ("GM0363", "GM0599", "GM0344")
    assert set(asked) == {("GM0518", "2019HJ01"), ("GM0518", "2019JJ00")}


def test_only_figures_that_are_shown_now_are_told_as_changed(edition):
    changed = [row.own for each in sections_of(edition, "GM0518", edition.period("2019HJ01")) for row in each.changed]
    assert changed
    assert all(each.value is not None and each.was != each.value for each in changed)
