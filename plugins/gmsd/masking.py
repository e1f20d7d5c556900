"""Numbers that can be a BSN, and signs that steer a screen, in text that people will read: the one place that knows both."""

import re
import unicodedata
from itertools import pairwise

MASK = "*********"
_NINE_DIGITS = re.compile(r"\d(?<!\d\d)\d{8}(?!\d)")  # begins with a digit, so that text without one is passed over quickly
# Control characters, direction marks and halves of characters: what may steer a terminal or turn a line around.
STEERING = re.compile("[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ud800-\udfff]")
_WEIGHTS = (9, 8, 7, 6, 5, 4, 3, 2, -1)
# Signs without a shape of their own, which word processors and websites leave behind: soft hyphen, zero-width signs, marks of direction.
_UNSEEN = re.compile("[\u00ad\u034f\u061c\u180e\u200b-\u200f\u2060-\u2064\ufe00-\ufe0f\ufeff]")
_IN_GROUPS = re.compile(r"(?<![\d+])\d+(?:[\W_]{1,6}\d+)+")
# The shapes in which a BSN, or the sofinummer before it, is written on paper; any signs may stand between such groups.
_SHAPES = frozenset({(3, 3, 3), (4, 2, 3), (1,) * 9})
_SIGNS = frozenset("-\u2010\u2011\u2012\u2013\u2014\u2015\u2212/\\_|:*'\u2019\u00b7\u2022.,") | {""}
_YEAR = re.compile(r"(?:19|20)\d\d")


def can_be_bsn(digits: str) -> bool:
    """Tell whether nine digits can be a BSN: they pass the 11-proef and are not all zero (Logius, BSN numbering)."""
    values = [int(digit) for digit in digits]
    return any(values) and sum(weight * value for weight, value in zip(_WEIGHTS, values, strict=True)) % 11 == 0


def mask_bsn(text: str) -> str:
    """Replace each run of exactly nine digits that can be a BSN by nine asterisks: for names, keys and lines of our own.

    Digits of any script count: to a reader a full-width digit is the same number. What people write themselves goes through
    `mask_written_bsn`, which our own texts do not: a size of 123.456.782 bytes is no person.
    """
    return _NINE_DIGITS.sub(lambda run: MASK if can_be_bsn(run.group()) else run.group(), text)


def without_unseen(text: str) -> str:
    """The text without signs that nobody sees: a number with one inside would pass for two."""
    return _UNSEEN.sub("", text)


def mask_written_bsn(text: str) -> str:
    """Mask a BSN however a person writes it: in one run, or in groups with one and the same sign between them (123.456.782, 1 2 3 ...).

    A year and a number next to each other, an amount with cents and a telephone number with its country are left as they are.

    Returns:
        The text itself when nothing is masked; else the text in compatibility form (NFKC, unseen signs gone), with asterisks.
    """
    plain = unicodedata.normalize("NFKC", without_unseen(text))
    masked = _IN_GROUPS.sub(lambda found: _mask_groups(found.group()), mask_bsn(plain))
    return text if masked == plain else masked


def _mask_groups(run: str) -> str:
    """Mask every row of whole groups in a run that makes nine digits which can be a BSN."""
    groups = list(re.finditer(r"\d+", run))
    signs = [run[a.end() : b.start()] for a, b in pairwise(groups)]
    for first in range(len(groups)):
        size = 0
        for last in range(first, len(groups)):
            size += len(groups[last].group())
            if size >= 9:
                row = [group.group() for group in groups[first : last + 1]]
                if size == 9 and _is_one_number(row, signs[first:last]) and can_be_bsn("".join(row)):
                    before, after = run[: groups[first].start()], run[groups[last].end() :]
                    return _mask_groups(before) + MASK + _mask_groups(after)
                break
    return run


def _is_one_number(row: list[str], signs: list[str]) -> bool:
    """Whether groups of digits are one number to a reader, and not an enumeration, an amount with cents, or a year and a number."""
    if any("," in sign and sign != "," for sign in signs):
        return False
    if tuple(map(len, row)) in _SHAPES:
        return True
    if len(row) == 1 or len({sign.strip() for sign in signs}) > 1 or signs[0].strip() not in _SIGNS:
        return False
    if signs[0] in {".", ","} and len(row[-1]) < 3:
        return False
    return not (len(row) == 2 and _YEAR.fullmatch(row[0]))


def printable(text: str) -> str:
    """A name on one line of a terminal: masked, and a question mark for every character that could steer it."""
    return mask_bsn(STEERING.sub("?", text))
