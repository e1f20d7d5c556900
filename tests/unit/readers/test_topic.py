"""One figure of all municipalities: the list, classes and quartiles."""

from __future__ import annotations

import numpy as np
import pytest

from gmsd.readers import read_edition, topic_of
from gmsd.readers.topic import class_bounds
from tests.support.bundles import one_release


@pytest.fixture(scope="module")
def view():
    edition = read_edition(one_release(), "r0001")
    cube = edition.cubes["83262NED"]
    return topic_of(edition, cube, cube.period("2019HJ02"), "T001024")


def test_every_municipality_of_the_period_stands_in_the_list_by_name(view):
    assert view.rows[0].region == "NL01"
    names = [row.name for row in view.rows[1:]]
    assert len(names) == 355
    assert names.index("Groningen (gemeente)" if "Groningen (gemeente)" in names else "Groningen") < names.index("Zwolle")


@pytest.mark.parametrize(
    ("values", "bounds"),
    [([], ()), ([5], ()), ([5, 5, 5], ()), ([10, 20], (10,)), (list(range(100)), (19, 39, 59, 79))],
)
def test_classes_are_five_at_most_and_none_is_empty(values, bounds):
    assert class_bounds(np.array(values, dtype=np.int32)) == bounds


def test_a_value_falls_in_one_class(view):
    found = [view.class_of(each.value) for each in view.drawn.values() if each.value is not None]
    assert set(found) == set(range(len(view.bounds) + 1))


def test_quartiles_are_of_municipalities_of_one_size_and_never_of_two(view):
    assert sum(each.count for each in view.spread) == sum(each.value is not None for each in view.drawn.values())
    for each in view.spread:
        assert (each.quartiles[0].value is None) == (each.count < 3)
