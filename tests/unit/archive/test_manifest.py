"""The manifest of an archive: what is wrong with it is told line by line, and what is right comes back in order of receipt."""

from __future__ import annotations

import datetime as dt
import hashlib
from typing import TYPE_CHECKING

import pytest

from gmsd.archive import COLUMNS, MANIFEST, ManifestFaulty, manifest_text, read_manifest
from gmsd.demo.archive import is_archive, manifest_row
from gmsd.demo.deliveries import first_deliveries
from gmsd.rounds import HalfYear, load_calendar

if TYPE_CHECKING:
    from pathlib import Path

TODAY = dt.date(2020, 2, 3)
DATA = b"header\nrecord\n"
RIGHT = {
    "law": "wmo",
    "half_year": "2015-H2",
    "municipality": "0518",
    "round": "2015-H2",
    "received_on": "2016-02-10",
    "file": "H22015/0518/WMO_H22015_x.csv",
    "sha256": hashlib.sha256(DATA).hexdigest(),
    "records": "1",
    "consent": "given",
}


def archive(folder: Path, *rows: dict[str, str]) -> Path:
    for row in rows:
        path = folder / row["file"]
        if path.is_relative_to(folder) and row["file"] == RIGHT["file"]:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(DATA)
    (folder / MANIFEST).write_text(manifest_text(rows), encoding="utf-8")
    return folder


def faults(folder: Path) -> list[str]:
    with pytest.raises(ManifestFaulty) as raised:
        read_manifest(folder, load_calendar(), TODAY)
    assert raised.value.exit_status == 2
    return str(raised.value).split("\n")


def test_a_right_line_is_a_file_of_a_place_and_round(tmp_path: Path):
    (line,) = read_manifest(archive(tmp_path, RIGHT), load_calendar(), TODAY).lines
    assert (line.number, line.archived.place.id, str(line.archived.round)) == (2, "2015-H2.0518", "2015-H2")
    assert (line.archived.received_on, line.records, line.consent) == (dt.date(2016, 2, 10), 1, True)
    assert line.path.read_bytes() == DATA


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"law": "zvw"}, "there is no law 'zvw'"),
        ({"half_year": "2015"}, "half_year '2015' is no half-year; write it as 2015-H1"),
        ({"half_year": "2014-H2"}, "there is no protocol of wmo for 2014-H2"),
        ({"municipality": "518"}, "municipality '518' is not four digits"),
        ({"municipality": "1979"}, "1979 is no municipality of 2015-H2; what it took over was then 0003, 0010, 0024"),
        ({"municipality": "9999"}, "9999 is no municipality of 2015-H2"),
        ({"round": "2014-H2"}, "the calendar has no round '2014-H2'"),
        ({"round": "2016-H1", "received_on": "2016-09-01"}, "round 2016-H1 does not take 2015-H2"),
        ({"consent": ""}, "round 2015-H2 was opt-in: consent must be given or withheld"),
        ({"received_on": "10-02-2016"}, "received_on '10-02-2016' is no day; write it as 2016-02-10"),
        ({"received_on": "2030-01-01"}, "received_on 2030-01-01 is still to come"),
        ({"received_on": "2015-06-30"}, "received_on 2015-06-30 lies before 2015-H2"),
        ({"received_on": "2016-04-11"}, "received_on 2016-04-11 is not before the close of round 2015-H2, 2016-04-11"),
        ({"sha256": "abc"}, "sha256 is not 64 digits of 0-9 and a-f"),
        ({"sha256": "0" * 64}, "file H22015/0518/WMO_H22015_x.csv has another sha256"),
        ({"file": "../x.csv"}, "file ../x.csv lies outside the archive"),
        ({"file": "absent.csv"}, "file absent.csv is not there"),
        ({"file": "123456782.csv"}, "file *********.csv is not there"),
        ({"records": "0"}, "records '0' is no number of records"),
    ],
)
def test_what_is_wrong_with_a_line_is_told_with_its_number(tmp_path: Path, change: dict[str, str], told: str):
    found = faults(archive(tmp_path, RIGHT, RIGHT | change))
    assert f"{MANIFEST} line 3: {told}" in found
    assert all(line.startswith(f"{MANIFEST} line 3: ") for line in found)


def test_everything_that_is_wrong_is_told_at_once(tmp_path: Path):
    told = faults(archive(tmp_path, RIGHT, RIGHT | {"records": "x", "sha256": "y"}, RIGHT | {"municipality": "x"}))
    assert [line.partition(":")[0] for line in told] == [f"{MANIFEST} line {n}" for n in (3, 3, 4)]


def test_the_same_delivery_twice_is_a_fault(tmp_path: Path):
    assert faults(archive(tmp_path, RIGHT, RIGHT | {"received_on": "2016-02-11"})) == [f"{MANIFEST} line 3: is the same delivery as line 2"]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "line 1: column file is missing"),
        (",".join((*COLUMNS, "extra")) + "\n", "line 1: column 'extra' is unknown"),
        (",".join((*COLUMNS, "file")) + "\n", "line 1: column file stands there 2 times"),
        (",".join(COLUMNS) + "\n", "names no file"),
        (",".join(COLUMNS) + "\nwmo,2015-H2\n", "line 2: has 2 fields, the header 9"),
        (",".join(COLUMNS) + '\n"wmo" x,\n', "line 2: is no CSV"),
    ],
)
def test_a_manifest_of_another_form_is_refused(tmp_path: Path, text: str, told: str):
    (tmp_path / MANIFEST).write_text(text, encoding="utf-8")
    assert told in faults(tmp_path)[0]


def test_a_folder_without_a_manifest_cannot_be_opened(tmp_path: Path):
    with pytest.raises(FileNotFoundError):
        read_manifest(tmp_path, load_calendar(), TODAY)


def test_the_synthetic_archive_has_a_manifest_that_is_in_order(tmp_path: Path):
    half_years = tuple(HalfYear.parse(text) for text in ("2015-H1", "2015-H2", "2018-H2"))
    assert is_archive(half_years)
    assert not is_archive((*half_years, HalfYear(2019, 1)))
    rows = []
    for made in first_deliveries(1, 6, half_years):
        path = tmp_path / made.key
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(made.data)
        rows.append(manifest_row(made))
    (tmp_path / MANIFEST).write_text(manifest_text(rows), encoding="utf-8")
    found = read_manifest(tmp_path, load_calendar(), TODAY)
    assert found.half_years == half_years
    assert len(found.lines) == len(rows) == 18
    days = [line.archived.received_on for line in found.lines]
    assert days == sorted(days)
    for line in found.lines:
        known = load_calendar().round(line.archived.round)
        assert known.window_first <= line.archived.received_on <= known.window_last
