"""Columns as GX's pandas engine sees them: nulls, text, sets and bounds, written as polars expressions."""

from __future__ import annotations

import datetime as dt
import math
import operator
from dataclasses import dataclass
from decimal import Decimal
from functools import reduce
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from gx_polars.errors import Unsupported

if TYPE_CHECKING:
    from collections.abc import Iterable

_LARGEST = 2**1023  # beyond it an integer has no float
_WHOLE = 2**127  # polars has no larger ones
_FEW = 6  # so many texts are compared one by one in less time than a cell is looked up among them
_PLAIN_SCALE = 6  # with more decimals Python writes small values with an exponent, polars never does


def dtype_of(schema: pl.Schema, column: str) -> pl.DataType:
    """The column's type; an absent column fails its rule with GX's own words."""
    if column not in schema:
        from great_expectations.exceptions import GreatExpectationsError

        raise GreatExpectationsError(f'Error: The column "{column}" in BatchData does not exist.')
    return schema[column]


def written_in(schema: pl.Schema, column: str) -> str:
    """The column as the frame writes it: GX's pandas engine passes over capitals in the columns of a rule."""
    if column in schema:
        return column
    return next((name for name in schema if name.casefold() == column.casefold()), column)


def is_category(dtype: pl.DataType) -> bool:
    """Whether a column is text that is stored as categories."""
    return isinstance(dtype, pl.Categorical | pl.Enum)


def value_type(schema: pl.Schema, column: str) -> pl.DataType:
    """The type of the column's values: categories are text."""
    dtype = dtype_of(schema, column)
    return pl.String() if is_category(dtype) else dtype


def value_of(schema: pl.Schema, column: str) -> pl.Expr:
    """The column's values: categories as their text."""
    return pl.col(column).cast(pl.String) if is_category(dtype_of(schema, column)) else pl.col(column)


def missing(schema: pl.Schema, column: str) -> pl.Expr:
    """What pandas calls null: null, and NaN in a float column."""
    cell = pl.col(column)
    return cell.is_null() | cell.is_nan() if dtype_of(schema, column).is_float() else cell.is_null()


def or_null(schema: pl.Schema, column: str) -> pl.Expr:
    """The column's values with every sort of missing as null, so that a missing cell equals a missing cell."""
    return pl.col(column).fill_nan(None) if dtype_of(schema, column).is_float() else value_of(schema, column)


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
        """The first column's values."""
        return value_of(self.schema, self.columns[0])

    @property
    def type(self) -> pl.DataType:
        """The type of the first column's values."""
        return value_type(self.schema, self.columns[0])

    @property
    def stored(self) -> pl.DataType:
        """The type of the first column as it is stored, so that a category is told from text."""
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

    @property
    def cells_or_null(self) -> pl.Expr:
        """The first column with null in the rows that the rule does not look at: as long as the frame."""
        there = ~missing(self.schema, self.columns[0])
        return pl.when(there if self.inside is None else self.inside & there).then(self.cell)

    def text(self) -> pl.Expr:
        """Pandas' `astype(str)`, for the types whose text can be had with the same characters."""
        dtype, cell = self.type, self.cell
        if dtype == pl.String:
            return cell
        if dtype.is_integer() or (isinstance(dtype, pl.Decimal) and dtype.scale <= _PLAIN_SCALE):
            return cell.cast(pl.String)
        if dtype == pl.Boolean:
            return pl.when(cell).then(pl.lit("True")).when(~cell).then(pl.lit("False"))
        if dtype == pl.Date:
            return cell.dt.strftime("%Y-%m-%d")
        if dtype == pl.Float64:
            return cell.map_batches(_python_text, return_dtype=pl.String, is_elementwise=True)
        raise Unsupported(f"text of {dtype}")


def _python_text(numbers: pl.Series) -> pl.Series:
    """Python's text of each number, asked once per distinct value; zero and minus zero are one value and two texts."""
    distinct = numbers.drop_nulls().unique()
    text = [str(value or 0.0) for value in distinct]
    texts = numbers.replace_strict(distinct, pl.Series(text, dtype=pl.String), default=None, return_dtype=pl.String)
    return texts.set((numbers == 0) & (1 / numbers < 0), "-0.0")


