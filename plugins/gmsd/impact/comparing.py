"""What two versions of the rules say of the same files, compared: pure values in, pure values out."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import Any, Literal

Outcome = dict[str, Any]  # what gmsd.impact.worker answers about a file
Change = Literal["new", "gone", "changed", "wording", "stopped", "runs"]
FAILED = "could not run"
_CHANGES: tuple[Change, ...] = ("new", "gone", "changed", "wording", "stopped", "runs")


@dataclass(frozen=True, slots=True)
class FindingChange:
    """One rule's answer about one file that is not what it was.

    Attributes:
        rule: Its code.
        change: new or gone: the finding; changed: its level, field, count or lines; wording: only its sentences;
            stopped: the rule can no longer run; runs: it runs again.
        old_count: How often it was found; None = not at all.
        new_count: How often it is found.
        old_level: Its level then.
        new_level: Its level now.
    """

    rule: str
    change: Change
    old_count: int | None = None
    new_count: int | None = None
    old_level: str | None = None
    new_level: str | None = None

    def to_json(self) -> dict[str, Any]:
        """As plain values."""
        counts = {"old_count": self.old_count, "new_count": self.new_count}
        return {"rule": self.rule, "change": self.change, **counts, "old_level": self.old_level, "new_level": self.new_level}


@dataclass(frozen=True, slots=True)
class FileChange:
    """What is different about one file. `old_reason` and `new_reason` say why a version could not check it."""

    file: str
    old_verdict: str
    new_verdict: str
    findings: tuple[FindingChange, ...]
    old_reason: str | None = None
    new_reason: str | None = None

    @property
    def counts(self) -> bool:
        """Whether more than wording is different."""
        return self.old_verdict != self.new_verdict or any(change.change != "wording" for change in self.findings)

    def to_json(self) -> dict[str, Any]:
        """As plain values."""
        plain = {"file": self.file, "old_verdict": self.old_verdict, "new_verdict": self.new_verdict}
        return plain | {
            "old_reason": self.old_reason,
            "new_reason": self.new_reason,
            "findings": [change.to_json() for change in self.findings],
        }


def compare_file(name: str, old: Outcome, new: Outcome) -> FileChange:
    """What changed for one file; findings are only compared where both versions could check it."""
    findings = () if "failed" in old or "failed" in new else tuple(_findings(old, new))
    return FileChange(
        name, old.get("verdict", FAILED), new.get("verdict", FAILED), findings, old_reason=old.get("failed"), new_reason=new.get("failed")
    )


def _findings(old: Outcome, new: Outcome) -> list[FindingChange]:
    changes = []
    for rule in sorted({*old["findings"], *new["findings"]}):
        before, after = old["findings"].get(rule), new["findings"].get(rule)
        change = _change(before, after)
        if change is not None:
            was = (before or {}).get("count"), (before or {}).get("level")
            now = (after or {}).get("count"), (after or {}).get("level")
            changes.append(FindingChange(rule, change, was[0], now[0], was[1], now[1]))
    was_not_run, is_not_run = set(old["not_run"]), set(new["not_run"])
    changes += [FindingChange(rule, "stopped") for rule in sorted(is_not_run - was_not_run)]
    changes += [FindingChange(rule, "runs") for rule in sorted(was_not_run - is_not_run)]
    return changes


def _change(before: Outcome | None, after: Outcome | None) -> Change | None:
    if before is None or after is None:
        return "new" if before is None else "gone"
    if any(before[part] != after[part] for part in ("level", "field", "count", "lines")):
        return "changed"
    return "wording" if before["wording"] != after["wording"] else None


@dataclass(slots=True)
class RuleTotal:
    """One rule over the whole archive.

    Attributes:
        rule: Its code.
        levels: Its levels in the findings, old ones first.
        files: How many files have which change.
        old_faults: How often it was found in all files that both versions could check.
        new_faults: How often it is found.
    """

    rule: str
    levels: tuple[str, ...] = ()
    files: Counter[str] = field(default_factory=Counter)
    old_faults: int = 0
    new_faults: int = 0

    def to_json(self) -> dict[str, Any]:
        """As plain values."""
        files = {change: self.files[change] for change in _CHANGES}
        return {
            "rule": self.rule,
            "levels": list(self.levels),
            "files": files,
            "old_faults": self.old_faults,
            "new_faults": self.new_faults,
        }


@dataclass(frozen=True, slots=True)
class Comparison:
    """What changed over the whole archive.

    Attributes:
        compared: How many files were compared.
        records: Lines after the headers of these files.
        verdicts: How many files went from which verdict to which, unchanged ones too.
        rules: Per rule of which anything changed, in order of code.
        files: The files of which anything changed: first those with another verdict, last those that a version could not check.
        met: The codes that were found in any file by either version, and the protocols that files were checked by.
        failing: How many files the new version could not check, or not with all of its rules.
    """

    compared: int
    records: int
    verdicts: dict[tuple[str, str], int]
    rules: tuple[RuleTotal, ...]
    files: tuple[FileChange, ...]
    met: frozenset[str]
    failing: int

    @property
    def changed(self) -> bool:
        """Whether a verdict or finding changed; other words for the same finding are no change."""
        return any(file.counts for file in self.files)


def compare(names: list[str], old: list[Outcome], new: list[Outcome]) -> Comparison:
    """Compare the outcomes of all files, in the order of their names."""
    verdicts: Counter[tuple[str, str]] = Counter()
    totals: dict[str, RuleTotal] = {}
    files, met, failing, records = [], set(), 0, 0
    for name, before, after in zip(names, old, new, strict=True):
        file = compare_file(name, before, after)
        verdicts[file.old_verdict, file.new_verdict] += 1
        failing += "failed" in after or bool(after["not_run"])
        records += int((before if "failed" in after else after).get("records", 0))
        for outcome in (before, after):
            met |= {*outcome.get("findings", ()), *((outcome["protocol"],) if outcome.get("protocol") else ())}
        if file.counts or file.findings:
            files.append(file)
        if "failed" not in before and "failed" not in after:
            _add(totals, file, before, after)
    files.sort(key=lambda each: (FAILED in (each.old_verdict, each.new_verdict), each.old_verdict == each.new_verdict, not each.counts))
    rules = tuple(total for _, total in sorted(totals.items()) if total.files)
    return Comparison(len(names), records, dict(sorted(verdicts.items())), rules, tuple(files), frozenset(met), failing)


def _add(totals: dict[str, RuleTotal], file: FileChange, before: Outcome, after: Outcome) -> None:
    """Count one file into the totals of its rules."""
    for rule in {*before["findings"], *after["findings"], *(change.rule for change in file.findings)}:
        total = totals.setdefault(rule, RuleTotal(rule))
        was, now = before["findings"].get(rule), after["findings"].get(rule)
        total.old_faults += was["count"] if was else 0
        total.new_faults += now["count"] if now else 0
        total.levels = tuple(dict.fromkeys((*total.levels, *(finding["level"] for finding in (was, now) if finding))))
    for change in file.findings:
        totals[change.rule].files[change.change] += 1


Rules = dict[str, dict[str, dict[str, str]]]  # protocol -> code -> level, definition, wording


def rule_changes(old: Rules, new: Rules) -> dict[str, list[str]]:
    """Which rules were added, removed, defined otherwise or only put in other words, whatever the archive holds.

    A protocol that was added or removed as a whole is named by its own name instead of by its rules.
    """
    changes: dict[str, set[str]] = defaultdict(set)
    changes["added"] |= new.keys() - old.keys()
    changes["removed"] |= old.keys() - new.keys()
    for protocol in old.keys() & new.keys():
        before, after = old[protocol], new[protocol]
        for code in {*before, *after}:
            if code not in before:
                changes["added"].add(code)
            elif code not in after:
                changes["removed"].add(code)
            elif before[code]["definition"] != after[code]["definition"]:
                changes["redefined"].add(code)
            elif before[code]["wording"] != after[code]["wording"]:
                changes["reworded"].add(code)
    return {kind: sorted(changes[kind]) for kind in ("added", "removed", "redefined", "reworded")}
