"""Rows of a workbook that differ in one number only, made as whole columns instead of cell by cell.

xlsxwriter spends three seconds on 300,000 rows of three cells, and six on six. It writes each such row once, with its styles and shared
texts; here that row is repeated in the XML of its sheet (ECMA-376, part 1, 18.3: `row` and `c` carry their place in the attribute `r`).
"""

from __future__ import annotations

import io
import re
import zipfile
from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

MOST_ROWS = 1_048_576
_AT_ONCE = 20_000
_ROW = re.compile(r"<row [^>]*(?:/>|(?<!/)>.*?</row>)", re.DOTALL)
_PLACE = re.compile(r'(<row r="|<c r="[A-Z]+)[0-9]+"')
_SPANS = re.compile(r' spans="[0-9:]+"')  # a hint about sixteen rows at once, which no longer fits
_VALUE = re.compile(r"<v>[^<]*</v>")
_DIMENSION = re.compile(r'(<dimension ref="[A-Z]+[0-9]+:[A-Z]+)[0-9]+"')


@dataclass(frozen=True, slots=True)
class Row:
    """A row that was written once, at a place from 0, and the numbers to stand in its first cell, one a row."""

    place: int
    numbers: Sequence[int]


def repeat_rows(book: bytes, repeated: Mapping[str, Sequence[Row]]) -> bytes:
    """Write a workbook again with some of its rows repeated; the rows below them move down.

    Args:
        book: The workbook, with each repeated row in it once. The first cell of such a row holds a number.
        repeated: The repeated rows by the path of their sheet in the workbook.
    """
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(book)) as old, zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.infolist():
            with new.open(_entry(entry), "w") as out:
                text = old.read(entry).decode()
                for part in _sheet(text, repeated[entry.filename]) if entry.filename in repeated else (text,):
                    out.write(part.encode())
    return buffer.getvalue()


def _entry(old: zipfile.ZipInfo) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(old.filename, old.date_time)
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry.external_attr = old.external_attr
    return entry


def _sheet(text: str, repeated: Sequence[Row]) -> Iterator[str]:
    """The XML of a sheet in pieces."""
    numbers_at = {row.place + 1: row.numbers for row in repeated}
    more = sum(len(row.numbers) - 1 for row in repeated)
    found = list(_ROW.finditer(text))
    last = _place_of(found[-1].group()) + more
    yield _DIMENSION.sub(rf'\g<1>{last}"', text[: found[0].start()])
    moved = 0
    for match in found:
        row = _SPANS.sub("", match.group(), count=1)
        place = _place_of(row)
        numbers = numbers_at.get(place)
        if numbers is None:
            yield _PLACE.sub(rf'\g<1>{place + moved}"', row)
        else:
            yield from _repeated(row, place + moved, numbers)
            moved += len(numbers) - 1
    yield text[found[-1].end() :]


def _place_of(row: str) -> int:
    found = re.match(r'<row r="([0-9]+)"', row)
    if found is None:
        raise ValueError("a row of a sheet does not say its place")
    return int(found.group(1))


def _repeated(row: str, place: int, numbers: Sequence[int]) -> Iterator[str]:
    """One row as many rows: its texts as they are, its place and the number in its first cell anew."""
    template = _VALUE.sub("<v>{}</v>", _PLACE.sub(r'\g<1>{}"', row), count=1)
    cells = template.count("<c ")
    columns = ["place", "place", "number", *["place"] * (cells - 1)]
    for start in range(0, len(numbers), _AT_ONCE):
        part = pl.Series("number", numbers[start : start + _AT_ONCE], dtype=pl.Int64)
        first = place + start
        frame = pl.DataFrame({"number": part}).with_columns(place=pl.int_range(first, first + len(part)))
        yield frame.select(pl.format(template, *columns).str.join("")).item()
