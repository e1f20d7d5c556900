"""National figures, made of nothing but what is shown."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

if TYPE_CHECKING:
    from collections.abc import Sequence

NATION = "NL01"
COVERAGE = "coverage"
FEWEST_IN_CLASS = 3
"""A size class with fewer municipalities that show a count is estimated with the others' ratio."""
_NORMAL_95 = 1.96


def nation(shown: pl.DataFrame, inhabitants: pl.DataFrame) -> pl.DataFrame:
    """Sum the shown municipal counts of each period and content.

    Args:
        shown: `period`, `municipality`, `content`, `shown` and `coverage` (the least share, in per cents of all inhabitants).
        inhabitants: `period`, `municipality`, `inhabitants` of every municipality that exists in the period.

    Returns:
        `period`, `region` (NL01), `content`, `shown`, `people` (the inhabitants of the municipalities shown in this very cell), `reason`.
        Both are missing when those municipalities hold less than the asked share of all inhabitants: `coverage`. A municipality without a
        known number of inhabitants makes the share unknown, and so the cell missing.

    Source: docs/domain.md, "The published table".
    """
    everybody = inhabitants.group_by("period").agg(
        all_inhabitants=pl.when(pl.col("inhabitants").null_count() == 0).then(pl.col("inhabitants").sum())
    )
    summed = (
        shown.join(inhabitants, on=["period", "municipality"], how="left")
        .group_by("period", "content")
        .agg(
            pl.col("shown").sum(),
            pl.col("coverage").first(),
            covered=pl.col("inhabitants").filter(pl.col("shown").is_not_null()).sum(),
        )
        .join(everybody, on="period", how="left")
    )
    enough = (pl.col("covered") * 100 >= pl.col("all_inhabitants") * pl.col("coverage")) & (pl.col("covered") > 0)
    kept = pl.when(enough.fill_null(value=False))
    return summed.select(
        "period",
        pl.lit(NATION).alias("region"),
        "content",
        kept.then(pl.col("shown")).alias("shown"),
        kept.then(pl.col("covered")).alias("people"),
        kept.then(pl.lit(None, dtype=pl.String)).otherwise(pl.lit(COVERAGE)).alias("reason"),
    )


def estimate(
    shown: pl.DataFrame, inhabitants: pl.DataFrame, contents: Sequence[str], *, coverage: int, difference: int, base: int
) -> pl.DataFrame:
    """Estimate the count of the whole country from what municipalities show, with bounds.

    A ratio estimator by size class: the shown counts per inhabitant of a class hold for its municipalities that show none. As nothing but
    shown counts and inhabitants goes in, it tells nothing that the release does not tell already, whoever enters, leaves or withdraws.

    Args:
        shown: `period`, `region`, `content`, `shown`, of municipalities.
        inhabitants: `period`, `municipality`, `inhabitants`, `size_class`.
        contents: What to estimate.
        coverage: The least share of all inhabitants, in per cents, that municipalities with a shown count hold; else there is none.
        difference: How far a shown count can be from the true one.
        base: What estimate and bounds are rounded to: the estimate to the nearest multiple, the bounds outwards.

    Returns:
        `period`, `content`, `estimate`, `lower`, `upper` and `reason` (null, or `coverage`).

    Source: W.G. Cochran, Sampling Techniques (3rd edition, 1977), chapter 6, combined ratio by stratum; that municipalities without a count
    are like those of their class is assumed.
    """
    municipal = shown.select("period", "content", "shown", municipality=pl.col("region").str.strip_prefix("GM"))
    rows: list[tuple[str, str, int | None, int | None, int | None, str | None]] = []
    for period in sorted(inhabitants["period"].unique()):
        places = inhabitants.filter(pl.col("period") == period)
        for content in contents:
            here = municipal.filter((pl.col("period") == period) & (pl.col("content") == content))
            strata = places.join(here, on="municipality", how="left")
            told = strata.filter(pl.col("shown").is_not_null())
            enough = told.height and told["inhabitants"].sum() * 100 >= places["inhabitants"].sum() * coverage
            if places["inhabitants"].null_count() or not enough:
                rows.append((period, content, None, None, None, COVERAGE))
                continue
            total, variance = _by_class(strata)
            margin = _NORMAL_95 * math.sqrt(variance + told.height * difference**2 / 3)
            lower, upper = max(0.0, total - margin), total + margin
            rounded = round(total / base), math.floor(lower / base), math.ceil(upper / base)
            rows.append((period, content, *(base * each for each in rounded), None))
    schema = {"period": pl.String, "content": pl.String, "estimate": pl.Int64, "lower": pl.Int64, "upper": pl.Int64, "reason": pl.String}
    return pl.DataFrame(rows, schema=schema, orient="row")


def _by_class(strata: pl.DataFrame) -> tuple[float, float]:
    """Total and variance over the size classes; the whole country stands in for a class where too few show a count."""
    people, counts = strata["inhabitants"].to_numpy().astype(float), strata["shown"].to_numpy().astype(float)
    classes, told = strata["size_class"].to_numpy(), ~np.isnan(counts)
    total, variance = float(counts[told].sum()), 0.0
    for name in sorted(set(classes)):
        inside = classes == name
        basis = inside & told if (inside & told).sum() >= FEWEST_IN_CLASS else told
        missing = float(people[inside & ~told].sum())
        if not missing:
            continue
        ratio = counts[basis].sum() / people[basis].sum()
        total += ratio * missing
        spread = ((counts[basis] - ratio * people[basis]) ** 2).sum() / max(1, basis.sum() - 1)
        # in places of the size of those told: what is filled in carries the error of the ratio and that of the missing places themselves
        filled = missing / people[basis].mean()
        variance += float(spread * (filled**2 / basis.sum() + filled))
    return total, variance
