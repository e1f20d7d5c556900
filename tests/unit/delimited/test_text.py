"""The bytes of a file as text: read in pieces it is what it is as a whole."""

from __future__ import annotations

from unittest import mock

from hypothesis import given
from hypothesis import strategies as st

from gmsd.delimited import text


@given(st.lists(st.sampled_from([b"a", b"\n", "é€😀".encode(), *(bytes([byte]) for byte in "é€😀".encode())]), max_size=12).map(b"".join))
def test_text_is_decoded_in_pieces_as_it_is_whole(data):
    def places(size: int) -> int | None:
        with mock.patch.object(text, "_PIECE", size):
            return text._not_utf8(data)

    try:
        data.decode()
        first = None
    except UnicodeDecodeError as error:
        first = error.start
    assert {places(size) for size in (1, 2, 3, 5, 1 << 20)} == {first}
