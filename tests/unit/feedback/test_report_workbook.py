"""The feedback as a workbook: every faulty line once, as numbers; text is text whatever it begins with; the same bytes each time."""

import io
import re
import zipfile
from xml.etree import ElementTree as ET

import numpy as np
import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gmsd import feedback
from gmsd.feedback.listing import listed
from gmsd.feedback.result import Checked
from gmsd.rendering.sheets import Sheet, workbook
from tests.unit import samples as s

LINES = {
    "BSN-02": np.array([5, 9, 204, 1007, 1008, 1009, 2410, 3999, 4001, 45112, 45113, 45120]),
    "EEN-02": list(range(2, 1102)),
    "RBE-03": [1, 2, 3],  # another check's: not the lines of the result
}


def read(data: bytes) -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(data))


def fault_rows(data: bytes) -> list[tuple]:
    rows = list(read(data)["fouten"].iter_rows(values_only=True))
    assert rows[3] == ("Regel", "Code", "Soort", "Variabele", "Wat is er mis", "Hoe herstelt u het")
    return rows[4:]


def test_each_faulty_line_has_a_row_with_its_number():
    rows = fault_rows(feedback.feedback_xlsx(s.RESULTS["rejected"], s.FEEDBACK, lines=LINES))
    by_rule: dict[str, list] = {}
    for row in rows:
        by_rule.setdefault(row[1], []).append(row)
    assert [row[0] for row in by_rule["BSN-02"]] == LINES["BSN-02"].tolist()
    assert by_rule["BSN-02"][0][1:5] == ("BSN-02", "basis", "BSN", "Het BSN voldoet niet aan de 11-proef.")
    assert {row[2:] for row in by_rule["BSN-02"]} == {by_rule["BSN-02"][0][2:]}
    assert [row[0] for row in by_rule["EEN-02"]] == [*LINES["EEN-02"], None]
    assert by_rule["EEN-02"][-1][4] == "Nog 110 regels met deze fout, hier niet genoemd."
    assert [row[0] for row in by_rule["RBE-03"]] == [12, 40, 41]
    assert [row[3] for row in by_rule["STR-01"]] == ["Hele regel"]
    assert all(isinstance(row[0], int) for row in rows if row[0] is not None)


def test_without_line_numbers_the_first_ten_are_listed():
    rows = fault_rows(feedback.feedback_xlsx(s.RESULTS["rejected"], s.FEEDBACK))
    assert sum(row[1] == "BSN-02" for row in rows) == 11
    assert sum(row[1] == "EEN-02" for row in rows) == 11


def test_a_fault_of_the_file_has_one_row_and_the_content_stands_as_not_checked():
    data = feedback.feedback_xlsx(s.RESULTS["rejected_file"], s.FEEDBACK)
    assert [row[:4] for row in fault_rows(data)] == [(None, "NAM-03", "bestand", "Hele bestand")]
    missed = list(read(data)["niet uitgevoerd"].iter_rows(min_row=5, values_only=True))
    assert [row[0] for row in missed] == ["alle", "BSN-02"]


def test_the_header_stays_in_sight_and_the_filter_spans_every_row():
    data = feedback.feedback_xlsx(s.RESULTS["rejected"], s.FEEDBACK, lines=LINES)
    book = read(data)
    assert book.sheetnames == ["samenvatting", "fouten", "niet uitgevoerd"]
    sheet = book["fouten"]
    assert sheet.freeze_panes == "A5"
    assert sheet.auto_filter.ref == f"A4:F{sheet.max_row}"
    assert sheet.dimensions == f"A1:F{sheet.max_row}"
    assert sheet.max_row == 4 + len(fault_rows(data))


HOSTILE = [
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    "\t=1+1",
    "\r=1+1",
    "=cmd|' /C calc'!A0",
    '=HYPERLINK("http://x")',
    "http://x",
    "{=1}",
    "'=1",
    " =1",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_no_text_becomes_a_formula_or_a_link(text: str):
    found = [{**each, "message": text, "repair": text, "source": text} for each in s.BASE]
    result = s.result("rejected", found, file=text, not_run=[{"rule": "BSN-09", "reason": text}])
    data = feedback.feedback_xlsx(result, s.FEEDBACK, lines=LINES)
    cells = [cell for sheet in read(data) for row in sheet for cell in row]
    assert {cell.data_type for cell in cells} <= {"s", "n"}
    assert not any(cell.hyperlink for cell in cells)
    with zipfile.ZipFile(io.BytesIO(data)) as book:
        sheets = [book.read(name) for name in book.namelist() if "worksheets" in name]
    assert not any(b"<f>" in sheet or b"hyperlink" in sheet for sheet in sheets)


def test_the_same_result_gives_the_same_bytes():
    made = [feedback.feedback_xlsx(s.RESULTS["rejected"], s.FEEDBACK, lines=LINES) for _ in range(2)]
    assert made[0] == made[1]


def test_no_number_that_can_be_a_bsn_is_in_a_workbook():
    result = {**s.RESULTS["rejected"], "file": f"WMO_{s.BSN}.csv"}
    with zipfile.ZipFile(io.BytesIO(feedback.feedback_xlsx(result, s.FEEDBACK))) as book:
        assert not any(s.BSN.encode() in book.read(name) for name in book.namelist())


@settings(max_examples=40)
@given(
    st.lists(st.one_of(st.none(), st.lists(st.integers(1, 9_999_999), max_size=30)), max_size=6),
    st.lists(st.text(st.characters(codec="utf-8"), max_size=8), min_size=1, max_size=3),
)
def test_repeated_rows_are_what_writing_them_one_by_one_gives(blocks: list[list[int] | None], texts: list[str]):
    """The oracle writes every row by itself."""
    quick = Sheet("a", "titel", widths=(10, 10), header=("n", "t"), note="let op")
    slow = Sheet("a", "titel", widths=(10, 10), header=("n", "t"), note="let op")
    for block in blocks:
        if block is None:
            quick.row(*texts)
            slow.row(*texts)
        else:
            quick.row_for_each(block, *texts, None)
            for number in block:
                slow.row_for_each([number], *texts, None)
    parts = []
    for sheet in (quick, slow):
        with zipfile.ZipFile(io.BytesIO(workbook([sheet], title="t", created=s.moment(4)))) as book:
            parts.append(re.sub(' spans="[0-9:]+"', "", ET.canonicalize(book.read("xl/worksheets/sheet1.xml").decode())))
    assert parts[0] == parts[1]


@given(st.lists(st.integers(0, 50), max_size=8), st.integers(0, 120))
def test_lists_are_cut_to_one_length_when_a_sheet_has_no_room(lengths: list[int], room: int):
    found = [
        s.finding(f"R-{at}", "base", "BSN", length, list(range(2, 2 + min(length, 10))), "a", "b") for at, length in enumerate(lengths)
    ]
    lines = {f"R-{at}": range(2, 2 + length) for at, length in enumerate(lengths)}
    shown = listed(Checked.of(s.result("rejected", found)), lines, room=room)
    kept = [len(each.numbers) for each in shown]
    assert sum(kept) <= max(room, 0)
    assert all(len(each.numbers) + each.missing == length for each, length in zip(shown, lengths, strict=True))
    longest = max(kept, default=0)
    assert all(number in (length, longest) for number, length in zip(kept, lengths, strict=True))
    if sum(kept) < sum(lengths):
        assert sum(min(length, longest + 1) for length in lengths) > room
