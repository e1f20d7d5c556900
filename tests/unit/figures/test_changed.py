"""How many figures a recount changed, by period."""

from __future__ import annotations

import polars as pl

from gmsd.figures import changed_figures

SCHEMA = {"period": pl.String, "municipality": pl.String, "content": pl.String, "value": pl.Int64}


def figures(*rows: tuple[str, str, str, int]) -> pl.DataFrame:
    return pl.DataFrame(rows, SCHEMA, orient="row")


def test_each_figure_is_of_one_kind():
    before = figures(
        ("2015HJ01", "0518", "a", 10), ("2015HJ01", "0518", "b", 0), ("2015HJ02", "0518", "a", 5), ("2015JJ00", "0518", "a", 7)
    )
    after = figures(("2015HJ01", "0518", "a", 11), ("2015HJ01", "0518", "b", 0), ("2015HJ02", "0518", "a", 5), ("2016HJ01", "0518", "a", 3))
    assert changed_figures(before, after).to_dicts() == [
        {"period": "2015HJ01", "unchanged": 1, "changed": 1, "new": 0, "gone": 0},
        {"period": "2015HJ02", "unchanged": 1, "changed": 0, "new": 0, "gone": 0},
        {"period": "2015JJ00", "unchanged": 0, "changed": 0, "new": 0, "gone": 1},
        {"period": "2016HJ01", "unchanged": 0, "changed": 0, "new": 1, "gone": 0},
    ]


def test_nothing_before_or_nothing_at_all():
    after = figures(("2015HJ01", "0518", "a", 0))
    assert changed_figures(figures(), after).to_dicts() == [{"period": "2015HJ01", "unchanged": 0, "changed": 0, "new": 1, "gone": 0}]
    assert changed_figures(figures(), figures()).is_empty()
