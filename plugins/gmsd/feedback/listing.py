"""Every line number of a finding, as far as a workbook can hold them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gmsd.rendering import MOST_ROWS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from gmsd.feedback.result import Checked, ReportedFinding

_OTHER_ROWS = 100  # title, note and header; a row for each finding that is cut off


@dataclass(frozen=True, slots=True)
class Listed:
    """A finding with the line numbers that are listed, and how many of its lines are not."""

    finding: ReportedFinding
    numbers: Sequence[int]
    missing: int


def listed(checked: Checked, lines: Mapping[str, Sequence[int]], *, room: int = MOST_ROWS - _OTHER_ROWS) -> list[Listed]:
    """Put the line numbers of a check beside its findings.

    Args:
        checked: The result, with the first ten line numbers of each finding.
        lines: All line numbers by rule, ascending. A rule whose numbers do not go on from the first ten that the result has (another
            check's, or none) is listed with those ten.
        room: The most rows; when there is too little, the longest lists are cut to one length.
    """
    found = []
    for finding in checked.findings:
        numbers: Sequence[int] = lines.get(finding.rule, ())
        first = tuple(int(number) for number in numbers[: len(finding.lines)])
        whole = len(numbers) <= finding.count and first == finding.lines
        found.append((finding, numbers if whole and len(numbers) else finding.lines))
    longest = _longest([len(numbers) for _, numbers in found], room)
    return [
        Listed(finding, numbers[:longest], finding.count - min(len(numbers), longest) if numbers_given(finding) else 0)
        for finding, numbers in found
    ]


def numbers_given(finding: ReportedFinding) -> bool:
    """Whether a finding has line numbers: a fault of the file itself has none."""
    return bool(finding.lines)


def _longest(lengths: Sequence[int], room: int) -> int:
    """The greatest length that no list may pass, so that all fit in the room."""
    left, lists = room, sorted(lengths)
    for at, length in enumerate(lists):
        share = left // (len(lists) - at)
        if length > share:
            return share
        left -= length
    return max(lists, default=0)
