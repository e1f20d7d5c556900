"""From arrangements in force to the true figures of a period."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from gmsd.counting import count_contents
from gmsd.rounds import Participation

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from gmsd.figures.period import Period
    from gmsd.tables import Content


@dataclass(frozen=True, slots=True)
class Accounting:
    """Where the arrangements of a period went: `rows_in` is always `used` plus everything in `left_out`.

    Of those used, `unknown_person` are of nobody known: they count as arrangements and not as clients.
    """

    period: str
    rows_in: int
    used: int
    left_out: dict[str, int]
    unknown_person: int

    def __post_init__(self) -> None:
        """Refuse an account that does not add up: rows would have got lost between warehouse and figure."""
        if self.rows_in != self.used + sum(self.left_out.values()):
            raise ValueError(f"rows of {self.period} do not add up: {self.rows_in} in, {self.used} used, {self.left_out} left out")


@dataclass(frozen=True, slots=True)
class Counted:
    """True figures of one period, and the account of the rows they were made of."""

    figures: pl.DataFrame
    accounting: Accounting


def count(arrangements: pl.DataFrame, period: Period, participation: pl.DataFrame, contents: Mapping[str, Content]) -> Counted:
    """Count every content in one period.

    Args:
        arrangements: Those of the period: `municipality`, `person` (null = unknown), `product_category`, `start_date`, `end_date`.
        period: The period to count.
        participation: `period`, `municipality`, `participation` (`participation_by_period`).
        contents: Name -> what to count.

    Returns:
        `period`, `municipality`, `content`, `value`: every content of every municipality that delivered, zero included. Left out:
        `municipality_missing` (no figures of it in this period, such as one half of a year only).
    """
    has_figures = (pl.col("period") == period.key) & (pl.col("participation") == Participation.DELIVERED)
    delivered = participation.filter(has_figures).select("municipality")
    inside = arrangements.join(delivered, on="municipality", how="semi")
    first_day, last_day = period.halves[0].first_day, period.halves[-1].last_day
    counted = count_contents(inside, contents.values(), first_day=first_day, last_day=last_day)
    grid = delivered.join(pl.DataFrame({"content": sorted(contents)}), how="cross").sort("municipality", maintain_order=True)
    figures = grid.join(counted, on=["municipality", "content"], how="left", maintain_order="left").select(
        pl.lit(period.key).alias("period"), "municipality", "content", pl.col("value").fill_null(0)
    )
    left_out = {"municipality_missing": arrangements.height - inside.height}
    unknown = inside["person"].null_count()
    return Counted(figures, Accounting(period.key, arrangements.height, inside.height, left_out, unknown))


def every_cell(figures: pl.DataFrame, participation: pl.DataFrame, contents: Iterable[str]) -> pl.DataFrame:
    """Every cell of every content, whether there is a figure or not: what protection works on.

    Args:
        figures: `period`, `municipality`, `content`, `value` of all periods.
        participation: `period`, `municipality`, `participation` of all periods.
        contents: The names of what was counted.

    Returns:
        `period`, `municipality`, `content`, `value` (null where there is none) and `reason` (why; null where there is a count).
    """
    grid = participation.join(pl.DataFrame({"content": list(contents)}, schema={"content": pl.String}), how="cross")
    return grid.join(figures, on=["period", "municipality", "content"], how="left", maintain_order="left").select(
        "period",
        "municipality",
        "content",
        "value",
        reason=pl.when(pl.col("participation") != Participation.DELIVERED).then(pl.col("participation")),
    )
