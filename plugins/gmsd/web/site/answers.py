"""How what was made of a release leaves: packed or not, or not at all to who has it."""

from __future__ import annotations

import gzip
import re
import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from starlette.responses import Response

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.requests import Request

KEPT_BYTES = 256 << 20
_LEVEL = 2


@dataclass(frozen=True, slots=True)
class Made:
    """A page or download as it leaves: packed, which is how nearly everybody takes it."""

    status: int
    media: str
    packed: bytes
    headers: tuple[tuple[str, str], ...] = ()


@dataclass(slots=True)
class Kept:
    """Pages that were made of a release, the ones that nobody asked for longest given up first."""

    pages: dict[str, Made] = field(default_factory=dict)
    size: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def get(self, address: str, make: Callable[[], Made]) -> Made:
        """The page of an address, made when it is not there; asked for by several at once it may be made more than once."""
        with self.lock:
            found = self.pages.pop(address, None)
            if found is not None:
                self.pages[address] = found
                return found
        made = make()
        with self.lock:
            before = self.pages.pop(address, None)
            self.size += len(made.packed) - (len(before.packed) if before else 0)
            self.pages[address] = made
            while self.size > KEPT_BYTES and len(self.pages) > 1:
                self.size -= len(self.pages.pop(next(iter(self.pages))).packed)
        return made


def packed(data: bytes) -> bytes:
    """The same bytes for the same bytes: no moment stands in them."""
    return gzip.compress(data, _LEVEL, mtime=0)


def as_taken(request: Request, made: Made, said: dict[str, str]) -> Response:
    """The answer as the asker takes it."""
    said |= {"Vary": "Accept-Encoding"}
    if _takes_gzip(request.headers.get("accept-encoding", "")):
        return Response(made.packed, made.status, said | {"Content-Encoding": "gzip"}, made.media)
    return Response(gzip.decompress(made.packed), made.status, said, made.media)


def as_made(request: Request, answer: Response) -> Response:
    """An answer that is not kept, as the asker takes it: packed only for who takes it so."""
    answer.headers["Vary"] = "Accept-Encoding"
    if _takes_gzip(request.headers.get("accept-encoding", "")):
        answer.body = packed(bytes(answer.body))
        answer.headers["Content-Encoding"] = "gzip"
        answer.headers["Content-Length"] = str(len(answer.body))
    return answer


def _takes_gzip(said: str) -> bool:
    parts = [part.partition(";") for part in said.lower().split(",")]
    return any(name.strip() in {"gzip", "*"} and not re.fullmatch(r"\s*q\s*=\s*0(\.0*)?\s*", how) for name, _, how in parts)


def knows(request: Request, etag: str) -> bool:
    """Whether the asker says that it has these bytes."""
    given = request.headers.get("if-none-match", "")
    return any(each.strip().removeprefix("W/") == etag.removeprefix("W/") for each in given.split(",")) or given.strip() == "*"
