"""Columns that the suites look at and Great Expectations has no expectation for, as polars expressions."""

from __future__ import annotations

import operator
from functools import cache, lru_cache, reduce
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
_REPEATED = "repeated"


def with_derived(frame: pl.DataFrame, protocol: Protocol, half_year: HalfYear) -> pl.DataFrame:
    """The frame with the protocol's derived columns.

    Args:
        frame: One string column per field (null = empty) and `line`.
        protocol: Names the columns and how they are made.
        half_year: Decides the scope and the codes that are valid.

    Raises:
        ProtocolError: When the protocol names a kind that does not exist.
    """
    lazy = frame.lazy().with_columns(_repeated(frame, protocol).alias(each.column) for each in protocol.derived if each.kind == _REPEATED)
    for step in _steps(protocol, half_year):
        lazy = lazy.with_columns(step)
    return lazy.collect(engine="in-memory")


@lru_cache(maxsize=64)
def _steps(protocol: Protocol, half_year: HalfYear) -> tuple[tuple[pl.Expr, ...], ...]:
    """The expressions, those that need no derived column first, then those that need the first ones, and so on."""
    steps: list[list[pl.Expr]] = []
    step_of: dict[str, int] = {}
    for derived in protocol.derived:
        if derived.kind == _REPEATED:
            continue
        if derived.kind not in _KINDS:
            raise ProtocolError(f"{protocol.id}: derived column {derived.column}: no kind {derived.kind}")
        step = max((step_of.get(column, -1) for column in derived.of), default=-1) + 1
        step_of[derived.column] = step
        if step == len(steps):
            steps.append([])
        steps[step].append(_KINDS[derived.kind](derived, protocol, half_year).alias(derived.column))
    return tuple(tuple(step) for step in steps)


def _repeated(frame: pl.DataFrame, protocol: Protocol) -> pl.Expr:
    """The second and later of records that are the same in every field.

    Equal records have equal hashes of their base fields; only the few whose hash is met twice are compared in full.
    """
    base = [field.name for field in protocol.fields if field.set == "base"]
    hashes = frame.select(reduce(operator.xor, [pl.col(name).hash(seed) for seed, name in enumerate(base)])).to_series()
    ordered = np.sort(hashes.to_numpy())
    met_twice = np.unique(ordered[1:][ordered[1:] == ordered[:-1]])
    if not len(met_twice):
        return pl.lit(False)
    alike = hashes.is_in(pl.Series(met_twice).implode())
    again = ~frame.filter(alike).select(pl.struct(protocol.header).is_first_distinct()).to_series()
    found = np.zeros(len(frame), dtype=np.bool_)
    found[alike.arg_true().to_numpy()] = again.to_numpy()
    return pl.lit(pl.Series(found))


def _matching(derived: Derived, _protocol: Protocol, _half_year: HalfYear) -> pl.Expr:
    cell = pl.col(derived.of[0])
    return pl.when(cell.str.contains(derived.settings["regex"])).then(cell)


def _calendar_date(derived: Derived, _protocol: Protocol, _half_year: HalfYear) -> pl.Expr:
    """JJJJMMDD of ASCII digits that exists in the Gregorian calendar, years 0001-9999."""
    cell = pl.col(derived.of[0])
    in_form = cell.str.contains(r"^[0-9]{8}$") & (cell >= "00010101")
    return pl.when(in_form).then(cell.str.to_date("%Y%m%d", strict=False))


def _eleven_test(derived: Derived, _protocol: Protocol, _half_year: HalfYear) -> pl.Expr:
    """Nine ASCII digits, weights 9 8 7 6 5 4 3 2 -1, the sum divisible by 11 and not all zero; or the exception."""
    cell = pl.col(derived.of[0])
    number = pl.when(cell.str.contains(r"^[0-9]{9}$")).then(cell).cast(pl.UInt32, strict=False)
    groups = (number // _GROUP**2, number // _GROUP % _GROUP, number % _GROUP)
    total = pl.sum_horizontal([pl.lit(sums).gather(group) for sums, group in zip(_group_sums(), groups, strict=True)], ignore_nulls=False)
    passes = ((total % 11 == 0) & (number > 0)) | (cell == derived.settings["exception"])
    return pl.when(passes).then(cell)


@cache
def _group_sums() -> tuple[pl.Series, ...]:
    """The weighted sum of each group of three digits, for every group: looked up, as nine divisions a number cost twice as much."""
    groups = np.arange(_GROUP, dtype=np.int32)
    digits = (groups // 100, groups // 10 % 10, groups % 10)
    weighted = [[weight * digit for weight, digit in zip(_WEIGHTS[at : at + 3], digits, strict=True)] for at in (0, 3, 6)]
    return tuple(pl.Series(np.sum(three, axis=0)) for three in weighted)


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


_KINDS: dict[str, Callable[[Derived, Protocol, HalfYear], pl.Expr]] = {
    "matching": _matching,
    "calendar_date": _calendar_date,
    "eleven_test": _eleven_test,
    "in_codes": _in_codes,
    "outside": _outside,
}
