"""Metrics that make one value of a column, and the shape in which pandas gives it."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import polars as pl

from gx_polars.columns import Domain, is_category, one_of
from gx_polars.errors import Unsupported
from gx_polars.row_metrics import deviation

if TYPE_CHECKING:
    from collections.abc import Callable

_SHORT = (pl.Int8, pl.Int16, pl.Int32, pl.UInt8, pl.UInt16, pl.UInt32)
_INTERPOLATIONS = ("linear", "lower", "higher", "midpoint", "nearest")


class Day(dt.datetime):
    """A date as pandas gives it, a moment at midnight, that can also be compared with a date."""

    def __lt__(self, other: Any) -> bool:
        return bool(_moment(self) < _moment(other))

    def __le__(self, other: Any) -> bool:
        return bool(_moment(self) <= _moment(other))

    def __gt__(self, other: Any) -> bool:
        return bool(_moment(self) > _moment(other))

    def __ge__(self, other: Any) -> bool:
        return bool(_moment(self) >= _moment(other))


def _moment(value: Any) -> Any:
    if isinstance(value, dt.date) and not isinstance(value, dt.datetime):
        return dt.datetime(value.year, value.month, value.day)  # noqa: DTZ001  a date has no zone
    return dt.datetime.combine(value.date(), value.time(), value.tzinfo) if isinstance(value, dt.datetime) else value


def _day(value: Any) -> Any:
    """A date as `Day`, anything else as it is."""
    return Day(value.year, value.month, value.day) if type(value) is dt.date else value


def _numbers(domain: Domain, *, narrow: bool = False) -> pl.Expr:
    """The cells of a column of numbers; a decimal counts as a float, as in GX.

    Args:
        domain: The column.
        narrow: Whether the answer for a Float32 column is as exact as pandas' own.

    Raises:
        TypeError: For text.
        Unsupported: For types that pandas has an answer of its own for.
    """
    dtype, cells = domain.type, domain.cells
    if is_category(domain.stored):
        raise Unsupported("a statistic of categories")
    if dtype == pl.String:
        raise TypeError("Cannot compute a statistic of text.")
    if isinstance(dtype, pl.Decimal):
        return cells.cast(pl.Float64)
    if dtype.is_integer() or dtype == pl.Float64 or (narrow and dtype == pl.Float32):
        return cells
    raise Unsupported(f"a statistic of {dtype}")


def _extreme(domain: Domain, take: Callable[[pl.Expr], pl.Expr]) -> pl.Expr:
    if is_category(domain.stored) or not (domain.type.is_numeric() or domain.type.is_temporal()):
        raise Unsupported(f"an order of {domain.stored}")
    return take(domain.cells)


def _sum(domain: Domain) -> pl.Expr:
    """In 64 bits, as pandas: polars adds up 32 bits in 32 bits, and wraps around."""
    numbers = _numbers(domain)
    return (numbers.cast(pl.Int64) if domain.type in _SHORT else numbers).sum()


def _median(domain: Domain) -> pl.Expr:
    if isinstance(domain.type, pl.Decimal):
        raise Unsupported("the median of decimals")
    return _numbers(domain).median()


def _standard_deviation(domain: Domain) -> pl.Expr:
    numbers = _numbers(domain).cast(pl.Float64)
    return deviation(numbers, numbers.mean())


def _non_null_proportion(domain: Domain) -> pl.Expr:
    rows = pl.len() if domain.inside is None else domain.inside.sum()
    return pl.when(rows > 0).then(domain.cells.len() / rows).otherwise(0.0)


def _quantiles(domain: Domain, quantiles: list[float], allow_relative_error: Any = None) -> pl.Expr:
    """Nearest takes the even one of two neighbours that are as near, as numpy does; polars' own takes the upper."""
    how: Any = allow_relative_error or "nearest"
    if how not in _INTERPOLATIONS:
        raise ValueError(f"allow_relative_error must be one of {_INTERPOLATIONS}")
    if isinstance(domain.type, pl.Decimal):
        raise Unsupported("quantiles of decimals")
    cells = _numbers(domain, narrow=how in ("nearest", "lower", "higher"))
    if how != "nearest":
        return pl.concat_list([cells.quantile(quantile, how) for quantile in quantiles])
    ordered, last = cells.sort(), (cells.len().cast(pl.Float64) - 1)
    places = [(last * quantile).round(mode="half_to_even").cast(pl.Int64) for quantile in quantiles]
    return pl.concat_list([ordered.get(pl.when(last >= 0).then(place), null_on_oob=True) for place in places])


def _outside(domain: Domain, value_set: list[Any]) -> pl.Expr:
    """The distinct values that are not in the set."""
    cells = domain.cells
    return cells.filter(~one_of(domain.type, cells, value_set)).unique()


def _outside_list(domain: Domain, value_set: list[Any], limit: int | None = None) -> pl.Expr:
    return _outside(domain, value_set).sort().head(_most_listed(limit)).implode()


def _most_listed(limit: int | None) -> int:
    if limit is not None:
        return limit
    from great_expectations.constants import MAX_DISTINCT_VALUES

    most: int = MAX_DISTINCT_VALUES
    return most


def _met(domain: Domain, value_set: list[Any], **_limit: Any) -> pl.Expr:
    """The values of the set that the column holds."""
    cells = domain.cells
    return cells.filter(one_of(domain.type, cells, value_set)).unique().implode()


def _unmet(met: list[Any], value_set: list[Any]) -> set[Any]:
    return set(value_set) - set(met)


def _most_common(domain: Domain) -> pl.Expr:
    if domain.type.is_temporal() or domain.type.is_nested() or domain.type == pl.Null:
        raise Unsupported(f"the most common {domain.type}")
    return domain.cells.mode().sort().implode()


COLUMN_METRICS: dict[str, Callable[..., pl.Expr]] = {
    "column.max": lambda d: _extreme(d, pl.Expr.max),
    "column.min": lambda d: _extreme(d, pl.Expr.min),
    "column.mean": lambda d: _numbers(d).mean(),
    "column.sum": _sum,
    "column.median": _median,
    "column.standard_deviation": _standard_deviation,
    "column.quantile_values": _quantiles,
    "column.most_common_value": _most_common,
    "column.non_null_proportion": _non_null_proportion,
    "column.unique_proportion": lambda d: pl.when(d.cells.len() > 0).then(d.cells.n_unique() / d.cells.len()).otherwise(0.0),
    "column.distinct_values.count": lambda d: d.cells.n_unique(),
    "column.distinct_values.not_in_set": _outside_list,
    "column.distinct_values.not_in_set.count": lambda d, value_set: _outside(d, value_set).len(),
    "column.distinct_values.missing_from_column": _met,
    "column.distinct_values.missing_from_column.count": _met,
}
"""Name of a column metric -> its value, from a `Domain` whose rows are those of the row condition and the metric's own settings."""

SHAPES: dict[str, Callable[..., Any]] = {
    "column.max": _day,
    "column.min": _day,
    "column.distinct_values.missing_from_column": lambda met, value_set, limit=None: list(_unmet(met, value_set))[: _most_listed(limit)],
    "column.distinct_values.missing_from_column.count": lambda met, value_set: len(_unmet(met, value_set)),
}
"""Name of a column metric -> what turns polars' answer, with the metric's own settings, into the value GX's pandas engine gives."""
