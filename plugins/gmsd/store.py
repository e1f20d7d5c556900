"""The door to object storage: the common subset of S3 that every store we use understands."""

from __future__ import annotations

import hashlib
import io
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import cache
from typing import IO, TYPE_CHECKING, Any, Literal, TypeVar
from urllib.parse import unquote_plus

from gmsd.errors import GmsdError
from gmsd.outages import is_outage, store_failed
from gmsd.settings import SettingsError

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from pathlib import Path

    from gmsd.settings import Settings

User = Literal["pipeline", "portal", "reader", "desk"]
Item = TypeVar("Item")
Answer = TypeVar("Answer")
# A larger object is copied in parts of this size, so that eight copies at once take a hundred megabytes whatever their size.
PART = 8 * 2**20
# So many requests of one task are under way at a time: a store answers each of them slowly, and many of them together.
AT_ONCE = 8
# The smallest part of an upload in parts that S3 takes, the last one excepted.
LEAST_PART = 5 * 2**20
# What a store calls each upload while it keeps no versions: a name that stands for other bytes every time.
UNVERSIONED = "null"


def side_by_side(ask: Callable[[Item], Answer], items: Iterable[Item]) -> list[Answer]:
    """The answers to some requests of the store, in order, several of which are under way at a time.

    When this returns or raises, none is under way any more.

    Raises:
        Exception: whatever the first request that failed says; those after it may have been carried out.
    """
    wanted = list(items)
    if len(wanted) < 2:
        return [ask(each) for each in wanted]
    with ThreadPoolExecutor(min(AT_ONCE, len(wanted))) as pool:
        return list(pool.map(ask, wanted))


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

    @property
    def identity(self) -> str:
        """What tells this version from every other of its key, also while the store keeps none: then by content and moment."""
        if self.version_id != UNVERSIONED:
            return self.version_id
        return f"{UNVERSIONED}/{self.etag}/{self.last_modified:%Y%m%dT%H%M%S}"


@dataclass(frozen=True, slots=True)
class Stored:
    """A current object as a bucket lists it, or as it was just written; `version_id` only where the store told it."""

    key: str
    size: int
    etag: str
    version_id: str = ""


@dataclass(frozen=True, slots=True)
class Copied:
    """A copy that was made, and the sha-256 of the bytes that went into it."""

    sha256: str
    size: int
    etag: str


@dataclass(frozen=True, slots=True)
class Saved:
    """What was read of an object into a file: the sha-256 and number of its bytes, and its media type."""

    sha256: str
    size: int
    content_type: str


@dataclass(frozen=True, slots=True)
class Unfinished:
    """An upload in parts that was begun and not finished."""

    key: str
    upload_id: str
    begun: dt.datetime


class NotReadable(GmsdError):
    """The object is there, but we have no right to read it, or it went away after it was listed."""


class Gone(NotReadable):
    """The object went away, or was overwritten, after it was listed."""


def _not_ours_to_read(answer: Any) -> bool:
    """Whether an answer says so of this object; a refusal of the account or a bucket that is gone says nothing about it."""
    return answer["ResponseMetadata"]["HTTPStatusCode"] in (403, 404) and not store_failed(answer)


def trouble(error: Exception) -> str | None:
    """What kind of trouble of the store an error tells of, without any key; None when it tells of none."""
    from botocore.exceptions import BotoCoreError, ClientError

    if isinstance(error, ClientError):
        return f"{error.response['Error'].get('Code', '')} ({error.response['ResponseMetadata'].get('HTTPStatusCode', '?')})"
    return type(error).__name__ if isinstance(error, BotoCoreError | OSError) else None


