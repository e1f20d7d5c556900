"""The accepted records of a delivery: from the private bucket, or made again from the raw file."""

from __future__ import annotations

import hashlib
import io
from typing import TYPE_CHECKING

import polars as pl

from gmsd.checking import check_file, pseudonymise, read_records
from gmsd.clock import AMSTERDAM
from gmsd.rounds import HalfYear
from gmsd.store import NotReadable

if TYPE_CHECKING:
    from gmsd.deliveries import Context, Delivery

FACULTATIVE = ("allocation_number", "volume", "unit", "frequency", "end_reason", "change_reason")
"""The columns that are emptied when a file passed without its facultative variables."""


class RecordsLost(Exception):
    """Neither the records of a delivery nor a raw file that makes the same ones can be had."""


def records_of(context: Context, delivery: Delivery) -> pl.DataFrame:
    """The records of a delivery as far as they may be used, in file order.

    Returns:
        The staging layout; the facultative columns are empty when the file passed without them.

    Raises:
        RecordsLost: neither the staged records nor the raw file with the receipt's sha-256 is there.
    """
    try:
        frame = pl.read_parquet(io.BytesIO(context.store.get(context.settings.bucket_staging, delivery.staging_key)))
    except NotReadable:
        frame = _again(context, delivery)
    if delivery.facultative_used:
        return frame
    return frame.with_columns(pl.lit(None).cast(frame.schema[name]).alias(name) for name in FACULTATIVE)


def _again(context: Context, delivery: Delivery) -> pl.DataFrame:
    """Check and read the raw file again, and stage what it gives; the raw file is the truth."""
    try:
        data = context.store.get(delivery.bucket, delivery.object_key, delivery.version_id)
    except NotReadable:
        raise RecordsLost(f"{delivery.delivery_id}: neither staged records nor the raw file can be read") from None
    if delivery.half_year is None or hashlib.sha256(data).hexdigest() != delivery.sha256:
        raise RecordsLost(f"{delivery.delivery_id}: the raw file is not the one that was received")
    result = check_file(
        data,
        file_name=delivery.file_name,
        municipality=delivery.municipality,
        half_year=HalfYear.parse(delivery.half_year),
        received_on=delivery.received_at.astimezone(AMSTERDAM).date(),
    )
    if not result.accepted:
        raise RecordsLost(f"{delivery.delivery_id}: the rules of today would reject it; stage it with the rules it was accepted by")
    frame = pseudonymise(read_records(data, result), context.settings.key("pseudonym"))
    context.store.put(context.settings.bucket_staging, delivery.staging_key, to_parquet(frame))
    return frame


def to_parquet(frame: pl.DataFrame) -> bytes:
    """A frame as Parquet; the same frame gives the same bytes."""
    buffer = io.BytesIO()
    frame.write_parquet(buffer, compression="zstd")
    return buffer.getvalue()
