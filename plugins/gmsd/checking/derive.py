"""Columns that the suites look at and Great Expectations has no expectation for, as polars expressions."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import polars as pl

from gmsd.protocol import ProtocolError

if TYPE_CHECKING:
    from collections.abc import Callable

    from gmsd.protocol import Derived, Protocol
    from gmsd.rounds import HalfYear

_WEIGHTS = (9, 8, 7, 6, 5, 4, 3, 2, -1)
_YEAR_ONE = dt.date(1, 1, 1)


def with_derived(frame: pl.DataFrame, protocol: Protocol, half_year: HalfYear) -> pl.DataFrame:
    """The frame with the protocol's derived columns, made in their order.

    Args:
        frame: One string column per field (null = empty) and `line`.
        protocol: Names the columns and how they are made.
        half_year: Decides the scope and the codes that are valid.

    Raises:
        ProtocolError: When the protocol names a kind that does not exist.
    """
    lazy = frame.lazy()
    for derived in protocol.derived:
        if derived.kind not in _KINDS:
            raise ProtocolError(f"{protocol.id}: derived column {derived.column}: no kind {derived.kind}")
        lazy = lazy.with_columns(_KINDS[derived.kind](derived, protocol, half_year).alias(derived.column))
    return lazy.collect()


def _matching(derived: Derived, _protocol: Protocol, _half_year: HalfYear) -> pl.Expr:
    cell = pl.col(derived.of[0])
    return pl.when(cell.str.contains(derived.settings["regex"])).then(cell)


def _calendar_date(derived: Derived, _protocol: Protocol, _half_year: HalfYear) -> pl.Expr:
    """JJJJMMDD of ASCII digits that exists in the Gregorian calendar, years 0001-9999."""
    cell = pl.col(derived.of[0])
    day = pl.when(cell.str.contains(r"^[0-9]{8}$")).then(cell).str.to_date("%Y%m%d", strict=False)
    return pl.when(day >= _YEAR_ONE).then(day)


def _eleven_test(derived: Derived, _protocol: Protocol, _half_year: HalfYear) -> pl.Expr:
    """Nine ASCII digits, weights 9 8 7 6 5 4 3 2 -1, the sum divisible by 11 and not all zero; or the exception."""
    cell = pl.col(derived.of[0])
    number = pl.when(cell.str.contains(r"^[0-9]{9}$")).then(cell).cast(pl.Int64, strict=False)
    total = pl.sum_horizontal([weight * (number // 10 ** (8 - place) % 10) for place, weight in enumerate(_WEIGHTS)], ignore_nulls=False)
    passes = ((total % 11 == 0) & (number > 0)) | (cell == derived.settings["exception"])
    return pl.when(passes).then(cell)


def _in_codes(derived: Derived, protocol: Protocol, half_year: HalfYear) -> pl.Expr:
    cell = pl.col(derived.of[0])
    valid = pl.Series(protocol.codes(derived.settings["codes"], half_year), dtype=pl.String)
    return pl.when(cell.is_in(valid.implode())).then(cell)


def _outside(derived: Derived, _protocol: Protocol, half_year: HalfYear) -> pl.Expr:
    """A record belongs in a half-year when it starts by the last day and is running or ends on or after the first day."""
    start, end = pl.col(derived.of[0]), pl.col(derived.of[1])
    running = pl.col(derived.of[2]).is_null()
    ended = end < half_year.first_day
    outside = (start > half_year.last_day) | pl.when(running).then(False).otherwise(ended)
    return pl.when(start.is_not_null() & (running | end.is_not_null())).then(outside)


def _repeated(_derived: Derived, protocol: Protocol, _half_year: HalfYear) -> pl.Expr:
    """The second and later of records that are the same in every field."""
    return ~pl.struct(protocol.header).is_first_distinct()


_KINDS: dict[str, Callable[[Derived, Protocol, HalfYear], pl.Expr]] = {
    "matching": _matching,
    "calendar_date": _calendar_date,
    "eleven_test": _eleven_test,
    "in_codes": _in_codes,
    "outside": _outside,
    "repeated": _repeated,
}
