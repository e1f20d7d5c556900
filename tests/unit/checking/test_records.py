"""Records, pseudonyms and privacy of the check, and what reading a file must stand; its faults stand in tests/spec."""

from __future__ import annotations

import datetime as dt
import json
from unittest import mock

import polars as pl
import pytest

from gmsd.checking import check_file, check_path, judge_without_gx, pseudonymise, read_records
from gmsd.checking.header import judge_header
from gmsd.checking.judging import judge_with_gx
from gmsd.rounds import WMO, HalfYear
from tests.spec.checking import COLUMNS, ROWS, cell, check, clean, file_of

KEY = bytes(range(32))
BSN = "999900006"


def person(data: bytes, key: bytes = KEY) -> pl.DataFrame:
    return pseudonymise(read_records(data, check(data)), key)


def test_records_are_typed_and_in_the_order_of_the_file():
    records = person(clean())
    assert records.schema == {
        "line": pl.Int64,
        "person": pl.Int64,
        "product_category": pl.Int16,
        "start_date": pl.Date,
        "end_date": pl.Date,
        "delivery_form": pl.Int16,
        "allocation_number": pl.Int64,
        "volume": pl.Int64,
        "unit": pl.Int16,
        "frequency": pl.Int16,
        "end_reason": pl.Int16,
        "change_reason": pl.Int16,
    }
    assert records["line"].to_list() == [2, 3, 4]
    assert records.drop("line", "person").row(1) == (2, dt.date(2018, 1, 1), dt.date(2019, 9, 30), 2, None, None, None, None, 19, 4)


def test_facultative_numbers_are_kept_when_the_file_passes_without_them():
    records = read_records(data := cell("Eenheid", "99", "uur"), check(data))
    assert records["unit"].to_list()[-2:] == [99, None]


def test_pseudonym_is_the_block_cipher_over_nine_digits():
    from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

    encryptor = Cipher(algorithms.AES(KEY), modes.ECB()).encryptor()
    expected = int.from_bytes(encryptor.update(BSN.encode() + bytes(7))[:8], "big", signed=True)
    assert person(clean())["person"][0] == expected


def test_pseudonym_is_the_same_in_every_file_and_differs_by_key():
    once, again = person(clean()), person(file_of(*reversed(ROWS)))
    assert once["person"].to_list() == again["person"].to_list()[::-1]
    assert not set(once["person"]) & set(person(clean(), bytes(32))["person"])


def test_unknown_person_has_no_pseudonym_and_no_number_is_left():
    records = person(cell("BSN", "999999999", "012345672"))
    assert records["person"].is_null().to_list() == [False, False, False, True, False]
    assert not set(map(str, records["person"].drop_nulls())) & {"999900006", "12345672", "999999999"}


def test_key_of_another_length_is_refused():
    with pytest.raises(ValueError, match="32 bytes"):
        person(clean(), b"short")


def test_records_of_a_rejected_file_are_not_read():
    data = cell("BSN", "x")
    with pytest.raises(ValueError, match="accepted"):
        read_records(data, check(data))


@pytest.mark.parametrize("fault", [cell("BSN", "999900007", "9999000061"), file_of(*ROWS, f"{BSN};"), file_of(*ROWS, head=ROWS[0])])
def test_no_number_of_a_person_stands_in_a_result(fault):
    told = json.dumps(check(fault).to_json())
    assert not any(number in told for number in (BSN, "999900007", "9999000061"))


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("WMO_H22019_999900006.csv", "WMO_H22019_*********.csv"),
        ("WMO_H22019_999900007.csv", "WMO_H22019_999900007.csv"),
        ("WMO_H22019_9999000061.csv", "WMO_H22019_9999000061.csv"),
    ],
)
def test_number_in_the_file_name_is_masked(name, shown):
    assert check(clean(), file_name=name).file == shown


def test_large_file_on_disk_is_not_read(tmp_path):
    path = tmp_path / "WMO_H22019_x.csv"
    path.write_bytes(clean())
    known = {"municipality": "0518", "half_year": None, "received_on": dt.date(2020, 2, 10)}
    assert check_path(path, **known) == check_file(clean(), file_name=path.name, **known)
    over = check_path(path, max_bytes=50, **known)
    assert [(f.rule, f.level) for f in over.findings] == [("BEST-05", "file")]
    assert (over.bytes, over.sha256) == (len(clean()), check(clean()).sha256)


def test_header_of_nothing_but_separators_does_not_become_a_list_of_names():
    faults = judge_header(b";" * 5_000_000, COLUMNS, ";")
    assert faults.missing == COLUMNS
    assert len(faults.unknown) < 100_000, "every separator costs tens of bytes"


@pytest.mark.parametrize("judge", [judge_with_gx, judge_without_gx])
def test_rule_that_cannot_run_is_told_and_the_file_does_not_pass(monkeypatch, judge):
    from gmsd.protocol import protocol_for

    protocol = protocol_for(HalfYear(2019, 2), WMO)
    suite = protocol.suites["facultative"]
    broken = [dict(e, kwargs=e["kwargs"] | {"regex": "("}) if e["meta"]["code"] == "VOL-02" else e for e in suite["expectations"]]
    monkeypatch.setitem(suite, "expectations", broken)
    with mock.patch.dict(protocol._open, clear=True):  # the suite that was made of the right rules comes back afterwards
        result = check(clean(), judge=judge)
    assert [rule.rule for rule in result.not_run] == ["VOL-02"]
    assert result.verdict == "accepted_without_facultative"


def test_first_record_with_a_byte_order_mark_is_repeated_by_its_equal():
    marked = "\ufeff" + ROWS[0]
    result = check(file_of(marked, ROWS[1], marked))
    assert [(finding.rule, finding.lines) for finding in result.findings if finding.field is None] == [("REC-02", (4,))]
