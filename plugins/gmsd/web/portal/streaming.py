"""A multipart form while it comes in: its parts in their order, of which nothing is kept, and nothing lies on disk."""

from __future__ import annotations

import asyncio
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header
from starlette.requests import ClientDisconnect

from gmsd.errors import GmsdError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from starlette.requests import Request

_LONGEST_FIELD: Final = 20_000
_MOST_PARTS: Final = 20
# What stands around a file in a form: boundaries, headers, the other fields.
AROUND: Final = 64 * 1024


class BadFormError(GmsdError):
    """What was sent is no form of ours; the text is Dutch."""


class TooLargeError(GmsdError):
    """More was sent than is taken."""


class CutOffError(GmsdError):
    """The sender went away, or stood still for too long, before the form was whole."""


@dataclass(frozen=True, slots=True)
class FormPart:
    """A part of a form; `file_name` is None for a plain field."""

    name: str
    file_name: str | None


class FormStream:
    """Reads a form part by part: `next_part`, then all of `pieces` or `text`, until there is none any more."""

    def __init__(self, request: Request, *, limit: int, idle_seconds: float) -> None:
        """Nothing is read yet.

        Args:
            request: Of which the body has not been read.
            limit: The most bytes that are taken, of the whole form.
            idle_seconds: How long the sender may stand still.

        Raises:
            BadFormError: it is no multipart form.
        """
        kind, options = parse_options_header(request.headers.get("content-type", ""))
        if kind != b"multipart/form-data" or not options.get(b"boundary"):
            raise BadFormError("Dit is geen formulier met een bestand.")
        self._stream = request.stream().__aiter__()
        self._limit, self._idle, self._read, self._count = limit, idle_seconds, 0, 0
        self._events: deque[FormPart | bytes | None] = deque()
        self._header = (bytearray(), bytearray())
        self._headers: dict[str, bytes] = {}
        self.ended, self.whole = False, False
        try:
            self._parser = MultipartParser(
                options[b"boundary"],
                {
                    "on_part_begin": self._begin,
                    "on_header_field": lambda data, start, end: self._header[0].extend(data[start:end]),
                    "on_header_value": lambda data, start, end: self._header[1].extend(data[start:end]),
                    "on_header_end": self._header_end,
                    "on_headers_finished": self._named,
                    "on_part_data": lambda data, start, end: self._events.append(data[start:end]),
                    "on_part_end": lambda: self._events.append(None),
                    "on_end": self._end,
                },
            )
        except FormParserError:
            raise BadFormError("Dit is geen formulier met een bestand.") from None

    def _begin(self) -> None:
        self._headers = {}
        self._count += 1
        if self._count > _MOST_PARTS:
            raise BadFormError("Het formulier heeft meer velden dan het hoort te hebben.")

    def _header_end(self) -> None:
        name, value = (bytes(part) for part in self._header)
        self._headers[name.lower().decode("latin-1")] = value
        for part in self._header:
            part.clear()

    def _named(self) -> None:
        _, options = parse_options_header(self._headers.get("content-disposition", b""))
        name = options.get(b"name")
        if name is None:
            raise BadFormError("Het formulier heeft een veld zonder naam.")
        file_name = options.get(b"filename")
        self._events.append(FormPart(_text(name), None if file_name is None else _text(file_name)))

    def _end(self) -> None:
        self.whole = True

    async def _more(self) -> None:
        """Read on; sets `ended` at the end of the body.

        Raises:
            CutOffError: the sender went away, or stood still.
            TooLargeError: it is more than is taken.
            BadFormError: it is no form.
        """
        try:
            async with asyncio.timeout(self._idle):
                piece = await anext(self._stream, None)
        except ClientDisconnect:
            raise CutOffError("the sender went away") from None
        except TimeoutError:
            raise CutOffError("the sender stood still") from None
        if piece is None:
            self.ended = True
            return
        self._read += len(piece)
        if self._read > self._limit:
            raise TooLargeError("more was sent than is taken")
        try:
            if piece:
                self._parser.write(piece)
        except FormParserError:
            raise BadFormError("Het formulier is niet goed overgekomen.") from None

    async def next_part(self) -> FormPart | None:
        """The next part, when the one before it was read; None at the end of the form.

        Raises:
            BadFormError: the form ends before its last boundary.
        """
        while not self.ended:
            while self._events:
                event = self._events.popleft()
                if isinstance(event, FormPart):
                    return event
            await self._more()
        if not self.whole:
            raise BadFormError("Het formulier is niet helemaal overgekomen.")
        return next((event for event in self._events if isinstance(event, FormPart)), None)

    async def pieces(self) -> AsyncIterator[bytes]:
        """The bytes of the part that was told last.

        Raises:
            BadFormError: the form ends within it.
        """
        while True:
            while self._events:
                event = self._events.popleft()
                if event is None:
                    return
                if isinstance(event, bytes):
                    yield event
            if self.ended:
                raise BadFormError("Het formulier is niet helemaal overgekomen.")
            await self._more()

    async def text(self) -> str:
        """A plain field.

        Raises:
            BadFormError: it is longer than a field can be.
        """
        found = bytearray()
        async for piece in self.pieces():
            found += piece
            if len(found) > _LONGEST_FIELD:
                raise BadFormError("Een veld van het formulier is te lang.")
        return found.decode("utf-8", "replace")

    async def finish(self) -> None:
        """Read to the end of the form, which must be whole.

        Raises:
            BadFormError: it is not.
        """
        while await self.next_part() is not None:
            async for _ in self.pieces():
                pass

    async def drain(self) -> None:
        """Read what the sender still sends, and keep nothing of it: a browser shows an answer only when it has sent everything."""
        while not self.ended:
            self._events.clear()
            await self._more()


def _text(value: bytes) -> str:
    try:
        return value.decode("utf-8")
    except UnicodeDecodeError:
        return value.decode("latin-1")
