"""OpenDocument spreadsheets: text stays text, gaps are told, and the same sheets are the same bytes."""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from xml.etree import ElementTree as ET

import polars as pl
from odf import teletype
from odf.opendocument import load
from odf.table import Table, TableCell, TableRow

from gmsd.clock import AMSTERDAM
from gmsd.rendering import Grid, spreadsheet

MOMENT = dt.datetime(2020, 5, 4, 9, tzinfo=AMSTERDAM)
TEXTS = ["=1+1", "<b>&amp;\"'", "een\ntwee", "Den Haag\x07", None]
ROWS = pl.DataFrame({"Regio": TEXTS, "Aantal": [10, None, 1_250_000, None, 5]}, schema={"Regio": pl.String, "Aantal": pl.Int64})
GAPS = pl.Series([None, "geheim", None, None, None], dtype=pl.String)


def made(name: str = "Cijfers") -> bytes:
    return spreadsheet([Grid(name, "Titel & meer", ROWS, [4, 2], {"Aantal": GAPS}, ["Een regel"])], title="Titel", created=MOMENT)


def cells(data: bytes) -> list[list[tuple[str | None, str | None, str]]]:
    """(kind, value, text) of each cell of the first sheet."""
    rows = load(io.BytesIO(data)).spreadsheet.getElementsByType(Table)[0].getElementsByType(TableRow)
    return [
        [
            (cell.getAttribute("valuetype"), cell.getAttribute("value"), teletype.extractText(cell))
            for cell in row.getElementsByType(TableCell)
        ]
        for row in rows
    ]


def test_numbers_are_numbers_texts_are_texts_and_gaps_are_told() -> None:
    rows = cells(made())
    assert [row[0][2] for row in rows[:4]] == ["Titel & meer", "Een regel", "", "Regio"]
    assert [row[0] for row in rows[4:]] == [
        ("string", None, "=1+1"),
        ("string", None, "<b>&amp;\"'"),
        ("string", None, "eentwee"),
        ("string", None, "Den Haag"),
        (None, None, ""),
    ]
    assert [row[1] for row in rows[4:]] == [
        ("float", "10", "10"),
        ("string", None, "geheim"),
        ("float", "1250000", "1250000"),
        (None, None, ""),
        ("float", "5", "5"),
    ]


def test_the_same_sheets_are_the_same_bytes() -> None:
    assert made() == made()
    with zipfile.ZipFile(io.BytesIO(made())) as archive:
        first = archive.infolist()[0]
        assert (first.filename, first.compress_type, archive.read(first)) == (
            "mimetype",
            zipfile.ZIP_STORED,
            b"application/vnd.oasis.opendocument.spreadsheet",
        )
        assert {info.date_time for info in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        named = {
            each.attrib[next(key for key in each.attrib if key.endswith("full-path"))]
            for each in ET.fromstring(archive.read("META-INF/manifest.xml"))
        }
        assert named == {"/", *(set(archive.namelist()) - {"mimetype", "META-INF/manifest.xml"})}


def test_a_tab_gets_a_name_that_programs_take_and_that_is_its_own() -> None:
    grid = Grid("Cliënten per 1 000: wie/wat [en hoe vaak]?", "-", ROWS, [4], {})
    book = load(io.BytesIO(spreadsheet([grid, grid], title="-", created=MOMENT)))
    names = [sheet.getAttribute("name") for sheet in book.spreadsheet.getElementsByType(Table)]
    assert len(set(names)) == 2
    assert all(len(name) <= 31 and not set(name) & set("[]*?:/\\'") for name in names)


def test_the_header_filters_the_rows_and_stays_in_sight() -> None:
    with zipfile.ZipFile(io.BytesIO(made("Het aantal"))) as archive:
        content, settings = (archive.read(name).decode() for name in ("content.xml", "settings.xml"))
    assert "table:target-range-address=\"'Het aantal'.A4:B9\"" in content
    assert '"VerticalSplitPosition" config:type="int">4<' in settings
