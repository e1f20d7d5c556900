"""Row conditions of GX 1.24 as polars expressions."""

from __future__ import annotations

from typing import Any

import polars as pl

from gx_polars.columns import comparable, is_category, missing, one_of, same_kind, value_of, value_type
from gx_polars.errors import Unsupported


def row_condition(schema: pl.Schema, condition: Any) -> pl.Expr | None:
    """The rows a condition keeps, or None when there is no condition.

    Args:
        schema: Columns and types of the frame.
        condition: A GX condition object, one as a suite file writes it, or None. Text for `DataFrame.query` is pandas' own.

    Raises:
        Unsupported: For a condition only pandas can read.
    """
    if condition is None:
        return None
    kind = _part(condition, "type")
    if kind in ("and", "or"):
        parts = [row_condition(schema, part) for part in _part(condition, "conditions")]
        return pl.all_horizontal(parts) if kind == "and" else pl.any_horizontal(parts)
    if kind == "nullity":
        gap = missing(schema, _column(condition))
        return gap if _part(condition, "is_null") else ~gap
    if kind == "comparison":
        return _comparison(schema, _column(condition), str(_part(condition, "operator")), _part(condition, "parameter"))
    raise Unsupported(f"row condition of type {kind or type(condition).__name__}")


def _part(condition: Any, name: str) -> Any:
    return condition.get(name) if isinstance(condition, dict) else getattr(condition, name, None)


def _column(condition: Any) -> str:
    name: str = _part(_part(condition, "column"), "name")
    return name


def _comparison(schema: pl.Schema, name: str, operator: str, parameter: Any) -> pl.Expr:
    """For a null, != and NOT IN hold and every other comparison fails, as in pandas."""
    cell, dtype, gap = value_of(schema, name), value_type(schema, name), missing(schema, name)
    if operator in ("IN", "NOT_IN"):
        hit = one_of(dtype, cell, parameter).fill_null(False) & ~gap
        return hit if operator == "IN" else ~hit
    if is_category(schema[name]) and operator not in ("==", "!="):
        raise Unsupported("an order of categories")
    value = _comparable(dtype, parameter)
    compare = {"==": cell.eq, "!=": cell.ne, "<": cell.lt, "<=": cell.le, ">": cell.gt, ">=": cell.ge}[operator]
    hit = compare(value)
    return hit.fill_null(True) | gap if operator == "!=" else hit.fill_null(False) & ~gap


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
