"""What stands in front of the object store's S3 interface: who may ask what, and which names it can hold.

Rights of buckets know only read and write, and write includes delete, versions and rights of one's own objects; so the uploading account is
held here to what it is for: putting objects. Swift's own interface, which shares the port, is closed, and so is asking without a signature.

The deputy, which is the process of the coordinators' portal, works with objects that are the owner's. Rights of objects would have to be
given with every put, also by municipalities: instead it stands for the owner behind this filter, which holds it to three buckets.

Whoever a request claims to be, the signature is checked behind this filter: a false claim gains only the rights of whom it names.
"""

# ruff: noqa: ARG001 - the names of the arguments are those of paste.deploy

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

from swift.common.middleware.s3api.s3response import (
    AccessDenied,
    ErrorResponse,
    InvalidArgument,
    KeyTooLongError,
    MetadataTooLarge,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    App = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]

# --- who asks -------------------------------------------------------------------------------------------------------------------------


def claims(authorization: str, query: list[tuple[str, str]]) -> list[str]:
    """Every access key that a request names, wherever Swift's S3 interface would look for one."""
    found = []
    if authorization.startswith("AWS4-HMAC-SHA256 "):
        found.append(authorization.partition("Credential=")[2].split(",")[0].split("/")[0])
    elif authorization:
        found.append(authorization.partition(" ")[2].rpartition(":")[0])
    for name, value in query:
        if name == "X-Amz-Credential":
            found.append(value.split("/")[0])
        elif name == "AWSAccessKeyId":
            found.append(value)
    return found


# --- what the uploading account may ask ---------------------------------------------------------------------------------------------

# (method, the parts of the query that say what is meant): a put; beginning, filling, completing and giving up an upload in parts
UPLOADS = {
    ("PUT", frozenset()),
    ("POST", frozenset({"uploads"})),
    ("PUT", frozenset({"partNumber", "uploadId"})),
    ("POST", frozenset({"uploadId"})),
    ("DELETE", frozenset({"uploadId"})),
}
# parts of a query that mean nothing but a signature or a check sum
_SIGNING = re.compile(r"(?i)x-amz-[a-z0-9-]+|x-id|awsaccesskeyid|signature|expires")
_HARMLESS = frozenset(
    f"x-amz-{name}"
    for name in (
        "date",
        "content-sha256",
        "decoded-content-length",
        "trailer",
        "user-agent",
        "te",
        "storage-class",
        "server-side-encryption",
        "expected-bucket-owner",
        "mp-object-size",
        "request-payer",
        "id",
    )
)
_HARMLESS_FAMILIES = ("x-amz-meta-", "x-amz-checksum-", "x-amz-sdk-", "x-amz-grant-", "x-amz-acl")
# what clients and what stands between them and us add; every other `X-` header can mean something to Swift itself
_PASSING = frozenset(
    {"x-forwarded-for", "x-forwarded-proto", "x-forwarded-host", "x-forwarded-port", "x-real-ip", "x-request-id", "x-amzn-trace-id"}
)
_RIGHTS = ("private", "bucket-owner-read", "bucket-owner-full-control")


def why_not_upload(method: str, key: str, query: Iterable[str], headers: Mapping[str, str], owner: str) -> str:
    """Empty when the request does nothing but put an object; else what else it would do.

    Args:
        method: of HTTP.
        key: the object's; empty for a request about a bucket or the store.
        query: names in the query.
        headers: lower-case names and their values.
        owner: id of the account that owns the buckets: only to it may an upload give rights.
    """
    meant = frozenset(name for name in query if not _SIGNING.fullmatch(name))
    if not key or (method, meant) not in UPLOADS:
        return "This account may put objects, and nothing else."
    for name, value in headers.items():
        if not name.startswith("x-") or name in _HARMLESS or name in _PASSING:
            continue
        if name == "x-amz-acl" and value not in _RIGHTS:
            return f"This account may not give others rights (x-amz-acl: {value})."
        if name.startswith("x-amz-grant-") and {grantee.strip() for grantee in value.split(",")} - {f"id={owner}", f'id="{owner}"'}:
            return f"This account may not give others rights ({name})."
        if not name.startswith(_HARMLESS_FAMILIES):
            return f"This account may not send {name}."
    return ""


