"""Searching files on disk for names of which only keyed hashes are kept, and for the form that rows have in files of the database."""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    import numpy.typing as npt

# The end of a name that is looked for at every place of a file; where it stands, the whole name is compared by its hash.
WINDOW = 16
SHORTEST = 6
"""A name of fewer bytes stands anywhere by chance, and is not looked for in files."""
_BLOCK = 1 << 20
_BASE64 = re.compile(rb"[A-Za-z0-9+/=]{16,}")
_ESCAPED = re.compile(rb"%[0-9A-Fa-f]{2}")


@dataclass(frozen=True, slots=True)
class Needle:
    """A name as it can be searched for by who has the reference key, and read by nobody.

    Attributes:
        about: The delivery it belongs to.
        length: Of the name, in bytes.
        window: Hash of its last bytes, made to be computed at every place of a file.
        digest: Hash under the key of all of it.
    """

    about: str
    length: int
    window: int
    digest: str

    @classmethod
    def of(cls, about: str, name: str, key: bytes) -> Needle | None:
        """The needle of a name; None when it is too short to be looked for."""
        data = name.encode("utf-8", "surrogatepass")
        if len(data) < SHORTEST:
            return None
        tail = np.frombuffer(data[-WINDOW:], np.uint8).astype(np.uint64)
        window = int((tail * _powers(key)[0][: len(tail)]).sum(dtype=np.uint64))
        return cls(about, len(data), window, _digest(key, data))

    @property
    def width(self) -> int:
        """How many of its last bytes are looked for."""
        return min(self.length, WINDOW)


@dataclass(frozen=True, slots=True, order=True)
class Hit:
    """Something that was found: of which delivery or place, in which file, and where in it."""

    about: str
    path: str
    offset: int


@dataclass(frozen=True, slots=True)
class Searched:
    """What a search looked at, and what it found."""

    files: int
    bytes: int
    unread: int
    hits: tuple[Hit, ...]


def search_files(paths: Iterable[Path], needles: Sequence[Needle], patterns: dict[str, re.Pattern[bytes]], key: bytes) -> Searched:
    """Search files, their names and their extended attributes for needles and patterns.

    What the object store puts aside in base64, and addresses in logs, are read as what they mean, too. A file that goes away meanwhile
    holds nothing any more.

    Args:
        paths: Files, and folders with everything below them.
        needles: Names.
        patterns: What it is about -> an expression that only its traces fit.
        key: The reference key.
    """
    files = size = unread = 0
    hits: set[Hit] = set()
    finder = _Finder(needles, patterns, key)
    for path in _files(paths):
        try:
            data, beside = _read(path)
        except FileNotFoundError:
            continue
        except OSError:
            unread += 1
            continue
        files, size = files + 1, size + len(data)
        for piece in (data, *beside, os.fsencode(path)):
            hits |= {Hit(about, str(path), offset) for about, offset in finder.found(piece)}
    return Searched(files, size, unread, tuple(sorted(hits)))


def found_in(data: bytes, needles: Sequence[Needle], patterns: dict[str, re.Pattern[bytes]], key: bytes) -> Iterator[tuple[str, int]]:
    """What of needles and patterns stands in some bytes: what it is about, and where it begins."""
    return _Finder(needles, patterns, key).found(data)


def _files(paths: Iterable[Path]) -> Iterator[Path]:
    for path in paths:
        if not path.is_dir():
            yield path
            continue
        for folder, _, names in os.walk(path):
            yield from (Path(folder, name) for name in sorted(names))


def _read(path: Path) -> tuple[bytes, list[bytes]]:
    """The bytes of a file, and what lies beside them: attributes, and what is written in another form."""
    if not path.is_file():  # a socket or pipe
        raise FileNotFoundError
    beside = [os.getxattr(path, name) for name in os.listxattr(path)]
    if path.suffix == ".data":  # encrypted
        return b"", beside
    data = path.read_bytes()
    if path.suffix == ".pending":
        beside += [_decoded(found) for found in _BASE64.findall(data)]
    elif path.suffix in (".log", ".jsonl", ".err", ".out") and _ESCAPED.search(data):
        beside.append(_ESCAPED.sub(lambda found: bytes([int(found.group()[1:], 16)]), data))
    return data, beside


def _decoded(text: bytes) -> bytes:
    try:
        return base64.b64decode(text)
    except ValueError:
        return b""


def _digest(key: bytes, data: bytes) -> str:
    return hmac.new(key, b"gmsd-search|" + data, hashlib.sha256).hexdigest()


@cache
def _powers(key: bytes) -> tuple[npt.NDArray[np.uint64], npt.NDArray[np.uint64]]:
    """The powers of a secret odd number modulo 2**64, and of its inverse: by them the hash of a window is the same wherever it lies."""
    secret = int.from_bytes(hmac.new(key, b"gmsd-search-window", hashlib.sha256).digest()[:8], "little") | 1
    inverse = pow(secret, -1, 1 << 64)
    return _geometric(secret), _geometric(inverse)


def _geometric(base: int) -> npt.NDArray[np.uint64]:
    powers = np.full(_BLOCK, base, np.uint64)
    powers[0] = 1
    return np.multiply.accumulate(powers)


class _Finder:
    """Finds needles and patterns in bytes."""

    def __init__(self, needles: Sequence[Needle], patterns: dict[str, re.Pattern[bytes]], key: bytes) -> None:
        self.patterns, self.key = patterns, key
        self.widths: dict[int, dict[int, list[Needle]]] = {}
        for needle in needles:
            self.widths.setdefault(needle.width, {}).setdefault(needle.window, []).append(needle)
        self.tables = {width: self._table(windows) for width, windows in self.widths.items()}

    @staticmethod
    def _table(windows: Iterable[int]) -> npt.NDArray[np.bool_]:
        """Which first sixteen bits a hash that is looked for can have: nearly every place of a file is passed over by them."""
        table = np.zeros(1 << 16, np.bool_)
        table[[window >> 48 for window in windows]] = True
        return table

    def found(self, data: bytes) -> Iterator[tuple[str, int]]:
        """What is found in some bytes, and where it begins."""
        for about, pattern in self.patterns.items():
            yield from ((about, match.start()) for match in pattern.finditer(data))
        if self.widths and len(data) >= SHORTEST:
            whole = np.frombuffer(data, np.uint8)
            for start in range(0, len(data), _BLOCK - WINDOW):
                yield from self._in_block(data, whole[start : start + _BLOCK], start)

    def _in_block(self, data: bytes, block: npt.NDArray[np.uint8], start: int) -> Iterator[tuple[str, int]]:
        powers, inverses = _powers(self.key)
        sums = np.zeros(len(block) + 1, np.uint64)
        np.cumsum(block * powers[: len(block)], dtype=np.uint64, out=sums[1:])
        for width, windows in self.widths.items():
            if len(block) < width:
                continue
            hashes: Any = (sums[width:] - sums[:-width]) * inverses[: len(block) - width + 1]
            maybe = np.flatnonzero(self.tables[width][(hashes >> np.uint64(48)).astype(np.intp)])
            for place in maybe.tolist():
                for needle in windows.get(int(hashes[place]), ()):
                    end = start + place + width
                    if end >= needle.length and _digest(self.key, data[end - needle.length : end]) == needle.digest:
                        yield needle.about, end - needle.length
