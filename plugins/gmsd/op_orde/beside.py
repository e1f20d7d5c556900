"""One delivery's numbers beside those of others and of its own past: every measure at once, before anything is said of it."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from gmsd.op_orde.spread import limits_of, spread_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from gmsd.op_orde.measures import CountedRows, Measured

PASTS = ("half_year", "last_year", "delivery")
"""What a delivery has of its own past: the half-year before, the same half of the year before, its previous delivery of this half-year."""


class Beside:
    """The numbers of a delivery, and what they are set beside.

    Attributes:
        measured: What is measured.
        own: The numbers of the delivery.
        pasts: Those of its own past, by `PASTS`; what there is none of is left out.
        classes: How the rates of its size class spread.
        nearest: How those of the nearest in inhabitants spread.
        limits: Within which chance and the usual differences between municipalities keep a count of its size; by the larger group.
    """

    def __init__(
        self,
        measured: Measured,
        own: CountedRows,
        pasts: Mapping[str, CountedRows],
        classes: Sequence[CountedRows],
        nearest: Sequence[CountedRows],
    ) -> None:
        self.measured, self.own, self.pasts = measured, own, pasts
        self.classes, self.nearest = (spread_of(_stacked([each.rates for each in group], measured)) for group in (classes, nearest))
        larger = max(classes, nearest, key=len)
        scaled, weights = (_stacked(each, measured) for each in ([one.scaled for one in larger], [one.weights for one in larger]))
        self.limits = limits_of(scaled, weights, own.bases, measured.shares)

    @cached_property
    def distances(self) -> NDArray[np.float64]:
        """How far each rate is from the median of the size class, in usual distances (median absolute deviations)."""
        usual = np.where(self.classes.distance > 0, self.classes.distance, np.nan)
        found: NDArray[np.float64] = (self.own.rates - self.classes.quartiles[1]) / usual
        return found

    def count(self, name: str, of: str | None = None) -> int:
        """A count of the delivery itself, or of one of its pasts."""
        counted = self.own if of is None else self.pasts[of]
        return int(counted.counts[self.measured.places["count", name]])


def _stacked(rows: Sequence[NDArray[np.float64]], measured: Measured) -> NDArray[np.float64]:
    return np.array(rows) if rows else np.empty((0, len(measured.values)))
