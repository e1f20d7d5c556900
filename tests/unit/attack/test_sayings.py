"""What figures say of their counts: shown, below the threshold, cut off at the whole, or nothing."""

from __future__ import annotations

import numpy as np
import polars as pl

from gmsd.attack import CELLS, Method, PublicRelease
from gmsd.attack.method import PublishedColumn, Rounding
from gmsd.attack.reading import read
from gmsd.attack.sayings import Said, readings, sayings
from gmsd.attack.system import MISSING
from gmsd.attack.windows import NO_LIMIT
from gmsd.tables import Content

BOTH, ONE = frozenset({1, 2}), frozenset({1})
T, A = Content("T", "clients", BOTH), Content("A", "clients", ONE)
H1 = "2019HJ01"
RULE = Rounding(base=5, smallest_shown=10, first_shown=8, secret=False)
NOBODY = pl.DataFrame(schema={"period": pl.String, "municipality": pl.String, "inhabitants": pl.Int64})


def said(
    figures: dict[str, tuple[int | None, int | None]], hidden: tuple[str, ...] = ()
) -> tuple[dict[str, Said], list[str], dict[str, np.ndarray]]:
    """Of a whole T and a part A that is shown beside it, by municipality: what is said, the places, and the limits that it leaves."""
    columns = (PublishedColumn("T1", "count", "T", "T", "T", RULE), PublishedColumn("T1", "count", "A", "A", "A", RULE, within="T"))
    rows = [("T1", "count", H1, place, name, value) for place, both in figures.items() for name, value in zip("TA", both, strict=True)]
    cells = pl.DataFrame(rows, schema=CELLS, orient="row")
    repaired = pl.DataFrame({"period": [H1] * len(hidden), "region": list(hidden), "content": ["A"] * len(hidden)}) if hidden else None
    release = PublicRelease("r1", cells, NOBODY, delivered=cells.select("period", "region").unique(), repaired=repaired)
    series = read([release], Method((T, A), columns, {}, continuity=False), None)
    found = list(sayings(series))
    left = readings(series, found)
    by_name = {series.kinds[each.kind].content: each for each in found}
    limits = {series.kinds[each.kind].content: np.stack([left.least[n], left.most[n]], axis=1) for n, each in enumerate(found)}
    return by_name, series.places, limits


def test_a_shown_figure_leaves_what_rounds_to_it_and_a_missing_one_what_is_below_the_threshold() -> None:
    _, _, limits = said({"GM0001": (50, 20), "GM0002": (30, None)})
    assert limits["T"].tolist() == [[46, 54], [26, 34]]
    assert limits["A"].tolist() == [[16, 24], [0, 7]]


def test_a_part_that_is_cut_off_at_the_whole_may_round_to_more() -> None:
    _, _, limits = said({"GM0001": (50, 50)})
    assert limits["A"].tolist() == [[46, NO_LIMIT]]


def test_a_part_beside_a_missing_whole_says_nothing_and_so_does_one_that_the_gate_hid() -> None:
    found, _, limits = said({"GM0001": (None, None), "GM0002": (50, None)}, hidden=("GM0002",))
    assert limits["A"].tolist() == [[0, NO_LIMIT], [0, NO_LIMIT]]
    assert limits["T"].tolist()[0] == [0, 7]
    assert found["A"].told.tolist() == [MISSING, MISSING]
    assert found["T"].told.tolist() == [MISSING, 50]