class ObjectStore:
    """An S3 client that knows only what this project does with it."""

    def __init__(self, client: Any) -> None:
        self.client = client

    def put(
        self,
        bucket: str,
        key: str,
        body: bytes,
        *,
        content_type: str = "application/octet-stream",
        reader: str = "",
        owner: str = "",
        acl: str = "",
    ) -> str:
        """Write an object; `reader` and `owner` are ids to grant reading and full control to. Returns the version id, if any."""
        given = _grants(reader, owner) | ({"ACL": acl} if acl else {})
        answer = self.client.put_object(Bucket=bucket, Key=key, Body=body, ContentType=content_type, **given)
        return str(answer.get("VersionId", ""))

    def put_all(self, bucket: str, bodies: Mapping[str, bytes], content_type: Callable[[str], str]) -> None:
        """Write objects by key, several at a time; `content_type` tells the media type of a key. A kill leaves some of them."""
        side_by_side(lambda each: self.put(bucket, each[0], each[1], content_type=content_type(each[0])), bodies.items())

    def put_new(
        self, bucket: str, key: str, body: bytes, *, content_type: str = "application/octet-stream", reader: str = "", owner: str = ""
    ) -> bool:
        """Write an object that must not be there yet (unversioned buckets only); false when it was."""
        from botocore.exceptions import ClientError

        given = _grants(reader, owner)
        try:
            self.client.put_object(Bucket=bucket, Key=key, Body=body, ContentType=content_type, IfNoneMatch="*", **given)
        except ClientError as error:
            if error.response["ResponseMetadata"]["HTTPStatusCode"] == 412:
                return False
            raise
        return True

    def get(self, bucket: str, key: str, version_id: str = "") -> bytes:
        """The bytes of an object (of one version of it, by its id or its identity).

        Raises:
            NotReadable: no right to read it; Gone when it is not there (any more).
        """
        with self._open(bucket, key, version_id) as answer:
            body: bytes = answer["Body"].read()
        return body

    def digest(self, bucket: str, key: str, version_id: str = "") -> str:
        """The sha-256 of an object's bytes (of one version of it), read in pieces so that size is no matter.

        Raises:
            NotReadable: no right to read it; Gone when it is not there (any more).
        """
        found = hashlib.sha256()
        with self._open(bucket, key, version_id) as answer:
            for piece in answer["Body"].iter_chunks(2**20):
                found.update(piece)
        return found.hexdigest()

    def save(self, bucket: str, key: str, stream: IO[bytes], version_id: str = "") -> Saved:
        """Write the bytes of an object (of one version of it) to an open file, in pieces so that size is no matter.

        Raises:
            NotReadable: no right to read it; Gone when it is not there (any more).
        """
        found, size = hashlib.sha256(), 0
        with self._open(bucket, key, version_id) as answer:
            for piece in answer["Body"].iter_chunks(2**20):
                stream.write(piece)
                found.update(piece)
                size += len(piece)
            return Saved(found.hexdigest(), size, str(answer.get("ContentType", "application/octet-stream")))

    def reading(self, bucket: str, key: str) -> tuple[int, Iterator[bytes]]:
        """The size of an object and its bytes in pieces, to be passed on; who takes them all, or closes them, frees the connection.

        Raises:
            NotReadable: no right to read it; Gone when it is not there (any more).
        """
        opened = ExitStack()
        answer = opened.enter_context(self._open(bucket, key, ""))

        def pieces() -> Iterator[bytes]:
            with opened:
                yield from answer["Body"].iter_chunks(2**16)

        return int(answer["ContentLength"]), pieces()

    def put_file(self, bucket: str, key: str, path: Path, *, content_type: str, reader: str = "", owner: str = "") -> bool:
        """Write a file as an object that must not be there yet (unversioned buckets only), cut as `copy` cuts; false when it was."""
        if path.stat().st_size <= PART:
            return self.put_new(bucket, key, path.read_bytes(), content_type=content_type, reader=reader, owner=owner)
        if self.exists(bucket, key):
            return False
        with path.open("rb") as stream:
            self.client.upload_fileobj(
                stream, bucket, key, Config=_in_turn(), ExtraArgs={"ContentType": content_type, **_grants(reader, owner)}
            )
        return True

    def copy(self, source: tuple[str, str, str], bucket: str, key: str) -> Copied:
        """Copy an object to a key where nothing stands yet, reading it once: the sha-256 told is that of the bytes written.

        Args:
            source: Bucket, key and version id (or identity) of what is copied.
            bucket: Bucket to write to; not versioned.
            key: Key to write to.

        Raises:
            NotReadable: no right to read the source; Gone when it is not there (any more).
            FileExistsError: other bytes stand at the key.
        """
        with self._open(*source) as answer:
            if answer["ContentLength"] <= PART:
                body: bytes = answer["Body"].read()
                return self._write_once(bucket, key, body)
            return self._write_in_parts(bucket, key, _Hashing(answer["Body"]))

    def keep(self, bucket: str, key: str, body: bytes) -> Copied:
        """Write bytes at a key where nothing stands yet, in an unversioned bucket.

        Raises:
            FileExistsError: other bytes stand at the key.
        """
        return self._write_once(bucket, key, body) if len(body) <= PART else self._write_in_parts(bucket, key, _Hashing(io.BytesIO(body)))

    def _write_once(self, bucket: str, key: str, body: bytes) -> Copied:
        from botocore.exceptions import ClientError

        sha256 = hashlib.sha256(body).hexdigest()
        try:
            answer = self.client.put_object(Bucket=bucket, Key=key, Body=body, IfNoneMatch="*")
        except ClientError as error:
            if error.response["ResponseMetadata"]["HTTPStatusCode"] != 412:
                raise
            # A put that the store carried out but could not answer is sent again by the client, and is refused then: compare.
            if self.digest(bucket, key) != sha256:
                raise FileExistsError(f"other bytes stand at {key} in {bucket}") from None
            return self._copied(bucket, key, sha256, len(body))
        return Copied(sha256, len(body), str(answer["ETag"]).strip('"'))

    def _write_in_parts(self, bucket: str, key: str, source: _Hashing) -> Copied:
        if self.exists(bucket, key):
            raise FileExistsError(f"bytes stand at {key} in {bucket}")
        self.client.upload_fileobj(source, bucket, key, Config=_in_turn())
        return self._copied(bucket, key, source.sha256, source.size)

    def _copied(self, bucket: str, key: str, sha256: str, size: int) -> Copied:
        head = self.client.head_object(Bucket=bucket, Key=key)
        if head["ContentLength"] != size:
            raise OSError(f"{key} in {bucket} has {head['ContentLength']} bytes after {size} were written")
        return Copied(sha256, size, str(head["ETag"]).strip('"'))

    @contextmanager
    def _open(self, bucket: str, key: str, version_id: str) -> Iterator[Any]:
        """The answer to a request for an object; closes its body."""
        from botocore.exceptions import ClientError

        name, _, told = version_id.partition("/") if version_id.startswith(f"{UNVERSIONED}/") else (version_id, "", "")
        extra = {"VersionId": name} if name else {}
        try:
            answer = self.client.get_object(Bucket=bucket, Key=key, **extra)
        except ClientError as error:
            if not _not_ours_to_read(error.response):
                raise
            if error.response["ResponseMetadata"]["HTTPStatusCode"] == 404:
                raise Gone("it is not there any more") from None
            raise NotReadable("no right to read it") from None
        try:
            if told and str(answer["ETag"]).strip('"') != told.partition("/")[0]:
                raise Gone("it was overwritten while the store kept no versions")
            yield answer
        finally:
            answer["Body"].close()

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

    def version(self, bucket: str, key: str, version_id: str) -> Version | None:
        """A version by its id, also when a list misses it; None when there is none.

        Swift tells lists what was put a moment later when its disk is full or a server of it was away.
        """
        from botocore.exceptions import ClientError

        try:
            head = self.client.head_object(Bucket=bucket, Key=key, VersionId=version_id)
        except ClientError as error:
            if error.response["ResponseMetadata"]["HTTPStatusCode"] == 404:
                return None
            raise
        etag = str(head["ETag"]).strip('"')
        return Version(key, version_id, True, False, int(head["ContentLength"]), etag, head["LastModified"])

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

    def objects(self, bucket: str, prefix: str = "") -> Iterator[Stored]:
        """The current objects below a prefix, in order of key."""
        for page in self.client.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix):
            for item in page.get("Contents", []):
                yield Stored(item["Key"], int(item["Size"]), str(item["ETag"]).strip('"'))

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
        """Delete an object (one version of it, by its id or its identity); absent is fine."""
        name = UNVERSIONED if version_id.startswith(f"{UNVERSIONED}/") else version_id
        extra = {"VersionId": name} if name else {}
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

    def arriving(self, bucket: str, key: str, *, content_type: str, acl: str = "") -> ArrivingObject:
        """An object to write while it comes in."""
        return ArrivingObject(self.client, {"Bucket": bucket, "Key": key}, {"ContentType": content_type} | ({"ACL": acl} if acl else {}))

    def keeps_versions(self, bucket: str) -> bool:
        """Whether a bucket keeps the versions of its objects now."""
        return bool(self.client.get_bucket_versioning(Bucket=bucket).get("Status") == "Enabled")

    def keep_versions(self, bucket: str) -> None:
        """Make a bucket keep versions from now on."""
        self.client.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})

    def upload_file(self, bucket: str, key: str, path: Path, *, acl: str = "") -> None:
        """Upload a file, in parts when it is large."""
        self.client.upload_file(str(path), bucket, key, ExtraArgs={"ACL": acl} if acl else None)


