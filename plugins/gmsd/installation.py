"""What an empty installation needs before the first delivery: tables, buckets with their rights, noted keys."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, cast

from gmsd.clock import get_clock
from gmsd.database import connect, migrate, statement
from gmsd.errors import GmsdError
from gmsd.journal import share_pseudonym_key
from gmsd.store import get_store, open_to_others

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from gmsd.settings import Settings

KeyName = Literal["pseudonym", "rounding", "reference"]
KEYS: tuple[KeyName, ...] = ("pseudonym", "rounding", "reference")


class KeyChanged(GmsdError):
    """A secret key is not the one that the data in the database was made with."""


class KeyBeingRotated(GmsdError):
    """The pseudonyms are being made anew with another key, and that was broken off: nothing is made or read with either key meanwhile."""


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


def check_key(settings: Settings, name: KeyName) -> None:
    """Note a key's fingerprint the first time, compare it ever after.

    Raises:
        KeyChanged: it is not the key that was noted.
    """
    with connect(settings, "loader").begin() as connection:
        _refuse_changed(settings, name, _noted(connection, settings, name))


@dataclass(frozen=True, slots=True)
class PseudonymKey:
    """The key for pseudonyms as it stands in the database, for as long as the transaction lasts in which it was asked for.

    Attributes:
        settings: Where the key lies.
        noted: The fingerprint that the database holds.
        rotation: The fingerprint of the key that pseudonyms are being made anew with; None when they are not.
    """

    settings: Settings
    noted: str
    rotation: str | None

    @classmethod
    def of(cls, connection: Connection, settings: Settings) -> PseudonymKey:
        """Read how the key stands, and share it to the end of the transaction: it is not changed meanwhile."""
        share_pseudonym_key(connection)
        rotating = connection.execute(statement("keys/rotating")).first()
        return cls(settings, _noted(connection, settings, "pseudonym"), None if rotating is None else rotating.to_fingerprint)

    @property
    def value(self) -> bytes:
        """The 32 bytes.

        Raises:
            KeyChanged: the key at hand is not the one that the data were made with.
            KeyBeingRotated: some data are made with one key and some with another.
        """
        self.refuse_rotation()
        _refuse_changed(self.settings, "pseudonym", self.noted)
        return self.settings.key("pseudonym")

    def refuse_rotation(self) -> None:
        """Refuse what would mix pseudonyms of two keys.

        Raises:
            KeyBeingRotated: some data are made with one key and some with another.
        """
        if self.rotation is not None:
            raise KeyBeingRotated("the pseudonyms are being made anew with another key: finish it first with `gmsd keys rotate`")


def _noted(connection: Connection, settings: Settings, name: KeyName) -> str:
    """The fingerprint that the database holds; that of the key at hand when it holds none yet."""
    noted: str | None = connection.scalar(statement("keys/read"), {"name": name})
    if noted is None:
        values = {"name": name, "fingerprint": fingerprint_of(settings, name), "at": get_clock(settings).now()}
        connection.execute(statement("keys/note"), values)
        noted = connection.scalar(statement("keys/read"), {"name": name})
    return str(noted)


def _refuse_changed(settings: Settings, name: KeyName, noted: str) -> None:
    if noted != fingerprint_of(settings, name):
        raise KeyChanged(f"the {name} key is not the one this database was made with; put back the backup of {name}.key in var/secrets")


def fingerprint_of(settings: Settings, name: KeyName) -> str:
    """What may be noted of a key: it tells keys apart and gives nothing of them away."""
    return fingerprint(name, settings.key(name))


def fingerprint(name: KeyName, key: bytes) -> str:
    """The same, of 32 bytes."""
    return hashlib.sha256(b"gmsd-key|" + name.encode() + b"|" + key).hexdigest()[:32]


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
