"""What an empty installation needs before the first delivery: tables, buckets with their rights, noted keys."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any, Literal, cast

from gmsd.clock import get_clock
from gmsd.database import connect, migrate, statement
from gmsd.errors import GmsdError
from gmsd.store import get_store, open_to_others

if TYPE_CHECKING:
    from gmsd.settings import Settings

KEYS: tuple[Literal["pseudonym", "rounding", "reference"], ...] = ("pseudonym", "rounding", "reference")


class KeyChanged(GmsdError):
    """A secret key is not the one that the data in the database was made with."""


class OpenStore(GmsdError):
    """Somebody without an account reads deliveries in the object store."""


def prepare(settings: Settings) -> dict[str, str]:
    """Make what is missing; what exists is left as it is. Safe to repeat.

    Raises:
        KeyChanged: a key differs from the one noted at the first start.
        OpenStore: the object store shows deliveries to anybody, and its owner must close it first.
    """
    done = {"schema": migrate(settings)}
    for name in KEYS:
        check_key(settings, name)
    done["keys"] = "noted"
    for bucket in (*private_buckets(settings), settings.bucket_publication):
        _bucket(settings, bucket)
    refuse_open_store(settings)
    done["buckets"] = "ready"
    return done


def private_buckets(settings: Settings) -> tuple[str, ...]:
    """The buckets that hold deliveries or what was made of them; a publication may be read by anybody."""
    return (settings.bucket_inbox, settings.bucket_deliveries, settings.bucket_outbox, settings.bucket_staging, settings.bucket_accounts)


def refuse_open_store(settings: Settings) -> None:
    """Make sure that nobody gets at a delivery without an account.

    Raises:
        OpenStore: a private bucket answers to anybody; the message says which, and how.
    """
    for bucket in private_buckets(settings):
        how = open_to_others(settings, bucket)
        if how:
            raise OpenStore(f"the bucket {bucket} of {settings.s3_endpoint} is open: {how}; close it before a delivery lies there")


def check_key(settings: Settings, name: Literal["pseudonym", "rounding", "reference"]) -> None:
    """Note a key's fingerprint the first time, compare it ever after."""
    fingerprint = fingerprint_of(settings, name)
    with connect(settings, "loader").begin() as connection:
        connection.execute(statement("keys/note"), {"name": name, "fingerprint": fingerprint, "at": get_clock(settings).now()})
        noted = connection.scalar(statement("keys/read"), {"name": name})
    if noted != fingerprint:
        raise KeyChanged(f"the {name} key is not the one this database was made with; put back the backup of {name}.key in var/secrets")


def fingerprint_of(settings: Settings, name: Literal["pseudonym", "rounding", "reference"]) -> str:
    """What may be noted of a key: it tells keys apart and gives nothing of them away."""
    return hashlib.sha256(b"gmsd-key|" + name.encode() + b"|" + settings.key(name)).hexdigest()[:32]


def _bucket(settings: Settings, bucket: str) -> None:
    from botocore.exceptions import ClientError

    client = get_store(settings).client
    try:
        client.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": cast(Any, settings.s3_region)})
    except ClientError as error:
        if error.response["Error"]["Code"] != "BucketAlreadyOwnedByYou":
            raise
    if bucket == settings.bucket_inbox:
        client.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    if settings.s3_pipeline_id:
        grants = {settings.s3_pipeline_id: "FULL_CONTROL"}
        if bucket == settings.bucket_inbox:
            grants[settings.s3_portal_id] = "WRITE"
        if bucket == settings.bucket_publication:
            grants[settings.s3_reader_id] = "READ"
        client.put_bucket_acl(
            Bucket=bucket,
            AccessControlPolicy={
                "Owner": {"ID": settings.s3_pipeline_id, "DisplayName": settings.s3_pipeline_id},
                "Grants": [
                    {"Grantee": {"ID": who, "DisplayName": who, "Type": "CanonicalUser"}, "Permission": right}
                    for who, right in grants.items()
                ],
            },
        )
