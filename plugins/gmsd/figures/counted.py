"""From arrangements in force to the true figures of a table."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from gmsd.counting import clients
from gmsd.rounds import Participation

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gmsd.figures.period import Period
    from gmsd.tables import Table


@dataclass(frozen=True, slots=True)
class Accounting:
    """Where the arrangements of a period went: `rows_in` is always `used` plus everything in `left_out`."""

    period: str
    rows_in: int
    used: int
    left_out: dict[str, int]

    def __post_init__(self) -> None:
        """Refuse an account that does not add up: rows would have got lost between warehouse and figure."""
        if self.rows_in != self.used + sum(self.left_out.values()):
            raise ValueError(f"rows of {self.period} do not add up: {self.rows_in} in, {self.used} used, {self.left_out} left out")


@dataclass(frozen=True, slots=True)
class Counted:
    """True figures of one period, and the account of the rows they were made of."""

    figures: pl.DataFrame
    accounting: Accounting


def count(arrangements: pl.DataFrame, period: Period, participation: pl.DataFrame, table: Table) -> Counted:
    """Count every counted measure of a table in one period.

    A year counts the persons of both half-years together, each once, of the municipalities of which both halves are in force.

    Args:
        arrangements: Arrangements of the half-years of the period: `municipality`, `person` (null = unknown), `product_category`.
        period: The period to count.
        participation: `period`, `municipality`, `participation` (`participation_by_period`).
        table: Its groups and measures.

    Returns:
        `measure`, `period`, `municipality`, `group_code`, `value`: every measure and group of every municipality that delivered, zero
        included. Left out by reason: `municipality_missing` (no figures of it in this period, such as one half of a year only) and
        `unknown_person` (999999999 is nobody known: an arrangement, not a client).
    """
    has_figures = (pl.col("period") == period.key) & (pl.col("participation") == Participation.DELIVERED)
    delivered = participation.filter(has_figures).select("municipality")
    inside = arrangements.join(delivered, on="municipality", how="semi")
    groups = table.groups(period.reference)
    counted = clients(inside, groups, within=["municipality"])
    grid = delivered.join(pl.DataFrame({"group_code": [group.code for group in groups]}), how="cross").sort(
        "municipality", maintain_order=True
    )
    found = grid.join(counted, on=["municipality", "group_code"], how="left", maintain_order="left")
    figures = pl.concat(
        found.select(
            pl.lit(measure.key).alias("measure"),
            pl.lit(period.key).alias("period"),
            "municipality",
            "group_code",
            pl.col(measure.of).fill_null(0).alias("value"),
        )
        for measure in table.counts
    )
    unknown = inside["person"].null_count()
    left_out = {"municipality_missing": arrangements.height - inside.height, "unknown_person": unknown}
    return Counted(figures, Accounting(period.key, arrangements.height, inside.height - unknown, left_out))


def every_cell(figures: pl.DataFrame, participation: pl.DataFrame, group_codes: Sequence[str]) -> pl.DataFrame:
    """Every cell of one count of a table, whether there is a figure or not: what protection works on.

    Args:
        figures: `period`, `municipality`, `group_code`, `value` of all periods.
        participation: `period`, `municipality`, `participation` of all periods.
        group_codes: The groups of the table.

    Returns:
        `period`, `municipality`, `group_code`, `value` (null where there is none) and `reason` (why; null where there is a count).
    """
    grid = participation.join(pl.DataFrame({"group_code": list(group_codes)}), how="cross")
    return grid.join(figures, on=["period", "municipality", "group_code"], how="left", maintain_order="left").select(
        "period",
        "municipality",
        "group_code",
        "value",
        reason=pl.when(pl.col("participation") != Participation.DELIVERED).then(pl.col("participation")),
    )
