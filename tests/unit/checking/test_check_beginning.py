"""What the beginning of a file shows already is what the whole check finds too."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gmsd.checking import check_beginning, check_file, others_at_first
from gmsd.protocol import newest_protocol
from gmsd.rounds import WMO, HalfYear, Place

PLACE = Place(WMO, HalfYear(2019, 2), "0518")
DAY = dt.date(2020, 2, 10)
HEAD = ";".join(newest_protocol(WMO).header)
ROW = "20200203;0518;999900006;01;20180101;;1;1;10;04;2;;"


def of_beginning(data: bytes, name: str, upto: int) -> set[str]:
    return {each.rule for each in check_beginning(data[:upto], whole=upto >= len(data), file_name=name, place=PLACE, received_on=DAY)}


def of_whole(data: bytes, name: str) -> set[str]:
    result = check_file(data, file_name=name, municipality="0518", half_year=PLACE.half_year, received_on=DAY)
    return {each.rule for each in result.findings if each.level == "file"}


NAMES = st.sampled_from(["WMO_H22019_x.csv", "WMO_H12019_x.csv", "WMO_H22019.csv", "JEUGD_H22019_x.csv", "x.pdf", "WMO_H22019_x;.csv", ""])
BODIES = st.sampled_from([
    "\n".join([HEAD, *[ROW] * 50, ""]).encode(),
    "\n".join([HEAD, *["é" + ROW] * 50]).encode("utf-8"),
    "\n".join([HEAD, *["é" + ROW] * 50]).encode("cp1252"),
    HEAD.encode(),
    b"",
    b"PK\x03\x04" + bytes(900),
    b"%PDF-1.7 " * 90,
    "\n".join([HEAD.replace("BSN", "Nummer"), *[ROW] * 40]).encode(),
    "\n".join([HEAD, *[ROW] * 20]).encode("utf-16"),
    b"\0" * 300,
    b"a;b\n" * 90,
])  # fmt: skip


@given(BODIES, NAMES, st.integers(300, 4000))
def test_what_the_beginning_shows_the_check_finds_too(data, name, upto):
    assert of_beginning(data, name, upto) <= of_whole(data, name)


@given(BODIES, NAMES)
def test_a_short_file_is_judged_whole(data, name):
    assert of_beginning(data, name, len(data)) == of_whole(data, name)


@pytest.mark.parametrize(
    ("codes", "found"),
    [(["0363"] * 5, ("0363",)), (["0363", "0518"], ()), (["0363", "0599"], ("0363", "0599")), (["9999"], ()), ([""], ()), ([], ())],
)
def test_a_file_of_another_municipality_is_told(codes, found):
    data = "\n".join([HEAD, *(ROW.replace("0518", code) for code in codes), ""]).encode()
    assert others_at_first(data, PLACE) == found
