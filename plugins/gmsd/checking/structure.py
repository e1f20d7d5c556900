"""The structure of a file, judged on its bytes: header, physical lines, separators and quotation marks. No loop runs over lines."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

_NEWLINE, _QUOTE = 10, 34
_CHUNK = 1 << 26
# A lone carriage return is a character of its cell. A CSV reader may take it for the end of a line; a noncharacter breaks every form alike
# and stands in no text, so that records differ where they did.
_LONE_RETURN = "\ufdd0".encode()


@dataclass(frozen=True, slots=True)
class Body:
    """The lines after the header.

    Attributes:
        content: The lines with the right number of fields and no quotation mark, each ending with LF.
        lines: Their physical line numbers.
        faulty: The physical line numbers of the other ones.
    """

    content: bytes
    lines: npt.NDArray[np.int64]
    faulty: npt.NDArray[np.int64]


def with_plain_line_ends(content: bytes) -> bytes:
    """The content with LF as the only line end and without empty lines at its end."""
    if b"\r" in content:
        content = content.replace(b"\r\n", b"\n").replace(b"\r", _LONE_RETURN)
    return content.rstrip(b"\n")


def count_lines(content: bytes) -> int:
    """The number of physical lines of content with plain line ends."""
    return content.count(b"\n") + 1 if content else 0


@dataclass(frozen=True, slots=True)
class HeaderFaults:
    """What is wrong with the header: names of the protocol, and places (from 1) of names it does not know."""

    missing: tuple[str, ...]
    doubled: tuple[str, ...]
    unknown: tuple[int, ...]
    disordered: bool


def judge_header(line: bytes, expected: tuple[str, ...], separator: str) -> HeaderFaults:
    """Compare the first line with the protocol's columns, without regard to case and to blanks around a name.

    Unknown names are told by their place only: in a file without a header they are a person's data.
    """
    known = {name.lower().encode(): place for place, name in enumerate(expected)}
    given = [known.get(name.strip(b" \t").lower()) for name in line.split(separator.encode())]
    found = [place for place in given if place is not None]
    first = list(dict.fromkeys(found))
    return HeaderFaults(
        missing=tuple(name for place, name in enumerate(expected) if place not in first),
        doubled=tuple(expected[place] for place in sorted(set(found)) if found.count(place) > 1),
        unknown=tuple(position for position, place in enumerate(given, start=1) if place is None),
        disordered=first != sorted(first),
    )


def split_body(content: bytes, fields: int, separator: str) -> Body:
    """Tell the lines that can be read from those that cannot.

    Args:
        content: A file with plain line ends; its first line is the header.
        fields: The number of fields a line must have.
        separator: The one-byte separator.
    """
    start = content.index(b"\n") + 1
    body = content[start:]
    text = np.frombuffer(body, dtype=np.uint8)
    wrong = _separators_per_line(text, ord(separator)) != fields - 1
    quoted = _QUOTE.to_bytes() in body
    numbers = np.arange(2, len(wrong) + 2, dtype=np.int64)
    if not quoted and not wrong.any():
        return Body(body + b"\n", numbers, numbers[:0])
    ends = np.append(np.flatnonzero(text == _NEWLINE), len(text))
    if quoted:
        wrong[np.searchsorted(ends, np.flatnonzero(text == _QUOTE))] = True
    lengths = np.diff(ends, prepend=-1)
    kept = np.repeat(~wrong, lengths)[: len(text)]
    return Body(text[kept].tobytes().rstrip(b"\n") + b"\n" if (~wrong).any() else b"", numbers[~wrong], numbers[wrong])


def _separators_per_line(text: npt.NDArray[np.uint8], separator: int) -> npt.NDArray[np.int64]:
    """Counted in the stream of separators and line ends alone, which is a fraction of the text."""
    marks = [
        part[(part == _NEWLINE) | (part == separator)]
        for part in (text[offset : offset + _CHUNK] for offset in range(0, len(text), _CHUNK))
    ]
    stream = np.concatenate(marks) if marks else text
    ends = np.append(np.flatnonzero(stream == _NEWLINE), len(stream))
    return np.diff(ends, prepend=-1) - 1
