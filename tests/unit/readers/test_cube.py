"""A table of a release in arrays: what a cell shows, why one is missing, and what is made of several."""

from __future__ import annotations

import pytest

from gmsd.readers import read_edition
from tests.support.bundles import one_release, two_releases

COUNT, RATE, TOTAL = "WmoClienten_1", "WmoClientenPer1000Inwoners_2", "T001024"


@pytest.fixture(scope="module")
def edition():
    return read_edition(two_releases(), "r0002")


def test_a_cell_is_what_the_release_shows_or_missing_with_a_reason(edition):
    cube = edition.cubes["83262NED"]
    assert cube.figure(COUNT, TOTAL, "2019HJ02", "GM0518").value == 51800
    assert [cube.figure(COUNT, TOTAL, "2019HJ02", region).reason for region in ("GM0518", "GM0050", "GM0034", "GM0007")] == [
        "", "geheim", "geen_levering", "bestond_niet",
    ]  # fmt: skip
    assert cube.figure(COUNT, TOTAL, "2019HJ02", "NL01").reason == "geen_levering"
    assert cube.value(COUNT, TOTAL, "2031HJ01", "GM0518") is None


def test_a_cell_has_what_the_release_before_showed_only_where_both_show_one(edition):
    cube, before = edition.cubes["83262NED"], edition.before["83262NED"]
    found = [cube.figure(COUNT, group, "2019HJ01", region, before) for group in cube.groups for region in ("GM0518", "GM0034", "GM0363")]
    assert any(each.was is not None for each in found)
    assert all(each.was != each.value for each in found)
    assert cube.figure(COUNT, TOTAL, "2019HJ02", "GM0518", before).was is None
    gone = [before.figure(COUNT, group, "2019HJ01", "GM0050", cube) for group in cube.groups]
    assert all(each.value is not None or each.was is None for each in gone)


def test_a_mean_is_of_shown_cells_and_of_three_at_least(edition):
    cube = edition.cubes["83262NED"]
    three = cube.mean(COUNT, TOTAL, "2019HJ01", ("GM0518", "GM0363", "GM0034", "GM0050"))
    assert three.made_of == ("GM0518", "GM0363", "GM0034")
    values = [cube.value(COUNT, TOTAL, "2019HJ01", each) or 0 for each in three.made_of]
    assert three.value == round(sum(values) / 3, 1)
    two = cube.mean(COUNT, TOTAL, "2019HJ02", ("GM0518", "GM0363", "GM0034", "GM0050"))
    assert (two.value, two.made_of, two.reason) == (None, (), "geen_levering")


def test_quartiles_interpolate():
    cube = read_edition(one_release(), "r0001").cubes["83262NED"]
    regions = ("GM0518", "GM0363", "GM0599", "GM0344", "GM0050")
    values = sorted(cube.value(RATE, TOTAL, "2019HJ01", each) for each in regions if cube.value(RATE, TOTAL, "2019HJ01", each) is not None)
    first, median, third = cube.quartiles(RATE, TOTAL, "2019HJ01", regions)
    assert median.value == round((values[1] + values[2]) / 2, 1)
    assert first.value == round(values[0] + 0.75 * (values[1] - values[0]), 1)
    assert third.value == round(values[2] + 0.25 * (values[3] - values[2]), 1)


def test_municipalities_are_compared_by_a_rate_where_there_is_one(edition):
    assert edition.cubes["83262NED"].main_measure.key == RATE
    assert edition.cubes["83268NED"].main_measure.key == "StandBeginPeriode_1"
