"""Columns that the suites look at and Great Expectations has no expectation for, as polars expressions."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import polars as pl

from gmsd.checking import numbers
from gmsd.protocol import ProtocolError
from gmsd.reference import municipalities

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import numpy as np
    import numpy.typing as npt

    from gmsd.protocol import Derived, Protocol
    from gmsd.rounds import HalfYear

ROW = "row"
_SO_MANY_DIGITS = re.compile(r"\^\[0-9\](?:\{([1-9])\})?\$")
_REPEATED, _AGE = "repeated", "age"
_MONTH = 100  # more than the days of one
_FOUND = "looked up"


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
    # A Python function inside a query costs a small frame more than all the rest.
    looked_up = _looked_up(protocol)
    found = _look(looked_up, frame.select(_number(each).alias(each.column) for each in looked_up).get_columns())
    known = [_with_gaps(each, series) for each, series in zip(looked_up, found, strict=True)]
    lazy = frame.with_columns(*known, *_again(protocol, repeated)).lazy()
    made = {each.column for each in looked_up}
    for step in _steps(protocol, half_year):
        lazy = lazy.with_columns(**{column: expression for column, expression in step.items() if column not in made})
    return lazy.collect(engine="in-memory")


def with_derived_lazily(frame: pl.LazyFrame, protocol: Protocol, half_year: HalfYear, repeated: pl.Series) -> pl.LazyFrame:
    """The same as `with_derived`, for more rows than are held in memory."""
    looked_up = _looked_up(protocol)
    types = pl.Struct({each.column: _LOOKED_UP[each.kind].found for each in looked_up})
    # One for all of them: it is the call of a Python function that costs, not what is done in it.
    numbers_of = [_number(each) for each in looked_up]
    found = pl.map_batches(numbers_of, lambda given: pl.DataFrame(_look(looked_up, given)).to_struct(), types, is_elementwise=True)
    frame = frame.with_columns(found.alias(_FOUND), *_again(protocol, repeated))
    for step in _steps(protocol, half_year):
        frame = frame.with_columns(**step)
    return frame.drop(_FOUND)


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
        kind, found = _LOOKED_UP[derived.kind], pl.col(_FOUND).struct.field(derived.column)
        return pl.when(found != kind.nothing).then(found).cast(kind.dtype)
    if derived.kind in _KEPT:
        return _KEPT[derived.kind](pl.col(derived.of[0]), derived, protocol, half_year)
    return _age(derived) if derived.kind == _AGE else _outside(derived, half_year)


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


def _age(derived: Derived) -> pl.Expr:
    """Full years from the first day to the second; less than 0 where the first lies behind."""
    born, day = map(pl.col, derived.of)
    in_year, in_year_of_birth = (each.dt.month().cast(pl.Int32) * _MONTH + each.dt.day() for each in (day, born))
    return day.dt.year() - born.dt.year() - (in_year < in_year_of_birth).cast(pl.Int32)


@dataclass(frozen=True, slots=True)
class _LookedUp:
    """A column that follows from a number of so many digits by looking it up.

    Attributes:
        digits: How many.
        look: What is found for numbers; `nothing` where there is nothing.
        found: The type of that.
        nothing: Stands for nothing.
        dtype: The type of the column.
    """

    digits: int
    look: Callable[[Derived, npt.NDArray[np.uint32]], npt.NDArray[Any]]
    found: pl.DataType
    nothing: int
    dtype: pl.DataType


def _looked_up(protocol: Protocol) -> list[Derived]:
    return [derived for derived in protocol.derived if derived.kind in _LOOKED_UP]


def _look(looked_up: Sequence[Derived], numbers_of: Sequence[pl.Series]) -> list[pl.Series]:
    """What is found for each of these columns."""
    pairs = zip(looked_up, numbers_of, strict=True)
    return [pl.Series(each.column, _LOOKED_UP[each.kind].look(each, number.to_numpy())) for each, number in pairs]


def _with_gaps(derived: Derived, found: pl.Series) -> pl.Series:
    """The column: null where nothing is found."""
    kind = _LOOKED_UP[derived.kind]
    nothing = found == kind.nothing
    return (found.set(nothing, None) if nothing.any() else found).cast(kind.dtype)


def _number(derived: Derived) -> pl.Expr:
    return numbers.digits(pl.col(derived.of[0]), _LOOKED_UP[derived.kind].digits)


_LOOKED_UP = {
    "calendar_date": _LookedUp(8, lambda _derived, number: numbers.days(number), pl.Int32(), numbers.NO_DAY, pl.Date()),
    "eleven_test": _LookedUp(
        9,
        lambda derived, number: numbers.eleven_test(number, exception=int(derived.settings["exception"])),
        pl.UInt32(),
        numbers.NO_NUMBER,
        pl.UInt32(),
    ),
}
_KEPT: dict[str, Callable[[pl.Expr, Derived, Protocol, HalfYear], pl.Expr]] = {
    "matching": _matching,
    "municipality": _existing,
    "in_codes": _in_codes,
}
_KINDS = frozenset({*_LOOKED_UP, *_KEPT, "outside", _AGE, _REPEATED})
