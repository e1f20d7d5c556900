"""Explanations as they are printed: the one place where a municipality's words are made harmless for whatever reads a release.

A form with a formula, markup or a BSN in it is refused (`gmsd.consent`). What was kept before that, or slipped past it, is made harmless
here; nothing else that is written into a release comes from outside.
"""

from __future__ import annotations

import re
import unicodedata

from gmsd.masking import mask_written_bsn, without_unseen

# What a spreadsheet begins a formula with, also in the full-width forms that it reads as the same; a semicolon begins a cell in Dutch.
_FORMULA = re.compile(r"(^|;\s*)(?=[\s\"]*[=+\-@\uff1d\uff0b\uff0d\uff20\ufe66\ufe62\ufe63\ufe6b])")
# Where a browser begins a tag or an entity, and a Markdown reader a link.
_TAG = re.compile(r"[<\uff1c](?=[a-z/!?])", re.IGNORECASE)
_ENTITY = re.compile(r"&(?=(?:#\w+|lt|gt|amp|quot|apos|nbsp);)", re.IGNORECASE)
_LINK = re.compile(r"(?<=\])(?=[(\[:])|(?<=!)(?=\[)")
# Control, steering, half, private and unassigned characters.
_NOT_TEXT = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})


def printed(text: str) -> str:
    """An explanation on one line, as every format and page prints it.

    Steering and unseen signs are gone, a BSN however it is written is masked, a tag, entity or link is no longer one, and a line that a
    spreadsheet would take for a formula begins with an apostrophe. Printing what is printed changes nothing.
    """
    seen = "".join(" " if sign.isspace() else sign for sign in without_unseen(text) if sign.isspace() or _is_text(sign))
    line = " ".join(mask_written_bsn(seen).split())
    line = _ENTITY.sub("& ", _TAG.sub("\u2039", line))
    return _FORMULA.sub(r"\1'", _LINK.sub(" ", line))


def _is_text(sign: str) -> bool:
    return unicodedata.category(sign) not in _NOT_TEXT
