"""The stored JSON of a check (`gmsd-check/1`), read into values that reports are made of."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from gmsd.protocol import protocol_or_newest
from gmsd.rounds import WMO, HalfYear

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from gmsd.feedback.explanation import Explanation
    from gmsd.protocol import Protocol

LEVELS = ("file", "base", "facultative", "notice")
LEVEL_TITLES = {
    "file": "Fouten in het bestand zelf",
    "base": "Fouten in de basisvariabelen",
    "facultative": "Fouten in de facultatieve variabelen",
    "notice": "Opmerkingen",
}
LEVEL_WORDS = {"file": "bestand", "base": "basis", "facultative": "facultatief", "notice": "opmerking"}
VERDICT_WORDS = {
    "accepted": "Goedgekeurd",
    "accepted_without_facultative": "Goedgekeurd, zonder facultatieve variabelen",
    "rejected": "Afgekeurd",
}
WHOLE_LINE = "Hele regel"
WHOLE_FILE = "Hele bestand"


@dataclass(frozen=True, slots=True)
class ReportedFinding:
    """One fault or notice of a checked file; `lines` holds at most the first ten of `count` line numbers.

    `anchor` is where a report explains it: the code of its rule, numbered when a rule has more findings than one.
    """

    rule: str
    level: str
    field: str | None
    count: int
    lines: tuple[int, ...]
    message: str
    repair: str
    source: str
    anchor: str = ""

    @property
    def variable(self) -> str:
        """The variable in words; a fault of a whole line or file has none."""
        if self.field is not None:
            return self.field
        return WHOLE_FILE if self.level == "file" else WHOLE_LINE

    @property
    def shows_all_lines(self) -> bool:
        """Whether the line numbers given are all there are."""
        return len(self.lines) >= self.count


def _anchors(rules: Sequence[str]) -> list[str]:
    seen: Counter[str] = Counter()
    anchors = []
    for rule in rules:
        seen[rule] += 1
        anchors.append(f"uitleg-{rule}" if seen[rule] == 1 else f"uitleg-{rule}-{seen[rule]}")
    return anchors


@dataclass(frozen=True, slots=True)
class Variable:
    """The faults of one variable within one level, in the order of the check."""

    name: str
    findings: tuple[ReportedFinding, ...]

    @property
    def count(self) -> int:
        """The number of errors in this variable."""
        return sum(finding.count for finding in self.findings)


@dataclass(frozen=True)
class Checked:
    """A checked file: its verdict and its findings, with the questions a report asks of them; each is answered once.

    `result` is what it was read from; `explained` keeps what `explain` looked up, by the address of the catalogue of rules.
    """

    file: str
    protocol: str | None
    half_year: str | None
    municipality: str | None
    sha256: str
    bytes: int
    records: int
    verdict: str
    content_errors: int
    findings: tuple[ReportedFinding, ...]
    not_run: tuple[tuple[str, str], ...]
    result: Mapping[str, Any] = field(repr=False, compare=False)
    law: str = WMO
    explained: dict[str, Mapping[str, Explanation]] = field(default_factory=dict, init=False, repr=False, compare=False)

    @classmethod
    def of(cls, result: Mapping[str, Any] | Checked) -> Checked:
        """Read a result of the schema `gmsd-check/1`; who shows it in several forms reads it once and hands over what was read.

        Raises:
            ValueError: the result has another schema.
        """
        if isinstance(result, Checked):
            return result
        if result["schema"] != "gmsd-check/1":
            raise ValueError(f"a result of schema gmsd-check/1 is needed, not {result['schema']}")
        names = ("rule", "level", "field", "count", "message", "repair", "source")
        anchors = _anchors([item["rule"] for item in result["findings"]])
        findings = tuple(
            ReportedFinding(lines=tuple(item["lines"]), anchor=anchor, **{name: item[name] for name in names})
            for item, anchor in zip(result["findings"], anchors, strict=True)
        )
        fields = ("file", "protocol", "half_year", "municipality", "sha256", "bytes", "records", "verdict", "content_errors")
        not_run = tuple((item["rule"], item["reason"]) for item in result["not_run"])
        named = {name: result[name] for name in fields}
        return cls(findings=findings, not_run=not_run, result=result, law=result.get("law", WMO), **named)

    def at(self, level: str) -> tuple[ReportedFinding, ...]:
        """The findings of one level, in the order of the check."""
        return self._by_level.get(level, ())

    @cached_property
    def _by_level(self) -> dict[str, tuple[ReportedFinding, ...]]:
        return {level: tuple(finding for finding in self.findings if finding.level == level) for level in LEVELS}

    def variables(self, level: str) -> tuple[Variable, ...]:
        """The findings of one level, grouped by variable."""
        grouped: dict[str, list[ReportedFinding]] = {}
        for finding in self.at(level):
            grouped.setdefault(finding.variable, []).append(finding)
        return tuple(Variable(name, tuple(findings)) for name, findings in grouped.items())

    def errors(self, level: str) -> int:
        """The number of errors of one level."""
        return sum(finding.count for finding in self.at(level))

    @property
    def faults(self) -> tuple[ReportedFinding, ...]:
        """The findings that are errors, not notices, with their line numbers."""
        return tuple(finding for finding in self.findings if finding.level != "notice")

    @cached_property
    def protocol_used(self) -> Protocol:
        """The protocol that the file was checked by; the newest when its half-year is unknown or has none."""
        return protocol_or_newest(None if self.half_year is None else HalfYear.parse(self.half_year), self.law)

    @property
    def accepted(self) -> bool:
        """Whether the file is used, with or without its facultative variables."""
        return self.verdict != "rejected"

    @cached_property
    def nothing_counts(self) -> ReportedFinding | None:
        """The finding that nothing in the file counts: no record in the half-year, or nobody who is known; None when something does."""
        rules = self.protocol_used.rules
        return next((finding for finding in self.at("file") if finding.rule in rules and rules[finding.rule].after_content), None)

    @cached_property
    def mostly_outside(self) -> ReportedFinding | None:
        """The notice that more than half of the records fall outside the half-year; None when they do not."""
        protocol = self.protocol_used
        rule = protocol.rule_on(protocol.derived_of("outside").column).code
        return next((finding for finding in self.at("notice") if finding.rule == rule and 2 * finding.count > self.records), None)

    @property
    def content_checked(self) -> bool:
        """Whether the content was looked at: a fault of the file itself stops the check before it, unless the content shows it."""
        return not self.at("file") or self.nothing_counts is not None

    @property
    def cause(self) -> str:
        """What the verdict rests on.

        `file`, `base` or `facultative` faults, `nothing` when nothing counts, `not_run` when only rules that could not run; else `none`.
        """
        if self.verdict == "accepted":
            return "none"
        if self.nothing_counts is not None:
            return "nothing"
        levels = ("file", "base") if self.verdict == "rejected" else ("facultative",)
        return next((level for level in levels if self.at(level)), "not_run")

    @property
    def content_faults(self) -> tuple[ReportedFinding, ...]:
        """The errors in the content: base first, then facultative."""
        return self.at("base") + self.at("facultative")

    @property
    def verdict_words(self) -> str:
        """The verdict in Dutch."""
        return VERDICT_WORDS[self.verdict]