class ArrivingObject:
    """An object that is written in parts while it comes in; nothing of it can be seen before `finish`.

    Every part but the last has at least `LEAST_PART` bytes, which is what S3 asks. Not for several threads at a time.
    """

    def __init__(self, client: Any, place: dict[str, str], options: dict[str, str]) -> None:
        """`place` is bucket and key, `options` what the object is given along."""
        self._client, self._place, self._options = client, place, options
        self._upload = ""
        self._tags: list[str] = []

    def add(self, part: bytes) -> None:
        """Write the next part."""
        if not self._upload:
            self._upload = self._client.create_multipart_upload(**self._place, **self._options)["UploadId"]
        number = len(self._tags) + 1
        answer = self._client.upload_part(**self._place, UploadId=self._upload, PartNumber=number, Body=part)
        self._tags.append(answer["ETag"])

    def finish(self, last: bytes) -> Stored:
        """Write the last part, or the only one, and let the object be there; its size is not told."""
        if not self._upload:
            answer = self._client.put_object(**self._place, **self._options, Body=last)
        else:
            if last:
                self.add(last)
            parts = [{"PartNumber": number, "ETag": tag} for number, tag in enumerate(self._tags, 1)]
            answer = self._client.complete_multipart_upload(**self._place, UploadId=self._upload, MultipartUpload={"Parts": parts})
        self._upload = ""
        return Stored(self._place["Key"], -1, str(answer["ETag"]).strip('"'), str(answer.get("VersionId", "")))

    def abort(self) -> None:
        """Let nothing of it stay; what cannot be aborted now, because the store is away, is within a day by `abort_unfinished`."""
        if self._upload:
            self._client.abort_multipart_upload(**self._place, UploadId=self._upload)
            self._upload = ""


