"""Telling a service that is away from an item that is at fault: the first is tried again, the second is put aside."""

from __future__ import annotations

import errno
import sys
from typing import Any, Literal

Service = Literal["PostgreSQL", "object store", "mail server", "Airflow", "machine"]

# The libraries are told by name, so that nothing is loaded only to ask.
_AWAY: tuple[tuple[Service, str, tuple[str, ...]], ...] = (
    ("PostgreSQL", "sqlalchemy.exc", ("OperationalError", "InterfaceError", "TimeoutError")),
    ("PostgreSQL", "psycopg", ("OperationalError", "InterfaceError")),
    ("object store", "botocore.exceptions", ("ConnectionError", "HTTPClientError", "IncompleteReadError")),
    ("mail server", "smtplib", ("SMTPException",)),
    ("Airflow", "httpx", ("TransportError",)),
)
_NO_CREDENTIALS = ("NoCredentialsError", "PartialCredentialsError")
_NO_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EMFILE, errno.ENFILE, errno.ENOMEM, errno.EIO, errno.EROFS}
_TRY_LATER = {408, 429}
# Answers of a store that say nothing about the object that was asked for: of an account, a clock, a bucket or a store too busy. Swift says
# `NoSuchBucket` while its account server is away; our buckets are made once and stay.
STORE_CODES = frozenset(
    {
        "ExpiredToken",
        "InvalidAccessKeyId",
        "NoSuchBucket",
        "RequestTimeTooSkewed",
        "RequestTimeout",
        "SignatureDoesNotMatch",
        "SlowDown",
        "Throttling",
    }
)


def service_of(error: BaseException) -> Service | None:
    """Which service's failure an error is, by its type alone: what may go well when it is tried again later. None for everything else."""
    for service, module, names in _AWAY:
        if _is(error, module, names):
            return service
    if getattr(error, "connection_invalidated", False):
        return "PostgreSQL"
    if isinstance(error, MemoryError | ConnectionError | TimeoutError) or (isinstance(error, OSError) and error.errno in _NO_ROOM):
        return "machine"
    response: dict[str, Any] = getattr(error, "response", None) or {}
    return "object store" if isinstance(response, dict) and store_failed(response) else None


def is_outage(error: BaseException) -> bool:
    """Whether an error says that a service (database, store, mail server, disk, memory) failed, and nothing about the item at hand.

    Wider than `service_of`: a missing key file or missing credentials are no outage that ends by itself, but no item is at fault either.
    """
    return isinstance(error, OSError) or _is(error, "botocore.exceptions", _NO_CREDENTIALS) or service_of(error) is not None


def _is(error: BaseException, module: str, names: tuple[str, ...]) -> bool:
    loaded = sys.modules.get(module)
    return loaded is not None and isinstance(error, tuple(getattr(loaded, name) for name in names))


def store_failed(response: dict[str, Any]) -> bool:
    """Whether an S3 answer is the store's own failure (or one of our account), and not about one object."""
    status = int(response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0))
    return status >= 500 or status in _TRY_LATER or response.get("Error", {}).get("Code") in STORE_CODES


def place_of(error: BaseException) -> str:
    """Where an error came from, for the log and the engineer: type and line of code; its message may hold personal data."""
    from traceback import extract_tb

    frames = extract_tb(error.__traceback__)
    ours = [frame for frame in frames if "gmsd" in frame.filename] or frames
    where = f" at {ours[-1].filename.rpartition('plugins/')[2]}:{ours[-1].lineno}" if ours else ""
    return f"{type(error).__name__}{where}"
