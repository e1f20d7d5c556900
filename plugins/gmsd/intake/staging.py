"""Accepted records without the person's number: written when a file is accepted, made again from the raw file when they are missing."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import polars as pl

from gmsd.checking import pseudonymise, read_records, read_records_of
from gmsd.deliveries import ReceiptBroken, check_result, delivered_bytes
from gmsd.errors import GmsdError
from gmsd.installation import check_key
from gmsd.store import NotReadable

if TYPE_CHECKING:
    from gmsd.checking import CheckResult
    from gmsd.deliveries import Delivery
    from gmsd.journal import Context


class StagingLost(GmsdError):
    """The accepted records of a delivery are missing and cannot be made from its raw file."""


def stage(context: Context, delivery: Delivery, data: bytes, result: CheckResult) -> pl.DataFrame:
    """Write the records of an accepted file to the staging bucket; the same file and key give the same bytes.

    Raises:
        KeyChanged: the key for pseudonyms is not the one that earlier records were made with.
    """
    return _write(context, delivery, read_records(data, result))


def _write(context: Context, delivery: Delivery, records: pl.DataFrame) -> pl.DataFrame:
    check_key(context.settings, "pseudonym")
    frame = pseudonymise(records, context.settings.key("pseudonym"))
    buffer = io.BytesIO()
    frame.write_parquet(buffer, compression="zstd", statistics=False)
    context.store.put(
        context.settings.bucket_staging, delivery.staging_key, buffer.getvalue(), content_type="application/vnd.apache.parquet"
    )
    return frame


def staged_records(context: Context, delivery: Delivery) -> pl.DataFrame:
    """The accepted records of a delivery, from staging, else made again from the raw file.

    That it was accepted stands in the register; rules that were changed since do not take it back.

    Raises:
        StagingLost: they are not in staging, and the raw file is gone or changed, or does not give as many records as it did.
    """
    try:
        return pl.read_parquet(io.BytesIO(context.store.get(context.settings.bucket_staging, delivery.staging_key)))
    except NotReadable:
        pass
    try:
        data = delivered_bytes(context, delivery)
    except (NotReadable, ReceiptBroken):
        raise StagingLost(
            f"the records of {delivery.delivery_id} are not in the staging bucket, and its raw file is gone or changed"
        ) from None
    place = delivery.placed[0]
    records = read_records_of(data, place.half_year, place.law)
    with context.engine.connect() as connection:
        stored = check_result(connection, delivery.delivery_id)
    if stored is None or stored[0]["records"] != records.height:
        raise StagingLost(
            f"the raw file of {delivery.delivery_id} gives {records.height} records by the columns of today, not as many as it did"
        )
    return _write(context, delivery, records)
