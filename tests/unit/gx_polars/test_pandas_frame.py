"""The way to pandas without pyarrow gives what polars' own way gives."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pandas as pd
import polars as pl
import pytest

from gx_polars.pandas_frame import by_numpy

MOMENT = dt.datetime(2020, 1, 1, 2, 3)  # noqa: DTZ001  a moment without a zone is a type of its own
CELLS = {
    pl.String: ["a", None, "é"],
    pl.Boolean: [True, None, False],
    pl.Float32: [1.5, None, float("nan")],
    pl.Float64: [1.5, None, float("nan")],
    pl.Decimal(5, 2): [Decimal("1.50"), None, Decimal("2.25")],
    pl.Date: [dt.date(2020, 1, 1), None, dt.date(9999, 12, 31)],
    pl.Time: [dt.time(1, 2), None, dt.time(3)],
    pl.Duration("us"): [dt.timedelta(1), None, dt.timedelta(2)],
    pl.Datetime("ms"): [MOMENT, None, MOMENT],
    pl.Datetime("us"): [MOMENT, None, MOMENT],
    pl.Datetime("ns"): [MOMENT, None, MOMENT],
    pl.Datetime("us", "Europe/Amsterdam"): [MOMENT.replace(tzinfo=dt.UTC), None, MOMENT.replace(tzinfo=dt.UTC)],
    pl.Categorical(): ["a", None, "b"],
    pl.Enum(["b", "a"]): ["a", None, "b"],
    pl.Binary: [b"a", None, b"b"],
    pl.Null: [None, None, None],
    **{kind: [1, None, 3] for kind in (pl.Int8, pl.Int16, pl.Int32, pl.Int64, pl.UInt8, pl.UInt64)},
}


@pytest.mark.parametrize(("kind", "cells"), CELLS.items(), ids=str)
def test_types_are_the_same(kind, cells):
    for part in (cells, [cell for cell in cells if cell is not None], []):
        series = pl.Series("cells", part, dtype=kind)
        pd.testing.assert_series_equal(by_numpy(series), series.to_frame().to_pandas()["cells"], check_names=False)


def test_lists_stay_lists():
    series = pl.Series("cells", [[1, 2], None, [3]])
    ours, theirs = by_numpy(series), series.to_frame().to_pandas()["cells"]
    assert [None if cell is None else list(cell) for cell in ours] == [None if cell is None else list(cell) for cell in theirs]
