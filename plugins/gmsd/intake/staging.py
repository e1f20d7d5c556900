"""Accepted records without the person's number: written when a file is accepted, made again from the raw file when they are missing."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import polars as pl

from gmsd.checking import pseudonymise, read_records, read_records_of
from gmsd.deliveries import ReceiptBroken, check_result, delivered_bytes
from gmsd.errors import GmsdError
from gmsd.installation import PseudonymKey
from gmsd.store import NotReadable

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from gmsd.checking import CheckResult
    from gmsd.deliveries import Delivery
    from gmsd.journal import Context


class StagingLost(GmsdError):
    """The accepted records of a delivery are missing and cannot be made from its raw file."""


# Beside the person it says of each record whether it is of 999999999, so that no other null passes for that.
_UNKNOWN_PERSON = "unknown_person"
_MARK = pl.col("person").is_null().alias(_UNKNOWN_PERSON)


def _unmarked(frame: pl.DataFrame, delivery: Delivery) -> pl.DataFrame:
    """Records as they were staged, without the mark of 999999999; those that were staged before there was one have none."""
    if _UNKNOWN_PERSON not in frame.columns:
        return frame
    if not frame.select((pl.col(_UNKNOWN_PERSON) == _MARK).all()).item():
        raise StagingLost(f"staged records of {delivery.delivery_id} have no person and are not of 999999999: they were damaged")
    return frame.drop(_UNKNOWN_PERSON)


def stage(context: Context, delivery: Delivery, data: bytes, result: CheckResult, key: PseudonymKey) -> pl.DataFrame:
    """Write the records of an accepted file to the staging bucket; the same file and key give the same bytes.

    Args:
        context: The doors.
        delivery: The delivery.
        data: Its bytes.
        result: The result of checking exactly these bytes.
        key: As it stands in the transaction of the check.

    Raises:
        KeyChanged: the key for pseudonyms is not the one that earlier records were made with.
        KeyBeingRotated: earlier records are being made anew with another key.
    """
    return write_staged(context, delivery, read_records(data, result), key.value)


def write_staged(context: Context, delivery: Delivery, records: pl.DataFrame, key: bytes) -> pl.DataFrame:
    """Write records to the staging bucket under pseudonyms of a key; what was written before is replaced."""
    frame = pseudonymise(records, key)
    buffer = io.BytesIO()
    frame.with_columns(_MARK).write_parquet(buffer, compression="zstd", statistics=False)
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
        data = context.store.get(context.settings.bucket_staging, delivery.staging_key)
    except NotReadable:
        pass
    else:
        return _unmarked(pl.read_parquet(io.BytesIO(data)), delivery)
    with context.engine.begin() as connection:
        key = PseudonymKey.of(connection, context.settings)
        try:
            records = raw_records(context, connection, delivery)
        except (NotReadable, ReceiptBroken):
            raise StagingLost(
                f"the records of {delivery.delivery_id} are not in the staging bucket, and its raw file is gone or changed"
            ) from None
        return write_staged(context, delivery, records, key.value)


def raw_records(context: Context, connection: Connection, delivery: Delivery) -> pl.DataFrame:
    """The records of a delivery that was accepted, with the person's number, from its raw file.

    Raises:
        NotReadable: the raw file could never be read.
        ReceiptBroken: it is gone or changed.
        StagingLost: it does not give as many records as it did.
    """
    place = delivery.placed[0]
    records = read_records_of(delivered_bytes(context, delivery), place.half_year, place.law)
    stored = check_result(connection, delivery.delivery_id)
    if stored is None or stored[0]["records"] != records.height:
        raise StagingLost(
            f"the raw file of {delivery.delivery_id} gives {records.height} records by the columns of today, not as many as it did"
        )
    return records
