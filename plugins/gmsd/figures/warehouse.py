"""Figures in the warehouse: computed from the arrangements in force, stored as true counts that never leave it."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

import polars as pl

from gmsd.database import copy_frame, read_frame, statement
from gmsd.errors import GmsdError
from gmsd.figures.counted import Accounting, count
from gmsd.figures.participation import participation_by_period
from gmsd.figures.period import Period, periods
from gmsd.rounds import HalfYear, Participation
from gmsd.tables import tables_of

if TYPE_CHECKING:
    import datetime as dt

    from sqlalchemy import Connection

    from gmsd.tables import Table

_ARRANGEMENT: dict[str, pl.DataType | type[pl.DataType]] = {
    "half_year": pl.String,
    "municipality": pl.String,
    "person": pl.Int64,
    "product_category": pl.Int16,
}
_PARTICIPATION: dict[str, pl.DataType | type[pl.DataType]] = dict.fromkeys(
    ("half_year", "municipality", "status", "delivery_id"), pl.String
)


class NotLoadedError(GmsdError):
    """Deliveries that count are not (or no longer) the ones the warehouse holds: load them first."""


@dataclass(frozen=True, slots=True)
class InForce:
    """What counts of a law as of a round.

    Attributes:
        law: The law.
        half_years: Every half-year that was closed up to the round, in order.
        participation: Half-year -> municipality -> delivered or withdrawn; who is not named has not delivered.
        deliveries: (half-year, municipality, delivery id) that the figures are made of, in that order.
    """

    law: str
    half_years: tuple[HalfYear, ...]
    participation: dict[str, dict[str, Participation]]
    deliveries: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True, slots=True)
class Figures:
    """What was computed of a table: how many cells of each period, and where the rows went."""

    table_id: str
    cells: dict[str, int]
    accounting: tuple[Accounting, ...]


def half_years_in_force(connection: Connection, law: str, round_: HalfYear, *, to_count: bool = True) -> InForce:
    """Read what counts of a law as of the newest close up to a round.

    Args:
        connection: Of any role that reads the warehouse.
        law: The law.
        round_: The round.
        to_count: Whether figures are to be made of it. Without, a round can be asked about whose rows gave way to those of a later one.

    Raises:
        NotLoadedError: when figures are to be made, and the warehouse does not hold exactly those deliveries.
    """
    known = {"law": law, "round": str(round_)}
    missing = list(connection.scalars(statement("figures/not_loaded"), known)) if to_count else []
    if missing:
        raise NotLoadedError(f"not loaded: {', '.join(missing[:5])}{' and more' if len(missing) > 5 else ''} ({len(missing)} in all)")
    rows = read_frame(connection, "figures/participation", _PARTICIPATION, **known)
    participation: dict[str, dict[str, Participation]] = {half_year: {} for half_year in rows["half_year"].unique()}
    for half_year, municipality, status in rows.select("half_year", "municipality", "status").iter_rows():
        found = Participation(status)
        if found is not Participation.NOT_DELIVERED:
            participation[half_year][municipality] = Participation.DELIVERED if found.has_figures else found
    held = rows.filter(pl.col("delivery_id").is_not_null()).select("half_year", "municipality", "delivery_id")
    return InForce(law, tuple(sorted(HalfYear.parse(text) for text in participation)), participation, tuple(sorted(held.iter_rows())))


def compute(connection: Connection, law: str, round_: HalfYear, at: dt.datetime) -> tuple[Figures, ...]:
    """Count every period of every table of a law as of a round, and replace those figures in the warehouse.

    Nothing is committed; running it again gives the same figures. One calendar year is held in memory at a time.

    Args:
        connection: With the loader's rights.
        law: The law.
        round_: The round whose close decides what counts.
        at: The moment to note, by the clock.

    Raises:
        NotLoadedError: when a delivery that counts is not loaded.
    """
    force = half_years_in_force(connection, law, round_)
    all_periods = periods(force.half_years)
    participation = participation_by_period(all_periods, force.participation)
    counted: dict[str, tuple[dict[str, int], list[Accounting]]] = {table.table_id: ({}, []) for table in tables_of(law)}
    for _, of_year in groupby(all_periods, key=lambda period: period.year):
        for period, frame in _arrangements(connection, law, list(of_year)):
            for table in tables_of(law):
                if not period.is_of(table):
                    continue
                found = count(frame, period, participation, table)
                connection.execute(statement("figures/delete"), {"table_id": table.table_id, "period": period.key})
                stored = found.figures.select(
                    pl.lit(table.table_id).alias("table_id"), pl.all(), pl.lit(at.isoformat()).alias("computed_at")
                )
                cells, accounting = counted[table.table_id]
                cells[period.key] = copy_frame(connection, "figure", stored)
                accounting.append(found.accounting)
    return tuple(Figures(table_id, cells, tuple(accounting)) for table_id, (cells, accounting) in counted.items())


def _arrangements(connection: Connection, law: str, year_periods: list[Period]) -> list[tuple[Period, pl.DataFrame]]:
    halves = {half for period in year_periods for half in period.halves}
    frames = {half: read_frame(connection, "figures/arrangements", _ARRANGEMENT, law=law, half_year=str(half)) for half in halves}
    return [(period, pl.concat([frames[half] for half in period.halves])) for period in year_periods]


def true_figures(connection: Connection, table: Table, table_periods: tuple[Period, ...]) -> pl.DataFrame:
    """The stored true counts of the periods of a table: `measure`, `period`, `municipality`, `group_code`, `value`."""
    schema: dict[str, pl.DataType | type[pl.DataType]] = {
        "measure": pl.String,
        "period": pl.String,
        "municipality": pl.String,
        "group_code": pl.String,
        "value": pl.Int64,
    }
    stored = read_frame(connection, "figures/read", schema, table_id=table.table_id)
    return stored.filter(pl.col("period").is_in([period.key for period in table_periods]))
