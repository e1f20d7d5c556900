"""Figures in the warehouse: computed from the arrangements in force, stored as true counts that never leave it."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

import polars as pl

from gmsd.database import copy_frame, read_frame, statement
from gmsd.figures.count import Accounting, count
from gmsd.figures.periods import Period, periods
from gmsd.figures.standing import DELIVERED, WITHDRAWN, standing
from gmsd.rounds import HalfYear

if TYPE_CHECKING:
    import datetime as dt

    from sqlalchemy import Connection

    from gmsd.figures.tables import TableDefinition

_ARRANGEMENT: dict[str, pl.DataType | type[pl.DataType]] = {
    "half_year": pl.String,
    "municipality": pl.String,
    "person": pl.Int64,
    "product_category": pl.Int16,
}
_PARTICIPATION: dict[str, pl.DataType | type[pl.DataType]] = dict.fromkeys(
    ("half_year", "municipality", "status", "delivery_id"), pl.String
)
_STANDS_AS = {"delivered": DELIVERED, "kept": DELIVERED, "withdrawn": WITHDRAWN}


class NotLoadedError(Exception):
    """Deliveries that count are not (or no longer) the ones the warehouse holds: load them first."""


@dataclass(frozen=True, slots=True)
class InForce:
    """What counts as of a round.

    Attributes:
        half_years: Every half-year that was closed up to the round, in order.
        participation: Half-year -> municipality -> delivered or withdrawn.
        deliveries: (half-year, municipality, delivery id) that the figures are made of, in that order.
    """

    half_years: tuple[HalfYear, ...]
    participation: dict[str, dict[str, str]]
    deliveries: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True, slots=True)
class Figures:
    """What was computed: how many cells of each period, and where the rows went."""

    cells: dict[str, int]
    accounting: tuple[Accounting, ...]


def half_years_in_force(connection: Connection, round_: HalfYear, *, to_count: bool = True) -> InForce:
    """Read what counts as of the newest close up to a round.

    Args:
        connection: Of any role that reads the warehouse.
        round_: The round.
        to_count: Whether figures are to be made of it. Without, a round can be asked about whose rows gave way to those of a later one.

    Raises:
        NotLoadedError: when figures are to be made, and the warehouse does not hold exactly those deliveries.
    """
    missing = list(connection.scalars(statement("figures/not_loaded"), {"round": str(round_)})) if to_count else []
    if missing:
        raise NotLoadedError(f"not loaded: {', '.join(missing[:5])}{' and more' if len(missing) > 5 else ''} ({len(missing)} in all)")
    rows = read_frame(connection, "figures/participation", _PARTICIPATION, round=str(round_))
    participation: dict[str, dict[str, str]] = {half_year: {} for half_year in rows["half_year"].unique()}
    for half_year, municipality, status in rows.select("half_year", "municipality", "status").iter_rows():
        if status in _STANDS_AS:
            participation[half_year][municipality] = _STANDS_AS[status]
    held = rows.filter(pl.col("delivery_id").is_not_null()).select("half_year", "municipality", "delivery_id")
    return InForce(tuple(sorted(HalfYear.parse(text) for text in participation)), participation, tuple(sorted(held.iter_rows())))


def compute(connection: Connection, table: TableDefinition, round_: HalfYear, at: dt.datetime) -> Figures:
    """Count every period of a table as of a round, and replace its figures in the warehouse.

    Nothing is committed; running it again gives the same figures. One calendar year is held in memory at a time.

    Args:
        connection: With the loader's rights.
        table: The table.
        round_: The round whose close decides what counts.
        at: The moment to note, by the clock.

    Raises:
        NotLoadedError: when a delivery that counts is not loaded.
    """
    force = half_years_in_force(connection, round_)
    table_periods = periods(force.half_years)
    stands = standing(table_periods, force.participation)
    cells: dict[str, int] = {}
    accounting: list[Accounting] = []
    for _, of_year in groupby(table_periods, key=lambda period: period.year):
        year_periods = list(of_year)
        for period, frame in _arrangements(connection, year_periods):
            counted = count(frame, period, stands)
            connection.execute(statement("figures/delete"), {"table_id": table.table_id, "period": period.key})
            stored = counted.figures.select(pl.lit(table.table_id).alias("table_id"), pl.all(), pl.lit(at.isoformat()).alias("computed_at"))
            cells[period.key] = copy_frame(connection, "figure", stored)
            accounting.append(counted.accounting)
    return Figures(cells, tuple(accounting))


def _arrangements(connection: Connection, year_periods: list[Period]) -> list[tuple[Period, pl.DataFrame]]:
    halves = {half for period in year_periods for half in period.halves}
    frames = {half: read_frame(connection, "figures/arrangements", _ARRANGEMENT, half_year=str(half)) for half in halves}
    return [(period, pl.concat([frames[half] for half in period.halves])) for period in year_periods]


def true_figures(connection: Connection, table: TableDefinition, table_periods: tuple[Period, ...]) -> pl.DataFrame:
    """The stored true counts of the periods of a table: `period`, `municipality`, `group_code`, `clients`."""
    schema: dict[str, pl.DataType | type[pl.DataType]] = {
        "period": pl.String,
        "municipality": pl.String,
        "group_code": pl.String,
        "clients": pl.Int64,
    }
    stored = read_frame(connection, "figures/read", schema, table_id=table.table_id)
    return stored.filter(pl.col("period").is_in([period.key for period in table_periods]))
