"""The records of a delivery as far as they may be used."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gmsd.checking import usable_records
from gmsd.intake import staged_records
from gmsd.protocol import law_of

if TYPE_CHECKING:
    import polars as pl

    from gmsd.deliveries import Delivery
    from gmsd.journal import Context


KEPT = frozenset({"accepted", "superseded", "approved", "loaded", "published"})
"""States of deliveries whose records are staged, unless they were deleted."""


def records_of(context: Context, delivery: Delivery) -> pl.DataFrame:
    """The accepted records in file order, with the columns of the law's record; the facultative ones are empty when the file passed so.

    Raises:
        StagingLost: neither the staged records nor the raw file that makes them again can be had.
    """
    kept = law_of(delivery.placed[0].law)
    return usable_records(staged_records(context, delivery), kept, facultative_used=bool(delivery.facultative_used))
