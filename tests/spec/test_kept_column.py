"""A variable that is kept too is a line of law.yaml and a field of structuur.yaml: from check to load no Python is changed."""

from __future__ import annotations

import datetime as dt
import json

import polars as pl
import pytest

from gmsd.checking import check_file, pseudonymise, read_records, usable_records
from gmsd.op_orde import Past, compare, summarise
from gmsd.protocol import law_of, mistakes_in
from gmsd.rounds import WMO, HalfYear
from gmsd.settings import get_settings
from tests.support.kept_column import COLUMN, FIELD, file_of, make_home

H1 = HalfYear(2019, 1)
FACULTATIVE = ("allocation_number", "volume", "unit", "frequency", "end_reason", "change_reason", COLUMN)


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("GMSD_HOME", str(make_home(tmp_path)))
    get_settings.cache_clear()
    yield tmp_path
    get_settings.cache_clear()


def staged(data: bytes):
    result = check_file(data, file_name="WMO_H12019_x.csv", municipality="0518", half_year=H1, received_on=dt.date(2019, 9, 10))
    return result, pseudonymise(read_records(data, result), bytes(32))


def test_the_files_are_in_order():
    assert mistakes_in() == ()
    assert [column.name for column in law_of(WMO).record if column.set == "facultative"] == list(FACULTATIVE)


def test_it_is_checked_staged_and_used():
    result, records = staged(file_of("0518", "30", "", "120"))
    assert result.verdict == "accepted"
    assert (records.schema[COLUMN], records[COLUMN].to_list()) == (pl.Int16, [30, None, 120])
    used = usable_records(records, law_of(WMO), facultative_used=True)
    assert (used.columns, used.equals(records)) == (records.columns, True)


@pytest.mark.parametrize("data", [file_of("0518", "30", "x"), file_of("0518", "30", "60", unit="99")], ids=["its own fault", "another's"])
def test_it_is_emptied_where_the_facultative_variables_are_refused(data):
    result, records = staged(data)
    assert result.verdict == "accepted_without_facultative"
    assert records[COLUMN][0] == 30
    used = usable_records(records, law_of(WMO), facultative_used=result.facultative_used)
    assert used.columns == ["line", "person", "product_category", "start_date", "end_date", "delivery_form", *FACULTATIVE]
    assert {name: used[name].null_count() for name in FACULTATIVE} == dict.fromkeys(FACULTATIVE, 2)
    assert used.schema == records.schema


def test_records_of_before_lack_it_and_those_of_a_variable_no_longer_kept_lose_it():
    _result, records = staged(file_of("0518", "30"))
    used = usable_records(records.drop(COLUMN).with_columns(gone=pl.lit(1)), law_of(WMO), facultative_used=True)
    assert used.schema == records.schema
    assert used[COLUMN].to_list() == [None]


def test_the_op_orde_report_counts_it_beside_a_half_year_that_did_not_have_it():
    def summary(half_year: HalfYear, *minutes: str):
        _result, records = staged(file_of("0518", *minutes))
        return summarise(records, half_year, municipality="0518", delivery_id=f"{half_year}.0518.01")

    own = summary(H1, "30", "", "120")
    assert own.filled[FIELD] == 2
    before = summary(H1.previous, "30", "").to_json()
    del before["filled"][FIELD]
    (row,) = [row for table in compare(own, [], past=Past(json.dumps(before))).tables for row in table.rows if row.code == FIELD]
    assert (row.value, row.previous, row.previous_rate) == (2, None, None)
    (other,) = [row for table in compare(own, [], past=Past(json.dumps(before))).tables for row in table.rows if row.code == "Volume"]
    assert (other.value, other.previous, other.previous_rate) == (0, 0, 0.0)