def _grants(reader: str, owner: str) -> dict[str, str]:
    """Rights that a put gives along, to ids of accounts."""
    return {"GrantRead": f"id={reader}", "GrantFullControl": f"id={owner}"} if reader and owner else {}


def _in_turn() -> Any:
    """An upload in parts, one after the other: the same bytes are always cut in the same places, and so get the same ETag."""
    from boto3.s3.transfer import TransferConfig

    return TransferConfig(multipart_threshold=PART, multipart_chunksize=PART, use_threads=False)


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


class _Hashing:
    """A body on its way through: what has been read of it, hashed and counted."""

    def __init__(self, body: Any) -> None:
        self._body, self._hash, self.size = body, hashlib.sha256(), 0

    def read(self, size: int | None = None) -> bytes:
        """The next bytes."""
        piece: bytes = self._body.read(size)
        self._hash.update(piece)
        self.size += len(piece)
        return piece

    @property
    def sha256(self) -> str:
        """Of everything read so far."""
        return self._hash.hexdigest()


@cache
def get_store(settings: Settings, user: User = "pipeline") -> ObjectStore:
    """The object store, as one of its users.

    Raises:
        SettingsError: its address is none.
    """
    access, secret = {
        "pipeline": (settings.s3_access_key, settings.s3_secret_key),
        "portal": (settings.s3_portal_access_key, settings.s3_portal_secret_key),
        "reader": (settings.s3_reader_access_key, settings.s3_reader_secret_key),
        "desk": (settings.s3_desk_access_key, settings.s3_desk_secret_key),
    }[user]
    return ObjectStore(_client(settings, access, secret.get_secret_value()))


def _client(settings: Settings, access: str = "", secret: str = "", *, signed: bool = True) -> Any:
    import boto3
    from botocore import UNSIGNED
    from botocore.config import Config
    from botocore.exceptions import BotoCoreError

    config = Config(
        s3={"addressing_style": "path"},
        retries={"max_attempts": 8, "mode": "standard"},
        max_pool_connections=8 * AT_ONCE,
        read_timeout=300,
        signature_version=None if signed else UNSIGNED,
    )
    try:
        return boto3.client(
            "s3",
            endpoint_url=settings.s3_endpoint,
            aws_access_key_id=access,
            aws_secret_access_key=secret,
            region_name=settings.s3_region,
            config=config,
        )
    except ValueError as error:
        if isinstance(error, BotoCoreError):
            raise
        raise SettingsError("settings that cannot be used: GMSD_S3_ENDPOINT is no address") from None
