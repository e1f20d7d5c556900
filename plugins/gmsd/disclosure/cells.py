"""From true municipal counts to what may be shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from gmsd.disclosure.keyed import draw
from gmsd.disclosure.nation import nation

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from gmsd.disclosure.protection import Protection

SUPPRESSED = "suppressed"
_CELL = ["period", "municipality", "content"]
_SHOWN = ["period", "region", "content", "shown", "people", "reason"]


def protect(
    cells: pl.DataFrame,
    inhabitants: pl.DataFrame,
    protections: Mapping[str, Protection],
    key: bytes,
    *,
    nested: Sequence[tuple[str, str]] = (),
    repaired: pl.DataFrame | None = None,
) -> pl.DataFrame:
    """Protect every cell of every content: once, whichever tables show it.

    Args:
        cells: One row for each `period`, `municipality` and `content`: `value` (the true count, null where there is none to show) and
            `reason` (why there is none: withdrawn, not_delivered, dissolved; null where there is a count).
        inhabitants: `period`, `municipality`, `inhabitants` (null = not known) of every municipality that exists in the period.
        protections: Content -> how its counts are protected.
        key: The rounding key; used by keyed rounding and by the secret threshold.
        nested: (part, whole) contents where the part is missing when the whole is, and else never shown above it. Others stand alone.
        repaired: `period`, `municipality`, `content` of cells that stay missing since the attack on some release found them out.

    Returns:
        `period`, `region` (GM0518 and NL01), `content`, `shown` (a multiple of the base, or null), `people` (the inhabitants that a rate of
        it is over, or null) and `reason` (why nothing is shown; `suppressed` and `coverage` join the given ones). No column holds a true
        count.

    Raises:
        KeyError: a content without protection.
    """
    shown = _shown(cells, protections, key)
    if repaired is not None and repaired.height:
        known = repaired.select(_CELL).unique().with_columns(is_repaired=pl.lit(value=True))
        shown = shown.join(known, on=_CELL, how="left", maintain_order="left").with_columns(
            shown=pl.when(pl.col("is_repaired").is_null()).then(pl.col("shown"))
        )
    shown = _clamp_nested(shown.drop("is_repaired", strict=False), nested)
    municipal = shown.join(inhabitants, on=["period", "municipality"], how="left").with_columns(
        region=pl.format("GM{}", "municipality"),
        people="inhabitants",
        reason=pl.when(pl.col("shown").is_null() & pl.col("reason").is_null()).then(pl.lit(SUPPRESSED)).otherwise(pl.col("reason")),
    )
    coverage = pl.DataFrame(
        [(content, each.coverage) for content, each in protections.items()],
        schema={"content": pl.String, "coverage": pl.Int64},
        orient="row",
    )
    whole = nation(shown.join(coverage, on="content", how="left"), inhabitants)
    return pl.concat([municipal.select(_SHOWN), whole.select(_SHOWN)]).sort("period", "region", "content")


def _shown(cells: pl.DataFrame, protections: Mapping[str, Protection], key: bytes) -> pl.DataFrame:
    pairs = cells.select("municipality", "content").unique().sort("municipality", "content")
    count, rest = pl.col("value"), pl.col("value") % pl.col("base")
    rounds_up = pl.when("is_keyed").then(rest > pl.col("turn")).otherwise(rest * 2 > pl.col("base"))
    rounded = count - rest + pl.when(rounds_up).then(pl.col("base")).otherwise(0)
    shown = pl.max_horizontal(rounded, "smallest_shown").cast(pl.Int64)
    return (
        cells.join(_draws(pairs, protections, key), on=["municipality", "content"], how="left", maintain_order="left")
        .with_columns(shown=pl.when(count >= pl.col("first_shown")).then(shown))
        .select(*_CELL, "shown", "reason")
    )


def _draws(pairs: pl.DataFrame, protections: Mapping[str, Protection], key: bytes) -> pl.DataFrame:
    """How each municipality's count of each content is protected; one HMAC for rounding and one for the threshold."""
    rows = []
    for municipality, content in pairs.iter_rows():
        how = protections[content]
        turn = draw(key, "t", f"GM{municipality}", content, base=how.base)
        first_shown = how.first_shown + draw(key, "s", f"GM{municipality}", content, base=how.thresholds)
        rows.append((municipality, content, turn, first_shown, how.base, how.smallest_shown, how.rounding == "keyed"))
    schema = {
        "municipality": pl.String, "content": pl.String, "turn": pl.Int64, "first_shown": pl.Int64, "base": pl.Int64,
        "smallest_shown": pl.Int64, "is_keyed": pl.Boolean,
    }  # fmt: skip
    return pl.DataFrame(rows, schema=schema, orient="row")


def _clamp_nested(shown: pl.DataFrame, nested: Sequence[tuple[str, str]]) -> pl.DataFrame:
    """Overlapping groups are rounded each by itself, so a part could be shown above its whole, or beside a missing whole."""
    for part, whole in nested:
        wholes = shown.filter(pl.col("content") == whole).select("period", "municipality", whole="shown")
        smaller = pl.when(pl.col("whole").is_not_null()).then(pl.min_horizontal("shown", "whole"))
        both = pl.col("shown").is_not_null()
        shown = (
            shown.join(wholes, on=["period", "municipality"], how="left", maintain_order="left")
            .with_columns(shown=pl.when(pl.col("content") != part).then(pl.col("shown")).otherwise(pl.when(both).then(smaller)))
            .drop("whole")
        )
    return shown
