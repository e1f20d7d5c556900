"""The rules on a file's name: `PREFIX_[code uitvraag]_[vrije tekst].csv`, with the prefix, extensions and characters of its law.

The text of a law whose files come from providers begins with the code of the provider, eight digits.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from gmsd.protocol import has_protocol, laws
from gmsd.rounds import HalfYear

if TYPE_CHECKING:
    import datetime as dt

    from gmsd.protocol import Law

_CODE = re.compile(r"h[12][0-9]{4}", re.IGNORECASE | re.ASCII)


@cache
def _parts(prefix: str) -> re.Pattern[str]:
    return re.compile(rf"{re.escape(prefix)}_(?P<code>[^_]*)(?:_(?P<free>.*))?", re.IGNORECASE | re.ASCII | re.DOTALL)


@dataclass(frozen=True, slots=True)
class FileName:
    """The name of a file about a law, taken apart; `code` is None where the name does not have the form to hold one."""

    law: Law
    stem: str
    extension: str | None
    code: str | None
    free_text: str | None

    @classmethod
    def parse(cls, name: str, law: Law) -> FileName:
        """Take a name apart; capitals and small letters are the same throughout."""
        stem, dot, extension = name.rpartition(".")
        if not dot:
            stem, extension = name, ""
        parts = _parts(law.prefix).fullmatch(stem)
        code = parts["code"] if parts and (parts["free"] is not None or _CODE.fullmatch(parts["code"])) else None
        return cls(law, stem, extension if dot else None, code, parts["free"] if parts else None)

    @property
    def half_year(self) -> HalfYear | None:
        """The half-year of the code uitvraag; None when that is no code."""
        if self.code is None or not _CODE.fullmatch(self.code) or self.code.endswith("0000"):
            return None
        return HalfYear.parse(self.code)

    @property
    def provider(self) -> str | None:
        """The provider of a law whose files come from providers; None for another law, and where the name does not tell."""
        return self.law.provider_in(self.stem) or None

    @property
    def well_formed(self) -> bool:
        """Whether the parts are there; which code it is and which characters are forbidden are rules of their own."""
        control = any(unicodedata.category(character) == "Cc" for character in self.free_text or "")
        told = self.law.sender != "provider" or self.provider is not None
        return self.code is not None and bool(self.free_text) and told and not control

    @property
    def forbidden(self) -> frozenset[str]:
        """The forbidden characters in the name, the extension's dot excepted."""
        return self.law.forbidden & set(self.stem + (self.extension or ""))

    @property
    def known_extension(self) -> bool:
        """Whether the extension is one that the law allows."""
        return self.extension is not None and self.extension.lower() in self.law.extensions


def law_in_name(name: str) -> Law | None:
    """The law whose prefix a file's name begins with, or None."""
    return next((law for law in laws() if _parts(law.prefix).match(name)), None)


def half_year_in_name(name: str, law: Law) -> HalfYear | None:
    """The half-year that the name of a file about a law tells, or None."""
    return FileName.parse(name, law).half_year


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
    named = name.half_year
    about = named or expected
    unknown = about is not None and not (has_protocol(about, name.law.id) and about.first_day <= received_on)
    if (name.code is not None and named is None) or unknown:
        faults.append("upload_code_unknown")
    elif named is not None and expected is not None and named != expected:
        faults.append("upload_code_other")
    return faults
