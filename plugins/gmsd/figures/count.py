"""From arrangements in force to the true figures of a table."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from gmsd.counting import clients
from gmsd.figures.standing import DELIVERED
from gmsd.reference import groups

if TYPE_CHECKING:
    from gmsd.figures.periods import Period


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


def count(arrangements: pl.DataFrame, period: Period, standing: pl.DataFrame) -> Counted:
    """Count the clients of one period.

    A year counts the persons of both half-years together, each once, of the municipalities of which both halves are in force.

    Args:
        arrangements: Arrangements of the half-years of the period: `municipality`, `person` (null = unknown), `product_category`.
        period: The period to count.
        standing: `period`, `municipality`, `participation` (`standing.standing`).

    Returns:
        `period`, `municipality`, `group_code`, `clients`: every group of every municipality that stands as delivered, zero included.
        Left out by reason: `municipality_missing` (no figures of it in this period, such as one half of a year only) and `unknown_person`
        (999999999 is nobody known: an arrangement, not a client).
    """
    delivered = standing.filter((pl.col("period") == period.key) & (pl.col("participation") == DELIVERED)).select("municipality")
    inside = arrangements.join(delivered, on="municipality", how="semi")
    table_groups = groups(period.reference)
    counted = clients(inside, table_groups, within=["municipality"])
    grid = delivered.join(pl.DataFrame({"group_code": [group.code for group in table_groups]}), how="cross")
    figures = (
        grid.join(counted, on=["municipality", "group_code"], how="left", maintain_order="left")
        .select(pl.lit(period.key).alias("period"), "municipality", "group_code", pl.col("clients").fill_null(0))
        .sort("municipality", maintain_order=True)
    )
    unknown = inside["person"].null_count()
    left_out = {"municipality_missing": arrangements.height - inside.height, "unknown_person": unknown}
    return Counted(figures, Accounting(period.key, arrangements.height, inside.height - unknown, left_out))


def cells(figures: pl.DataFrame, standing: pl.DataFrame, group_codes: list[str]) -> pl.DataFrame:
    """Every cell of the table, whether there is a figure or not: what protection works on.

    Args:
        figures: `period`, `municipality`, `group_code`, `clients` of all periods.
        standing: `period`, `municipality`, `participation` of all periods.
        group_codes: The groups of the table.

    Returns:
        `period`, `municipality`, `group_code`, `clients` (null where there is none) and `reason` (why; null where there is a count).
    """
    grid = standing.join(pl.DataFrame({"group_code": group_codes}), how="cross")
    return grid.join(figures, on=["period", "municipality", "group_code"], how="left", maintain_order="left").select(
        "period",
        "municipality",
        "group_code",
        "clients",
        reason=pl.when(pl.col("participation") != DELIVERED).then(pl.col("participation")),
    )
