"""From true municipal counts to what may be shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from gmsd.disclosure.keyed import draw
from gmsd.disclosure.nation import nation
from gmsd.disclosure.rates import rate_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gmsd.disclosure.protection import Protection

SUPPRESSED = "suppressed"


def protect(
    cells: pl.DataFrame,
    inhabitants: pl.DataFrame,
    protection: Protection,
    key: bytes,
    *,
    nested: Sequence[tuple[str, str]] = (),
    drawn_as: str = "",
    per: int = 1000,
) -> pl.DataFrame:
    """Protect every cell of one count of a table.

    Args:
        cells: One row for each `period`, `municipality` and `group_code`: `value` (the true count, null where there is none to show) and
            `reason` (why there is none: withdrawn, not_delivered, dissolved; null where there is a count).
        inhabitants: `period`, `municipality`, `inhabitants` (null = not known) of every municipality that exists in the period.
        protection: How to protect.
        key: The rounding key; used by keyed rounding and by the secret threshold.
        nested: (part, whole) groups where the part is missing when the whole is, and else never shown above it. Other groups stand alone.
        drawn_as: Sets the draws of this count apart from those of other counts of the same municipality and group.
        per: For how many inhabitants the rate is.

    Returns:
        `period`, `region` (GM0518 and NL01), `group_code`, `shown` (a multiple of the base, or null), `rate` (whole clients per so many
        inhabitants, from the shown count, or null) and `reason` (why nothing is shown; `suppressed` and `coverage` join the given ones).
        No column holds a true count.
    """
    shown = _clamp_nested(_shown(cells, protection, key, drawn_as), nested)
    municipal = (
        shown.join(inhabitants, on=["period", "municipality"], how="left")
        .with_columns(rate=rate_of("shown", "inhabitants", per), region=pl.format("GM{}", "municipality"))
        .with_columns(
            reason=pl.when(pl.col("shown").is_null() & pl.col("reason").is_null()).then(pl.lit(SUPPRESSED)).otherwise(pl.col("reason"))
        )
    )
    columns = ["period", "region", "group_code", "shown", "rate", "reason"]
    return pl.concat([municipal.select(columns), nation(shown, inhabitants, protection, per).select(columns)]).sort(
        "period", "region", "group_code"
    )


def _shown(cells: pl.DataFrame, protection: Protection, key: bytes, drawn_as: str) -> pl.DataFrame:
    pairs = cells.select("municipality", "group_code").unique().sort("municipality", "group_code")
    draws = _draws(pairs, key, drawn_as, protection.base)
    count, rest = pl.col("value"), pl.col("value") % protection.base
    first_shown = protection.first_shown + (pl.col("threshold") if protection.threshold == "secret" else pl.lit(0))
    rounds_up = rest > pl.col("turn") if protection.rounding == "keyed" else rest * 2 > protection.base
    rounded = count - rest + pl.when(rounds_up).then(protection.base).otherwise(0)
    shown = pl.max_horizontal(rounded, pl.lit(protection.smallest_shown)).cast(pl.Int64)
    return (
        cells.join(draws, on=["municipality", "group_code"], how="left")
        .with_columns(shown=pl.when(count >= first_shown).then(shown))
        .select("period", "municipality", "group_code", "shown", "reason")
    )


def _draws(pairs: pl.DataFrame, key: bytes, drawn_as: str, base: int) -> pl.DataFrame:
    """One HMAC for rounding and one for the threshold, for each municipality and group (two thousand in the whole country)."""
    rows = [
        (municipality, group, *(draw(key, purpose, f"GM{municipality}", group, drawn_as=drawn_as, base=base) for purpose in "ts"))
        for municipality, group in pairs.iter_rows()
    ]
    schema = {"municipality": pl.String, "group_code": pl.String, "turn": pl.Int64, "threshold": pl.Int64}
    return pl.DataFrame(rows, schema=schema, orient="row")


def _clamp_nested(shown: pl.DataFrame, nested: Sequence[tuple[str, str]]) -> pl.DataFrame:
    """Overlapping groups are rounded each by itself, so a part could be shown above its whole, or beside a missing whole."""
    for part, whole in nested:
        wholes = shown.filter(pl.col("group_code") == whole).select("period", "municipality", whole="shown")
        smaller = pl.when(pl.col("whole").is_not_null()).then(pl.min_horizontal("shown", "whole"))
        both = pl.col("shown").is_not_null()
        shown = (
            shown.join(wholes, on=["period", "municipality"], how="left")
            .with_columns(shown=pl.when(pl.col("group_code") != part).then(pl.col("shown")).otherwise(pl.when(both).then(smaller)))
            .drop("whole")
        )
    return shown
