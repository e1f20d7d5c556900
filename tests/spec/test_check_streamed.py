"""A large file is read as a stream, a small one in memory: both ways give every file of the table the same result."""

from __future__ import annotations

import datetime as dt
import sys

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from stdnum.nl import bsn

from gmsd.checking import numbers, read_records
from gmsd.delimited import lines
from tests.spec.checking import check, clean, file_of
from tests.spec.table import OTHER_LAWS, SECTIONS

CASES = [case for cases in (SECTIONS | OTHER_LAWS).values() for case in cases]


@pytest.fixture(scope="module")
def in_memory():
    return [check(case.data, **case.changes) for case in CASES]


@pytest.fixture
def streamed(monkeypatch):
    monkeypatch.setattr(lines, "_LARGE", 0)


def test_every_case_gives_the_same_result(in_memory, streamed):
    for case, expected in zip(CASES, in_memory, strict=True):
        found = check(case.data, **case.changes)
        assert found == expected, case.fault
        assert found.all_lines() == expected.all_lines(), case.fault


def test_records_are_the_same(streamed, monkeypatch):
    result = check(clean())
    found = read_records(clean(), result)
    monkeypatch.undo()
    assert found.equals(read_records(clean(), result))


def test_lines_from_the_middle_of_a_large_file_are_counted_right(monkeypatch):
    monkeypatch.setattr(lines, "_PIECE", 64)
    monkeypatch.setattr(lines, "_LINES", 3)
    rows = [f"20200203;0518;999900006;01;20180101;;1;{number};;;;;" for number in range(1, 200)]
    for place in (50, 51, 120):
        rows[place] = rows[place].replace(";", "", 1)
    rows[90] = "x" * 500
    rows[130] = ""
    rows[140] = rows[139]
    rows[150] = rows[150].replace("0518", '"0518"')
    result = check(file_of(*rows, end="\r\n"))
    told = {(finding.level, finding.field): (finding.count, finding.lines) for finding in result.findings}
    assert told == {("base", None): (6, (52, 53, 92, 122, 132, 152)), ("notice", None): (1, (142,))}


def test_white_space_is_what_python_calls_so():
    every = {chr(code) for code in range(sys.maxunicode + 1) if chr(code).isspace()}
    assert set(lines._WHITE) == every | {lines._LONE_RETURN.decode()}


@pytest.mark.parametrize("width", [1, 2, 3, 1024])
def test_end_is_found_wherever_a_piece_begins(monkeypatch, width):
    monkeypatch.setattr(lines, "_PIECE", width)
    for nothing in ("", ";", "\u3000" * 2000, ";\u00a0" * 3000, "é;", "\U0001f600" + " " * 2000):
        content = f"a;b\nc;d{nothing}\n".encode()
        kept = content.decode().rstrip(";" + lines._WHITE).encode()
        assert lines._filled(content, ";") == len(kept)


@settings(max_examples=150, deadline=None)
@given(
    st.lists(
        st.none() | st.from_regex(r"[0-9]{8}", fullmatch=True) | st.dates().map("{:%Y%m%d}".format) | st.text("+-0123456789 ", max_size=10)
    )
)
def test_days_are_those_of_the_calendar(cells):
    def day(cell):
        try:
            return dt.date(int(cell[:4]), int(cell[4:6]), int(cell[6:])) if cell is not None and len(cell) == 8 and cell.isdigit() else None
        except ValueError:
            return None

    frame = pl.DataFrame({"cell": cells}, schema={"cell": pl.String})
    written = frame.select(numbers.digits(pl.col("cell"), 8)).to_series()
    found = pl.Series(numbers.days(written.to_numpy()), dtype=pl.Int32).replace(numbers.NO_DAY, None).cast(pl.Date)
    assert found.to_list() == [day(cell) for cell in cells]


@settings(max_examples=150, deadline=None)
@given(st.lists(st.none() | st.from_regex(r"[0-9]{9}", fullmatch=True) | st.integers(0, 10**9 // 11).map(lambda n: f"{n * 11:09}")))
def test_eleven_test_is_the_published_one(cells):
    def passes(cell):
        return cell is not None and (cell == "999999999" or (bsn.is_valid(cell) and cell != "000000000"))

    frame = pl.DataFrame({"cell": cells}, schema={"cell": pl.String})
    written = frame.select(numbers.digits(pl.col("cell"), 9)).to_series()
    found = numbers.eleven_test(written.to_numpy(), exception=999_999_999).tolist()
    assert [value != numbers.NO_NUMBER for value in found] == [passes(cell) for cell in cells]
