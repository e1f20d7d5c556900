"""How others spread: quartiles, the median and its usual distance, and the limits within which chance keeps a count.

Everything is for all measures at once: a column a measure, a row a municipality. What is told of others are quartiles over at least
`FEWEST_OTHERS` of them; limits and distances, from which with few others the lowest and highest could be worked out, only over
`FEWEST_FOR_LIMITS`.

Source of the limits: D.J. Spiegelhalter, "Funnel plots for comparing institutional performance", Statistics in Medicine 24 (2005), and
"Handling over-dispersion of performance indicators", Quality and Safety in Health Care 14 (2005): the variance between institutions is
added to that of chance, on the scale where chance has the same variance everywhere (root of a rate, arcsine of the root of a share).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

FEWEST_OTHERS = 5
FEWEST_FOR_LIMITS = 10
FEWEST_EXPECTED = 5
NEAR, FAR = 1.959964, 3.090232
"""Normal deviates of one in twenty and of one in five hundred."""
_CUT = 0.1  # the share of the others at each end whose deviation counts no more than that of the next: a mistake of theirs widens nothing


def quantile(ordered: NDArray[np.float64], known: NDArray[np.intp], share: float) -> NDArray[np.float64]:
    """A quantile of every column, linear between neighbours.

    Args:
        ordered: Sorted by column; unknown values (nan) stand last.
        known: How many of each column are known, at least one.
        share: Which quantile.
    """
    place = share * (known - 1)
    low = np.floor(place).astype(np.intp)
    columns = np.arange(ordered.shape[1])
    below, above = ordered[low, columns], ordered[np.minimum(low + 1, known - 1), columns]
    found: NDArray[np.float64] = below + (above - below) * (place - low)
    return found


@dataclass(frozen=True, slots=True)
class Spread:
    """How the rates of others spread; nan where too few of them have one.

    Attributes:
        quartiles: Three rows: the lower quartile, the median, the upper quartile.
        distance: The median absolute deviation: half of the others are nearer to their median.
    """

    quartiles: NDArray[np.float64]
    distance: NDArray[np.float64]


def spread_of(rates: NDArray[np.float64]) -> Spread:
    """Tell how rates spread.

    Args:
        rates: A row an other, a column a measure; nan where it has none.
    """
    if rates.shape[0] < FEWEST_OTHERS:
        nothing = np.full((4, rates.shape[1]), np.nan)
        return Spread(nothing[:3], nothing[3])
    known = rates.shape[0] - np.isnan(rates).sum(axis=0)
    at_least = np.maximum(known, 1)
    ordered = np.sort(rates, axis=0)
    three = np.array([quantile(ordered, at_least, share) for share in (0.25, 0.5, 0.75)])
    distance = quantile(np.sort(np.abs(rates - three[1]), axis=0), at_least, 0.5)
    return Spread(np.where(known >= FEWEST_OTHERS, three, np.nan), np.where(known >= FEWEST_FOR_LIMITS, distance, np.nan))


@dataclass(frozen=True, slots=True)
class Bounds:
    """The counts to be expected of one municipality, by what others have; nan where no limits are given.

    Attributes:
        expected: The count in the middle.
        near: Two rows, lower and upper: outside them is one in twenty.
        far: Outside them is one in five hundred.
    """

    expected: NDArray[np.float64]
    near: NDArray[np.float64]
    far: NDArray[np.float64]


def limits_of(scaled: NDArray[np.float64], weights: NDArray[np.float64], own: NDArray[np.float64], shares: NDArray[np.bool_]) -> Bounds:
    """The limits of a funnel at the size of one municipality.

    Args:
        scaled: Of the others, a row each: the root of a rate, the arcsine of the root of a share.
        weights: The inverse of the variance that chance gives it: four times its inhabitants, or the count that the share is of; 0 where
            there is none.
        own: What the municipality itself counts among: its inhabitants, or that count; nan where there is none.
        shares: Which columns are shares, so that a count cannot be more than its base.
    """
    if scaled.shape[0] < FEWEST_FOR_LIMITS:
        nothing = np.full((2, len(own)), np.nan)
        return Bounds(nothing[0], nothing, nothing)
    there = weights > 0
    known, whole = there.sum(axis=0), np.maximum(weights.sum(axis=0), 1.0)
    middle = np.einsum("ij,ij->j", weights, scaled) / whole
    # Spread of the others beyond chance (DerSimonian and Laird), the ends drawn in.
    off = np.where(there, (scaled - middle) * np.sqrt(weights), np.nan)
    ordered, at_least = np.sort(off, axis=0), np.maximum(known, 1)
    low, high = quantile(ordered, at_least, _CUT), quantile(ordered, at_least, 1 - _CUT)
    off = np.where(there, np.minimum(np.maximum(off, low), high), 0.0)
    size = whole - np.einsum("ij,ij->j", weights, weights) / whole
    between = np.maximum(0.0, (np.einsum("ij,ij->j", off, off) - (known - 1)) / np.maximum(size, 1.0))
    deviation = np.sqrt(0.25 / own + between)
    wide = np.array([0.0, -NEAR, NEAR, -FAR, FAR])[:, None]
    counts = own * _back(middle + wide * deviation, shares)
    expected = counts[0]
    few = (known < FEWEST_FOR_LIMITS) | ~(expected >= FEWEST_EXPECTED) | (shares & ~(own - expected >= FEWEST_EXPECTED))
    counts[:, few] = np.nan
    return Bounds(expected, counts[1:3], counts[3:])


def _back(scaled: NDArray[np.float64], shares: NDArray[np.bool_]) -> NDArray[np.float64]:
    """From the scale of equal variance to a ratio."""
    inside = np.maximum(scaled, 0.0)
    return np.where(shares, np.sin(np.minimum(inside, np.pi / 2)) ** 2, inside**2)