def same_kind(dtype: pl.DataType, value: Any) -> bool:
    """Whether pandas could ever find `value` equal to a cell of this type, or compare the two."""
    if dtype == pl.String:
        return isinstance(value, str)
    if isinstance(dtype, pl.Decimal):
        return isinstance(value, int | float | Decimal)
    if dtype.is_numeric() or dtype == pl.Boolean:
        return isinstance(value, int | float)
    if isinstance(dtype, pl.Date | pl.Datetime):
        zoned = isinstance(value, dt.datetime) and value.tzinfo is not None
        return isinstance(value, dt.date) and zoned == bool(getattr(dtype, "time_zone", None))
    return False


def comparable(dtype: pl.DataType, value: Any) -> Any:
    """A value of the cells' kind, as polars compares it with them: a moment in the zone of the column, whichever zone it is written in.

    Raises:
        Unsupported: When the value is too large for polars.
    """
    zone = dtype.time_zone if isinstance(dtype, pl.Datetime) else None
    if zone is not None:
        return pl.lit(value).dt.convert_time_zone(zone)
    if isinstance(value, int) and abs(value) >= _WHOLE:
        raise Unsupported("a whole number beyond 128 bits")
    return int(value) if isinstance(value, bool) else value


def as_cells(dtype: pl.DataType, values: Iterable[Any]) -> list[Any]:
    """The values that a cell of this type can be equal to, as such cells: 1 == 1.0 == True, and a value of another kind is never met.

    Raises:
        Unsupported: For types and values of which pandas alone knows what is equal.
    """
    values = [value.item() if isinstance(value, np.generic) else value for value in values]
    numeric = dtype.is_numeric()
    kept = [
        value
        for value in values
        if (same_kind(dtype, value) or (numeric and isinstance(value, Decimal))) and value == value  # noqa: PLR0124  NaN is nowhere in
    ]
    if dtype == pl.String:
        return kept
    if dtype == pl.Boolean:
        return [bool(value) for value in kept if value in (0, 1)]
    if dtype.is_numeric():
        return _as_numbers(dtype, kept)
    if dtype == pl.Date and all(type(value) is dt.date for value in values):
        return kept
    if dtype in (pl.Datetime("us"), pl.Datetime("ms")) and all(isinstance(value, dt.datetime) for value in values):
        return kept
    raise Unsupported(f"set of {dtype}")


def _as_numbers(dtype: pl.DataType, values: list[Any]) -> list[Any]:
    """The numbers that a column of this type can hold exactly."""
    if dtype.is_integer():
        integer: Any = dtype
        low, high = pl.select(integer.min().alias("low"), integer.max().alias("high")).row(0)
        return [int(value) for value in values if math.isfinite(value) and value == int(value) and low <= value <= high]
    if isinstance(dtype, pl.Decimal):
        limit = 10 ** (dtype.precision - dtype.scale)
        exact = [Decimal(value) for value in values if math.isfinite(value) and abs(value) < limit]
        return [value for value in exact if value == round(value, dtype.scale)]
    exact_ones = [value for value in values if not isinstance(value, Decimal) or value == float(value)]
    floats = [float(value) for value in exact_ones if abs(value) < _LARGEST or math.isinf(value)]
    held = pl.Series(floats, dtype=pl.Float64).cast(dtype).to_list()
    return [value for value, stored in zip(floats, held, strict=True) if value == stored]


def one_of(dtype: pl.DataType, cell: pl.Expr, values: Iterable[Any]) -> pl.Expr:
    """Pandas' `isin`."""
    kept = as_cells(dtype, values)
    if dtype == pl.String and 0 < len(kept) <= _FEW:
        met: pl.Expr = reduce(operator.or_, (cell == value for value in kept))
        return met
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
    if not (dtype == pl.String or dtype.is_numeric() or isinstance(dtype, pl.Date | pl.Datetime)):
        raise Unsupported(f"bounds on {dtype}")
    parts: list[pl.Expr] = []
    for bound, compare in ((min_value, cell.gt if strict_min else cell.ge), (max_value, cell.lt if strict_max else cell.le)):
        value = _moment(bound) if dtype.is_temporal() and isinstance(bound, str) else bound
        if value is None:
            continue
        if not same_kind(dtype, value):
            raise TypeError("Column values, min_value, and max_value must either be None or of the same type.")
        parts.append(compare(comparable(dtype, value)))
    return pl.all_horizontal(parts)


def _moment(written: str) -> Any:
    from dateutil.parser import parse  # type: ignore[import-untyped]

    return parse(written)
