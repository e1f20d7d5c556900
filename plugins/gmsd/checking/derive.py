"""Columns that the suites look at and Great Expectations has no expectation for, as polars expressions."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import TYPE_CHECKING

import polars as pl

from gmsd.checking import numbers
from gmsd.protocol import ProtocolError
from gmsd.reference import municipalities

if TYPE_CHECKING:
    from collections.abc import Callable

    from gmsd.protocol import Derived, Protocol
    from gmsd.rounds import HalfYear

ROW = "row"
_SO_MANY_DIGITS = re.compile(r"\^\[0-9\](?:\{([1-9])\})?\$")
_REPEATED = "repeated"


def with_derived(frame: pl.DataFrame, protocol: Protocol, half_year: HalfYear, repeated: pl.Series) -> pl.DataFrame:
    """The frame with the protocol's derived columns.

    Args:
        frame: One string column per field (null = empty) and `row`.
        protocol: Names the columns and how they are made.
        half_year: Decides the scope and the codes that are valid.
        repeated: The rows that are the same as an earlier one.

    Raises:
        ProtocolError: When the protocol names a kind that does not exist.
    """
    # Python functions inside a query wait for each other; on a small frame that costs more than all the rest.
    looked_up = [derived for derived in protocol.derived if derived.kind in _LOOKED_UP]
    numbers_of = frame.select(_number(derived).alias(derived.column) for derived in looked_up)
    found = [_LOOKED_UP[each.kind].look(each, numbers_of[each.column]) for each in looked_up]
    lazy = frame.with_columns(*found, *_again(protocol, repeated)).lazy()
    for step in _steps(protocol, half_year):
        lazy = lazy.with_columns(**{column: made for column, made in step.items() if column not in numbers_of.columns})
    return lazy.collect(engine="in-memory")


def with_derived_lazily(frame: pl.LazyFrame, protocol: Protocol, half_year: HalfYear, repeated: pl.Series) -> pl.LazyFrame:
    """The same as `with_derived`, for more rows than are held in memory."""
    frame = frame.with_columns(_again(protocol, repeated))
    for step in _steps(protocol, half_year):
        frame = frame.with_columns(**step)
    return frame


def _again(protocol: Protocol, repeated: pl.Series) -> list[pl.Expr]:
    again = pl.lit(value=False) if repeated.is_empty() else pl.col(ROW).is_in(repeated.implode())
    return [again.alias(derived.column) for derived in protocol.derived if derived.kind == _REPEATED]


@lru_cache(maxsize=64)
def _steps(protocol: Protocol, half_year: HalfYear) -> tuple[dict[str, pl.Expr], ...]:
    """The columns that need no derived column first, then those that need the first ones, and so on."""
    steps: list[dict[str, pl.Expr]] = []
    step_of: dict[str, int] = {}
    for derived in protocol.derived:
        if derived.kind == _REPEATED:
            continue
        step = max((step_of.get(column, -1) for column in derived.of), default=-1) + 1
        step_of[derived.column] = step
        if step == len(steps):
            steps.append({})
        steps[step][derived.column] = _made(derived, protocol, half_year)
    return tuple(steps)


def _made(derived: Derived, protocol: Protocol, half_year: HalfYear) -> pl.Expr:
    if derived.kind not in _KINDS:
        raise ProtocolError(f"{protocol.id}: derived column {derived.column}: no kind {derived.kind}")
    if derived.kind in _LOOKED_UP:
        kind = _LOOKED_UP[derived.kind]
        return _number(derived).map_batches(partial(kind.look, derived), return_dtype=kind.dtype, is_elementwise=True)
    if derived.kind in _KEPT:
        return _KEPT[derived.kind](pl.col(derived.of[0]), derived, protocol, half_year)
    return _outside(derived, half_year)


def _matching(cell: pl.Expr, derived: Derived, _protocol: Protocol, _half_year: HalfYear) -> pl.Expr:
    regex = derived.settings["regex"]
    so_many_digits = _SO_MANY_DIGITS.fullmatch(regex)
    return pl.when(numbers.is_digits(cell, int(so_many_digits[1] or 1)) if so_many_digits else cell.str.contains(regex)).then(cell)


def _in_codes(cell: pl.Expr, derived: Derived, protocol: Protocol, half_year: HalfYear) -> pl.Expr:
    codes = pl.Series(protocol.codes(derived.settings["codes"], half_year), dtype=pl.String)
    return pl.when(cell.is_in(codes.implode())).then(cell)


def _existing(cell: pl.Expr, _derived: Derived, _protocol: Protocol, half_year: HalfYear) -> pl.Expr:
    return pl.when(cell.is_in(pl.Series(list(municipalities(half_year)), dtype=pl.String).implode())).then(cell)


def _outside(derived: Derived, half_year: HalfYear) -> pl.Expr:
    """A record belongs in a half-year when it starts by the last day and is running or ends on or after the first day."""
    start, end = pl.col(derived.of[0]), pl.col(derived.of[1])
    running = pl.col(derived.of[2]).is_null()
    outside = (start > half_year.last_day) | (~running & (end < half_year.first_day))
    return pl.when(start.is_not_null() & (running | end.is_not_null())).then(outside)


@dataclass(frozen=True, slots=True)
class _LookedUp:
    """A column that follows from a number of so many digits by looking it up."""

    digits: int
    look: Callable[[Derived, pl.Series], pl.Series]
    dtype: type[pl.DataType]


def _number(derived: Derived) -> pl.Expr:
    return numbers.digits(pl.col(derived.of[0]), _LOOKED_UP[derived.kind].digits)


_LOOKED_UP = {
    "calendar_date": _LookedUp(8, lambda _derived, number: numbers.days(number), pl.Date),
    "eleven_test": _LookedUp(
        9, lambda derived, number: numbers.eleven_test(number, exception=int(derived.settings["exception"])), pl.UInt32
    ),
}
_KEPT: dict[str, Callable[[pl.Expr, Derived, Protocol, HalfYear], pl.Expr]] = {
    "matching": _matching,
    "municipality": _existing,
    "in_codes": _in_codes,
}
_KINDS = frozenset({*_LOOKED_UP, *_KEPT, "outside", _REPEATED})
