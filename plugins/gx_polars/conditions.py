"""Row conditions of GX 1.24 as polars expressions."""

from __future__ import annotations

from typing import Any

import polars as pl
from great_expectations.expectations.row_conditions import (
    AndCondition,
    ComparisonCondition,
    NullityCondition,
    Operator,
    OrCondition,
    deserialize_row_condition,
)

from gx_polars.columns import comparable, is_category, missing, one_of, same_kind, value_of, value_type
from gx_polars.errors import Unsupported


def row_condition(schema: pl.Schema, condition: Any) -> pl.Expr | None:
    """The rows a condition keeps, or None when there is no condition.

    Args:
        schema: Columns and types of the frame.
        condition: A GX condition object, its dict, or None. Text for `DataFrame.query` is pandas' own.

    Raises:
        Unsupported: For a condition only pandas can read.
    """
    if condition is None:
        return None
    return _expression(schema, deserialize_row_condition(condition) if isinstance(condition, dict) else condition)


def _expression(schema: pl.Schema, condition: Any) -> pl.Expr:
    if isinstance(condition, AndCondition):
        return pl.all_horizontal([_expression(schema, part) for part in condition.conditions])
    if isinstance(condition, OrCondition):
        return pl.any_horizontal([_expression(schema, part) for part in condition.conditions])
    if isinstance(condition, NullityCondition):
        gap = missing(schema, condition.column.name)
        return gap if condition.is_null else ~gap
    if isinstance(condition, ComparisonCondition):
        return _comparison(schema, condition)
    raise Unsupported(f"row condition of type {type(condition).__name__}")


def _comparison(schema: pl.Schema, condition: ComparisonCondition) -> pl.Expr:
    """For a null, != and NOT IN hold and every other comparison fails, as in pandas."""
    name, operator = condition.column.name, Operator(condition.operator)
    cell, dtype, gap = value_of(schema, name), value_type(schema, name), missing(schema, name)
    if operator in (Operator.IN, Operator.NOT_IN):
        hit = one_of(dtype, cell, condition.parameter).fill_null(False) & ~gap
        return hit if operator is Operator.IN else ~hit
    if is_category(schema[name]) and operator not in (Operator.EQUAL, Operator.NOT_EQUAL):
        raise Unsupported("an order of categories")
    value = _comparable(dtype, condition.parameter)
    compare = {
        Operator.EQUAL: cell.eq,
        Operator.NOT_EQUAL: cell.ne,
        Operator.LESS_THAN: cell.lt,
        Operator.LESS_THAN_OR_EQUAL: cell.le,
        Operator.GREATER_THAN: cell.gt,
        Operator.GREATER_THAN_OR_EQUAL: cell.ge,
    }[operator]
    hit = compare(value)
    return hit.fill_null(True) | gap if operator is Operator.NOT_EQUAL else hit.fill_null(False) & ~gap


def _comparable(dtype: pl.DataType, value: Any) -> Any:
    """The value as polars compares it with such a column.

    Raises:
        Unsupported: When only pandas knows how the two compare.
    """
    if dtype == pl.Boolean:
        if value not in (0, 1):
            raise Unsupported(f"a truth compared with {type(value).__name__}")
        return bool(value)
    if not same_kind(dtype, value) or value != value:  # noqa: PLR0124  polars puts NaN above all numbers, pandas nowhere
        raise Unsupported(f"{dtype} compared with {type(value).__name__}")
    return comparable(dtype, value)
