"""Who enters and leaves a release, as its preview tells it."""

from __future__ import annotations

from dataclasses import replace

import polars as pl

from gmsd.releases.preview import movements
from gmsd.rounds import HalfYear
from tests.support.releases import content

H1, H2 = HalfYear(2019, 1), HalfYear(2019, 2)


def test_the_first_release_has_new_periods_only_and_names_nobody() -> None:
    assert movements(content(H1).tables[0]) == [{"period": "2019HJ01", "is": "new", "entering": 4, "leaving": 0}]


def test_who_was_not_in_a_period_and_who_is_no_longer_are_named() -> None:
    now = content(H1).tables[0]
    unknown = pl.col("region").is_in(["GM0363", "GM0050"])
    earlier = now.cells.with_columns(
        value=pl.when(unknown).then(None).otherwise(pl.col("value")),
        reason=pl.when(unknown).then(pl.lit("withdrawn")).otherwise(pl.col("reason")),
    )
    gone = pl.col("region") == "GM0518"
    after = now.cells.with_columns(
        value=pl.when(gone).then(None).otherwise(pl.col("value")),
        reason=pl.when(gone).then(pl.lit("withdrawn")).otherwise(pl.col("reason")),
    )
    assert movements(replace(now, cells=after, earlier=earlier)) == [
        {
            "period": "2019HJ01",
            "is": "both",
            "entering": 2,
            "leaving": 1,
            "enters": ["0050 Zeewolde", "0363 Amsterdam"],
            "leaves": ["0518 's-Gravenhage"],
        }
    ]


def test_a_period_that_is_gone_is_told_with_how_many_were_in_it() -> None:
    both, one = content(H1, H2).tables[0], content(H2).tables[0]
    found = movements(replace(one, earlier=both.cells))
    assert [(each["period"], each["is"], each["leaving"]) for each in found] == [("2019HJ01", "gone", 4), ("2019JJ00", "gone", 3)]


def test_nothing_is_told_when_nobody_moved() -> None:
    now = content(H1).tables[0]
    assert movements(replace(now, earlier=now.cells)) == []
