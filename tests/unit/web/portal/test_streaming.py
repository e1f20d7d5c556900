"""A form that comes in piece by piece gives the same parts however it is cut, and what is no form is refused."""

from __future__ import annotations

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.requests import Request

from gmsd.web.portal.streaming import BadFormError, CutOffError, FormStream, TooLargeError

BOUNDARY = b"grens"


def body_of(parts: list[tuple[str, str | None, bytes]]) -> bytes:
    made = b""
    for name, file_name, data in parts:
        named = f'; filename="{file_name}"' if file_name is not None else ""
        made += b'--%s\r\nContent-Disposition: form-data; name="%s"%s\r\n\r\n%s\r\n' % (BOUNDARY, name.encode(), named.encode(), data)
    return made + b"--%s--\r\n" % BOUNDARY


def request_of(pieces: list[bytes], content_type: str = "multipart/form-data; boundary=grens", *, cut: bool = False) -> Request:
    """A request whose body comes in these pieces; `cut`: and whose sender then goes away."""
    messages = [{"type": "http.request", "body": piece, "more_body": True} for piece in pieces]
    messages.append({"type": "http.disconnect"} if cut else {"type": "http.request", "body": b"", "more_body": False})

    async def receive() -> dict[str, object]:
        return messages.pop(0)

    return Request({"type": "http", "method": "POST", "headers": [(b"content-type", content_type.encode())]}, receive)


async def read(request: Request, limit: int = 1 << 20) -> list[tuple[str, str | None, bytes]]:
    stream, found = FormStream(request, limit=limit, idle_seconds=5), []
    while (part := await stream.next_part()) is not None:
        found.append((part.name, part.file_name, b"".join([piece async for piece in stream.pieces()])))
    return found


PARTS = st.lists(
    st.tuples(st.sampled_from(["csrf", "sleutel", "bestand"]), st.sampled_from([None, "WMO_H22019_é.csv"]), st.binary(max_size=200)),
    min_size=1,
    max_size=4,
)


@given(PARTS, st.lists(st.integers(1, 60), min_size=1, max_size=40))
def test_a_form_has_the_same_parts_however_it_is_cut(parts, sizes):
    parts = [(name, file_name, data) for name, file_name, data in parts if BOUNDARY not in data]
    body, pieces, at = body_of(parts), [], 0
    while at < len(body):
        size = sizes[len(pieces) % len(sizes)]
        pieces.append(body[at : at + size])
        at += size
    assert asyncio.run(read(request_of(pieces))) == parts


@given(st.integers(0, 400))
def test_a_form_that_ends_early_is_never_taken_for_a_whole_one(upto):
    body = body_of([("csrf", None, b"x"), ("bestand", "a.csv", b"regel;\r\n" * 20)])
    last = len(body) - len(b"\r\n")  # what follows the last boundary says nothing
    piece = body[: min(upto, last - 1)]
    for cut, wrong in ((False, BadFormError), (True, CutOffError)):
        with pytest.raises(wrong):
            asyncio.run(read(request_of([piece], cut=cut)))


def test_more_than_is_taken_is_refused_while_it_comes_in():
    body = body_of([("bestand", "a.csv", b"x" * 5000)])
    with pytest.raises(TooLargeError):
        asyncio.run(read(request_of([body[at : at + 100] for at in range(0, len(body), 100)]), limit=1000))


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("application/x-www-form-urlencoded", b"a=b"),
        ("multipart/form-data", b""),
        ("multipart/form-data; boundary=grens", b"geen formulier"),
        ("multipart/form-data; boundary=grens", b"--grens\r\nContent-Disposition: form-data\r\n\r\nx\r\n--grens--\r\n"),
        ("multipart/form-data; boundary=grens", body_of([("a", None, b"")] * 30)),
    ],
)
def test_what_is_no_form_of_ours_is_refused(content_type, body):
    with pytest.raises(BadFormError):
        asyncio.run(read(request_of([body], content_type)))


def test_a_sender_who_stands_still_is_given_up():
    async def receive() -> dict[str, object]:
        await asyncio.sleep(60)
        raise AssertionError

    scope = {"type": "http", "method": "POST", "headers": [(b"content-type", b"multipart/form-data; boundary=grens")]}

    async def wait() -> None:
        await FormStream(Request(scope, receive), limit=100, idle_seconds=0.05).next_part()

    with pytest.raises(CutOffError):
        asyncio.run(wait())
