"""Masking of numbers that can be a BSN in text that people will read (file names, messages)."""

import re

MASK = "*********"
_NINE_DIGITS = re.compile(r"(?<!\d)\d{9}(?!\d)")
# Control characters, direction marks and halves of characters: what may steer a terminal or turn a line around.
STEERING = re.compile("[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ud800-\udfff]")
_WEIGHTS = (9, 8, 7, 6, 5, 4, 3, 2, -1)


def can_be_bsn(digits: str) -> bool:
    """Tell whether nine digits can be a BSN: they pass the 11-proef and are not all zero (Logius, BSN numbering)."""
    values = [int(digit) for digit in digits]
    return any(values) and sum(weight * value for weight, value in zip(_WEIGHTS, values, strict=True)) % 11 == 0


def mask_bsn(text: str) -> str:
    """Replace each run of exactly nine digits that can be a BSN by nine asterisks.

    Digits of any script count: to a reader a full-width digit is the same number.
    """
    return _NINE_DIGITS.sub(lambda run: MASK if can_be_bsn(run.group()) else run.group(), text)


def printable(text: str) -> str:
    """A name on one line of a terminal: masked, and a question mark for every character that could steer it."""
    return mask_bsn(STEERING.sub("?", text))
