"""Figures in the warehouse: computed from the arrangements in force, stored as true counts that never leave it."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

import polars as pl

from gmsd.counting import year_arrangements
from gmsd.database import copy_frame, read_frame, read_plain_frame, statement
from gmsd.errors import GmsdError
from gmsd.figures.counted import Accounting, count
from gmsd.figures.participation import participation_by_period
from gmsd.figures.period import Period, periods
from gmsd.journal import share_loading
from gmsd.protocol import law_of
from gmsd.rounds import HalfYear, Participation
from gmsd.tables import contents_of

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Collection, Iterator

    from sqlalchemy import Connection

_ARRANGEMENT: dict[str, pl.DataType | type[pl.DataType]] = {
    "municipality": pl.String,
    "person": pl.Int64,
    "product_category": pl.Int16,
    "start_date": pl.Date,
    "end_date": pl.Date,
}
_RECORD: dict[str, pl.DataType | type[pl.DataType]] = {
    **_ARRANGEMENT,
    "delivery_form": pl.Int16,
    "end_reason": pl.Int16,
    "allocation_number": pl.Int64,
}
_RECORD_OF_PROVIDER: dict[str, pl.DataType | type[pl.DataType]] = {**_RECORD, "provider": pl.Int64}
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
        deliveries: (half-year, municipality, delivery id) that the figures are made of, in that order; of several providers each has one.
    """

    law: str
    half_years: tuple[HalfYear, ...]
    participation: dict[str, dict[str, Participation]]
    deliveries: tuple[tuple[str, str, str], ...]

    def without(self, half_years: Collection[HalfYear]) -> InForce:
        """The same without some half-years: those that were recalled."""
        kept = tuple(half_year for half_year in self.half_years if half_year not in half_years)
        names = {str(half_year) for half_year in kept}
        return InForce(
            self.law,
            kept,
            {half_year: found for half_year, found in self.participation.items() if half_year in names},
            tuple(row for row in self.deliveries if row[0] in names),
        )


@dataclass(frozen=True, slots=True)
class Figures:
    """What was computed of a law: how many figures of each period, and where the rows went."""

    law: str
    cells: dict[str, int]
    accounting: tuple[Accounting, ...]


def half_years_in_force(connection: Connection, law: str, round_: HalfYear, *, to_count: bool = True, release: str = "") -> InForce:
    """Read what counts of a law as of the newest close up to a round.

    Args:
        connection: Of any role that reads the warehouse.
        law: The law.
        round_: The round.
        to_count: Whether figures are to be made of it: then what was withdrawn after publication does not count. Without, a round can be
            asked about as it was then, whose rows gave way to those of a later one or were withdrawn.
        release: As it was when this release was built: what had been withdrawn by then did not count.

    Raises:
        NotLoadedError: when figures are to be made, and the warehouse does not hold exactly those deliveries.
    """
    known = {"law": law, "round": str(round_)}
    missing = list(connection.scalars(statement("figures/not_loaded"), known)) if to_count else []
    if missing:
        raise NotLoadedError(f"not loaded: {', '.join(missing[:5])}{' and more' if len(missing) > 5 else ''} ({len(missing)} in all)")
    rows = read_frame(connection, "figures/participation", _PARTICIPATION, **known, now=to_count, release=release)
    participation: dict[str, dict[str, Participation]] = {half_year: {} for half_year in rows["half_year"].unique()}
    for half_year, municipality, status in rows.select("half_year", "municipality", "status").iter_rows():
        found = Participation(status)
        if found is not Participation.NOT_DELIVERED:
            stands = Participation.DELIVERED if found.has_figures else found
            if participation[half_year].get(municipality) is not Participation.DELIVERED:  # one provider that delivered is enough
                participation[half_year][municipality] = stands
    held = rows.filter(pl.col("delivery_id").is_not_null()).select("half_year", "municipality", "delivery_id")
    return InForce(law, tuple(sorted(HalfYear.parse(text) for text in participation)), participation, tuple(sorted(held.iter_rows())))


