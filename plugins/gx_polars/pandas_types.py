"""Types as pandas has them: what a column becomes there, which for whole numbers and truths depends on its nulls."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from gx_polars.errors import Unsupported

if TYPE_CHECKING:
    from collections.abc import Callable

TYPE_METRICS = frozenset({"column_values.of_type", "column_values.in_type_list"})
"""Map metrics that GX answers from the column's type, unless the column holds Python objects."""

_OBJECT = np.dtype("object")


def column_types(schema: pl.Schema) -> tuple[pl.Expr, Callable[[Any], list[dict[str, Any]]]]:
    """What `table.column_types` asks of the frame, and what makes GX's list of names and types of the answer.

    Raises:
        Unsupported: When pandas cannot hold one of the types, or pyarrow is not there to tell.
    """
    try:
        held = pl.DataFrame(schema=schema).to_pandas().dtypes.to_dict()
    except Exception as error:
        raise Unsupported(f"the types that pandas gives these columns: {error}") from error
    unsure = [name for name, dtype in schema.items() if dtype.is_integer() or dtype == pl.Boolean]

    def shape(gaps: dict[str, int] | None) -> list[dict[str, Any]]:
        with_gaps = {name for name, count in (gaps or {}).items() if count}
        return [{"name": name, "type": _with_gaps(schema[name]) if name in with_gaps else held[name]} for name in schema]

    return (pl.struct([pl.col(name).null_count() for name in unsure]) if unsure else pl.lit(None)), shape


def _with_gaps(dtype: pl.DataType) -> Any:
    return _OBJECT if dtype == pl.Boolean else np.dtype("float64")


def engine_for(expectation: Any, metrics: dict[str, Any]) -> Any:
    """The engine GX wants to see before it compares types; None for every other rule.

    Raises:
        Unsupported: When the column holds Python objects in pandas: GX then looks at the type of every cell.
    """
    from great_expectations.expectations.core import ExpectColumnValuesToBeInTypeList, ExpectColumnValuesToBeOfType

    if not isinstance(expectation, ExpectColumnValuesToBeOfType | ExpectColumnValuesToBeInTypeList):
        return None
    types = {each["name"]: each["type"] for each in metrics["table.column_types"]}
    if types.get(expectation.column) == _OBJECT and not _asks_for_objects(expectation):
        raise Unsupported("the type of each cell of a column of Python objects")
    return _pandas_engine()


def _asks_for_objects(expectation: Any) -> bool:
    return getattr(expectation, "type_", "") in ("object", "object_", "O")


@lru_cache(maxsize=1)
def _pandas_engine() -> Any:
    from great_expectations.execution_engine import PandasExecutionEngine

    return PandasExecutionEngine()
