"""The rules on a file's name: `WMO_[code uitvraag]_[vrije tekst].csv`."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gmsd.protocol import NoProtocolError, protocol_for
from gmsd.rounds import HalfYear

if TYPE_CHECKING:
    import datetime as dt

FORBIDDEN = frozenset(':\\/?;*"><|][.')
EXTENSIONS = frozenset({"csv", "txt"})
_PARTS = re.compile(r"wmo_(?P<code>[^_]*)(?:_(?P<free>.*))?", re.IGNORECASE | re.ASCII | re.DOTALL)
_CODE = re.compile(r"h[12][0-9]{4}", re.IGNORECASE | re.ASCII)


@dataclass(frozen=True, slots=True)
class FileName:
    """A file name taken apart; `code` is None where the name does not have the form to hold one."""

    stem: str
    extension: str | None
    code: str | None
    free_text: str | None

    @classmethod
    def parse(cls, name: str) -> FileName:
        """Take a name apart; capitals and small letters are the same throughout."""
        stem, dot, extension = name.rpartition(".")
        if not dot:
            stem, extension = name, ""
        parts = _PARTS.fullmatch(stem)
        code = parts["code"] if parts and (parts["free"] is not None or _CODE.fullmatch(parts["code"])) else None
        return cls(stem, extension if dot else None, code, parts["free"] if parts else None)

    @property
    def half_year(self) -> HalfYear | None:
        """The half-year of the code uitvraag; None when that is no code."""
        if self.code is None or not _CODE.fullmatch(self.code) or self.code.endswith("0000"):
            return None
        return HalfYear.parse(self.code)

    @property
    def well_formed(self) -> bool:
        """Whether the parts are there; which code it is and which characters are forbidden are rules of their own."""
        control = any(unicodedata.category(character) == "Cc" for character in self.free_text or "")
        return self.code is not None and bool(self.free_text) and not control

    @property
    def forbidden(self) -> frozenset[str]:
        """The forbidden characters in the name, the extension's dot excepted."""
        return FORBIDDEN & set(self.stem + (self.extension or ""))

    @property
    def known_extension(self) -> bool:
        """Whether the extension is csv or txt."""
        return self.extension is not None and self.extension.lower() in EXTENSIONS


def half_year_in_name(name: str) -> HalfYear | None:
    """The half-year that a file's name tells, or None."""
    return FileName.parse(name).half_year


def name_faults(name: FileName, *, expected: HalfYear | None, received_on: dt.date) -> list[str]:
    """The rules (by their names in structuur.yaml) that the name breaks.

    Args:
        name: The name, taken apart.
        expected: The half-year of the inbox folder or of the command's option, when there is one.
        received_on: The day of receipt; a half-year must have begun by then.
    """
    faults = []
    if not name.well_formed:
        faults.append("name_form")
    if name.forbidden:
        faults.append("name_characters")
    if not name.known_extension:
        faults.append("name_extension")
    told = name.half_year
    if (name.code is not None and told is None) or not _open(told or expected, received_on):
        faults.append("upload_code_unknown")
    elif told is not None and expected is not None and told != expected:
        faults.append("upload_code_other")
    return faults


def _open(half_year: HalfYear | None, received_on: dt.date) -> bool:
    """Whether files about the half-year can exist; nothing is said of an unknown one."""
    if half_year is None:
        return True
    try:
        protocol_for(half_year)
    except NoProtocolError:
        return False
    return half_year.first_day <= received_on
