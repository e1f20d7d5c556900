"""Records that a file holds more than once."""

from __future__ import annotations

import operator
from functools import reduce
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from gmsd.checking.derive import ROW

if TYPE_CHECKING:
    from gmsd.checking.structure import Body
    from gmsd.protocol import Protocol

_LINE = "line"


def repeated_in(frame: pl.DataFrame, protocol: Protocol) -> pl.Series:
    """The second and later of records that are the same in every field, by `row` (UInt32).

    Args:
        frame: One string column per field (null = empty) and `row`.
        protocol: Names the fields.
    """
    base = [field.name for field in protocol.fields if field.set == "base"]
    hashed = reduce(operator.xor, [pl.col(name).hash(seed) for seed, name in enumerate(base)])
    return _repeated(frame.lazy(), hashed, pl.struct(protocol.header), "in-memory")


def repeated_lines(body: Body) -> pl.Series:
    """The same from the lines as they stand: equal records are equal lines, and these pass by without their cells being told apart."""
    lines = pl.scan_csv(
        body.source,
        has_header=False,
        skip_lines=1,
        n_rows=len(body.lines),
        separator="\0",  # stands in no file that gets here: a line is one cell
        quote_char=None,
        schema={_LINE: pl.String()},
        row_index_name=ROW,
    )
    return _repeated(lines, pl.col(_LINE).hash(), pl.col(_LINE), "streaming")


def _repeated(rows: pl.LazyFrame, hashed: pl.Expr, whole: pl.Expr, engine: pl._typing.EngineType) -> pl.Series:
    """Only the few rows whose hash is met twice are compared as a whole."""
    ordered = np.sort(rows.select(hashed).collect(engine=engine).to_series().to_numpy())
    again = ordered[1:][ordered[1:] == ordered[:-1]]
    if not len(again):
        return pl.Series(dtype=pl.UInt32)
    alike = rows.filter(hashed.is_in(pl.Series(np.unique(again)).implode())).select(ROW, whole.alias(_LINE)).collect(engine=engine)
    return alike.sort(ROW).filter(~pl.col(_LINE).is_first_distinct())[ROW]