def compute(connection: Connection, law: str, round_: HalfYear, at: dt.datetime) -> Figures:
    """Count every period of a law as of a round, and replace those figures in the warehouse.

    Nothing is committed; running it again gives the same figures. One calendar year is held in memory at a time.

    Args:
        connection: With the loader's rights.
        law: The law.
        round_: The round whose close decides what counts.
        at: The moment to note, by the clock.

    Raises:
        NotLoadedError: when a delivery that counts is not loaded.
    """
    share_loading(connection)  # no key is changed between one half-year and the other
    connection.execute(statement("journal/lock"), {"name": f"gmsd:figures:{law}"})  # one count after the other
    force = half_years_in_force(connection, law, round_)
    all_periods = periods(force.half_years)
    participation = participation_by_period(all_periods, force.participation)
    cells: dict[str, int] = {}
    accounting = []
    for _year, of_year in groupby(all_periods, key=lambda period: period.year):
        for period, frame in _arrangements(connection, law, list(of_year), participation):
            found = count(frame, period, participation, contents_of(law, period.reference))
            connection.execute(statement("figures/delete"), {"law": law, "period": period.key})
            stored = found.figures.select(pl.lit(law).alias("law"), pl.all(), pl.lit(at.isoformat()).alias("computed_at"))
            cells[period.key] = copy_frame(connection, "figure", stored)
            accounting.append(found.accounting)
    return Figures(law, cells, tuple(accounting))


def _arrangements(
    connection: Connection, law: str, year_periods: list[Period], participation: pl.DataFrame
) -> Iterator[tuple[Period, pl.DataFrame]]:
    """Each period with its arrangements: a half-year's are those of the warehouse, a year's are joined from the records of both halves."""
    for period in year_periods:
        if period.is_year:
            whole = (pl.col("period") == period.key) & (pl.col("participation") == Participation.DELIVERED)
            yield period, _of_year(connection, law, period, participation.filter(whole).select("municipality"))
        else:
            half_year = str(period.halves[0])
            yield period, read_plain_frame(connection, "figures/arrangements", _ARRANGEMENT, "municipality", law=law, half_year=half_year)


def _of_year(connection: Connection, law: str, period: Period, delivered: pl.DataFrame) -> pl.DataFrame:
    """The arrangements of a year of the municipalities of which both halves are in force: those of the others are not joined."""
    halves = [_records(connection, law, half, delivered).with_columns(half=pl.lit(half.half, pl.Int8)) for half in period.halves]
    asked = {"law": law, "first": str(period.halves[0]), "second": str(period.halves[1])}
    numbered = read_frame(connection, "figures/allocation_filled", {"municipality": pl.String}, **asked)
    return year_arrangements(pl.concat(halves), frozenset(numbered["municipality"].to_list()), law_of(law).counting)


def _records(connection: Connection, law: str, half: HalfYear, delivered: pl.DataFrame) -> pl.DataFrame:
    of_providers = law_of(law).sender == "provider"
    name, schema = ("figures/records_of_providers", _RECORD_OF_PROVIDER) if of_providers else ("figures/records", _RECORD)
    if delivered.is_empty():
        return pl.DataFrame(schema=schema)
    found = read_plain_frame(connection, name, schema, "municipality", law=law, half_year=str(half))
    return found.join(delivered, on="municipality", how="semi")


def true_figures(connection: Connection, law: str, table_periods: tuple[Period, ...]) -> pl.DataFrame:
    """The stored true counts of a law in some periods: `period`, `municipality`, `content`, `value`."""
    schema: dict[str, pl.DataType | type[pl.DataType]] = {
        "period": pl.String,
        "municipality": pl.String,
        "content": pl.String,
        "value": pl.Int64,
    }
    stored = read_frame(connection, "figures/read", schema, law=law)
    return stored.filter(pl.col("period").is_in([period.key for period in table_periods]))
