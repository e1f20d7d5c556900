"""A figure over time: a line, the band of rounding, and a hatch where nothing is shown."""

from __future__ import annotations

import re

from gmsd.charts import Point, line


def test_nothing_is_drawn_across_what_is_missing():
    drawn = line([Point("H1", 100), Point("H2", None, "geheim"), Point("H3", 110), Point("H4", 120)], band=4, label="Lijn", name="h")
    assert len(re.findall("<polyline", drawn)) == 2
    assert len(re.findall("<circle", drawn)) == 3
    assert drawn.count('fill="url(#h)"') == 1
    assert ">geheim</text>" in drawn


def test_the_band_is_as_wide_as_rounding_and_is_left_out_without():
    points = [Point("H1", 20), Point("H2", 30)]
    banded, plain = (line(points, band=band, label="Lijn", name="h") for band in (4, 0))
    assert 'class="band"' in banded
    assert 'class="band"' not in plain
    high, low = (float(each) for each in re.search(r'y1="([\d.]+)" y2="([\d.]+)" class="whisker"', banded).groups())
    assert low > high


def test_one_that_is_missing_throughout_is_drawn_too():
    assert "<polyline" not in line([Point("H1", None, "geheim")], band=4, label="Lijn", name="h")
