"""The parts of a workbook: what is the same in every report is made once by xlsxwriter, the rows are written as columns, not cell by cell.

xlsxwriter spends three milliseconds on the styles, themes and relations of an empty workbook, and six seconds on 300,000 rows of six cells.
Its workbook without rows is kept by its layout; the rows and shared texts are put into the XML of its sheets here (ECMA-376, part 1, 18.3:
`row` and `c` carry their place in the attribute `r`; 18.4: texts stand once, in `sharedStrings.xml`).
"""

from __future__ import annotations

import io
import re
import zipfile
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import groupby
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import datetime

MOST_ROWS = 1_048_576
_LAST_ROW = 1_000_000  # stands in a shell for the last row of its sheet; the number of the sheet is added, so that each has its own
_AT_ONCE = 20_000
_QUICK = 1  # zlib's quickest level: a report a fifth larger, in a quarter of the time
_EXACT = 10**15  # below it a whole number is written as it is
_LONGEST_TEXT = 32_767  # the most UTF-16 units of a cell
_INK, _PALE, _RULE = "#0B4F6C", "#EAF2F5", "#D5DCDF"
_PLACE, _NUMBER = "\0", "\1"  # in a row's XML, where its place and the number of its first cell come
_HOLES = re.compile(f"[{_PLACE}{_NUMBER}]")
_ESCAPED = re.compile("(_x[0-9a-fA-F]{4}_)")
_UNWRITTEN = re.compile("[\x00-\x08\x0b-\x1f\ufffe\uffff]")


@dataclass(frozen=True, slots=True)
class Layout:
    """What a sheet has in every workbook of a kind: its name, the widths of its columns, how many have a header, where its rows begin."""

    name: str
    widths: tuple[int, ...]
    columns: int
    top: int


@dataclass(frozen=True, slots=True)
class SheetRow:
    """A row at its place from 0: cells, their styles, and its height. With `numbers` it is repeated, each time with the next in front."""

    place: int
    cells: tuple[Any, ...]
    styles: tuple[int, ...]
    height: float | None = None
    numbers: Sequence[int] | None = None

    @property
    def count(self) -> int:
        """How many rows it becomes."""
        return 1 if self.numbers is None else len(self.numbers)


@dataclass(frozen=True, slots=True)
class Shell:
    """A workbook without rows.

    Attributes:
        layouts: Of its sheets.
        parts: What every workbook of it has its own of, by path.
        styles: The numbers of its styles by name.
        archive: An archive of the parts that are the same in all of them, compressed once.
    """

    layouts: tuple[Layout, ...]
    parts: Mapping[str, str]
    styles: Mapping[str, int]
    archive: bytes


