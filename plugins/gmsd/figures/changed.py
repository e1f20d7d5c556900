"""What figures became otherwise between two moments: how many of each period, never which value of whom."""

from __future__ import annotations

import polars as pl

_KEY = ["period", "municipality", "content"]
KINDS = ("unchanged", "changed", "new", "gone")


def changed_figures(before: pl.DataFrame, after: pl.DataFrame) -> pl.DataFrame:
    """Compare true figures, as `true_figures` gives them.

    Args:
        before: `period`, `municipality`, `content`, `value`.
        after: The same, later.

    Returns:
        `period` and how many figures are `unchanged`, `changed`, `new` and `gone`, in order of period; the figures are byte for byte the
        same where all are unchanged.
    """
    both = before.join(after, on=_KEY, how="full", suffix="_after", coalesce=True)
    kind = (
        pl.when(pl.col("value").is_null())
        .then(pl.lit("new"))
        .when(pl.col("value_after").is_null())
        .then(pl.lit("gone"))
        .when(pl.col("value") == pl.col("value_after"))
        .then(pl.lit("unchanged"))
        .otherwise(pl.lit("changed"))
    )
    counted = both.group_by("period").agg((kind == name).sum().cast(pl.Int64).alias(name) for name in KINDS)
    return counted.sort("period")
