"""From bytes to UTF-8 text: which encoding a file has, and whether it has one at all."""

from __future__ import annotations

import codecs
from dataclasses import dataclass

_UTF16 = {codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}
_SAMPLE = 4096
_MAGIC = ((b"PK\x03\x04", ": dit is een Excel-bestand of een ZIP-bestand"), (b"\xd0\xcf\x11\xe0", ": dit is een Excel-bestand"))


@dataclass(frozen=True, slots=True)
class Text:
    """The content of a file.

    Attributes:
        content: UTF-8 without byte order mark; the bytes as they came when they could not be decoded.
        decoded: Whether `content` is text.
        utf16: The codec, when it was not decoded because it is UTF-16.
        detail: What the file is instead, in Dutch, when that is known.
    """

    content: bytes
    decoded: bool
    utf16: str | None = None
    detail: str = ""


def read_text(data: bytes) -> Text:
    """UTF-8 with its mark must be UTF-8; else UTF-8 when all of it is valid, else Windows-1252; UTF-16 is named as such."""
    utf16 = _utf16(data)
    if utf16 is not None:
        return Text(data, decoded=False, utf16=utf16, detail=": dit is een bestand met de codering UTF-16")
    marked = data.startswith(codecs.BOM_UTF8)
    content = data[len(codecs.BOM_UTF8) :] if marked else data
    if content.isascii():
        return Text(content, decoded=True)
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        if not marked:
            try:
                return Text(content.decode("cp1252").encode("utf-8"), decoded=True)
            except UnicodeDecodeError:
                pass
        return Text(content, decoded=False, detail=next((words for magic, words in _MAGIC if data.startswith(magic)), ""))
    return Text(content, decoded=True)


def _utf16(data: bytes) -> str | None:
    """Told by its mark, or, without one, by NUL bytes at every other place of the beginning."""
    for mark, codec in _UTF16.items():
        if data.startswith(mark):
            return codec
    sample = data[:_SAMPLE]
    if len(sample) < 4:
        return None
    odd, even = sample[1::2], sample[::2]
    for nul, text, codec in ((odd, even, "utf-16-le"), (even, odd, "utf-16-be")):
        if nul.count(0) >= 0.9 * len(nul) and text.count(0) <= 0.1 * len(text):
            return codec
    return None
