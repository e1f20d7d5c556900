"""Columns that the suites look at and Great Expectations has no expectation for, as polars expressions."""

from __future__ import annotations

from functools import cache, lru_cache
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from gmsd.protocol import ProtocolError

if TYPE_CHECKING:
    from collections.abc import Callable

    from gmsd.protocol import Derived, Protocol
    from gmsd.rounds import HalfYear

_WEIGHTS = (9, 8, 7, 6, 5, 4, 3, 2, -1)
_GROUP = 1000
_MANY = 4
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
    if derived.kind not in _ROW_KINDS:
        raise ProtocolError(f"{protocol.id}: derived column {derived.column}: no kind {derived.kind}")
    return _ROW_KINDS[derived.kind](derived, protocol, half_year)


def made_by_distinct(column: str, made: pl.Expr) -> pl.Expr:
    """The same as `made`, an expression of this string column alone, worked out once for each value.

    Where every cell stays as it is nothing is copied.
    """
    schema = {column: pl.String()}
    dtype = pl.LazyFrame(schema=schema).select(made).collect_schema().dtypes()[0]

    def run(cells: pl.Series) -> pl.Series:
        distinct = cells.drop_nulls().unique()
        if len(distinct) * _MANY > len(cells):
            return cells.to_frame().select(made).to_series()
        results = distinct.to_frame().select(made).to_series()
        if dtype == pl.String and results.equals(distinct):
            return cells
        return cells.replace_strict(distinct, results, default=None, return_dtype=dtype)

    return pl.col(column).map_batches(run, return_dtype=dtype, is_elementwise=True)


def _matching(cell: pl.Expr, derived: Derived, _protocol: Protocol, _half_year: HalfYear) -> pl.Expr:
    return pl.when(cell.str.contains(derived.settings["regex"])).then(cell)


def _calendar_date(cell: pl.Expr, _derived: Derived, _protocol: Protocol, _half_year: HalfYear) -> pl.Expr:
    """JJJJMMDD of ASCII digits that exists in the Gregorian calendar, years 0001-9999."""
    in_form = cell.str.contains(r"^[0-9]{8}$") & (cell >= "00010101")
    return pl.when(in_form).then(cell.str.to_date("%Y%m%d", strict=False))


def _in_codes(cell: pl.Expr, derived: Derived, protocol: Protocol, half_year: HalfYear) -> pl.Expr:
    codes = pl.Series(protocol.codes(derived.settings["codes"], half_year), dtype=pl.String)
    return pl.when(cell.is_in(codes.implode())).then(cell)


def _eleven_test(derived: Derived, _protocol: Protocol, _half_year: HalfYear) -> pl.Expr:
    """Nine ASCII digits, weights 9 8 7 6 5 4 3 2 -1, the sum divisible by 11 and not all zero; or the exception."""
    cell = pl.col(derived.of[0])
    number = pl.when(cell.str.contains(r"^[0-9]{9}$")).then(cell).cast(pl.UInt32, strict=False)
    groups = (number // _GROUP**2, number // _GROUP % _GROUP, number % _GROUP)
    total = pl.sum_horizontal([pl.lit(sums).gather(group) for sums, group in zip(_group_sums(), groups, strict=True)], ignore_nulls=False)
    passes = ((total % 11 == 0) & (number > 0)) | (cell == derived.settings["exception"])
    return pl.when(passes).then(number)


@cache
def _group_sums() -> tuple[pl.Series, ...]:
    """The weighted sum of each group of three digits, for every group: looked up, as nine divisions a number cost twice as much."""
    groups = np.arange(_GROUP, dtype=np.int32)
    digits = (groups // 100, groups // 10 % 10, groups % 10)
    weighted = [[weight * digit for weight, digit in zip(_WEIGHTS[at : at + 3], digits, strict=True)] for at in (0, 3, 6)]
    return tuple(pl.Series(np.sum(three, axis=0)) for three in weighted)


def _outside(derived: Derived, _protocol: Protocol, half_year: HalfYear) -> pl.Expr:
    """A record belongs in a half-year when it starts by the last day and is running or ends on or after the first day."""
    start, end = pl.col(derived.of[0]), pl.col(derived.of[1])
    running = pl.col(derived.of[2]).is_null()
    outside = (start > half_year.last_day) | (~running & (end < half_year.first_day))
    return pl.when(start.is_not_null() & (running | end.is_not_null())).then(outside)


_CELL_KINDS: dict[str, Callable[[pl.Expr, Derived, Protocol, HalfYear], pl.Expr]] = {
    "matching": _matching,
    "calendar_date": _calendar_date,
    "in_codes": _in_codes,
}
"""What follows from one cell alone."""

_ROW_KINDS: dict[str, Callable[[Derived, Protocol, HalfYear], pl.Expr]] = {"eleven_test": _eleven_test, "outside": _outside}
"""What follows from several cells of a row."""

_KINDS = frozenset({*_CELL_KINDS, *_ROW_KINDS, _REPEATED})
