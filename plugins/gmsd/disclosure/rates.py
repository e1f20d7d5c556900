"""Rates per so many inhabitants, computed from the shown count and never from the true one."""

import polars as pl


def rate_of(shown: str, inhabitants: str, per: int) -> pl.Expr:
    """Whole clients per so many inhabitants from the shown count, halves rounded up; null when either is missing.

    A rate of the true count gives that count away in small populations (docs/domain.md), so the shown count is the only input.
    Whole numbers throughout: the same on every machine.
    """
    people = pl.when(pl.col(inhabitants) > 0).then(pl.col(inhabitants)).cast(pl.Int64)
    return ((2 * per * pl.col(shown).cast(pl.Int64) + people) // (2 * people)).cast(pl.Int64)
