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


def repeated_rows(body: Body, protocol: Protocol, frame: pl.DataFrame | None) -> pl.Series:
    """The second and later of records that are the same in every field, by their place among the readable lines (UInt32).

    Equal records are equal lines. Only the few whose hash is met twice are compared as a whole.

    Args:
        body: The lines.
        protocol: Names the fields.
        frame: The cells, one string column per field, when they are in memory: hashing the base fields is then quicker than the lines.
    """
    lines = _lines(body)
    if frame is None:
        hashes = lines.select(pl.col(_LINE).hash()).collect(engine="streaming").to_series().to_numpy()
    else:
        base = [pl.col(field.name).hash(seed) for seed, field in enumerate(protocol.fields) if field.set == "base"]
        hashes = frame.select(reduce(operator.xor, base)).to_series().to_numpy()
    ordered = np.sort(hashes)
    again = ordered[1:][ordered[1:] == ordered[:-1]]
    if not len(again):
        return pl.Series(dtype=pl.UInt32)
    places = np.searchsorted(again, hashes)
    alike = again[np.minimum(places, len(again) - 1)] == hashes
    rows = pl.Series(np.flatnonzero(alike), dtype=pl.UInt32)
    compared = lines.filter(pl.col(ROW).is_in(rows.implode())).collect(engine=body.engine).sort(ROW)
    return compared.filter(~pl.col(_LINE).is_first_distinct())[ROW]


def _lines(body: Body) -> pl.LazyFrame:
    """Every readable line as one cell, with `row`."""
    return pl.scan_csv(
        body.source,
        has_header=False,
        skip_lines=1,
        n_rows=len(body.lines),
        separator="\0",  # stands in no file that gets here
        quote_char=None,
        schema={_LINE: pl.String()},
        row_index_name=ROW,
    )
