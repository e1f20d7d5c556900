"""The metrics of GX that have a polars form."""

from __future__ import annotations

from gx_polars.column_metrics import COLUMN_METRICS, SHAPES
from gx_polars.pandas_types import TYPE_METRICS
from gx_polars.row_metrics import ROW_METRICS

__all__ = ["COLUMN_METRICS", "ROW_METRICS", "SHAPES", "TABLE_METRICS", "TYPE_METRICS"]

TABLE_METRICS = frozenset({"table.row_count", "table.columns", "table.column_count", "table.column_types"})
