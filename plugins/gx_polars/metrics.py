"""The metrics of GX that have a polars form: which rows are good, and what a column adds up to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl

from gx_polars.columns import Domain, bounds, dtype_of, one_of
from gx_polars.errors import Unsupported
from gx_polars.patterns import follows_strftime, matches

if TYPE_CHECKING:
    from collections.abc import Callable


def _distinct_inside(domain: Domain) -> pl.Expr:
    """Values that occur once, counted among the rows the rule looks at."""
    whole = pl.struct(domain.columns) if len(domain.columns) > 1 else domain.cell
    counted = whole if domain.inside is None else pl.when(domain.inside).then(whole)
    return ~counted.is_duplicated()


def _pair(domain: Domain) -> tuple[pl.Expr, pl.Expr]:
    left, right = (dtype_of(domain.schema, column) for column in domain.columns)
    if left != right and not (left.is_numeric() and right.is_numeric()):
        raise Unsupported(f"{left} against {right}")
    return domain.cell, pl.col(domain.columns[1])


def _pair_equal(domain: Domain) -> pl.Expr:
    left, right = _pair(domain)
    return (left == right) & ~pl.any_horizontal(domain.gaps)


def _pair_greater(domain: Domain, or_equal: bool | None = None) -> pl.Expr:
    left, right = _pair(domain)
    return (left >= right if or_equal else left > right) & ~pl.any_horizontal(domain.gaps)


def _lengths(domain: Domain, **limits: Any) -> pl.Expr:
    return bounds(pl.Int64(), domain.text().str.len_chars(), **limits)


def _matches_list(domain: Domain, regex_list: list[str], match_on: str = "any") -> pl.Expr:
    found = [matches(domain.text(), regex) for regex in regex_list]
    return pl.all_horizontal(found) if match_on == "all" else pl.any_horizontal(found)


def _matches_none(domain: Domain, regex_list: list[str]) -> pl.Expr:
    return ~pl.any_horizontal([matches(domain.text(), regex) for regex in regex_list])


def _within_record(domain: Domain) -> pl.Expr:
    """All cells of the row differ; two missing cells count as equal, as in pandas."""
    kinds = {dtype_of(domain.schema, column) for column in domain.columns}
    if len(kinds) > 1:
        raise Unsupported("columns of several types in one record")
    cells = [pl.col(column) for column in domain.columns]
    pairs = [(a, b) for i, a in enumerate(cells) for b in cells[i + 1 :]]
    return pl.all_horizontal([a.ne_missing(b) for a, b in pairs])


def _sum_equals(domain: Domain, sum_total: float) -> pl.Expr:
    if not all(dtype_of(domain.schema, column).is_integer() for column in domain.columns):
        raise Unsupported("a sum of other than integers")
    return pl.sum_horizontal([pl.col(column).cast(pl.Int64) for column in domain.columns], ignore_nulls=False) == sum_total


ROW_METRICS: dict[str, Callable[..., pl.Expr]] = {
    "column_values.nonnull": lambda d: ~d.gaps[0],
    "column_values.null": lambda d: d.gaps[0],
    "column_values.in_set": lambda d, value_set: one_of(d.type, d.cell, value_set),
    "column_values.not_in_set": lambda d, value_set: ~one_of(d.type, d.cell, value_set),
    "column_values.between": lambda d, **limits: bounds(d.type, d.cell, **limits),
    "column_values.unique": _distinct_inside,
    "column_values.value_length.between": _lengths,
    "column_values.value_length.equals": lambda d, value: d.text().str.len_chars() == value,
    "column_values.match_regex": lambda d, regex: matches(d.text(), regex),
    "column_values.not_match_regex": lambda d, regex: ~matches(d.text(), regex),
    "column_values.match_regex_list": _matches_list,
    "column_values.not_match_regex_list": _matches_none,
    "column_values.match_strftime_format": follows_strftime,
    "column_pair_values.equal": _pair_equal,
    "column_pair_values.a_greater_than_b": _pair_greater,
    "compound_columns.unique": _distinct_inside,
    "select_column_values.unique.within_record": _within_record,
    "multicolumn_sum.equal": _sum_equals,
}
"""Base name of a map metric -> the good rows, from a `Domain` and the metric's own settings."""

COLUMN_METRICS: dict[str, Callable[..., pl.Expr]] = {
    "column.max": lambda d: d.cells.max(),
    "column.min": lambda d: d.cells.min(),
    "column.mean": lambda d: d.cells.mean(),
    "column.sum": lambda d: d.cells.sum(),
    "column.median": lambda d: d.cells.median(),
    "column.standard_deviation": lambda d: d.cells.std(),
    "column.distinct_values.count": lambda d: d.cells.n_unique(),
    "column.unique_proportion": lambda d: pl.when(d.cells.len() > 0).then(d.cells.n_unique() / d.cells.len()).otherwise(0.0),
}
"""Name of a column metric -> its value, from a `Domain` whose rows are those of the row condition and the metric's own settings."""

SHAPES: dict[str, Callable[..., Any]] = {}
"""Name of a column metric -> what turns polars' answer, with the metric's own settings, into the value GX's pandas engine gives."""

TABLE_METRICS = frozenset({"table.row_count", "table.columns", "table.column_count"})
