"""CSV as every export writes it: UTF-8, LF, text in quotes, missing is empty."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


def to_csv(frame: pl.DataFrame) -> bytes:
    """The frame as CSV; the same frame gives the same bytes."""
    return frame.write_csv(quote_style="non_numeric", line_terminator="\n").encode()


def table(columns: Sequence[str], rows: Iterable[Sequence[str | int | None]], *, integers: Sequence[str] = ()) -> pl.DataFrame:
    """A frame of text columns, but for the named integer columns."""
    schema = {column: pl.Int64 if column in integers else pl.String for column in columns}
    return pl.DataFrame(list(rows), schema=schema, orient="row")