# --- what the deputy may ask --------------------------------------------------------------------------------------------------------

# By the last word of a bucket's name: what uploads and reports lie in is read, the private place of deliveries is written too.
DEPUTY_READS, DEPUTY_WRITES = ("inbox", "deliveries", "outbox"), ("deliveries",)
_PAGES = {"max-keys", "key-marker", "version-id-marker", "marker", "start-after", "continuation-token"}
_READING = _PAGES | {"list-type", "versions", "prefix", "delimiter", "encoding-type", "fetch-owner", "versionId", "partNumber"}


def why_not_deputy(method: str, bucket: str, key: str, query: Iterable[str], headers: Mapping[str, str], owner: str) -> str:
    """Empty when the request does what registering uploads and showing them takes; else that it does not. See `why_not_upload`."""
    meant, which = frozenset(name for name in query if not _SIGNING.fullmatch(name)), bucket.rpartition("-")[2]
    if method in ("GET", "HEAD"):
        return "" if which in DEPUTY_READS and meant <= _READING else "This account may not read that."
    if which not in DEPUTY_WRITES:
        return "This account may not write there."
    if method == "DELETE" and key and not meant:
        return ""
    return why_not_upload(method, key, query, headers, owner)


def act_for(owner: str, deputy: str) -> None:
    """Let the deputy, once its signature has been found right, stand for the owner of buckets and objects."""
    from swift.common.middleware.s3api.s3request import S3AclRequest

    plain = S3AclRequest.authenticate
    if getattr(plain, "acts", False):
        return

    def authenticate(self: Any, app: Any) -> None:
        plain(self, app)
        if self.user_id == deputy:
            self.user_id = owner

    authenticate.acts = True  # type: ignore[attr-defined]
    S3AclRequest.authenticate = authenticate


# --- which names and metadata the store can hold ------------------------------------------------------------------------------------

