"""Telling a service that is away from an item that is at fault: the first is tried again, the second is put aside."""

from __future__ import annotations

import sys
from typing import Any

# The libraries are told by name, so that nothing is loaded only to ask.
_AWAY = {
    "sqlalchemy.exc": ("OperationalError", "InterfaceError", "TimeoutError"),
    "psycopg": ("OperationalError", "InterfaceError"),
    "botocore.exceptions": ("ConnectionError", "HTTPClientError", "IncompleteReadError", "NoCredentialsError", "PartialCredentialsError"),
}
# Answers of a store that say nothing about the object that was asked for: of an account, a clock, a bucket or a store too busy.
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


def is_outage(error: BaseException) -> bool:
    """Whether an error says that a service (database, store, mail server, disk, memory) failed, and nothing about the item at hand.

    A connection that the database ended, an answer of 500 and above, and a refusal of the account itself count as such.
    """
    if isinstance(error, OSError | MemoryError):
        return True
    if getattr(error, "connection_invalidated", False):
        return True
    for module, names in _AWAY.items():
        loaded = sys.modules.get(module)
        if loaded is not None and isinstance(error, tuple(getattr(loaded, name) for name in names)):
            return True
    response: dict[str, Any] = getattr(error, "response", None) or {}
    return isinstance(response, dict) and store_failed(response)


def store_failed(response: dict[str, Any]) -> bool:
    """Whether an S3 answer is the store's own failure (or one of our account), and not about one object."""
    status = int(response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0))
    return status >= 500 or status == 429 or response.get("Error", {}).get("Code") in STORE_CODES


def place_of(error: BaseException) -> str:
    """Where an error came from, for the log and the engineer: type and line of code; its message may hold personal data."""
    from traceback import extract_tb

    frames = extract_tb(error.__traceback__)
    ours = [frame for frame in frames if "gmsd" in frame.filename] or frames
    where = f" at {ours[-1].filename.rpartition('plugins/')[2]}:{ours[-1].lineno}" if ours else ""
    return f"{type(error).__name__}{where}"
