"""A service that is away is tried again; an item at fault is put aside: which of them an error is."""

from __future__ import annotations

import errno
import smtplib

import pytest
import sqlalchemy as sql
from botocore import exceptions as s3

from gmsd.outages import is_outage, place_of, service_of


def answer(status: int, code: str) -> s3.ClientError:
    return s3.ClientError({"Error": {"Code": code}, "ResponseMetadata": {"HTTPStatusCode": status}}, "GetObject")  # type: ignore[typeddict-item]


def database(kind: type[sql.exc.DBAPIError], *, ended: bool = False) -> sql.exc.DBAPIError:
    return kind("SELECT", None, Exception("said"), connection_invalidated=ended)


@pytest.mark.parametrize(
    ("error", "outage"),
    [
        (ConnectionRefusedError(), True),
        (TimeoutError(), True),
        (MemoryError(), True),
        (OSError(errno.ENOSPC, "No space left on device"), True),
        (OSError(errno.EROFS, "Read-only file system"), True),
        (smtplib.SMTPServerDisconnected(), True),
        (s3.EndpointConnectionError(endpoint_url="x"), True),
        (s3.ReadTimeoutError(endpoint_url="x"), True),
        (s3.IncompleteReadError(actual_bytes=1, expected_bytes=2), True),
        (answer(503, "SlowDown"), True),
        (answer(500, "InternalError"), True),
        (answer(429, "Throttling"), True),
        (answer(403, "InvalidAccessKeyId"), True),
        (answer(403, "SignatureDoesNotMatch"), True),
        (answer(404, "NoSuchBucket"), True),
        (answer(403, "AccessDenied"), False),
        (answer(404, "NoSuchKey"), False),
        (s3.ParamValidationError(report="x"), False),
        (database(sql.exc.OperationalError), True),
        (database(sql.exc.InterfaceError), True),
        (database(sql.exc.InternalError, ended=True), True),
        (sql.exc.TimeoutError(), True),
        (database(sql.exc.DataError), False),
        (database(sql.exc.ProgrammingError), False),
        (KeyError("x"), False),
        (UnicodeEncodeError("utf-8", "x", 0, 1, "x"), False),
        (RecursionError(), False),
    ],
)
def test_what_is_an_outage(error: Exception, outage: bool) -> None:
    assert is_outage(error) is outage


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO])
def test_a_disk_that_takes_nothing_is_the_machines_failure(number: int) -> None:
    assert service_of(OSError(number, "said")) == "machine"


def test_an_error_is_told_by_its_place_and_never_by_its_words() -> None:
    with pytest.raises(KeyError) as raised:
        {}["999900006"]
    assert place_of(raised.value).startswith("KeyError at ")
    assert "9999" not in place_of(raised.value)
