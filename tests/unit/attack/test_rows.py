"""The rows of a series: what holds between the counts of a municipality, and where it does not."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl
import pytest

from gmsd.attack import CELLS, Method, PublicRelease
from gmsd.attack.method import PublishedColumn, Rounding
from gmsd.attack.reading import read
from gmsd.attack.rows import rows_of
from gmsd.attack.windows import NO_LIMIT
from gmsd.tables import Content

if TYPE_CHECKING:
    from gmsd.attack.published import Series

BOTH, ONE = frozenset({1, 2}), frozenset({1})
T, A = Content("T", "clients", BOTH), Content("A", "clients", ONE)
H1, H2, YEAR = "2019HJ01", "2019HJ02", "2019JJ00"
RULE = Rounding(base=5, smallest_shown=10, first_shown=8)
NOBODY = pl.DataFrame(schema={"period": pl.String, "municipality": pl.String, "inhabitants": pl.Int64})


def series(*releases: dict[str, tuple[str, ...]]) -> Series:
    """Releases by the municipalities that they show in each period, everything as 100."""
    method = Method((T, A), tuple(PublishedColumn("T1", "count", n, n, n, RULE) for n in ("T", "A")), {YEAR: (H1, H2)}, continuity=False)
    made = []
    for number, shown in enumerate(releases, start=1):
        rows = [("T1", "count", period, place, name, 100) for period, places in shown.items() for place in places for name in ("T", "A")]
        cells = pl.DataFrame(rows, schema=CELLS, orient="row")
        made.append(PublicRelease(f"r{number}", cells, NOBODY, delivered=cells.select("period", "region").unique()))
    return read(made, method, None)


def bounds(found: Series) -> dict[str, list[int]]:
    return {row.words: bound.tolist() for row, bound in rows_of(found)}


def test_a_part_is_within_its_whole_where_the_municipality_is_published() -> None:
    said = bounds(series({H1: ("GM0001", "GM0002"), H2: ("GM0001",)}))
    (first,) = (bound for words, bound in said.items() if words.startswith("A <= T") and f"({H1}, r1)" in words)
    (second,) = (bound for words, bound in said.items() if words.startswith("A <= T") and f"({H2}, r1)" in words)
    assert first == [0, 0]
    assert second == [0, NO_LIMIT]


def test_a_year_lies_between_its_halves_and_their_sum_where_all_of_them_are() -> None:
    both = ("GM0001", "GM0002")
    said = bounds(series({H1: both, H2: ("GM0001",), YEAR: both}))
    assert said[f"T of {H1} <= T of {YEAR} (r1)"] == [0, 0]
    assert said[f"T of {H2} <= T of {YEAR} (r1)"] == [0, NO_LIMIT]
    assert said[f"T of {YEAR} <= T of its halves together (r1)"] == [0, NO_LIMIT]


@pytest.mark.parametrize("between", ["GM0001", "GM0002"])
def test_a_correction_changes_a_count_by_one_from_each_publication_to_the_next(between: str) -> None:
    """One that was withdrawn in between is held against the release before that."""
    found = series({H1: ("GM0001",)}, {H1: (between,)}, {H1: ("GM0001",)})
    steps = [row.words.partition("(")[2] for row, bound in rows_of(found) if row.kind == "redelivery" and bound[0] == 1]
    wanted = {f"{H1}, r1 to r2)", f"{H1}, r2 to r3)"} if between == "GM0001" else {f"{H1}, r1 to r3)"}
    assert set(steps) == wanted
    assert len(steps) == 4 * len(wanted)
