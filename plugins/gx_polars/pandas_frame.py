"""A polars frame as pandas', also where pyarrow is not installed."""

from __future__ import annotations

from importlib.util import find_spec
from typing import Any

import pandas as pd
import polars as pl


def to_pandas(frame: pl.DataFrame) -> pd.DataFrame:
    """As `frame.to_pandas()`, which cannot do without pyarrow; by way of numpy when that is absent, with the same types."""
    if find_spec("pyarrow") is not None:
        return frame.to_pandas()
    return pd.DataFrame({series.name: by_numpy(series) for series in frame})


def by_numpy(series: pl.Series) -> pd.Series[Any]:
    """One column, in the type that polars' own conversion gives it; structs keep their whole numbers."""
    if series.dtype.is_nested() or series.dtype == pl.Null:
        return pd.Series([cell.to_numpy() if isinstance(cell, pl.Series) else cell for cell in series], dtype=object)
    if isinstance(series.dtype, pl.Categorical | pl.Enum):
        fixed = isinstance(series.dtype, pl.Enum)
        known = series.dtype.categories.to_list() if isinstance(series.dtype, pl.Enum) else None
        return pd.Series(pd.Categorical(series.cast(pl.String()).to_list(), categories=known, ordered=fixed))
    if series.dtype.is_integer() and series.null_count():
        series = series.cast(pl.Float64())
    cells: pd.Series[Any] = pd.Series(series.to_numpy(writable=True), dtype="str" if series.dtype == pl.String else None)
    if series.dtype == pl.Date:
        return cells.astype("datetime64[ms]")
    zone = series.dtype.time_zone if isinstance(series.dtype, pl.Datetime) else None
    return cells if zone is None else cells.dt.tz_localize("UTC").dt.tz_convert(zone)
