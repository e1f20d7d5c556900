"""Judges numbers and days written in digits by looking them up, some ten times as fast as taking each cell apart."""

from __future__ import annotations

from functools import cache

import numpy as np
import numpy.typing as npt
import polars as pl

NO_DAY, NO_NUMBER = -(2**31), 0
_WEIGHTS = (9, 8, 7, 6, 5, 4, 3, 2, -1)
_GROUP = 1000
_YEARS = 10_000
_MODULUS = 11


def digits(cell: pl.Expr, length: int) -> pl.Expr:
    """The number (UInt32), where a cell of text is exactly so many ASCII digits, at most nine; else 0.

    The conversion takes nothing but digits after a sign, and a sign sorts before "0".
    """
    return pl.when(_may_be(cell, length)).then(cell.cast(pl.UInt32, strict=False).fill_null(0)).otherwise(0)


def is_digits(cell: pl.Expr, length: int) -> pl.Expr:
    """Whether a cell of text is exactly so many ASCII digits, at most nine; of null null or false. A third of what a pattern takes."""
    if length == 1:
        return _may_be(cell, length) & (cell <= "9")
    return _may_be(cell, length) & cell.cast(pl.UInt32, strict=False).is_not_null()


def _may_be(cell: pl.Expr, length: int) -> pl.Expr:
    return (cell.str.len_bytes() == length) & (cell >= "0")


def days(number: npt.NDArray[np.uint32]) -> npt.NDArray[np.int32]:
    """Numbers JJJJMMDD as days since 1970, where they exist in the Gregorian calendar of years 0001-9999; else `NO_DAY`."""
    first_days, lengths = _months()
    month = number // 100
    after_first = number - month * 100 - 1  # of day 00 the greatest number there is
    found: npt.NDArray[np.int32] = first_days.take(month) + after_first.view(np.int32)
    found[after_first >= lengths.take(month)] = NO_DAY
    return found


@cache
def _months() -> tuple[npt.NDArray[np.int32], npt.NDArray[np.uint8]]:
    """For every JJJJMM the first day (since 1970) and the number of days; none where there is no such month."""
    months = np.arange("0001-01", f"{_YEARS}-01", dtype="datetime64[M]")
    first = months.astype("datetime64[D]").astype(np.int64)
    after = (months + 1).astype("datetime64[D]").astype(np.int64)
    since = months.astype(np.int64) + 1970 * 12
    place = since // 12 * 100 + since % 12 + 1
    first_days, lengths = np.zeros(_YEARS * 100, dtype=np.int32), np.zeros(_YEARS * 100, dtype=np.uint8)
    first_days[place], lengths[place] = first, after - first
    return first_days, lengths


def eleven_test(number: npt.NDArray[np.uint32], *, exception: int) -> npt.NDArray[np.uint32]:
    """The nine-digit numbers that pass, and the exception; else `NO_NUMBER`.

    The weights are 9 8 7 6 5 4 3 2 -1; the sum is divisible by 11, and not all digits are zero.
    """
    of_high, of_middle, of_low, divisible = _remainders()
    high = number // _GROUP**2
    rest = number - high * _GROUP**2
    middle = rest // _GROUP
    low = rest - middle * _GROUP
    passes = divisible.take(of_high.take(high) + of_middle.take(middle) + of_low.take(low))
    found: npt.NDArray[np.uint32] = np.where(passes | (number == exception), number, np.uint32(NO_NUMBER))
    return found


@cache
def _remainders() -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.uint8], npt.NDArray[np.uint8], npt.NDArray[np.bool_]]:
    """What the weighted sum of each group of three digits leaves when divided by 11; and which sums of three such remainders leave none."""
    groups = np.arange(_GROUP)
    three = np.stack((groups // 100, groups // 10 % 10, groups % 10))
    high, middle, low = ((np.array(_WEIGHTS[at : at + 3]) @ three % _MODULUS).astype(np.uint8) for at in (0, 3, 6))
    return high, middle, low, np.arange(3 * _MODULUS) % _MODULUS == 0
