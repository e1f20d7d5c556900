"""The arrangements of a half-year, from what one delivery reports."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gmsd.counting.jeugd import trajectories
from gmsd.counting.joining import allocation_filled, arrangements
from gmsd.counting.participatie import benefits
from gmsd.counting.scope import as_sent, in_scope

if TYPE_CHECKING:
    from collections.abc import Callable

    import polars as pl

    from gmsd.rounds import HalfYear


JOINED = {"benefits": benefits, "trajectories": trajectories}
"""The ways of counting (law.yaml) that are not the Wmo's, and how each joins records."""


@dataclass(frozen=True, slots=True)
class Arranged:
    """What the records of a delivery come to.

    Attributes:
        sent: The records that were not removed.
        used: Those of them that ran in the half-year.
        joined: The arrangements that these make.
        filled: Whether every record has an allocation number.
    """

    sent: pl.DataFrame
    used: pl.DataFrame
    joined: pl.DataFrame
    filled: bool


def half_year_arrangements(
    records: pl.DataFrame, half_year: HalfYear, *, other_filled: Callable[[], bool], counting: str = "arrangements"
) -> Arranged:
    """Join the records of a delivery into arrangements, as the warehouse holds them.

    Args:
        records: All records of the delivery that may be used (`arrangements` names the columns), `change_reason` among them.
        half_year: The half-year.
        other_filled: Whether the municipality filled the allocation number in the other half of the year too, or delivered none: the rule
            speaks of all its deliveries of the year. It is asked only where this one fills it.
        counting: How the records of their law are counted.

    Source: docs/domain.md, "From records to arrangements to clients", point 1.
    """
    if counting in JOINED:
        used = in_scope(records, half_year)
        return Arranged(records, used, JOINED[counting](used), filled=False)
    sent = as_sent(records)
    used = in_scope(sent, half_year)
    filled = allocation_filled(records)
    return Arranged(sent, used, arrangements(used, by_allocation=filled and other_filled()), filled)