@lru_cache(maxsize=16)
def shell_of(layouts: tuple[Layout, ...]) -> Shell:
    """The workbook without rows, made once for sheets of these layouts."""
    import xlsxwriter

    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True})
    book.set_properties({"title": "-", "author": "GMSD"})
    formats = {name: book.add_format(each) for name, each in _formats().items()}
    pages = [book.add_worksheet(layout.name) for layout in layouts]
    for number, (page, layout) in enumerate(zip(pages, layouts, strict=True)):
        _set_out(page, layout, _LAST_ROW + number)
    for column, each in enumerate(formats.values()):
        pages[0].write_string(0, column, "-", each)
    book.close()
    with zipfile.ZipFile(buffer) as archive:
        parts = {name: archive.read(name).decode() for name in archive.namelist()}
    used = re.findall(r'<c r="[A-Z]+1" s="([0-9]+)"', parts["xl/worksheets/sheet1.xml"])
    same = io.BytesIO()
    with zipfile.ZipFile(same, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in [path for path in parts if not _is_own(path)]:
            with archive.open(path, "w") as out:
                out.write(parts.pop(path).encode())
    return Shell(layouts, parts, dict(zip(formats, map(int, used), strict=True)), same.getvalue())


def _is_own(path: str) -> bool:
    return path.startswith("xl/worksheets/sheet") or path in ("xl/workbook.xml", "xl/sharedStrings.xml", "docProps/core.xml")


def _formats() -> dict[str, dict[str, Any]]:
    base = {"font_name": "Arial", "font_size": 10, "valign": "top"}
    line = {**base, "bottom": 1, "bottom_color": _RULE}
    return {
        "title": {**base, "bold": True, "font_size": 16, "font_color": _INK},
        "note": {**base, "font_color": "#4A5963"},
        "header": {**base, "bold": True, "bg_color": _PALE, "bottom": 2, "text_wrap": True},
        "text": {**line, "text_wrap": True},
        "bold": {**line, "text_wrap": True, "bold": True},
        "whole": {**line, "num_format": "#,##0", "align": "left"},
        "number": {**line, "num_format": "0", "align": "left"},
        "decimal": {**line, "num_format": "#,##0.0", "align": "left"},
    }


def _set_out(page: Any, layout: Layout, last_row: int) -> None:  # xlsxwriter carries no types
    page.hide_gridlines(2)
    page.set_landscape()
    page.set_paper(9)
    page.fit_to_pages(1, 0)
    page.set_footer("&L&8&A&R&8&P / &N")
    for column, width in enumerate(layout.widths):
        page.set_column(column, column, width)
    if layout.columns:
        page.freeze_panes(layout.top, 0)
        page.repeat_rows(layout.top - 1)
        page.autofilter(layout.top - 1, 0, last_row - 1, layout.columns - 1)


def fill(shell: Shell, sheets: Sequence[Sequence[SheetRow]], *, title: str, created: datetime) -> bytes:
    """Write a workbook: a shell with the rows of each of its sheets, a title, and when it was made (Dutch time, without a zone)."""
    texts: dict[str, int] = {}
    changed: dict[str, Iterable[str]] = {}
    book = shell.parts["xl/workbook.xml"]
    for number, (layout, rows) in enumerate(zip(shell.layouts, sheets, strict=True)):
        path, last = f"xl/worksheets/sheet{number + 1}.xml", rows[-1].place + 1 + sum(row.count - 1 for row in rows)
        filtered = str(max(last, layout.top + 1))
        book = book.replace(str(_LAST_ROW + number), filtered)
        changed[path] = _sheet(shell.parts[path].replace(str(_LAST_ROW + number), filtered), rows, last, texts)
    changed |= {
        "xl/workbook.xml": (book,),
        "xl/sharedStrings.xml": _shared(texts),
        "docProps/core.xml": (_described(shell.parts["docProps/core.xml"], title, created),),
    }
    buffer = io.BytesIO(shell.archive)
    with zipfile.ZipFile(buffer, "a", zipfile.ZIP_DEFLATED, compresslevel=_QUICK) as archive:
        for path in shell.parts:  # the sheets stand before the texts that are found in them
            with archive.open(path, "w") as out:
                for part in changed[path]:
                    out.write(part.encode())
    return buffer.getvalue()


def _described(core: str, title: str, created: datetime) -> str:
    titled = re.sub("(?<=<dc:title>)[^<]*", lambda _: _escape(title), core)
    return re.sub('(?<=W3CDTF">)[^<]*', f"{created:%Y-%m-%dT%H:%M:%SZ}", titled)


def _sheet(text: str, rows: Sequence[SheetRow], last: int, texts: dict[str, int]) -> Iterator[str]:
    """The XML of a sheet in pieces; texts that are new get the next numbers."""
    widest = _column(max(len(row.cells) for row in rows) - 1)
    text = re.sub('(?<=<dimension ref=")[^"]*', f"A1:{widest}{last}", text)
    before, after = re.split("<sheetData/>|<sheetData>.*</sheetData>", text, maxsplit=1)
    yield f"{before}<sheetData>"
    moved = 1
    for (repeated, _), group in groupby(rows, key=lambda row: (row.numbers is not None, len(row.cells))):
        alike = list(group)
        xml = [_row(row, texts) for row in alike]
        if repeated:
            yield from _repeated(xml, alike, alike[0].place + moved)
            moved += sum(row.count - 1 for row in alike)
        else:
            yield "".join(each.replace(_PLACE, str(row.place + moved)) for each, row in zip(xml, alike, strict=True))
    yield f"</sheetData>{after}"


def _row(row: SheetRow, texts: dict[str, int]) -> str:
    """The XML of a row, with holes."""
    cells = []
    for column, (cell, style) in enumerate(zip(row.cells, row.styles, strict=True)):
        begin, kind = _begin(column, style), type(cell)
        if column == 0 and row.numbers is not None:
            cells.append(f"{begin}><v>{_NUMBER}</v></c>")
        elif kind is int and -_EXACT < cell < _EXACT:
            cells.append(f"{begin}><v>{cell}</v></c>")
        elif cell is None:
            cells.append(f"{begin}/>")
        elif kind is str:
            cells.append(f'{begin} t="s"><v>{texts.setdefault(cell, len(texts))}</v></c>')
        else:
            cells.append(f"{begin}><v>{cell:.16G}</v></c>")
    high = "" if row.height is None else f' ht="{row.height:g}" customHeight="1"'
    return f'<row r="{_PLACE}"{high}>{"".join(cells)}</row>'


@cache
def _begin(column: int, style: int) -> str:
    """How a cell begins, with a hole for its place."""
    return f'<c r="{_column(column)}{_PLACE}" s="{style}"'


@cache
def _column(number: int) -> str:
    """The letters of a column, from 0."""
    more, last = divmod(number, 26)
    return (_column(more - 1) if more else "") + chr(ord("A") + last)


def _repeated(xml: Sequence[str], rows: Sequence[SheetRow], place: int) -> Iterator[str]:
    """Rows with as many cells each, repeated: what stands between the holes as it is, in the holes their places and numbers."""
    holes = _HOLES.findall(xml[0])
    first, *between = (pl.Series(values=texts, dtype=pl.String) for texts in zip(*map(_HOLES.split, xml), strict=True))
    which = np.repeat(np.arange(len(rows), dtype=np.uint32), [row.count for row in rows])
    numbers = np.concatenate([np.asarray(row.numbers, dtype=np.int64) for row in rows])
    for start in range(0, len(which), _AT_ONCE):
        part = which[start : start + _AT_ONCE]
        filled = {
            _PLACE: pl.Series(np.arange(place + start, place + start + len(part))).cast(pl.String),
            _NUMBER: pl.Series(numbers[start : start + _AT_ONCE]).cast(pl.String),
        }
        columns = [first[part], *(each for hole, text in zip(holes, between, strict=True) for each in (filled[hole], text[part]))]
        yield pl.select(pl.concat_str([pl.lit(column) for column in columns]).str.join("")).item()


def _shared(texts: Iterable[str]) -> Iterator[str]:
    """Every text once, in the order of their numbers."""
    each = [_item(text) for text in texts]
    yield '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    yield f'<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" uniqueCount="{len(each)}">{"".join(each)}</sst>'


@lru_cache(maxsize=4096)
def _item(text: str) -> str:
    return f"<si><t{_kept(text)}>{_escape(text)}</t></si>"


def _kept(text: str) -> str:
    return "" if text == text.strip() else ' xml:space="preserve"'


def _escape(text: str) -> str:
    """Text in XML; what XML cannot hold, and what looks like it, as spreadsheet programs write it (part 1, 22.9.2.19)."""
    text = _UNWRITTEN.sub(lambda found: f"_x{ord(found[0]):04X}_", _ESCAPED.sub(r"_x005F\1", text))
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def in_a_cell(text: str) -> str:
    """As much of a text as a cell can hold."""
    units = text.encode("utf-16-le", "surrogatepass") if len(text) > _LONGEST_TEXT // 2 else b""
    return units[: 2 * _LONGEST_TEXT].decode("utf-16-le", "ignore") if len(units) > 2 * _LONGEST_TEXT else text
