"""Small frames of every type that meets both worlds: nulls, NaN, infinities, empty text, text beyond ASCII, edges of integers, dates."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import polars as pl
from hypothesis import strategies as st

if TYPE_CHECKING:
    from hypothesis.strategies import DrawFn

INDEX = "line"
TEXTS = [
    "", "1", "10", "20", "22", "x1", "1\n", " 1", "ab", "AB", "NA", "nan", "None", "null", "true", "1.0", "0x1F",
    "é", "e\u0301", "ß", "\u017f", "İ", "😀", "👩‍👩‍👧", "٣", "\u00a0", "a\u0000b", "日本",
    "20200131", "20200230", "2020-01-31", "2020-1-5", " 20200131", "02000101", "\u0662\u0660\u0662\u06600131", "2020-01-31T10:00:00",
    "10:61", "{}", '{"a": 1}', '{"a": "x"}', "[1, 2]", "NaN", '{"a": 1', "Jan 5 2021", "99999999999999999999",
]  # fmt: skip
CODES = ["10", "20", "22", "x1", ""]
NUMBERS = [0.0, -0.0, 1.0, 2.0, 2.5, 3.0, -1.5, 0.1, 0.2, 0.3, 1e16, 1e-5, 1e300, float("inf"), float("-inf"), float("nan"), 22.0]
MILD = [0.0, 1.0, 2.0, 2.5, 3.0, -1.5, 10.0, 100.0]
WHOLE = [0, 1, 2, 3, 9, 10, 22, -1]
DAYS = [dt.date(2020, 1, 31), dt.date(2020, 2, 29), dt.date(1970, 1, 1), dt.date(1969, 12, 31), dt.date(2262, 1, 1), dt.date(1, 1, 1)]
MOMENTS = [
    dt.datetime.fromisoformat(text)
    for text in ("2020-01-31", "2020-01-31T10:00", "2020-03-29T01:30", "1969-12-31T23:59:59", "2020-01-31T10:00:00.123456")
]
AMOUNTS = [Decimal("0.00"), Decimal("1.00"), Decimal("1.20"), Decimal("-3.50"), Decimal("22.00"), Decimal("99999999.99")]
KINDS = ["10", "20", "x1", "é", ""]


def edges(dtype: Any) -> list[int]:
    """The least and the greatest of an integer type, beside small numbers that it holds."""
    low, high = pl.select(dtype.min().alias("low"), dtype.max().alias("high")).row(0)
    return [value for value in (*WHOLE, low, low + 1, high - 1, high) if low <= value <= high]


ZONE = "Europe/Amsterdam"
# name -> (type, values to draw from, whether nulls may occur)
COLUMNS: dict[str, tuple[Any, list[Any], bool]] = {
    "text": (pl.String(), TEXTS, True),
    "code": (pl.String(), CODES, True),
    "note": (pl.String(), CODES, False),
    "number": (pl.Float64(), NUMBERS, True),
    "mild": (pl.Float64(), MILD, True),
    "small": (pl.Float32(), MILD, True),
    "whole": (pl.Int64(), WHOLE, False),
    "other": (pl.Int64(), WHOLE, False),
    "edge": (pl.Int64(), edges(pl.Int64()), False),
    "tiny": (pl.Int8(), edges(pl.Int8()), False),
    "short": (pl.Int32(), WHOLE, False),
    "big": (pl.UInt64(), edges(pl.UInt64()), False),
    "gaps": (pl.Int64(), WHOLE, True),
    "flag": (pl.Boolean(), [True, False], False),
    "maybe": (pl.Boolean(), [True, False], True),
    "day": (pl.Date(), DAYS[:4], True),
    "far": (pl.Date(), DAYS, True),
    "moment": (pl.Datetime("us"), MOMENTS, True),
    "later": (pl.Datetime("us"), MOMENTS, True),
    "nano": (pl.Datetime("ns"), MOMENTS, True),
    "zoned": (pl.Datetime("us", ZONE), MOMENTS, True),
    "amount": (pl.Decimal(12, 2), AMOUNTS, True),
    "kind": (pl.Categorical(), KINDS, True),
    "choice": (pl.Enum(KINDS), KINDS, True),
    "clock": (pl.Time(), [dt.time(0), dt.time(1, 2), dt.time(23, 59, 59)], True),
    "span": (pl.Duration("us"), [dt.timedelta(0), dt.timedelta(days=1), dt.timedelta(seconds=-1)], True),
    "none": (pl.Null(), [None], True),
}


@st.composite
def column(draw: DrawFn, name: str, rows: int) -> pl.Series:
    """Values of one column: now without a null, now with some, now nothing else."""
    dtype, values, gaps = COLUMNS[name]
    filling = draw(st.sampled_from(["none", "some", "some", "all"])) if gaps else "none"
    value = st.sampled_from(values)
    if name == "text" and draw(st.integers(0, 3)) == 0:
        value = st.text(max_size=4)
    cells = {"none": value, "some": st.one_of(st.none(), value, value), "all": st.none()}[filling]
    drawn = draw(st.lists(cells, min_size=rows, max_size=rows))
    if isinstance(dtype, pl.Datetime) and dtype.time_zone:
        plain = pl.Series(name, drawn, dtype=pl.Datetime("us"))
        return plain.dt.replace_time_zone(dtype.time_zone, ambiguous="earliest", non_existent="null")
    return pl.Series(name, drawn, dtype=dtype)


@st.composite
def frames(draw: DrawFn, names: list[str]) -> pl.DataFrame:
    """A frame with these columns and a line number; empty and of one row now and then, seldom longer than the lists of a result."""
    rows = draw(st.sampled_from([0, 1, 2, 3, 5, 8, 8, 12, 12, 30]))
    columns = [draw(column(name, rows)) for name in dict.fromkeys(names)]
    return pl.DataFrame([pl.Series(INDEX, range(2, rows + 2), dtype=pl.Int64), *columns])
