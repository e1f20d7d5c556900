"""Metrics that judge rows: one cell, a pair of cells or a record."""

from __future__ import annotations

from functools import reduce
from itertools import combinations
from typing import TYPE_CHECKING, Any

import polars as pl

from gx_polars.columns import Domain, as_cells, bounds, dtype_of, one_of, or_null, value_of, value_type
from gx_polars.errors import Unsupported
from gx_polars.patterns import dateutil_reads, follows_schema, follows_strftime, is_json, matches

if TYPE_CHECKING:
    from collections.abc import Callable


def _distinct_inside(domain: Domain) -> pl.Expr:
    """Values that occur once, counted among the rows the rule looks at."""
    values = [or_null(domain.schema, column) for column in dict.fromkeys(domain.columns)]
    whole = pl.struct(values) if len(values) > 1 else values[0]
    counted = whole if domain.inside is None else pl.when(domain.inside).then(whole)
    return ~counted.is_duplicated()


def _lengths(domain: Domain, **limits: Any) -> pl.Expr:
    return bounds(pl.Int64(), domain.text().str.len_chars(), **limits)


def _matches_list(domain: Domain, regex_list: list[str], match_on: str = "any") -> pl.Expr:
    found = [matches(domain.text(), regex) for regex in regex_list]
    return pl.all_horizontal(found) if match_on == "all" else pl.any_horizontal(found)


def _matches_none(domain: Domain, regex_list: list[str]) -> pl.Expr:
    return ~pl.any_horizontal([matches(domain.text(), regex) for regex in regex_list])


def _in_order(domain: Domain, sign: int, strictly: bool | None) -> pl.Expr:
    """Each cell against the one before it among those the rule looks at; the first, and a step from infinity to infinity, is good."""
    dtype = domain.type
    if dtype == pl.String:
        raise TypeError("values of text have no difference")
    if not (dtype.is_integer() or dtype.is_float() or isinstance(dtype, pl.Date | pl.Datetime | pl.Duration)):
        raise Unsupported(f"order of {dtype}")
    cell = domain.cells_or_null
    before = cell.forward_fill().shift(1)
    later, earlier = (cell, before) if sign > 0 else (before, cell)
    good = later > earlier if strictly else later >= earlier
    undefined = (cell - before).is_nan() if dtype.is_float() else pl.lit(False)
    return good.fill_null(True) | undefined.fill_null(True)


def _number(domain: Domain) -> tuple[pl.Expr, pl.Expr]:
    """The first column as floats: every cell, and those the rule looks at (null elsewhere)."""
    if domain.type == pl.String:
        raise TypeError("Cannot complete Z-score calculations on a non-numerical column.")
    if not (domain.type.is_integer() or domain.type == pl.Float64):
        raise Unsupported(f"statistics of {domain.type}")
    return domain.cell.cast(pl.Float64), domain.cells_or_null.cast(pl.Float64)


def deviation(numbers: pl.Expr, mean: pl.Expr) -> pl.Expr:
    """The sample standard deviation in two passes, as pandas takes it: null for fewer than two numbers."""
    count = numbers.count()
    return pl.when(count > 1).then((((numbers - mean) ** 2).sum() / (count.cast(pl.Float64) - 1)).sqrt())


def _under_threshold(domain: Domain, threshold: float, double_sided: bool = True) -> pl.Expr:
    """An undefined score (no spread, an infinity) counts as good."""
    cell, inside = _number(domain)
    mean = inside.mean()
    spread = deviation(inside, mean)
    score = pl.when(spread != 0).then((cell - mean) / spread)
    good = score.abs() < abs(threshold) if double_sided else score < threshold
    return good.fill_null(True) | score.is_nan().fill_null(True)


def _not_outliers(domain: Domain, method: str = "iqr", multiplier: float = 1.5) -> pl.Expr:
    """Inside Tukey's fences or a number of deviations from the mean; a column that offers no finite window has no outliers."""
    from great_expectations.expectations.metrics.column_aggregate_metrics.column_outlier_statistics import IQR_METHOD, validate_method

    validate_method(method)
    cell, inside = _number(domain)
    if method == IQR_METHOD:
        low, high = inside.quantile(0.25, "linear"), inside.quantile(0.75, "linear")
        reach = multiplier * (high - low)
        good = (cell >= low - reach) & (cell <= high + reach)
    else:
        low = high = inside.mean()
        reach = multiplier * deviation(inside, low)
        good = pl.when(reach <= 0).then(cell == low).otherwise((cell - low).abs() < reach)
    known = low.is_finite() & high.is_finite() & reach.is_finite()
    return pl.when(known.fill_null(False)).then(good).otherwise(True)


def _pair(domain: Domain) -> tuple[pl.Expr, pl.Expr]:
    left, right = (value_type(domain.schema, column) for column in domain.columns)
    numbers = all(dtype.is_integer() or dtype.is_float() for dtype in (left, right))
    if left != right and not numbers:
        raise Unsupported(f"{left} against {right}")
    first, second = (value_of(domain.schema, column) for column in domain.columns)
    return first, second


def _pair_equal(domain: Domain) -> pl.Expr:
    left, right = _pair(domain)
    return (left == right) & ~pl.any_horizontal(domain.gaps)


