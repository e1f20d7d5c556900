"""The lines of a file, told by its bytes: physical lines, separators and quotation marks. No loop runs over lines."""

from __future__ import annotations

import codecs
import io
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, TypeVar

import numpy as np
import numpy.typing as npt
import polars as pl

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

T = TypeVar("T")

_NEWLINE, _RETURN, _QUOTE = 10, 13, 34
# A piece of text that stays in a core's cache while it is looked at more than once.
_PIECE = 1 << 20
_LINES = 1 << 17
_SHOWN = 1 << 14
_LARGE = 16 << 20
# A lone carriage return is a character of its cell. A CSV reader may take it for the end of a line; a noncharacter breaks every form alike
# and stands in no text, so that records differ where they did.
_LONE_RETURN = "\ufdd0".encode()
# What Unicode and Python call white space; a lone return is one too.
_WHITE = "\t\n\v\f\r\x1c\x1d\x1e\x1f \x85\xa0\u1680" + "".join(map(chr, range(0x2000, 0x200B))) + "\u2028\u2029\u202f\u205f\u3000\ufdd0"
_FEW = 10_000


@dataclass(frozen=True, slots=True)
class Lines:
    """A text as physical lines.

    Attributes:
        content: The text; every line ends with LF or CRLF, and no carriage return stands elsewhere.
        end: Where the last line ends that holds something, its line end left out; what follows is empty lines and empty records.
        count: The number of lines up to there.
        emptied: The line numbers of the empty records after it.
    """

    content: bytes
    end: int
    count: int
    emptied: npt.NDArray[np.int32]

    @property
    def header(self) -> bytes:
        """The first line without its end."""
        newline = self.content.find(b"\n", 0, self.end)
        return self.content[: newline if newline >= 0 else self.end].removesuffix(b"\r")


@dataclass(frozen=True, slots=True)
class Body:
    """The lines after the header.

    Attributes:
        source: What a CSV reader is given: the header and every line that can be read.
        newlines: Where in `source` the header and each readable line end.
        lines: The physical line numbers of the lines that can be read.
        faulty: Those of the lines with a wrong number of fields or a quotation mark.
        emptied: Those of the empty records before the last line: nothing stands in them but separators and white space.
    """

    source: bytes
    newlines: npt.NDArray[np.int64]
    lines: npt.NDArray[np.int32]
    faulty: npt.NDArray[np.int32]
    emptied: npt.NDArray[np.int32]

    def texts(self, rows: npt.NDArray[np.int64]) -> list[bytes]:
        """The readable lines at these places (from 0) without their LF: a few lines cost less so than reading all of them again."""
        begins, ends = self.newlines[rows] + 1, self.newlines[rows + 1]
        return [self.source[begin:end] for begin, end in zip(begins.tolist(), ends.tolist(), strict=True)]

    @property
    def large(self) -> bool:
        """Whether the lines are better read as a stream: their cells are then never in memory together, but a small file costs more."""
        return len(self.source) >= _LARGE

    @property
    def engine(self) -> Literal["streaming", "in-memory"]:
        """The engine of polars to read them with."""
        return "streaming" if self.large else "in-memory"


def physical_lines(content: bytes, separator: str) -> Lines:
    """Tell the lines of a text; a line ends with LF or CRLF. Empty ones and empty records at its end do not count; the first line does."""
    if b"\r" in content and _pairs(content) != content.count(b"\r"):
        content = content.replace(b"\r\n", b"\n").replace(b"\r", _LONE_RETURN)
    end = _end(content, separator)
    text = np.frombuffer(content, dtype=np.uint8, count=end)
    newlines = sum(_of_pieces(lambda piece: int(np.count_nonzero(piece == _NEWLINE)), text))
    count = newlines + 1 if end else 0
    return Lines(content, end, count, _emptied(content[end:], count))


def _pairs(content: bytes) -> int:
    """How many carriage returns a line feed follows."""
    text = np.frombuffer(content, dtype=np.uint8)
    found = 0
    for start in range(0, len(text) - 1, _PIECE):
        piece = text[start : start + _PIECE + 1]
        found += int(np.count_nonzero((piece[:-1] == _RETURN) & (piece[1:] == _NEWLINE)))
    return found


def _end(content: bytes, separator: str) -> int:
    """Where the last line ends that holds more than separators and white space, or else the first line; its line end is left out."""
    newline = content.find(b"\n", _filled(content, separator))
    end = newline if newline >= 0 else len(content)
    return end - content.endswith(b"\r", 0, end)


def _filled(content: bytes, separator: str) -> int:
    """Behind the last character that is neither a separator nor white space, looked for from the end in growing pieces."""
    nothing = separator + _WHITE
    stop, width = len(content), 1 << 10
    while stop:
        start = max(stop - width, 0)
        start -= next((back for back in range(min(start, 3)) if content[start - back] & 0xC0 != 0x80), 0)  # a character is not cut in two
        kept = content[start:stop].decode("utf-8", "surrogateescape").rstrip(nothing)
        if kept:
            return start + len(kept.encode("utf-8", "surrogateescape"))
        stop, width = start, min(2 * width, _PIECE)
    return 0


