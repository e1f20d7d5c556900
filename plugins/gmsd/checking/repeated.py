"""Records that a file holds more than once."""

from __future__ import annotations

import operator
from functools import reduce
from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from gmsd.delimited import Body
    from gmsd.protocol import Protocol

_LINE = "line"
_FEW = 10_000


def repeated_rows(body: Body, protocol: Protocol, frame: pl.DataFrame | None) -> pl.Series:
    """The second and later of records that are the same in every field, by their place among the readable lines (UInt32).

    Equal records are equal lines. Only the few whose hash is met twice are compared as a whole.

    Args:
        body: The lines.
        protocol: Names the fields.
        frame: The cells, one string column per field, when they are in memory: hashing the base fields is then quicker than the lines.
    """
    # Read as cells of one column: the separator is a byte that stands in no file that gets here.
    lines = pl.scan_csv(
        body.source,
        has_header=False,
        skip_lines=1,
        n_rows=len(body.lines),
        separator="\0",
        quote_char=None,
        schema={_LINE: pl.String()},
    )
    if frame is None:
        hashes = lines.select(pl.col(_LINE).hash()).collect(engine="streaming").to_series()
    else:
        base = [pl.col(field.name).hash(seed) for seed, field in enumerate(protocol.fields) if field.set == "base"]
        hashes = frame.select(reduce(operator.xor, base)).to_series()
    ordered = hashes.sort().to_numpy()  # by several threads, and each of them twice as fast as numpy
    again = ordered[1:][ordered[1:] == ordered[:-1]]
    if not len(again):
        return pl.Series(dtype=pl.UInt32)
    rows = hashes.is_in(pl.Series(again).implode()).arg_true()
    if len(rows) > _FEW:
        compared = lines.collect(engine=body.engine).to_series().gather(rows)
    else:
        compared = pl.Series([line.removesuffix(b"\r") for line in body.texts(rows.to_numpy())], dtype=pl.Binary)
    return rows.filter(~compared.is_first_distinct())
