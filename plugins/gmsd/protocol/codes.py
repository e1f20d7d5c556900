"""Code lists: codes appear, disappear and change meaning, so each carries the days it is valid."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gmsd.protocol.reading import ProtocolError, read_mapping, wanted

if TYPE_CHECKING:
    from pathlib import Path

    from gmsd.rounds import HalfYear


@dataclass(frozen=True, slots=True)
class Code:
    """One code with its Dutch title and its first and last day; None = open."""

    code: str
    title: str
    valid_from: dt.date | None
    valid_to: dt.date | None

    def overlaps(self, half_year: HalfYear) -> bool:
        """Whether the code is valid on at least one day of the half-year."""
        started = self.valid_from is None or self.valid_from <= half_year.last_day
        return started and (self.valid_to is None or self.valid_to >= half_year.first_day)


@dataclass(frozen=True, slots=True)
class CodeList:
    """A list of codes; a code that changed its meaning stands in it once per meaning."""

    name: str
    title: str
    source: str
    status: str
    codes: tuple[Code, ...]

    def valid_in(self, half_year: HalfYear) -> tuple[str, ...]:
        """The codes whose validity overlaps the half-year, in the order of the list, each once."""
        return tuple(dict.fromkeys(code.code for code in self.codes if code.overlaps(half_year)))

    def title_of(self, code: str, half_year: HalfYear) -> str | None:
        """What the code means in the half-year (its last meaning there), or None when it is not valid."""
        titles = [entry.title for entry in self.codes if entry.code == code and entry.overlaps(half_year)]
        return titles[-1] if titles else None


def read_code_list(path: Path) -> CodeList:
    """Read and check one file of `codes/`.

    Raises:
        ProtocolError: When it is not in order.
    """
    read = read_mapping(path)
    codes = []
    for position, entry in enumerate(wanted(read, "codes", list, path), start=1):
        where = f"code {position}"
        first, last = entry.get("valid_from"), entry.get("valid_to")
        for day in (first, last):
            if day is not None and (not isinstance(day, dt.date) or isinstance(day, dt.datetime)):
                raise ProtocolError(f"{path}: {where}: valid_from and valid_to are days, such as 2021-01-01")
        if first is not None and last is not None and first > last:
            raise ProtocolError(f"{path}: {where}: valid_to lies before valid_from")
        codes.append(Code(wanted(entry, "code", str, path, where), wanted(entry, "title", str, path, where), first, last))
    name, title, source, status = (wanted(read, key, str, path) for key in ("name", "title", "source", "status"))
    return CodeList(name, title, source, status, tuple(codes))
