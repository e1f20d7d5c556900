"""Workbooks hold the texts that xlsxwriter would write, in its styles, also when its workbook without rows is used again."""

import io
import re
import zipfile

import openpyxl
import pytest
import xlsxwriter
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from gmsd.rendering import clean_text
from gmsd.rendering.sheets import Sheet, workbook
from tests.unit import samples as s


def sheet_of(*texts: str) -> Sheet:
    sheet = Sheet("a", "titel", widths=(10, 10))
    for text in texts:
        sheet.row(text)
    return sheet


def made(*sheets: Sheet, title: str = "t") -> bytes:
    return workbook(sheets, title=title, created=s.moment(4))


def part(data: bytes, path: str) -> str:
    with zipfile.ZipFile(io.BytesIO(data)) as book:
        return book.read(path).decode()


def shared(data: bytes) -> list[str]:
    return re.findall("<si>.*?</si>", part(data, "xl/sharedStrings.xml"), re.DOTALL)


def by_xlsxwriter(*texts: str) -> bytes:
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True}) as book:
        page = book.add_worksheet("a")
        for row, text in enumerate(("titel", *texts)):
            page.write_string(row, 0, text)
    return buffer.getvalue()


@settings(max_examples=60)
@given(st.lists(st.text(st.characters(codec="utf-8"), max_size=12), min_size=1, max_size=4))
@example(["_x0041_", " a", "a\n", "&<>\"'", "\ufffe\uffff", "\t"])
def test_texts_are_written_as_xlsxwriter_writes_them(texts: list[str]):
    cleaned = [clean_text(text) for text in texts]
    assume(not any(text.startswith("<r>") and text.endswith("</r>") for text in cleaned))
    assert shared(made(sheet_of(*texts))) == shared(by_xlsxwriter(*cleaned))


def test_a_text_that_looks_like_markup_of_a_cell_is_text():
    """xlsxwriter takes what stands between <r> and </r> for parts of a text with styles of their own."""
    text = "<r><t>weg</t></r>"
    assert openpyxl.load_workbook(io.BytesIO(made(sheet_of(text))))["a"]["A3"].value == text


@pytest.mark.parametrize(("text", "kept"), [("a" * 40_000, 32_767), ("\U0001f600" * 20_000, 16_383)])
def test_a_text_is_cut_where_a_cell_ends(text: str, kept: int):
    assert openpyxl.load_workbook(io.BytesIO(made(sheet_of(text))))["a"]["A3"].value == text[:kept]


def test_a_workbook_used_again_holds_nothing_of_the_one_before():
    plain = Sheet("b", "tweede", widths=(10,), header=("n",))
    before = made(sheet_of("eerste tekst"), plain, title="eerste <titel>")
    assert made(sheet_of("tweede tekst"), plain, title="t") != before
    again = made(sheet_of("eerste tekst"), plain, title="eerste <titel>")
    assert again == before
    book = openpyxl.load_workbook(io.BytesIO(again))
    assert book.properties.title == "eerste <titel>"
    assert str(book.properties.created) == "2020-03-04 14:05:00"
    assert b"tweede tekst" not in again


def test_each_kind_of_cell_has_its_style():
    sheet = Sheet("a", "titel", widths=(10, 10, 10), header=("n", "t", "d"), note="let op")
    sheet.row(1_234, "tekst", 1.25)
    sheet.row("vet", style="bold")
    sheet.row_for_each([7], None)
    page = openpyxl.load_workbook(io.BytesIO(made(sheet)))["a"]
    look = {
        cell: (page[cell].font.b, page[cell].font.sz, page[cell].number_format) for cell in ("A1", "A2", "A4", "A5", "B5", "C5", "A6", "A7")
    }
    assert look == {
        "A1": (True, 16, "General"),
        "A2": (False, 10, "General"),
        "A4": (True, 10, "General"),
        "A5": (False, 10, "#,##0"),
        "B5": (False, 10, "General"),
        "C5": (False, 10, "#,##0.0"),
        "A6": (True, 10, "General"),
        "A7": (False, 10, "0"),
    }
    assert [page[cell].value for cell in ("A5", "C5", "A7", "B7")] == [1_234, 1.25, 7, None]


@pytest.mark.parametrize(("rows", "filtered"), [(0, "A3:B4"), (1, "A3:B4"), (3, "A3:B6")])
def test_the_filter_spans_every_row_in_the_sheet_and_in_the_names_of_the_book(rows: int, filtered: str):
    sheets = [Sheet(name, "titel", widths=(10, 10), header=("n", "t")) for name in ("a", "b")]
    sheets[1].row_for_each(range(rows), "x")
    data = made(*sheets)
    book = openpyxl.load_workbook(io.BytesIO(data))
    assert [page.auto_filter.ref for page in book] == ["A3:B4", filtered]
    first, last = filtered.split(":")
    assert f">b!$A${first[1:]}:$B${last[1:]}<" in part(data, "xl/workbook.xml")
    assert book["b"].max_row == max(3 + rows, 3)
