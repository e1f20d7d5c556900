"""How each municipality takes part in each period of a table: whether there are figures of it, and if not why."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from gmsd.reference import EVERYBODY, InhabitantsUnknownError, inhabitants_aged, municipalities
from gmsd.rounds import Participation

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

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


def inhabitants_of(
    table_periods: Sequence[Period], ages: Collection[str] = (), counted: Callable[[Period, str], HalfYear] | None = None
) -> pl.DataFrame:
    """Inhabitants of every municipality that exists in each period.

    Args:
        table_periods: The periods.
        ages: Groups of ages (`gmsd.reference.age_groups`) that are wanted beside everybody.
        counted: Of which half-year the inhabitants of a period and municipality are; None = of the period.

    Returns:
        `period`, `municipality`, `inhabitants` and a column for each group of ages; null = not known.
    """
    wanted = (EVERYBODY, *sorted({*ages} - {EVERYBODY}))
    rows = []
    for period in table_periods:
        for code in sorted(municipalities(period.reference)):
            half_year = period.reference if counted is None else counted(period, code)
            rows.append((period.key, code, *(_known(each, code, half_year) for each in wanted)))
    schema: dict[str, pl.DataType | type[pl.DataType]] = {"period": pl.String, "municipality": pl.String, **dict.fromkeys(wanted, pl.Int64)}
    return pl.DataFrame(rows, schema=schema, orient="row")


def _known(ages: str, code: str, half_year: HalfYear) -> int | None:
    try:
        return inhabitants_aged(ages, code, half_year)
    except InhabitantsUnknownError:
        return None
