"""The traits of every municipality of a year as numbers, and as z-scores.

Rows are the municipalities of 1 January in order of code, columns the traits in their order; an unknown value is NaN.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from dataclasses import dataclass
from functools import cache, cached_property
from typing import TYPE_CHECKING

import numpy as np

from gmsd.comparison.traits import trait_sets
from gmsd.reference import municipalities_on, printed_trait

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from gmsd.comparison.traits import Trait, TraitSet

DRAWS = 200
_CLIP = 3.0
_BYTES = 8


@dataclass(frozen=True, eq=False)
class Measurements:
    """What is known of the municipalities of a comparison year.

    Attributes:
        codes: The municipalities, four digits, in order.
        printed: The printed value, before it is divided.
        divisors: By what it is divided.
        halves: Half a unit of the last printed digit, for each trait.
        known: Where there is a value.
    """

    traits: TraitSet
    codes: tuple[str, ...]
    printed: NDArray[np.float64]
    divisors: NDArray[np.float64]
    halves: NDArray[np.float64]
    known: NDArray[np.bool_]

    def z(self, moved: NDArray[np.float64] | float = 0.0) -> NDArray[np.float64]:
        """The z-scores over all municipalities that have a value, clipped; zero where there is none.

        Args:
            moved: How far each printed value is moved, in the same shape or with draws before it.
        """
        values = (self.printed + moved) / self.divisors
        for position, trait in enumerate(self.traits.traits):
            if trait.transform != "share":
                column = values[..., position]
                values[..., position] = np.log(column) if trait.transform == "log" else np.log1p(column)
        spread = (values - np.nanmean(values, axis=-2, keepdims=True)) / np.nanstd(values, axis=-2, keepdims=True)
        return np.where(self.known, np.clip(spread, -_CLIP, _CLIP), 0.0)

    @cached_property
    def jittered(self) -> NDArray[np.float64]:
        """The z-scores of the draws (draws x municipalities x traits).

        Every printed value moves evenly within half a unit of its last digit, by SHA-256 and so always alike. The key
        of a draw is `year|draw|code|trait`; the first eight bytes of its hash, as a fraction of 2^64, say how far.
        """
        places = [f"|{code}|{trait.name}".encode() for code in self.codes for trait in self.traits.traits]
        sha = hashlib.sha256
        hashes = b"".join([sha(b"%d|%d" % (self.traits.year, draw) + place).digest() for draw in range(DRAWS) for place in places])
        first = np.frombuffer(hashes, dtype=">u8").reshape(DRAWS, *self.printed.shape, -1)[..., 0]
        evenly = first.astype(np.float64) / 2.0 ** (8 * _BYTES)
        return self.z((2 * evenly - 1) * self.halves)


@cache
def measurements(year: int) -> Measurements:
    """The municipalities of a comparison year; KeyError when there is none.

    Raises:
        ValueError: A trait that is taken the logarithm of is zero somewhere, or comes so near that a draw would reach it.
    """
    traits = trait_sets()[year]
    codes = tuple(sorted(municipalities_on(dt.date(year, 1, 1))))
    columns = [_column(trait, codes) for trait in traits.traits]
    printed = np.array([column[0] for column in columns]).T
    divisors = np.array([column[1] for column in columns]).T
    halves = np.array([column[2] for column in columns])
    for position, trait in enumerate(traits.traits):
        if trait.transform == "log" and not np.nanmin(printed[:, position]) > halves[position]:
            raise ValueError(f"{trait.name} of {year} has values without a logarithm: its transform is log1p")
    return Measurements(traits, codes, printed, divisors, halves, ~np.isnan(printed / divisors))


def _column(trait: Trait, codes: tuple[str, ...]) -> tuple[NDArray[np.float64], NDArray[np.float64], float]:
    """The printed values of a trait (a sum is as exact as its columns), what divides them, and half a unit of the last digit."""
    parts = [printed_trait(name, trait.date) for name in trait.columns]
    decimals = max(len(value.partition(".")[2]) for part in parts for value in part.values())
    printed = sum((_numbers(part, codes) for part in parts), np.zeros(len(codes)))
    by = trait.divided_by
    divisors = np.full(len(codes), float(by)) if isinstance(by, int) else _numbers(printed_trait(by, trait.date), codes)
    return printed, divisors, 0.5 * 10.0**-decimals


def _numbers(values: dict[str, str], codes: tuple[str, ...]) -> NDArray[np.float64]:
    return np.array([float(values[code]) if code in values else np.nan for code in codes])
