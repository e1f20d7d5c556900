"""The records of a delivery as far as they may be used."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from gmsd.intake import staged_records

if TYPE_CHECKING:
    from gmsd.deliveries import Delivery
    from gmsd.journal import Context

FACULTATIVE = ("allocation_number", "volume", "unit", "frequency", "end_reason", "change_reason")
"""The columns that are emptied when a file passed without its facultative variables."""


def records_of(context: Context, delivery: Delivery) -> pl.DataFrame:
    """The accepted records in file order; the facultative columns are empty when the file passed without them.

    Raises:
        StagingLost: neither the staged records nor the raw file that makes them again can be had.
    """
    frame = staged_records(context, delivery)
    if delivery.facultative_used:
        return frame
    return frame.with_columns(pl.lit(None).cast(frame.schema[name]).alias(name) for name in FACULTATIVE)
