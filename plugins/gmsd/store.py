"""The door to object storage: the common subset of S3 that every store we use understands."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import unquote_plus

from gmsd.outages import is_outage, store_failed

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator
    from pathlib import Path

    from gmsd.settings import Settings

User = Literal["pipeline", "portal", "reader"]


@dataclass(frozen=True, slots=True)
class Version:
    """One version of an object, or a delete marker."""

    key: str
    version_id: str
    is_latest: bool
    is_delete_marker: bool
    size: int
    etag: str
    last_modified: dt.datetime


@dataclass(frozen=True, slots=True)
class Unfinished:
    """An upload in parts that was begun and not finished."""

    key: str
    upload_id: str
    begun: dt.datetime


class NotReadable(Exception):
    """The object is there, but we have no right to read it, or it went away after it was listed."""


def _not_ours_to_read(answer: Any) -> bool:
    """Whether an answer says so of this object; a refusal of the account or a bucket that is gone says nothing about it."""
    return answer["ResponseMetadata"]["HTTPStatusCode"] in (403, 404) and not store_failed(answer)


class ObjectStore:
    """An S3 client that knows only what this project does with it."""

    def __init__(self, client: Any) -> None:
        self.client = client

    def put(
        self, bucket: str, key: str, body: bytes, *, content_type: str = "application/octet-stream", reader: str = "", owner: str = ""
    ) -> str:
        """Write an object; `reader` and `owner` are ids to grant reading and full control to. Returns the version id, if any."""
        grants = {"GrantRead": f"id={reader}", "GrantFullControl": f"id={owner}"} if reader and owner else {}
        answer = self.client.put_object(Bucket=bucket, Key=key, Body=body, ContentType=content_type, **grants)
        return str(answer.get("VersionId", ""))

    def put_new(
        self, bucket: str, key: str, body: bytes, *, content_type: str = "application/octet-stream", reader: str = "", owner: str = ""
    ) -> bool:
        """Write an object that must not be there yet (unversioned buckets only); false when it was."""
        from botocore.exceptions import ClientError

        grants = {"GrantRead": f"id={reader}", "GrantFullControl": f"id={owner}"} if reader and owner else {}
        try:
            self.client.put_object(Bucket=bucket, Key=key, Body=body, ContentType=content_type, IfNoneMatch="*", **grants)
        except ClientError as error:
            if error.response["ResponseMetadata"]["HTTPStatusCode"] == 412:
                return False
            raise
        return True

    def get(self, bucket: str, key: str, version_id: str = "") -> bytes:
        """The bytes of an object (of one version of it).

        Raises:
            NotReadable: no right to read it, or gone.
        """
        from botocore.exceptions import ClientError

        extra = {"VersionId": version_id} if version_id else {}
        try:
            body: bytes = self.client.get_object(Bucket=bucket, Key=key, **extra)["Body"].read()
        except ClientError as error:
            if _not_ours_to_read(error.response):
                raise NotReadable(f"{error.response['ResponseMetadata']['HTTPStatusCode']}") from None
            raise
        return body

    def digest(self, bucket: str, key: str, version_id: str = "") -> str:
        """The sha-256 of an object's bytes (of one version of it), read in pieces so that size is no matter.

        Raises:
            NotReadable: no right to read it, or gone.
        """
        from botocore.exceptions import ClientError

        extra = {"VersionId": version_id} if version_id else {}
        try:
            body = self.client.get_object(Bucket=bucket, Key=key, **extra)["Body"]
        except ClientError as error:
            if _not_ours_to_read(error.response):
                raise NotReadable(f"{error.response['ResponseMetadata']['HTTPStatusCode']}") from None
            raise
        found = hashlib.sha256()
        for piece in body.iter_chunks(2**20):
            found.update(piece)
        return found.hexdigest()

    def exists(self, bucket: str, key: str) -> bool:
        """Whether a current object stands at that key."""
        from botocore.exceptions import ClientError

        try:
            self.client.head_object(Bucket=bucket, Key=key)
        except ClientError as error:
            if error.response["ResponseMetadata"]["HTTPStatusCode"] == 404:
                return False
            raise
        return True

    def answers(self, bucket: str) -> bool:
        """Whether the store answers at all, asked by a bucket; what it answers does not matter."""
        try:
            self.client.head_bucket(Bucket=bucket)
        except Exception as error:
            if is_outage(error):
                return False
            raise
        return True

    def keys(self, bucket: str, prefix: str = "") -> Iterator[str]:
        """The keys of the current objects below a prefix, in order."""
        for page in self.client.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix):
            for item in page.get("Contents", []):
                yield item["Key"]

    def versions(self, bucket: str, prefix: str = "") -> Iterator[Version]:
        """Every version and delete marker below a prefix; per key newest first, as the store lists them."""
        for page in self.client.get_paginator("list_object_versions").paginate(Bucket=bucket, Prefix=prefix):
            found = [(v, False) for v in page.get("Versions", [])] + [(v, True) for v in page.get("DeleteMarkers", [])]
            for item, marker in found:
                yield Version(
                    key=item["Key"],
                    version_id=item["VersionId"],
                    is_latest=bool(item["IsLatest"]),
                    is_delete_marker=marker,
                    size=int(item.get("Size", 0)),
                    etag=str(item.get("ETag", "")).strip('"'),
                    last_modified=item["LastModified"],
                )

    def delete(self, bucket: str, key: str, version_id: str = "") -> None:
        """Delete an object (one version of it); absent is fine."""
        extra = {"VersionId": version_id} if version_id else {}
        self.client.delete_object(Bucket=bucket, Key=key, **extra)

    def erase(self, bucket: str, key: str) -> int:
        """Delete every version of a key and every unfinished upload to it; returns how many were there.

        Oldest first: deleting the newest would make the one below it current again, and look like a new delivery.
        """
        found = sorted((v for v in self.versions(bucket, key) if v.key == key), key=lambda v: (v.last_modified, not v.is_latest))
        for version in found:
            self.delete(bucket, key, version.version_id)
        return len(found) + self.abort_uploads(bucket, key)

    def abort_uploads(self, bucket: str, key: str) -> int:
        """Abort every unfinished upload to a key, which no listing of versions shows; returns how many there were."""
        return self._abort(bucket, [found for found in self.unfinished(bucket, key) if found.key == key])

    def abort_unfinished(self, bucket: str, before: dt.datetime) -> int:
        """Abort every upload in parts that was begun before a moment and never finished; returns how many there were.

        Their bytes lie in the store although no listing of versions shows them, and who began them could finish them years later.
        """
        return self._abort(bucket, [found for found in self.unfinished(bucket) if found.begun < before])

    def _abort(self, bucket: str, uploads: list[Unfinished]) -> int:
        for upload in uploads:
            self.client.abort_multipart_upload(Bucket=bucket, Key=upload.key, UploadId=upload.upload_id)
        return len(uploads)

    def unfinished(self, bucket: str, prefix: str = "") -> Iterator[Unfinished]:
        """Every upload in parts below a prefix that was begun and neither finished nor aborted.

        Keys are asked for encoded: one with a control character would make the store's XML unreadable. The next page begins after the
        last upload of this one, and not where the store says: Swift leaves that empty after a page of one.
        """
        after: dict[str, str] = {}
        while True:
            page = self.client.list_multipart_uploads(Bucket=bucket, Prefix=prefix, EncodingType="url", **after)
            found = [Unfinished(unquote_plus(item["Key"]), item["UploadId"], item["Initiated"]) for item in page.get("Uploads", [])]
            yield from found
            if not (found and page["IsTruncated"]):
                return
            after = {"KeyMarker": found[-1].key, "UploadIdMarker": found[-1].upload_id}

    def upload_file(self, bucket: str, key: str, path: Path, *, acl: str = "") -> None:
        """Upload a file, in parts when it is large."""
        self.client.upload_file(str(path), bucket, key, ExtraArgs={"ACL": acl} if acl else None)


def open_to_others(settings: Settings, bucket: str) -> str:
    """Empty when a bucket answers only to accounts that were given a right to it; else how anybody gets in.

    Any store is tried as a stranger would, without credentials, and asked which rights the bucket gives to everybody.
    """
    from botocore.exceptions import ClientError

    stranger = _client(settings, signed=False)
    for call in (stranger.list_objects_v2, stranger.list_object_versions, stranger.list_multipart_uploads):
        try:
            call(Bucket=bucket)
        except ClientError:
            continue
        return "it lists its objects to anybody who asks"
    try:
        grants = get_store(settings).client.get_bucket_acl(Bucket=bucket).get("Grants", [])
    except ClientError:
        return ""  # a store without such rights
    everybody = [grant["Permission"] for grant in grants if grant["Grantee"].get("URI", "").endswith(("/AllUsers", "/AuthenticatedUsers"))]
    return f"its rights give everybody {', '.join(everybody)}" if everybody else ""


@cache
def get_store(settings: Settings, user: User = "pipeline") -> ObjectStore:
    """The object store, as one of its users."""
    access, secret = {
        "pipeline": (settings.s3_access_key, settings.s3_secret_key),
        "portal": (settings.s3_portal_access_key, settings.s3_portal_secret_key),
        "reader": (settings.s3_reader_access_key, settings.s3_reader_secret_key),
    }[user]
    return ObjectStore(_client(settings, access, secret.get_secret_value()))


def _client(settings: Settings, access: str = "", secret: str = "", *, signed: bool = True) -> Any:
    import boto3
    from botocore import UNSIGNED
    from botocore.config import Config

    return boto3.client(
        "s3",
        endpoint_url=settings.s3_endpoint,
        aws_access_key_id=access,
        aws_secret_access_key=secret,
        region_name=settings.s3_region,
        config=Config(
            s3={"addressing_style": "path"},
            retries={"max_attempts": 8, "mode": "standard"},
            max_pool_connections=16,
            read_timeout=300,
            signature_version=None if signed else UNSIGNED,
        ),
    )
