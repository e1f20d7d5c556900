"""Distances between municipalities, and who is nearest; over many draws or weights at once.

Arrays have a first axis of samples (draws, weights, or the municipality looked from), which may be of length one where all are alike; then
municipalities, then traits.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

# Under this part of the weight two municipalities have too little in common to be compared.
_ENOUGH = 2 / 3
# Distances that are equal but for the last bits of the machine's sums are equal: then the code decides.
_DECIMALS = 12
_BITS = 1e-9


def distances(
    squares: NDArray[np.float64], both: NDArray[np.float64], weights: NDArray[np.float64], *, enough: float = _ENOUGH
) -> NDArray[np.float64]:
    """The distance to every municipality; NaN where two are not comparable.

    Args:
        squares: The squared differences of z-scores; zero where one of the two has none.
        both: 1.0 where both have the trait, else 0.0.
        weights: The weight of each trait (samples x traits).
        enough: The part of the weight that both must have.
    """
    column = weights[..., np.newaxis]
    shared = np.matmul(both, column)[..., 0]
    total = weights.sum(axis=-1)[..., np.newaxis]
    comparable = (shared > 0) & (shared >= (enough - _BITS) * total)
    found = np.matmul(squares, column)[..., 0] / np.where(comparable, shared, 1.0)
    return np.sqrt(np.where(comparable, found, np.nan))


def in_order(keys: NDArray[np.float64]) -> NDArray[np.int64]:
    """The positions from the lowest key to the highest, NaN last; equal keys stay in their order, which is that of code."""
    return np.argsort(np.round(keys, _DECIMALS), axis=-1, kind="stable")


def first(keys: NDArray[np.float64], number: NDArray[np.int64] | int) -> NDArray[np.bool_]:
    """Which positions have the lowest keys, at most `number` (one for all samples, or one for each); NaN is never among them."""
    order = in_order(keys)
    ranks = np.empty_like(order)
    np.put_along_axis(ranks, order, np.broadcast_to(np.arange(keys.shape[-1]), order.shape), axis=-1)
    return (ranks < np.asarray(number)[..., np.newaxis]) & ~np.isnan(keys)
