"""Accepted records without the person's number: written when a file is accepted, made again from the raw file when they are missing."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import polars as pl

from gmsd.checking import pseudonymise, read_records
from gmsd.installation import check_key
from gmsd.intake.judge import ReceiptBroken, judge, raw_bytes
from gmsd.store import NotReadable

if TYPE_CHECKING:
    from gmsd.checking import CheckResult
    from gmsd.deliveries import Context, Delivery


class StagingLost(Exception):
    """The accepted records of a delivery are missing and cannot be made from its raw file."""


def stage(context: Context, delivery: Delivery, data: bytes, result: CheckResult) -> pl.DataFrame:
    """Write the records of an accepted file to the staging bucket; the same file and key give the same bytes.

    Raises:
        KeyChanged: the key for pseudonyms is not the one that earlier records were made with.
    """
    check_key(context.settings, "pseudonym")
    frame = pseudonymise(read_records(data, result), context.settings.key("pseudonym"))
    buffer = io.BytesIO()
    frame.write_parquet(buffer, compression="zstd", statistics=False)
    context.store.put(
        context.settings.bucket_staging, delivery.staging_key, buffer.getvalue(), content_type="application/vnd.apache.parquet"
    )
    return frame


def staged_records(context: Context, delivery: Delivery) -> pl.DataFrame:
    """The accepted records of a delivery, from staging, else made again from the raw file.

    Raises:
        StagingLost: they are not in staging, and the raw file is gone, changed, or is not accepted any more.
    """
    try:
        return pl.read_parquet(io.BytesIO(context.store.get(context.settings.bucket_staging, delivery.staging_key)))
    except NotReadable:
        pass
    try:
        data = raw_bytes(context, delivery)
    except (NotReadable, ReceiptBroken):
        raise StagingLost(
            f"the records of {delivery.delivery_id} are not in the staging bucket, and its raw file is gone or changed"
        ) from None
    result = judge(context, delivery, data)
    if not result.accepted:
        raise StagingLost(f"{delivery.delivery_id} was accepted, but its file is not by the rules of today: check it again")
    return stage(context, delivery, data, result)
