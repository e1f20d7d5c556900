"""The national figure, made of nothing but what is shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from gmsd.disclosure.rates import rate_of

if TYPE_CHECKING:
    from gmsd.disclosure.protection import Protection

NATION = "NL01"
COVERAGE = "coverage"


def nation(shown: pl.DataFrame, inhabitants: pl.DataFrame, protection: Protection, per: int = 1000) -> pl.DataFrame:
    """Sum the shown municipal counts of each period and group.

    Args:
        shown: `period`, `municipality`, `group_code`, `shown`.
        inhabitants: `period`, `municipality`, `inhabitants` of every municipality that exists in the period.
        protection: Holds the least coverage.
        per: For how many inhabitants the rate is.

    Returns:
        `period`, `region` (NL01), `group_code`, `shown`, `rate` (over the inhabitants of the municipalities shown in this very cell) and
        `reason`. Count and rate are missing when those municipalities hold less than the asked share of all inhabitants: `coverage`.
        A municipality without a known number of inhabitants makes the share unknown, and so the cell missing.

    Source: docs/domain.md, "The published table".
    """
    everybody = inhabitants.group_by("period").agg(
        all_inhabitants=pl.when(pl.col("inhabitants").null_count() == 0).then(pl.col("inhabitants").sum())
    )
    summed = (
        shown.join(inhabitants, on=["period", "municipality"], how="left")
        .group_by("period", "group_code")
        .agg(
            pl.col("shown").sum(),
            covered=pl.col("inhabitants").filter(pl.col("shown").is_not_null()).sum(),
        )
        .join(everybody, on="period", how="left")
    )
    enough = (pl.col("covered") * 100 >= pl.col("all_inhabitants") * protection.coverage) & (pl.col("covered") > 0)
    kept = pl.when(enough.fill_null(value=False))
    return summed.with_columns(rate=rate_of("shown", "covered", per)).select(
        "period",
        pl.lit(NATION).alias("region"),
        "group_code",
        kept.then(pl.col("shown")).alias("shown"),
        kept.then(pl.col("rate")).alias("rate"),
        kept.then(pl.lit(None, dtype=pl.String)).otherwise(pl.lit(COVERAGE)).alias("reason"),
    )
