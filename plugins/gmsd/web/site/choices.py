"""What a reader asks for in an address: names that are known, values that exist, and links that keep the lasting choices."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, quote

from gmsd.errors import GmsdError

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

VIEWS = ("grafiek", "lijst")
DOWNLOADS = ("csv", "ods")
LONGEST = 4_000
_LASTING = ("weergave",)


class UnknownValueError(GmsdError):
    """A name in the address has a value that does not exist; the message is Dutch and for the reader."""


class UnknownPlaceError(GmsdError):
    """The address is of a place, table, law or release that is not there; the message is Dutch and for the reader."""


@dataclass(frozen=True, slots=True)
class Choices:
    """The part of an address behind the question mark, names that no page knows left out.

    Attributes:
        path: Before it.
        given: Name -> value, as given.
    """

    path: str
    given: Mapping[str, str] = field(default_factory=dict)

    @property
    def view(self) -> str:
        """`grafiek` or `lijst`."""
        return self.one_of("weergave", VIEWS) or VIEWS[0]

    @property
    def download(self) -> str | None:
        """`csv` or `ods`, when a download is asked for."""
        return self.one_of("formaat", DOWNLOADS)

    def one_of(self, name: str, values: Collection[str]) -> str | None:
        """A value that must be one of some; None when it is not given.

        Raises:
            UnknownValueError: it is another.
        """
        value = self.given.get(name)
        if value is None or value == "":
            return None
        if value not in values:
            raise UnknownValueError(f"{name} kan hier geen {value[:40]!r} zijn")
        return value

    def link(self, path: str, **changes: str | None) -> str:
        """The address of another page, with the choices that last."""
        kept = {name: value for name, value in self.given.items() if name in _LASTING and value != VIEWS[0]}
        return _address(path, kept | changes)

    def other(self, **changes: str | None) -> str:
        """The address of this page with another choice; None takes one out."""
        kept = {name: value for name, value in self.given.items() if name != "formaat"}
        return _address(self.path, kept | changes)


def read_query(path: str, query: bytes, known: Collection[str], *, families: Collection[str] = ()) -> Choices:
    """Read an address.

    Args:
        path: The part before the question mark.
        query: The part behind it.
        known: The names that the page knows; others are ignored.
        families: Beginnings of names that it knows too, such as `filter.`; their values add up, with commas between.

    Raises:
        UnknownValueError: it is too long, or no text.
    """
    if len(query) > LONGEST:
        raise UnknownValueError("dit adres is te lang")
    try:
        pairs = parse_qsl(query.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=100)
    except ValueError:
        raise UnknownValueError("dit adres is niet te lezen") from None
    given: dict[str, str] = {}
    for name, value in pairs:
        if name in known:
            given[name] = value
        elif any(name.startswith(family) for family in families):  # one of several answers is enough
            given[name] = f"{given[name]},{value}" if name in given else value
    return Choices(path, dict(sorted(given.items())))


def _address(path: str, given: Mapping[str, str | None]) -> str:
    kept = [f"{_quoted(name)}={_quoted(value)}" for name, value in sorted(given.items()) if value is not None and value != ""]
    return f"{path}?{'&'.join(kept)}" if kept else path


@lru_cache(maxsize=10_000)
def _quoted(text: str) -> str:
    return quote(text, safe="")
