"""Columns as GX's pandas engine sees them: nulls, text, sets and bounds, written as polars expressions."""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import polars as pl
from dateutil.parser import parse as parse_date  # type: ignore[import-untyped]
from great_expectations.exceptions import GreatExpectationsError

from gx_polars.errors import Unsupported

if TYPE_CHECKING:
    from collections.abc import Iterable


def dtype_of(schema: pl.Schema, column: str) -> pl.DataType:
    """The column's type; an absent column fails its rule with GX's own words."""
    if column not in schema:
        raise GreatExpectationsError(f'Error: The column "{column}" in BatchData does not exist.')
    return schema[column]


def missing(schema: pl.Schema, column: str) -> pl.Expr:
    """What pandas calls null: null, and NaN in a float column."""
    cell = pl.col(column)
    return cell.is_null() | cell.is_nan() if dtype_of(schema, column).is_float() else cell.is_null()


@dataclass(frozen=True)
class Domain:
    """The cells one rule looks at.

    Attributes:
        schema: Columns and types of the frame.
        columns: The rule's columns, at least one.
        inside: Rows the rule looks at; None means all.
    """

    schema: pl.Schema
    columns: tuple[str, ...]
    inside: pl.Expr | None

    @property
    def cell(self) -> pl.Expr:
        """The first column."""
        return pl.col(self.columns[0])

    @property
    def type(self) -> pl.DataType:
        """The type of the first column."""
        return dtype_of(self.schema, self.columns[0])

    @property
    def gaps(self) -> list[pl.Expr]:
        """Per column: is the cell missing."""
        return [missing(self.schema, column) for column in self.columns]

    @property
    def cells(self) -> pl.Expr:
        """The first column's cells that are not missing, in the rows the rule looks at."""
        there = ~missing(self.schema, self.columns[0])
        return self.cell.filter(there if self.inside is None else self.inside & there)

    def text(self) -> pl.Expr:
        """Pandas' `astype(str)`, for the types whose text polars writes with the same characters."""
        if self.type == pl.String:
            return self.cell
        if self.type.is_integer():
            return self.cell.cast(pl.String)
        raise Unsupported(f"text of {self.type}")


def same_kind(dtype: pl.DataType, value: Any) -> bool:
    """Whether pandas could ever find `value` equal to a cell of this type."""
    if dtype == pl.String:
        return isinstance(value, str)
    if dtype.is_numeric() or dtype == pl.Boolean:
        return isinstance(value, int | float)
    return dtype.is_temporal() and isinstance(value, dt.date)


def one_of(dtype: pl.DataType, cell: pl.Expr, values: Iterable[Any]) -> pl.Expr:
    """Pandas' `isin`: 1 == 1.0 == True, and a value of another kind is never met."""
    kept = [value for value in values if same_kind(dtype, value)]
    if dtype.is_integer():
        integer: Any = dtype
        low, high = pl.select(integer.min().alias("low"), integer.max().alias("high")).row(0)
        kept = [int(v) for v in kept if math.isfinite(v) and v == int(v) and low <= v <= high]
    elif dtype == pl.Boolean:
        kept = [bool(v) for v in kept if v in (0, 1)]
    elif not (dtype == pl.String or dtype.is_float()):
        raise Unsupported(f"set of {dtype}")
    return cell.is_in(pl.Series(kept, dtype=dtype, strict=False).implode())


def bounds(
    dtype: pl.DataType,
    cell: pl.Expr,
    *,
    min_value: Any = None,
    max_value: Any = None,
    strict_min: bool | None = None,
    strict_max: bool | None = None,
) -> pl.Expr:
    """Whether a cell lies between two bounds, either of which may be absent."""
    if min_value is None and max_value is None:
        raise ValueError("min_value and max_value cannot both be None")
    if min_value is not None and max_value is not None and min_value > max_value:
        raise ValueError("min_value cannot be greater than max_value")
    if not (dtype == pl.String or dtype.is_numeric() or dtype.is_temporal()):
        raise Unsupported(f"bounds on {dtype}")
    parts: list[pl.Expr] = []
    for bound, compare in ((min_value, cell.gt if strict_min else cell.ge), (max_value, cell.lt if strict_max else cell.le)):
        value = parse_date(bound) if dtype.is_temporal() and isinstance(bound, str) else bound
        if value is None:
            continue
        if not same_kind(dtype, value):
            raise TypeError("Column values, min_value, and max_value must either be None or of the same type.")
        parts.append(compare(value))
    return pl.all_horizontal(parts)
