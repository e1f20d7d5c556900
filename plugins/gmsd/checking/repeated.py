"""Records that a file holds more than once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

if TYPE_CHECKING:
    from gmsd.checking.structure import Body

_LINE = "line"


def repeated_rows(body: Body) -> pl.Series:
    """The second and later of records that are the same in every field, as places among the readable lines (UInt32).

    Such records are equal lines. Lines are hashed as they pass by; only the few whose hash is met twice are kept and compared.
    """
    if len(body.lines) < 2:
        return pl.Series(dtype=pl.UInt32)
    lines = pl.scan_csv(
        body.source,
        has_header=False,
        skip_lines=1,
        n_rows=len(body.lines),
        separator="\0",  # stands in no file that gets here: a line is one cell
        quote_char=None,
        schema={_LINE: pl.String()},
        row_index_name="row",
    )
    hashes = pl.col(_LINE).hash()
    ordered = np.sort(lines.select(hashes).collect(engine=body.engine).to_series().to_numpy())
    met_twice = pl.Series(np.unique(ordered[1:][ordered[1:] == ordered[:-1]]), dtype=pl.UInt64)
    if met_twice.is_empty():
        return pl.Series(dtype=pl.UInt32)
    alike = lines.filter(hashes.is_in(met_twice.implode())).collect(engine=body.engine).sort("row")
    return alike.filter(~pl.col(_LINE).is_first_distinct())["row"]
