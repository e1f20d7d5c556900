"""What a check answers. Nothing in it is a cell's value that could be a person's number."""

from __future__ import annotations

from dataclasses import dataclass
from dataclasses import field as field_
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import numpy.typing as npt

from gmsd.rounds import WMO

if TYPE_CHECKING:
    from gmsd.protocol import Rule
    from gmsd.rounds import HalfYear

Verdict = Literal["accepted", "accepted_without_facultative", "rejected"]
SHOWN_LINES = 10
LISTED_LINES = 100_000


@dataclass(frozen=True, slots=True)
class Finding:
    """One fault or notice.

    Attributes:
        rule: Stable code of the rule.
        level: file, base, facultative or notice.
        field: The column it is reported at; None for a whole line or file.
        count: How often it occurs in the whole file.
        lines: The first ten physical line numbers, ascending; the header is line 1.
        message: One Dutch sentence: what is wrong.
        repair: One Dutch sentence: what to do.
        source: Place in the protocol.
        all_lines: The first hundred thousand line numbers, for a list that a person works through; not part of the JSON.
        stopped: Whether it stopped the check before the content: a file fault that is not judged by the content; not part of the JSON.
    """

    rule: str
    level: str
    field: str | None
    count: int
    lines: tuple[int, ...]
    message: str
    repair: str
    source: str
    all_lines: npt.NDArray[np.int32] = field_(compare=False, repr=False)
    stopped: bool = False

    @classmethod
    def of(cls, rule: Rule, *, count: int = 1, lines: npt.ArrayLike = (), **words: str) -> Finding:
        """A finding of a rule on these lines (all of them, or the first hundred thousand); `words` fill the places in its sentences."""
        message, repair = rule.message.format_map(words), rule.repair.format_map(words)
        numbers = np.asarray(lines, dtype=np.int32)[:LISTED_LINES]
        first = tuple(numbers[:SHOWN_LINES].tolist())
        stopped = rule.level == "file" and not rule.after_content
        return cls(rule.code, rule.level, rule.field, count, first, message, repair, rule.source, numbers, stopped)

    def to_json(self) -> dict[str, Any]:
        """The finding as plain values."""
        return {
            "rule": self.rule,
            "level": self.level,
            "field": self.field,
            "count": self.count,
            "lines": list(self.lines),
            "message": self.message,
            "repair": self.repair,
            "source": self.source,
        }


@dataclass(frozen=True, slots=True)
class NotRun:
    """A rule that could not run, and why."""

    rule: str
    level: str
    reason: str


@dataclass(frozen=True, slots=True)
class CheckResult:
    """The result of checking one file.

    Attributes:
        file: The file's name; a number in it that can be a BSN is masked.
        protocol: The protocol it was checked by; None when the half-year is unknown.
        half_year: The half-year it is about; None when nothing tells it.
        municipality: The delivering municipality; when nobody told it, that of the first record with a code that is one; or None.
        sha256: Of the bytes as delivered.
        bytes: Size as delivered.
        records: Lines after the header, empty ones and empty records at the end excepted.
        findings: File faults, or base, facultative and notices, in the protocol's order.
        not_run: Rules that could not run.
        law: The law it is about.
    """

    file: str
    protocol: str | None
    half_year: HalfYear | None
    municipality: str | None
    sha256: str
    bytes: int
    records: int
    findings: tuple[Finding, ...]
    not_run: tuple[NotRun, ...] = ()
    law: str = WMO

    @property
    def verdict(self) -> Verdict:
        """File and base faults reject, facultative ones empty; a rule that could not run counts as not passed."""
        levels = {finding.level for finding in self.findings} | {rule.level for rule in self.not_run}
        if levels & {"file", "base"}:
            return "rejected"
        return "accepted_without_facultative" if "facultative" in levels else "accepted"

    @property
    def accepted(self) -> bool:
        """Whether the file is used, with or without its facultative variables."""
        return self.verdict != "rejected"

    @property
    def facultative_used(self) -> bool:
        """Whether the facultative variables are used too."""
        return self.verdict == "accepted"

    @property
    def readable(self) -> bool:
        """Whether the content was checked: no fault of the file itself stopped it."""
        return not any(finding.stopped for finding in self.findings)

    @property
    def content_errors(self) -> int:
        """The number of faults in base and facultative variables."""
        return sum(finding.count for finding in self.findings if finding.level in ("base", "facultative"))

    def all_lines(self) -> dict[str, list[int]]:
        """By rule, the line numbers of its faults: all of them, or the first hundred thousand."""
        return {finding.rule: finding.all_lines.tolist() for finding in self.findings if len(finding.all_lines)}

    def to_json(self) -> dict[str, Any]:
        """The result as plain values, schema `gmsd-check/1`; the law stands in it when it is another than the Wmo."""
        law = {} if self.law == WMO else {"law": self.law}
        return {
            "schema": "gmsd-check/1",
            **law,
            "file": self.file,
            "protocol": self.protocol,
            "half_year": None if self.half_year is None else str(self.half_year),
            "municipality": self.municipality,
            "sha256": self.sha256,
            "bytes": self.bytes,
            "records": self.records,
            "verdict": self.verdict,
            "content_errors": self.content_errors,
            "findings": [finding.to_json() for finding in self.findings],
            "not_run": [{"rule": rule.rule, "reason": rule.reason} for rule in self.not_run],
        }
