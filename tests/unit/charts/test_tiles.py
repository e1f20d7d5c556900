"""The tile map: each municipality a square of its own, near to where it lies, the same each time."""

from __future__ import annotations

import numpy as np

from gmsd.charts.tiles import Spot, layout, tile_map
from gmsd.reference import municipalities, point
from gmsd.rounds import HalfYear

POINTS = tuple((code, *found) for code in municipalities(HalfYear(2019, 2)) if (found := point(code)) is not None)


def test_every_municipality_has_a_square_of_its_own():
    places = layout(POINTS)
    assert len(set(places.values())) == len(POINTS) == 355


def test_squares_keep_the_shape_of_the_country():
    places = layout(POINTS)
    lying = np.array([(x, -y) for _, x, y in POINTS])
    drawn = np.array([places[code] for code, _, _ in POINTS], dtype=float)
    for axis in (0, 1):
        assert np.corrcoef(lying[:, axis], drawn[:, axis])[0, 1] > 0.95


def test_the_order_of_points_and_the_time_change_nothing():
    layout.cache_clear()
    first = layout(POINTS)
    layout.cache_clear()
    assert layout(POINTS) == first


def test_what_is_missing_is_a_hatch_without_a_number():
    shown = Spot("GM0518", (4.3, 52.0), 2, "Den Haag: 40")
    missing = Spot("GM0050", (5.5, 52.3), None, "Zeewolde: geheim")
    drawn = tile_map([shown, missing], label="Kaart", name="h")
    assert drawn.count('fill="url(#h)"') == 1
    assert drawn.count("<text") == 1
    assert 'role="img"' in drawn
