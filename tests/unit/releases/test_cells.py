"""The cells of a release: what they are made of beside what protection shows."""

from __future__ import annotations

import polars as pl

from gmsd.reference import SIZE_CLASS_BOUNDS, size_class
from gmsd.releases.cells import size_classes


def test_a_column_of_inhabitants_falls_in_the_classes_that_each_number_falls_in() -> None:
    numbers = [0, 1, *(edge + step for edge in SIZE_CLASS_BOUNDS for step in (-1, 0, 1)), 900_000]
    frame = pl.DataFrame({"people": [None, *numbers]}, schema={"people": pl.Int64})
    assert frame.select(size_classes("people")).to_series().to_list() == [None, *map(size_class, numbers)]