# Everything that Swift knows of an object lies in extended attributes of its file, and ext4 has 4,040 bytes for those. The name stands
# there several times over, encoded in several ways. Measured with Swift 2.38.3: an object of several parts takes FILE + the first figure of
# each byte of bucket and key in its own file, LINK + the second in the link that stands for its newest version.
ROOM = 3_900
FILE, LINK = 2_240, 1_880
UNRESERVED, SIGN, ESCAPED, FOREIGN = (3.2, 4.4), (9.2, 11.2), (18.3, 17.3), (18.3, 17.3)
_UNRESERVED = frozenset(b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~")
_KEPT = frozenset({"content-type", "content-encoding", "content-disposition", "content-language", "cache-control", "expires"})
# A first piece of metadata of the sender's own brings its encryption's; each takes its name, its value once and a third, and a nonce.
OWN_METADATA, EACH_METADATA, EACH_HEADER = 320, 190, 90


def _cost(byte: int) -> tuple[float, float]:
    if byte in _UNRESERVED:
        return UNRESERVED
    if byte >= 0x80:
        return FOREIGN
    return ESCAPED if byte < 0x20 or byte in b'"\\\x7f' else SIGN


def room_for_name(name: bytes) -> float:
    """Bytes left beside a name (bucket and key) where the store keeps what it knows of an object; below nought it does not fit."""
    costs = [_cost(byte) for byte in name]
    return min(ROOM - FILE - sum(cost[0] for cost in costs), ROOM - LINK - sum(cost[1] for cost in costs))


def size_of_metadata(headers: Mapping[str, str]) -> float:
    """Bytes that the headers of a put take there."""
    own = [(name, value) for name, value in headers.items() if name.startswith("x-amz-meta-")]
    kept = [(name, value) for name, value in headers.items() if name in _KEPT]
    grants = [(name, value) for name, value in headers.items() if name.startswith("x-amz-grant-")]
    size = OWN_METADATA * bool(own) + sum(EACH_METADATA + 2 * len(name) + 1.4 * _length(value) for name, value in own)
    return size + sum(EACH_HEADER + 1.1 * _length(value) for _, value in kept) + sum(2.0 * len(value) for _, value in grants)


def _length(value: str) -> int:
    return sum(1 if character.isascii() else 6 for character in value)


# XML, in which the store lists unfinished uploads, cannot hold these: one of them makes that list unreadable for everybody.
_NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def why_not_hold(method: str, bucket: str, key: bytes, query: Iterable[str], headers: Mapping[str, str]) -> ErrorResponse | None:
    """The error for a request that would make an object which the store cannot hold or list; None when there is nothing wrong."""
    if not key or method not in ("PUT", "POST"):
        return None
    name = bucket.encode() + key
    if room_for_name(name) < 0:
        most = int((ROOM - LINK) / UNRESERVED[1]) - len(bucket)
        return KeyTooLongError(
            f"Your key is too long for this store: {len(key)} bytes. It holds some {most} letters and digits; "
            f"a letter with an accent counts as {round(2 * FOREIGN[0] / UNRESERVED[1])} of them."
        )
    if "partNumber" in query or (method == "POST" and "uploadId" in query):
        return None
    if room_for_name(name) < size_of_metadata(headers):
        return MetadataTooLarge()
    if "uploads" in query and _NOT_IN_XML.search(key.decode("utf-8", "surrogateescape")):
        return InvalidArgument("key", None, "An upload in parts cannot have a control character in its key.")
    return None


# --- the filter -----------------------------------------------------------------------------------------------------------------------


WRITES_OBJECT = "gmsd.writes_object"
"""In the environment of a request and of all that are made of it: whether the client writes an object."""


class Gate:
    """The first filter that sees a request's address."""

    def __init__(self, app: App, *, owner: str, uploader: str, reader: str, deputy: str) -> None:
        """`owner`, `uploader`, `reader` and `deputy` are access keys; who is none of them gets nothing."""
        self.app = app
        self.owner, self.uploader, self.reader, self.deputy = owner, uploader, reader, deputy

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        """Let a request through, or answer it with an error in S3's form."""
        problem = self.problem(environ)
        environ[WRITES_OBJECT] = environ["REQUEST_METHOD"] == "PUT" and bool(environ["PATH_INFO"].removeprefix("/").partition("/")[2])
        return problem(environ, start_response) if problem else self.app(environ, start_response)

    def problem(self, environ: dict[str, Any]) -> ErrorResponse | None:
        """The error that a request gets; None for one that goes through."""
        method = environ["REQUEST_METHOD"]
        headers = {name[5:].replace("_", "-").lower(): str(value) for name, value in environ.items() if name.startswith("HTTP_")}
        headers |= {"content-type": environ.get("CONTENT_TYPE", "")} if environ.get("CONTENT_TYPE") else {}
        pairs = parse_qsl(environ.get("QUERY_STRING", ""), keep_blank_values=True, encoding="latin-1")
        query = [name for name, _ in pairs]
        who = claims(headers.get("authorization", ""), pairs)
        if len(who) != 1 or len(set(query)) != len(query) or {"x-auth-token", "x-storage-token", "x-service-token"} & set(headers):
            return AccessDenied("Only requests with one signature are answered.")
        bucket, _, key = environ["PATH_INFO"].removeprefix("/").partition("/")
        if who[0] == self.uploader:
            refused = why_not_upload(method, key, query, headers, self.owner)
        elif who[0] == self.reader:
            refused = "" if method in ("GET", "HEAD") else "This account may read, and nothing else."
        elif who[0] == self.deputy:
            refused = why_not_deputy(method, bucket, key, query, headers, self.owner)
        else:
            refused = "" if who[0] == self.owner else "There is no such account."
        if refused:
            return AccessDenied(refused)
        return why_not_hold(method, bucket, key.encode("latin-1"), query, headers)


def filter_factory(global_conf: dict[str, str], **local_conf: str) -> Callable[[App], Gate]:
    """Paste's door; `owner`, `uploader`, `reader` and `deputy` come from the configuration."""
    who = {name: local_conf[name] for name in ("owner", "uploader", "reader", "deputy")}
    act_for(who["owner"], who["deputy"])
    return lambda app: Gate(app, **who)