def _emptied(rest: bytes, count: int) -> npt.NDArray[np.int32]:
    """The line numbers of the lines after the last one that counts, where they are not wholly empty."""
    if not rest.strip(b"\r\n"):
        return np.zeros(0, dtype=np.int32)
    text = np.frombuffer(rest, dtype=np.uint8)
    ends = np.append(np.flatnonzero(text == _NEWLINE), len(text))
    lengths = np.diff(ends) - 1
    lengths -= (lengths > 0) & (text[ends[1:] - 1] == _RETURN)
    return np.arange(count + 1, count + 1 + len(lengths), dtype=np.int32)[lengths > 0]


def _pieces(text: npt.NDArray[np.uint8]) -> Iterator[npt.NDArray[np.uint8]]:
    return (text[start : start + _PIECE] for start in range(0, len(text), _PIECE))


def _of_pieces(look: Callable[[npt.NDArray[np.uint8]], T], text: npt.NDArray[np.uint8]) -> list[T]:
    """What is found in each piece, in order; numpy lets go of the interpreter, so that two threads look at a large text together."""
    if len(text) < _LARGE:
        return [look(piece) for piece in _pieces(text)]
    with ThreadPoolExecutor(max_workers=2) as both:
        return list(both.map(look, _pieces(text)))


def split_body(lines: Lines, fields: int, separator: str) -> Body:
    """Tell the lines that can be read from those that cannot.

    Args:
        lines: A file; its first line is the header, and at least one follows.
        fields: The number of fields a line must have.
        separator: The one-byte separator.
    """
    start = lines.content.index(b"\n") + 1
    text = np.frombuffer(lines.content, dtype=np.uint8, count=lines.end)
    wrong, bounds = _lines_with_other_than(fields - 1, text, start, ord(separator))
    begins, ends = bounds[:-1] + 1, bounds[1:]
    empty = _empty_records(text, begins, ends, separator)
    wrong[empty] = True
    quoted = lines.content.find(b'"', start) >= 0
    numbers = np.arange(2, len(wrong) + 2, dtype=np.int32)
    if not quoted and not wrong.any() and not lines.content.startswith(codecs.BOM_UTF8, start):
        source = lines.content[: lines.end] if len(lines.emptied) else lines.content  # empty records have any number of separators
        return Body(source, bounds, numbers, numbers[:0], numbers[:0])
    if quoted:
        wrong[np.searchsorted(ends, _positions(text, _QUOTE))] = True
    source = _without(text, start, begins, ends, wrong)
    rest = np.frombuffer(source, dtype=np.uint8)
    newlines = np.append(_positions(rest, _NEWLINE), len(rest))
    if source.startswith(codecs.BOM_UTF8, start):
        newlines[0] += len(codecs.BOM_UTF8)  # the spare mark is no part of the first record
    kept, emptied = numbers[~wrong], numbers[empty]
    wrong[empty] = False
    return Body(source, newlines, kept, numbers[wrong], emptied)


def _empty_records(
    text: npt.NDArray[np.uint8], begins: npt.NDArray[np.int64], ends: npt.NDArray[np.int64], separator: str
) -> npt.NDArray[np.int64]:
    """Which lines hold nothing but separators and white space, by their place; a wholly empty line is none of them."""
    nothing = separator + _WHITE
    first, later = _bytes_of_nothing(nothing)
    # The first byte of a line tells nearly all others apart, some bytes inside it those whose first cell is empty.
    found = np.flatnonzero(first.take(text.take(begins)))
    for part in (1 / 2, 1 / 3, 2 / 3, 1 / 4, 3 / 4):
        if not len(found):
            return found
        inside = begins[found] + ((ends[found] - begins[found]) * part).astype(np.int64)
        found = found[later.take(text.take(inside))]
    empty: npt.NDArray[np.bool_]
    if len(found) > _FEW:
        wanted = np.zeros(len(begins), dtype=np.bool_)
        wanted[found] = True
        chosen = io.BytesIO(b"x\n")  # a byte order mark is dropped from the first line only
        chosen.seek(2)
        _write_lines(chosen, text, begins, ends, wanted)
        chosen.seek(0)
        read = pl.read_csv(chosen, has_header=False, separator="\0", quote_char=None, schema={"line": pl.String()})
        empty = read["line"][1:].str.strip_chars(nothing).str.len_bytes().eq(0).to_numpy()
    else:
        lines = (text[begin:end].tobytes().decode("utf-8", "replace") for begin, end in zip(begins[found], ends[found], strict=True))
        empty = np.fromiter((not line.strip(nothing) for line in lines), dtype=np.bool_, count=len(found))
    return found[empty]


