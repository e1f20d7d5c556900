"""From an accepted file to records: typed, in file order, and without the person's number before they leave this room."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from gmsd.checking.content import scan
from gmsd.checking.structure import physical_lines, split_body
from gmsd.checking.text import read_text
from gmsd.protocol import protocol_for

if TYPE_CHECKING:
    from gmsd.checking.result import CheckResult
    from gmsd.rounds import HalfYear

UNKNOWN_PERSON = 999_999_999
_DIGITS = 9
_KEY_BYTES = 32
_TYPES: dict[str, pl.DataType] = {
    "product_category": pl.Int16(),
    "start_date": pl.Date(),
    "end_date": pl.Date(),
    "delivery_form": pl.Int16(),
    "allocation_number": pl.Int64(),
    "volume": pl.Int64(),
    "unit": pl.Int16(),
    "frequency": pl.Int16(),
    "end_reason": pl.Int16(),
    "change_reason": pl.Int16(),
}


def read_records(data: bytes, result: CheckResult) -> pl.DataFrame:
    """The records of a file that was accepted.

    Args:
        data: The file as it was delivered.
        result: The result of checking exactly these bytes.

    Returns:
        In file order: `line` (Int64), `bsn` (Int64), and the columns of the staging layout (product_category .. change_reason). What stands
        in the facultative columns is kept as far as it is a number, also when the file was accepted without them.

    Raises:
        ValueError: When the file was not accepted; no value of it is named.
    """
    if not result.accepted or result.half_year is None:
        raise ValueError("only the records of an accepted file are read")
    return read_records_of(data, result.half_year)


def read_records_of(data: bytes, half_year: HalfYear) -> pl.DataFrame:
    """The records of a file that was accepted at some time, whatever the rules of today say of it; see `read_records`.

    Args:
        data: The file as it was delivered.
        half_year: The half-year it is about: its protocol has the columns.
    """
    protocol = protocol_for(half_year)
    lines = physical_lines(read_text(data).content, protocol.separator)
    body = split_body(lines, len(protocol.fields), protocol.separator)
    absent = dict.fromkeys(_TYPES, pl.lit(None, pl.String))  # a layout need not have every column that is kept
    columns = absent | {field.record: pl.col(field.name) for field in protocol.fields if field.record is not None}
    typed = [
        columns[name].str.to_date("%Y%m%d", strict=False).alias(name)
        if kind == pl.Date
        else columns[name].cast(kind, strict=False).alias(name)
        for name, kind in _TYPES.items()
    ]
    records = scan(body, protocol).select(columns["bsn"].cast(pl.Int64, strict=False).alias("bsn"), *typed).collect(engine=body.engine)
    return records.select(pl.Series("line", body.lines, dtype=pl.Int64), pl.all())


def pseudonymise(frame: pl.DataFrame, key: bytes) -> pl.DataFrame:
    """Replace the person's number by a keyed pseudonym.

    Args:
        frame: What `read_records` gives.
        key: 32 secret bytes; another key gives other persons.

    Returns:
        The staging layout: `person` (Int64) in the place of `bsn`, null where the number was 999999999. The pseudonym is the first eight
        bytes (big endian, signed) of AES-256 over a block of the nine digits and seven zero bytes.

    Raises:
        ValueError: When the key does not have 32 bytes.
    """
    from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

    if len(key) != _KEY_BYTES:
        raise ValueError("the key for pseudonyms has 32 bytes")
    numbers = frame["bsn"].to_numpy()
    blocks = np.zeros((len(numbers), 16), dtype=np.uint8)
    for place in range(_DIGITS):
        blocks[:, place] = numbers // 10 ** (_DIGITS - 1 - place) % 10 + ord("0")
    # Each block holds one number and stands by itself: the same person must give the same pseudonym in every file.
    encryptor = Cipher(algorithms.AES(key), modes.ECB()).encryptor()  # noqa: S305
    encrypted = encryptor.update(blocks.tobytes()) + encryptor.finalize()
    pseudonyms = np.frombuffer(encrypted, dtype=">i8")[::2].astype(np.int64)
    person = pl.when(pl.col("bsn") != UNKNOWN_PERSON).then(pl.Series("person", pseudonyms)).alias("person")
    columns = [name for name in frame.columns if name not in ("line", "bsn")]
    return frame.select("line", person, *columns)