def _pair_greater(domain: Domain, or_equal: bool | None = None) -> pl.Expr:
    if any(value_type(domain.schema, column) != dtype_of(domain.schema, column) for column in domain.columns):
        raise Unsupported("an order of categories")
    left, right = _pair(domain)
    return (left >= right if or_equal else left > right) & ~pl.any_horizontal(domain.gaps)


def _pair_in_set(domain: Domain, value_pairs_set: list[tuple[Any, Any]] | None = None) -> pl.Expr:
    """Pairs as pandas meets them: a missing cell is met by None."""
    if value_pairs_set is None:
        return pl.lit(True)
    types = [value_type(domain.schema, column) for column in domain.columns]
    allowed: list[dict[str, Any]] = []
    for pair in value_pairs_set:
        cells = [[None] if value is None else as_cells(dtype, [value]) for dtype, value in zip(types, pair, strict=True)]
        if all(cells):
            allowed.append({"a": cells[0][0], "b": cells[1][0]})
    both = pl.struct([or_null(domain.schema, column).alias(name) for column, name in zip(domain.columns, "ab", strict=True)])
    wanted = pl.Series(allowed, dtype=pl.Struct(dict(zip("ab", types, strict=True))), strict=False)
    return both.is_in(wanted.implode(), nulls_equal=True)


def _equal(schema: pl.Schema, first: str, second: str) -> pl.Expr:
    """Whether two cells of a record are equal or both missing; text never equals a number."""
    kinds = [value_type(schema, column) for column in (first, second)]
    left, right = or_null(schema, first), or_null(schema, second)
    if kinds[0] == kinds[1] or all(kind.is_integer() or kind.is_float() for kind in kinds):
        return left.eq_missing(right)
    if pl.String in kinds and any(kind.is_integer() or kind.is_float() for kind in kinds):
        return left.is_null() & right.is_null()
    raise Unsupported("columns of several types in one record")


def _within_record(domain: Domain) -> pl.Expr:
    """All cells of the row differ; two missing cells count as equal, as in pandas."""
    pairs = combinations(domain.columns, 2)
    return ~pl.any_horizontal([pl.lit(False), *(_equal(domain.schema, first, second) for first, second in pairs)])


def _values_equal(domain: Domain) -> pl.Expr:
    """All cells of the row are equal, or all are missing."""
    first, *others = domain.columns
    return pl.all_horizontal([pl.lit(True), *(_equal(domain.schema, first, other) for other in others)])


def _sum_equals(domain: Domain, sum_total: float) -> pl.Expr:
    """A missing cell makes the sum missing, so that it equals nothing."""
    kinds = [dtype_of(domain.schema, column) for column in domain.columns]
    if all(kind.is_integer() and kind != pl.UInt64 for kind in kinds):
        whole: type[pl.DataType] = pl.Int64
    elif any(kind == pl.Float64 for kind in kinds) and all(kind.is_integer() or kind.is_float() for kind in kinds):
        whole = pl.Float64
    else:
        raise Unsupported("a sum of other than numbers")
    cells = [or_null(domain.schema, column).cast(whole) for column in domain.columns]
    return reduce(lambda total, cell: total + cell, cells) == sum_total


ROW_METRICS: dict[str, Callable[..., pl.Expr]] = {
    "column_values.nonnull": lambda d: ~d.gaps[0],
    "column_values.null": lambda d: d.gaps[0],
    "column_values.in_set": lambda d, value_set: one_of(d.type, d.cell, value_set),
    "column_values.not_in_set": lambda d, value_set: ~one_of(d.type, d.cell, value_set),
    "column_values.between": lambda d, **limits: bounds(d.type, d.cell, **limits),
    "column_values.unique": _distinct_inside,
    "column_values.increasing": lambda d, strictly=None: _in_order(d, 1, strictly),
    "column_values.decreasing": lambda d, strictly=None: _in_order(d, -1, strictly),
    "column_values.z_score.under_threshold": _under_threshold,
    "column_values.not_outliers": _not_outliers,
    "column_values.value_length.between": _lengths,
    "column_values.value_length.equals": lambda d, value: d.text().str.len_chars() == value,
    "column_values.match_regex": lambda d, regex: matches(d.text(), regex),
    "column_values.not_match_regex": lambda d, regex: ~matches(d.text(), regex),
    "column_values.match_regex_list": _matches_list,
    "column_values.not_match_regex_list": _matches_none,
    "column_values.match_strftime_format": follows_strftime,
    "column_values.dateutil_parseable": dateutil_reads,
    "column_values.json_parseable": is_json,
    "column_values.match_json_schema": follows_schema,
    "column_pair_values.equal": _pair_equal,
    "column_pair_values.a_greater_than_b": _pair_greater,
    "column_pair_values.in_set": _pair_in_set,
    "compound_columns.unique": _distinct_inside,
    "select_column_values.unique.within_record": _within_record,
    "multicolumn_sum.equal": _sum_equals,
    "multicolumn_values.equal": _values_equal,
}
"""Base name of a map metric -> the good rows, from a `Domain` and the metric's own settings."""
