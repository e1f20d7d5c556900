"""How each municipality takes part in each period of a table: whether there are figures of it, and if not why."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from gmsd.reference import InhabitantsUnknownError, inhabitants, municipalities
from gmsd.rounds import Participation

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from gmsd.figures.period import Period
    from gmsd.rounds import HalfYear


def regions(table_periods: Sequence[Period]) -> tuple[str, ...]:
    """Codes of the municipalities of a table, sorted: all that existed in one of its periods; dissolved ones stay."""
    return tuple(sorted({code for period in table_periods for half in period.halves for code in municipalities(half)}))


def participation_by_period(table_periods: Sequence[Period], in_force: Mapping[str, Mapping[str, Participation]]) -> pl.DataFrame:
    """Say for each period and municipality of the table whether its figures are there.

    The year stands on both halves: one withdrawn half withdraws it, one missing half makes it missing.

    Args:
        table_periods: The periods.
        in_force: Half-year (`2019-H1`) -> municipality -> what counts of it; who is not named has not delivered.

    Returns:
        `period`, `municipality`, `participation` (the word of the enum; `kept` is `delivered` here), one row for each pair.
    """
    codes = regions(table_periods)
    rows = []
    for period in table_periods:
        existing = municipalities(period.reference)
        for code in codes:
            halves = [in_force.get(str(half), {}).get(code, Participation.NOT_DELIVERED) for half in period.halves]
            rows.append((period.key, code, str(_of_halves(halves) if code in existing else Participation.DISSOLVED)))
    return pl.DataFrame(
        rows,
        schema=["period", "municipality", "participation"],
        orient="row",
        schema_overrides=dict.fromkeys(("period", "municipality", "participation"), pl.String),
    )


def _of_halves(halves: Sequence[Participation]) -> Participation:
    for found in (Participation.WITHDRAWN, Participation.NOT_DELIVERED):
        if found in halves:
            return found
    return Participation.DELIVERED


def inhabitants_of(table_periods: Sequence[Period]) -> pl.DataFrame:
    """Inhabitants of every municipality that exists in each period: `period`, `municipality`, `inhabitants` (null = not known)."""
    rows = [
        (period.key, code, _known(code, period.reference)) for period in table_periods for code in sorted(municipalities(period.reference))
    ]
    return pl.DataFrame(rows, schema={"period": pl.String, "municipality": pl.String, "inhabitants": pl.Int64}, orient="row")


def _known(code: str, half_year: HalfYear) -> int | None:
    try:
        return inhabitants(code, half_year)
    except InhabitantsUnknownError:
        return None
