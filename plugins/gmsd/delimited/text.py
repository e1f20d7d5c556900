"""From bytes to UTF-8 text: which encoding a file has, and whether it has one at all."""

from __future__ import annotations

import codecs
from dataclasses import dataclass

from gmsd.delimited.kinds import kind_of

_UNICODE_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_SAMPLE = 4096
_PIECE = 1 << 20


@dataclass(frozen=True, slots=True)
class Text:
    """The content of a file.

    Attributes:
        content: UTF-8 without byte order mark. The bytes as they came when they could not be decoded; nothing of a file that is no text.
        kind: What the file is instead, by its name in `kinds`; None for a file that is or should be a csv file.
        unreadable_line: The physical line of the first byte that could not be decoded.
    """

    content: bytes
    kind: str | None = None
    unreadable_line: int | None = None


def read_text(data: bytes) -> Text:
    """UTF-8 with its mark must be UTF-8; else UTF-8 when all of it is valid, else Windows-1252; another kind of file is named as such."""
    codec = _unicode_codec(data)
    if codec is not None:
        return Text(data.decode(codec, errors="replace").encode(), kind=codec[:6])
    kind = kind_of(data)
    if kind is not None:
        return Text(b"", kind=kind)
    marked = data.startswith(codecs.BOM_UTF8)
    content = data[len(codecs.BOM_UTF8) :] if marked else data
    if content.isascii():
        return Text(content)
    place = _not_utf8(content)
    return Text(content) if place is None else _other_than_utf8(content, place, marked=marked)


def _not_utf8(content: bytes) -> int | None:
    """The place of the first byte that is not UTF-8. In pieces: decoded whole, one emoji makes every character of a file four bytes."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    for start in range(0, len(content), _PIECE):
        waiting = len(decoder.getstate()[0])  # of a character that began in the piece before
        try:
            decoder.decode(content[start : start + _PIECE], final=start + _PIECE >= len(content))
        except UnicodeDecodeError as error:
            return start - waiting + error.start
    return None


def _other_than_utf8(content: bytes, place: int, *, marked: bool) -> Text:
    """Windows-1252, unless the file says that it is UTF-8; `place` is that of the first byte that is not UTF-8."""
    if not marked:
        try:
            return Text(content.decode("cp1252").encode("utf-8"))
        except UnicodeDecodeError as error:
            if content[:place].isascii():
                place = error.start
    if _is_ebcdic(content):
        return Text(content, kind="ebcdic")
    return Text(content, unreadable_line=content.count(b"\n", 0, place) + 1)


def _is_ebcdic(content: bytes) -> bool:
    """Whether the beginning reads as names and numbers of a mainframe; `a` stands there on a byte that Windows-1252 does not define."""
    beginning = content[:_SAMPLE].decode("cp500").lower()
    return "bsn" in beginning or "datum" in beginning


def _unicode_codec(data: bytes) -> str | None:
    """UTF-16 or UTF-32: told by its mark, or, without one, by the places of the NUL bytes in the beginning."""
    for mark, codec in _UNICODE_MARKS:
        if data.startswith(mark):
            return codec
    sample = data[:_SAMPLE]
    if len(sample) < 4 or b"\0" not in sample:
        return None
    nul = [sample[place::4].count(0) / len(sample[place::4]) for place in range(4)]
    empty = [share >= 0.9 for share in nul]
    filled = [share <= 0.1 for share in nul]
    for codec, pattern in (("utf-32-le", "x000"), ("utf-32-be", "000x"), ("utf-16-le", "x0x0"), ("utf-16-be", "0x0x")):
        if all((empty if mark == "0" else filled)[place] for place, mark in enumerate(pattern)):
            return codec
    return None
