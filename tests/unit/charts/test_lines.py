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


def test_what_it_is_set_beside_has_dashes_and_a_scale_that_holds_both():
    drawn = line([Point("H1", 20), Point("H2", 30), Point("H3", 31)], band=0, label="Lijn", name="h", beside=[900.5, None, 880.0])
    assert 'class="beside"' not in drawn
    assert drawn.count('class="other"') == 2
    assert 'class="beside"' in line([Point("H1", 20), Point("H2", 30)], band=0, label="Lijn", name="h", beside=[25.5, 26.0])
    heights = [float(each) for each in re.findall(r' y="(-?[\d.]+)" width="7"', drawn)]
    assert all(0 < each < 260 for each in heights)


def test_no_label_runs_into_the_last():
    drawn = line([Point(f"H{at}", 20) for at in range(10)], band=0, label="Lijn", name="h")
    assert re.findall(r">(H\d)</text>", drawn) == ["H0", "H2", "H4", "H6", "H9"]
