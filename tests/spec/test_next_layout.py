"""A later layout with a column more is a folder of YAML beside the one of 2020. Nothing else is changed here, no line of Python."""

from __future__ import annotations

import datetime as dt
import json

import polars as pl
import pytest
from typer.testing import CliRunner

from gmsd.checking import check_file, pseudonymise, read_records
from gmsd.cli import build
from gmsd.feedback import rules_html, rules_markdown
from gmsd.protocol import expectations_folder, mistakes_in, protocol_for, protocols
from gmsd.rounds import WMO, HalfYear
from gmsd.settings import get_settings
from tests.spec.checking import COLUMNS, ROWS, clean, file_of
from tests.support.next_layout import make_home

BEFORE, FIRST, LATER = HalfYear(2022, 2), HalfYear(2023, 1), HalfYear(2024, 1)
PLACE = COLUMNS.index("Nummer_toewijzing")
HEADER = ";".join([*COLUMNS[:PLACE], "Ambulantiseringsvorm", *COLUMNS[PLACE:]])


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("GMSD_HOME", str(make_home(tmp_path)))
    get_settings.cache_clear()
    yield tmp_path
    get_settings.cache_clear()


def row(value: str, base: str = ROWS[0]) -> str:
    cells = base.split(";")
    return ";".join([*cells[:PLACE], value, *cells[PLACE:]])


def check(data: bytes, half_year: HalfYear):
    name = f"WMO_{half_year.upload_code}_x.csv"
    return check_file(data, file_name=name, municipality="0518", half_year=half_year, received_on=dt.date(2024, 8, 1))


def told(result):
    return [(f.level, f.field, f.count, f.lines) for f in result.findings if f.level != "notice"]


def test_the_files_are_in_order_and_the_earlier_layout_ends_by_itself():
    assert mistakes_in() == ()
    assert [(p.id, str(p.first), str(p.last), len(p.header)) for p in protocols(expectations_folder(), WMO)] == [
        ("wmo-2020", "2015-H1", "2022-H2", 13),
        ("wmo-2023", "2023-H1", "None", 14),
    ]


def test_each_half_year_is_checked_by_its_own_layout():
    new, old = file_of(*(row(value, base) for value, base in zip(("A", "", "A"), ROWS, strict=True)), head=HEADER), clean()
    assert (check(new, FIRST).verdict, check(new, FIRST).protocol) == ("accepted", "wmo-2023")
    assert (check(old, BEFORE).verdict, check(old, BEFORE).protocol) == ("accepted", "wmo-2020")
    assert told(check(old, FIRST)) == [("file", None, 1, (1,))]
    assert "Ambulantiseringsvorm" in check(old, FIRST).findings[0].message
    assert told(check(new, BEFORE)) == [("file", None, 1, (1,))]


@pytest.mark.parametrize(
    ("half_year", "values", "lines"),
    [
        (FIRST, ("A", "B", ""), ()),
        (FIRST, ("a", "AB", " A"), ((2, 3, 4),)),
        (FIRST, ("A", "C"), ((3,),)),
        (FIRST, ("1", "C"), ((2,), (3,))),
        (LATER, ("A", "B"), ((3,),)),
    ],
)
def test_faults_in_the_new_column_are_found(half_year, values, lines):
    result = check(file_of(*map(row, values), head=HEADER), half_year)
    assert told(result) == [("facultative", "Ambulantiseringsvorm", len(each), each) for each in lines]
    assert result.verdict == ("accepted_without_facultative" if lines else "accepted")


def test_lines_have_fourteen_fields_and_the_other_rules_go_on():
    data = file_of(row("A"), ROWS[0], row("A").replace(";0518;", ";518;"), head=HEADER)
    assert told(check(data, FIRST)) == [("base", None, 1, (3,)), ("base", "Gemeentecode", 1, (4,))]


def test_records_are_read_and_pseudonymised_as_before():
    old, new = clean(), file_of(*(row("A", base) for base in ROWS), head=HEADER)
    records = [read_records(data, check(data, half_year)) for data, half_year in ((old, BEFORE), (new, FIRST))]
    assert records[0].equals(records[1])
    assert pseudonymise(records[1], bytes(32)).schema["person"] == pl.Int64


def test_the_catalogue_tells_both():
    page, document = rules_html(protocol_for(FIRST, WMO)), rules_markdown()
    assert 'id="AMB-03"' in page
    assert "bestanden over het 1e halfjaar 2023 en later" in page
    assert "bestanden over het 1e halfjaar 2015 en later" in page, "BSN-02 holds since the layout before"
    assert 'href="./wmo-2020"' in page
    assert '<a id="AMB-03"></a>' in document
    assert '<a id="wmo-2020-BSN-02"></a>' in document
    assert "tot en met het 2e halfjaar 2022" in rules_html(protocol_for(BEFORE, WMO))


@pytest.mark.parametrize("form", ["json", "html", "text"])
def test_the_command_reports_it(home, form):
    path = home / f"WMO_{FIRST.upload_code}_x.csv"
    path.write_bytes(file_of(row("A"), row("Z"), head=HEADER))
    answer = CliRunner().invoke(build(), ["check", str(path), "--municipality", "0518", "--format", form])
    assert (answer.exit_code, answer.stderr) == (0, "")
    assert "Ambulantiseringsvorm" in answer.stdout
    if form == "json":
        assert json.loads(answer.stdout)["protocol"] == "wmo-2023"


def test_a_layout_may_leave_out_what_is_not_counted(home):
    path = home / "expectations" / "wmo" / "wmo-2023" / "structuur.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("record: frequency", "record: null"), encoding="utf-8")
    data = file_of(*(row("A", base) for base in ROWS), head=HEADER)
    assert read_records(data, check(data, FIRST))["frequency"].to_list() == [None] * 3
