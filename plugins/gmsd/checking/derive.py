"""Columns that the suites look at and Great Expectations has no expectation for, as polars expressions."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import polars as pl

from gmsd.checking import numbers
from gmsd.protocol import ProtocolError

if TYPE_CHECKING:
    from collections.abc import Callable

    from gmsd.protocol import Derived, Protocol
    from gmsd.rounds import HalfYear

_SAMPLE = 1000
_MOST = 500
ROW = "row"
_REPEATED = "repeated"


def with_derived(frame: pl.LazyFrame, protocol: Protocol, half_year: HalfYear, *, repeated: pl.Series, by_distinct: bool) -> pl.LazyFrame:
    """The frame with the protocol's derived columns.

    Args:
        frame: One string column per field (null = empty) and `row`.
        protocol: Names the columns and how they are made.
        half_year: Decides the scope and the codes that are valid.
        repeated: The rows that are the same as an earlier one.
        by_distinct: Judge each value of a column once, which pays on many rows.

    Raises:
        ProtocolError: When the protocol names a kind that does not exist.
    """
    again = pl.lit(False) if repeated.is_empty() else pl.col(ROW).is_in(repeated.implode())
    frame = frame.with_columns(again.alias(each.column) for each in protocol.derived if each.kind == _REPEATED)
    for step in _steps(protocol, half_year, by_distinct):
        frame = frame.with_columns(step)
    return frame


@lru_cache(maxsize=64)
def _steps(protocol: Protocol, half_year: HalfYear, by_distinct: bool) -> tuple[tuple[pl.Expr, ...], ...]:
    """The expressions, those that need no derived column first, then those that need the first ones, and so on."""
    steps: list[list[pl.Expr]] = []
    step_of: dict[str, int] = {}
    for derived in protocol.derived:
        if derived.kind == _REPEATED:
            continue
        step = max((step_of.get(column, -1) for column in derived.of), default=-1) + 1
        step_of[derived.column] = step
        if step == len(steps):
            steps.append([])
        steps[step].append(_made(derived, protocol, half_year, by_distinct=by_distinct).alias(derived.column))
    return tuple(tuple(step) for step in steps)


def _made(derived: Derived, protocol: Protocol, half_year: HalfYear, *, by_distinct: bool) -> pl.Expr:
    if derived.kind in _CELL_KINDS:
        made = _CELL_KINDS[derived.kind](pl.col(derived.of[0]), derived, protocol, half_year)
        return made_by_distinct(derived.of[0], made) if by_distinct else made
    if derived.kind not in _OTHER_KINDS:
        raise ProtocolError(f"{protocol.id}: derived column {derived.column}: no kind {derived.kind}")
    return _OTHER_KINDS[derived.kind](derived, protocol, half_year)


def made_by_distinct(column: str, made: pl.Expr) -> pl.Expr:
    """The same as `made`, which keeps some cells of this string column: each value is judged once, and where all stay nothing is copied."""

    def run(cells: pl.Series) -> pl.Series:
        if cells.head(_SAMPLE).n_unique() > _MOST:  # nearly every value is another one
            return cells.to_frame().select(made).to_series()
        distinct = cells.drop_nulls().unique()
        kept = distinct.to_frame().select(made).to_series()
        if not kept.null_count():
            return cells
        return cells.to_frame().select(pl.when(pl.col(column).is_in(kept.drop_nulls().implode())).then(pl.col(column))).to_series()

    return pl.col(column).map_batches(run, return_dtype=pl.String, is_elementwise=True)


def _matching(cell: pl.Expr, derived: Derived, _protocol: Protocol, _half_year: HalfYear) -> pl.Expr:
    return pl.when(cell.str.contains(derived.settings["regex"])).then(cell)


def _in_codes(cell: pl.Expr, derived: Derived, protocol: Protocol, half_year: HalfYear) -> pl.Expr:
    codes = pl.Series(protocol.codes(derived.settings["codes"], half_year), dtype=pl.String)
    return pl.when(cell.is_in(codes.implode())).then(cell)


def _calendar_date(derived: Derived, _protocol: Protocol, _half_year: HalfYear) -> pl.Expr:
    return numbers.digits(pl.col(derived.of[0]), 8).map_batches(numbers.days, return_dtype=pl.Date, is_elementwise=True)


def _eleven_test(derived: Derived, _protocol: Protocol, _half_year: HalfYear) -> pl.Expr:
    cell = pl.col(derived.of[0])
    number = numbers.digits(cell, 9)
    passes = number.map_batches(numbers.pass_eleven_test, return_dtype=pl.Boolean, is_elementwise=True)
    return pl.when(passes | (cell == derived.settings["exception"])).then(number)


def _outside(derived: Derived, _protocol: Protocol, half_year: HalfYear) -> pl.Expr:
    """A record belongs in a half-year when it starts by the last day and is running or ends on or after the first day."""
    start, end = pl.col(derived.of[0]), pl.col(derived.of[1])
    running = pl.col(derived.of[2]).is_null()
    outside = (start > half_year.last_day) | (~running & (end < half_year.first_day))
    return pl.when(start.is_not_null() & (running | end.is_not_null())).then(outside)


_CELL_KINDS: dict[str, Callable[[pl.Expr, Derived, Protocol, HalfYear], pl.Expr]] = {
    "matching": _matching,
    "in_codes": _in_codes,
}
"""The cell, where it is in order."""

_OTHER_KINDS: dict[str, Callable[[Derived, Protocol, HalfYear], pl.Expr]] = {
    "calendar_date": _calendar_date,
    "eleven_test": _eleven_test,
    "outside": _outside,
}
"""Something else that follows from cells of a row."""

_KINDS = frozenset({*_CELL_KINDS, *_OTHER_KINDS, _REPEATED})
