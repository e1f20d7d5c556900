"""The faults a played file can have: each takes a right file and gives what a municipality might have sent instead.

Only a handful of lines is touched, as in practice. Nothing here makes a nine-digit number that is a BSN: a spoiled BSN fails the 11-proef.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gmsd.demo.deliveries import COLUMNS

if TYPE_CHECKING:
    from collections.abc import Callable

_POSITION = {column: position for position, column in enumerate(COLUMNS)}
Edit = tuple[int, str, bytes]


def spoiled_bsn(bsn: bytes) -> bytes:
    """The same number with another last digit: the 11-proef fails, as it does for every change of one digit."""
    return bsn[:-1] + (b"1" if bsn[-1:] != b"1" else b"2")


def _with_cells(data: bytes, edits: list[Edit]) -> bytes:
    """The file with some cells replaced; lines are physical, the header is line 1."""
    lines = data.split(b"\n")
    for line, column, value in edits:
        content = lines[line - 1].removesuffix(b"\r")
        ending = lines[line - 1][len(content) :]
        cells = content.split(b";")
        cells[_POSITION[column]] = value
        lines[line - 1] = b";".join(cells) + ending
    return b"\n".join(lines)


def _cell(data: bytes, line: int, column: str) -> bytes:
    return data.split(b"\n")[line - 1].removesuffix(b"\r").split(b";")[_POSITION[column]]


def _spread(data: bytes, count: int) -> list[int]:
    """Physical line numbers of `count` different records, spread over the file.

    Raises:
        ValueError: when the file is too short to hold them.
    """
    records = data.count(b"\n") - 1
    if records < count:
        raise ValueError(f"{records} records are too few for {count} faults")
    return [2 + index * records // count for index in range(count)]


def base(data: bytes) -> bytes:
    """Faults in the base set: a spoiled BSN, one that lost a character, impossible and missing dates, an unknown type."""
    lines = _spread(data, 8)
    edits: list[Edit] = [
        (lines[0], "BSN", spoiled_bsn(_cell(data, lines[0], "BSN"))),
        (lines[1], "BSN", _cell(data, lines[1], "BSN")[:-1]),
        (lines[2], "Startdatum_ondersteuning", b"20190231"),
        (lines[3], "Startdatum_ondersteuning", b""),
        (lines[4], "Einddatum_ondersteuning", b"19991231"),
        (lines[5], "Type_maatwerkarrangement", b"19"),
        (lines[6], "Type_maatwerkarrangement", b"2"),
        (lines[7], "Leveringsvorm", b"3"),
    ]
    return _with_cells(data, edits)


def facultative(data: bytes) -> bytes:
    """Faults in the facultative set only: unknown codes, a decimal volume, an end reason of a running record."""
    lines = _spread(data, 7)
    edits: list[Edit] = [
        (lines[0], "Eenheid", b"99"),
        (lines[1], "Eenheid", b"4"),
        (lines[2], "Volume", b"1,5"),
        (lines[3], "Frequentie", b"9"),
        (lines[4], "Nummer_toewijzing", b"A-1204"),
        (lines[5], "Reden_wijziging_toewijzing", b"99"),
        (lines[6], "Einddatum_ondersteuning", b""),
        (lines[6], "Reden_beeindiging", b"19"),
    ]
    return _with_cells(data, edits)


def columns(data: bytes) -> bytes:
    """The last column is not in the file, neither in the header nor in the records."""
    lines = data.split(b"\n")
    kept = [line.removesuffix(b"\r").rpartition(b";")[0] + (b"\r" if line.endswith(b"\r") else b"") for line in lines[:-1]]
    return b"\n".join([*kept, lines[-1]])


def utf16(data: bytes) -> bytes:
    """The file as a spreadsheet saves "Unicode text": UTF-16, which cannot be read."""
    return data.decode("utf-8-sig").encode("utf-16")


def empty(data: bytes) -> bytes:
    """Nothing at all, as after a broken upload."""
    return data[:0]


FAULTS: dict[str, Callable[[bytes], bytes]] = {
    "base": base,
    "facultative": facultative,
    "columns": columns,
    "utf16": utf16,
    "empty": empty,
}


def without_last(data: bytes, count: int) -> bytes:
    """The file without its last records: what it was before those were entered."""
    lines = data.split(b"\n")
    return b"\n".join([*lines[: len(lines) - 1 - count], b""])
