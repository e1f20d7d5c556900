"""A name is found in files by its hashes wherever it stands, and nothing else is."""

from __future__ import annotations

import base64
import re
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gmsd.deletion import Needle, search_files
from gmsd.deletion.files import SHORTEST, found_in

if TYPE_CHECKING:
    from pathlib import Path

KEY = bytes(range(32))
NAME = "WMO_H22019_van Zonnebloem é.csv"


def needle(name: str, about: str = "2019-H2.0518.01") -> Needle:
    found = Needle.of(about, name, KEY)
    assert found is not None
    return found


@given(st.text(min_size=1, max_size=60), st.binary(max_size=300), st.binary(max_size=300))
def test_it_is_found_where_plain_search_finds_it(name: str, before: bytes, after: bytes) -> None:
    data = name.encode("utf-8", "surrogatepass")
    made = Needle.of("x", name, KEY)
    if len(data) < SHORTEST:
        assert made is None
        return
    assert made is not None
    text = before + data + after
    places = {place for place in range(len(text)) if text.startswith(data, place)}
    assert {place for _, place in found_in(text, [made], {}, KEY)} == places
    assert not list(found_in(before + after, [made], {}, KEY)) or data in before + after


@pytest.mark.parametrize("place", [0, 1, (1 << 20) - 20, (1 << 20) - 16, (1 << 20) - 1, 1 << 20, (5 << 20) // 2])
def test_it_is_found_across_the_pieces_that_a_file_is_read_in(place: int) -> None:
    data = bytearray(3 << 20)
    name = NAME.encode()
    data[place : place + len(name)] = name
    assert list(found_in(bytes(data), [needle(NAME), needle("other name.csv")], {}, KEY)) == [("2019-H2.0518.01", place)]


def test_another_key_finds_nothing_and_the_needle_tells_nothing() -> None:
    assert not list(found_in(NAME.encode(), [needle(NAME)], {}, bytes(32)))
    assert "Zonne" not in str(needle(NAME))


def test_files_are_read_in_every_form_that_services_write(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    (tmp_path / "plain").write_text(f"x {NAME}")
    (tmp_path / "list.db.pending").write_bytes(b":" + base64.b64encode(f"....{NAME}....".encode()) + b"\n")
    (tmp_path / "proxy.log").write_text("GET /WMO_H22019_van%20Zonnebloem%20%C3%A9.csv")
    (tmp_path / "sub" / NAME).write_text("")
    (tmp_path / "secret.data").write_text(NAME)
    (tmp_path / "rows").write_bytes(b"\x00\x112019-H2\x0b0518\x00\x00\x00")
    patterns = {"2019-H2.0518": re.compile(rb"(?<=\x00)\x112019-H2\x0b0518\x00\x00\x00")}
    done = search_files([tmp_path], [needle(NAME)], patterns, KEY)
    found = {(hit.about, hit.path.rpartition("/")[2]) for hit in done.hits}
    names = {"plain", "list.db.pending", "proxy.log", NAME}
    assert found == {("2019-H2.0518.01", name) for name in names} | {("2019-H2.0518", "rows")}
    assert (done.files, done.unread) == (6, 0)