@lru_cache(maxsize=4)
def _bytes_of_nothing(nothing: str) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:
    """Which bytes occur in these characters but for line ends: where a line begins, then inside it, where a CR is that of a CRLF."""
    first = np.zeros(256, dtype=np.bool_)
    first[list("".join(character for character in nothing if character not in "\r\n").encode())] = True
    later = first.copy()
    later[_RETURN] = True
    return first, later


def places(lines: npt.NDArray[Any], wanted: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Where these line numbers stand among all the lines, both ascending; most often none is left out, and a subtraction tells."""
    whole = int(lines[-1]) - int(lines[0]) == len(lines) - 1
    found: npt.NDArray[Any] = wanted - lines[0] if whole else np.searchsorted(lines, wanted)
    return found


def texts_of(lines: Lines, numbers: Sequence[int]) -> list[str]:
    """The beginning of some physical lines, without their ends."""
    text = np.frombuffer(lines.content, dtype=np.uint8, count=lines.end)
    ends = np.append(_positions(text, _NEWLINE), len(text))
    begins = np.concatenate(([0], ends[:-1] + 1))
    wanted = np.asarray(numbers) - 1
    last = np.minimum(ends[wanted], begins[wanted] + _SHOWN)
    found = (lines.content[begin:end] for begin, end in zip(begins[wanted].tolist(), last.tolist(), strict=True))
    return [each.removesuffix(b"\r").decode("utf-8", "replace") for each in found]


def _lines_with_other_than(
    wanted: int, text: npt.NDArray[np.uint8], start: int, separator: int
) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.int64]]:
    """Whether each line from `start` on has another number of separators than is wanted; and where it begins or ends: one place more."""
    wrong: list[npt.NDArray[np.bool_]] = []
    ends = [np.array([start - 1])]
    carried = 0
    for number, piece in enumerate(_of_pieces(partial(_separators_of, wanted=wanted, separator=separator), text[start:])):
        if len(piece.newlines):
            piece.wrong[0] = piece.first + carried != wanted
            wrong.append(piece.wrong)
            ends.append(piece.newlines + (start + number * _PIECE))
            carried = 0
        carried += piece.after
    return np.concatenate([*wrong, np.array([carried != wanted])]), np.concatenate([*ends, np.array([len(text)])])


class _Piece(NamedTuple):
    """Of a piece of text: which of the lines that end in it are wrong, where they end, the separators of the first and after the last."""

    wrong: npt.NDArray[np.bool_]
    newlines: npt.NDArray[np.int64]
    first: int
    after: int


def _separators_of(piece: npt.NDArray[np.uint8], wanted: int, separator: int) -> _Piece:
    newlines = np.flatnonzero(piece == _NEWLINE)
    marks = (piece == separator).view(np.uint8)
    if not len(newlines):
        return _Piece(np.zeros(0, dtype=np.bool_), newlines, 0, int(np.count_nonzero(marks)))
    starts = np.concatenate(([0], newlines[:-1] + 1))
    # A byte counts twice as fast as a longer number, and holds the separators of a line of up to 255 characters.
    holds = np.uint8 if (newlines - starts).max() < 256 else np.int32
    found = np.add.reduceat(marks[: newlines[-1] + 1], starts, dtype=holds)
    return _Piece(found != wanted, newlines, int(found[0]), int(np.count_nonzero(marks[newlines[-1] + 1 :])))


def _positions(text: npt.NDArray[np.uint8], byte: int) -> npt.NDArray[np.int64]:
    found = [np.flatnonzero(piece == byte) + number * _PIECE for number, piece in enumerate(_pieces(text))]
    return np.concatenate(found) if found else np.zeros(0, dtype=np.int64)


def _without(
    text: npt.NDArray[np.uint8], start: int, begins: npt.NDArray[np.int64], ends: npt.NDArray[np.int64], wrong: npt.NDArray[np.bool_]
) -> bytes:
    """The header and the lines that are not wrong, each with its end."""
    kept = io.BytesIO()
    kept.write(text[:start].data)
    first_record = begins[np.argmin(wrong)]
    if text[first_record : first_record + 3].tobytes() == codecs.BOM_UTF8:
        kept.write(codecs.BOM_UTF8)  # the reader drops a mark after the header; here it is a character of the first cell
    _write_lines(kept, text, begins, ends, ~wrong)
    return kept.getvalue()


def _write_lines(
    to: io.BytesIO,
    text: npt.NDArray[np.uint8],
    begins: npt.NDArray[np.int64],
    ends: npt.NDArray[np.int64],
    wanted: npt.NDArray[np.bool_],
) -> None:
    """Write the wanted lines one after the other, each with its end."""
    for first in range(0, len(ends), _LINES):
        last = min(first + _LINES, len(ends)) - 1
        block, here = text[begins[first] : ends[last] + 1], wanted[first : last + 1]
        if not here.any():
            continue
        if not here.all():
            lengths = ends[first : last + 1] + 1 - begins[first : last + 1]
            block = block[np.repeat(here, lengths)[: len(block)]]
        to.write(block.data)
