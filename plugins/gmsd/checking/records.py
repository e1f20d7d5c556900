"""From an accepted file to records: typed, in file order, and without the person's number before they leave this room."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from gmsd.checking.content import scan
from gmsd.delimited import physical_lines, read_text, split_body
from gmsd.protocol import protocol_for

if TYPE_CHECKING:
    from gmsd.checking.result import CheckResult
    from gmsd.protocol import Column, Law
    from gmsd.rounds import HalfYear

UNKNOWN_PERSON, UNBORN_PERSON = 999_999_999, 0
"""Numbers that are no person: two records that hold one are not about the same."""
_DIGITS = 9
_KEY_BYTES = 32
_TYPES: dict[str, pl.DataType] = {"person": pl.Int64(), "smallint": pl.Int16(), "bigint": pl.Int64(), "date": pl.Date()}
"""By the type of a column in law.yaml."""


def read_records(data: bytes, result: CheckResult) -> pl.DataFrame:
    """The records of a file that was accepted.

    Args:
        data: The file as it was delivered.
        result: The result of checking exactly these bytes.

    Returns:
        In file order: `line` (Int64) and the columns of the law's record, `bsn` among them. What stands in the facultative columns is kept
        as far as it is a number, also when the file was accepted without them.

    Raises:
        ValueError: When the file was not accepted; no value of it is named.
    """
    if not result.accepted or result.half_year is None:
        raise ValueError("only the records of an accepted file are read")
    return read_records_of(data, result.half_year, result.law)


def read_records_of(data: bytes, half_year: HalfYear, law_id: str) -> pl.DataFrame:
    """The records of a file that was accepted at some time, whatever the rules of today say of it; see `read_records`.

    Args:
        data: The file as it was delivered.
        half_year: The half-year it is about: its protocol has the fields.
        law_id: The law it is about.
    """
    protocol = protocol_for(half_year, law_id)
    lines = physical_lines(read_text(data).content, protocol.separator)
    body = split_body(lines, len(protocol.fields), protocol.separator)
    fields = {field.record: pl.col(field.name) for field in protocol.fields if field.record is not None}
    # a layout need not have every column that is kept
    typed = [_typed(fields.get(column.name, pl.lit(None, pl.String)), column) for column in protocol.law.record]
    records = scan(body, protocol).select(typed).collect(engine=body.engine)
    return records.select(pl.Series("line", body.lines, dtype=pl.Int64), pl.all())


def _typed(cell: pl.Expr, column: Column) -> pl.Expr:
    kind = _TYPES[column.type]
    return (cell.str.to_date("%Y%m%d", strict=False) if kind == pl.Date else cell.cast(kind, strict=False)).alias(column.name)


def usable_records(records: pl.DataFrame, law: Law, *, facultative_used: bool) -> pl.DataFrame:
    """Records as far as they may be used: the columns of the law's record and no others.

    Args:
        records: What `pseudonymise` gave, at some time: a column that was not kept then is empty.
        law: Says which columns there are.
        facultative_used: Whether the facultative variables of their file are used; else those columns are empty.

    Returns:
        `line`, `person` and the other columns of the record, in its order.
    """
    kept = {column.name: column for column in law.record if column.type != "person"}
    columns = [pl.col(name) for name in ("line", "person") if name in records.columns]
    for name, column in kept.items():
        used = name in records.columns and (facultative_used or column.set != "facultative")
        columns.append(pl.col(name) if used else pl.lit(None, _TYPES[column.type]).alias(name))
    return records.select(columns)


def pseudonymise(frame: pl.DataFrame, key: bytes) -> pl.DataFrame:
    """Replace the person's number by a keyed pseudonym.

    Args:
        frame: What `read_records` gives.
        key: 32 secret bytes; another key gives other persons.

    Returns:
        The staging layout: `person` (Int64) in the place of `bsn`, null where the number was 999999999 or that of an
        unborn child. The pseudonym is the first eight bytes (big endian, signed) of AES-256 over a block of the nine digits and seven
        zero bytes.

    Raises:
        ValueError: When the key does not have 32 bytes, or a record has no number: who is not known has one too.
    """
    from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

    if len(key) != _KEY_BYTES:
        raise ValueError("the key for pseudonyms has 32 bytes")
    if frame["bsn"].null_count():
        raise ValueError("a record without a person's number: it is no record of an accepted file")
    numbers = frame["bsn"].to_numpy()
    blocks = np.zeros((len(numbers), 16), dtype=np.uint8)
    for place in range(_DIGITS):
        blocks[:, place] = numbers // 10 ** (_DIGITS - 1 - place) % 10 + ord("0")
    # Each block holds one number and stands by itself: the same person must give the same pseudonym in every file.
    encryptor = Cipher(algorithms.AES(key), modes.ECB()).encryptor()  # noqa: S305
    encrypted = encryptor.update(blocks.tobytes()) + encryptor.finalize()
    pseudonyms = np.frombuffer(encrypted, dtype=">i8")[::2].astype(np.int64)
    person = pl.when(~pl.col("bsn").is_in([UNKNOWN_PERSON, UNBORN_PERSON])).then(pl.Series("person", pseudonyms)).alias("person")
    columns = [name for name in frame.columns if name not in ("line", "bsn")]
    return frame.select("line", person, *columns)
