"""`compare_rules`: what a change of the rules does to an archive of deliveries, from start to end."""

from __future__ import annotations

import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gmsd.impact.comparing import Comparison, compare, rule_changes
from gmsd.impact.rules import RulesVersion, earlier, present
from gmsd.impact.running import Run, Side
from gmsd.impact.worker import PREFIX

if TYPE_CHECKING:
    from collections.abc import Callable

    from gmsd.impact.archive import Archive


@dataclass(frozen=True, slots=True)
class Impact:
    """The answer.

    Attributes:
        old: The rules compared with.
        new: The rules as they are now.
        archive: What both were tried on.
        sides: What each did, by `old` and `new`.
        comparison: What changed; None when one of the two versions cannot be run at all.
        unreadable: Files that could not be read (masked) and why; they are in no count.
        verdicts: How many files got which verdict from the new rules; told also when there is nothing to compare with.
    """

    old: RulesVersion
    new: RulesVersion
    archive: Archive
    sides: dict[str, Side]
    comparison: Comparison | None
    unreadable: tuple[tuple[str, str], ...]
    verdicts: dict[str, int]

    @property
    def runs(self) -> bool:
        """Whether the new rules can be run: all of them, on every file that can be read."""
        new = self.sides["new"]
        return new.error is None and not any("failed" in outcome or outcome.get("not_run") for outcome in new.outcomes)

    @property
    def changed(self) -> bool:
        """Whether a verdict or finding changed, or cannot be compared."""
        return self.comparison is None or self.comparison.changed

    @property
    def answer(self) -> str:
        """unchanged, changed, or cannot run."""
        return "cannot run" if not self.runs else "changed" if self.changed else "unchanged"

    def status(self, *, allow_changes: bool = False) -> int:
        """The exit status: 2 = a file cannot be read; 1 = the new rules cannot be run, or something changed; 0 = neither."""
        if self.unreadable:
            return 2
        return int(not self.runs or (self.changed and not allow_changes))

    @property
    def rule_changes(self) -> dict[str, list[str]]:
        """Which rules were changed in the files, whatever that does; nothing when a version cannot be read."""
        sides = self.sides["old"], self.sides["new"]
        return rule_changes(*(side.rules for side in sides)) if all(side.rules for side in sides) else rule_changes({}, {})

    @property
    def untried(self) -> list[str]:
        """Changed rules that no file of the archive meets: of these the archive says nothing."""
        changes = self.rule_changes
        met = self.comparison.met if self.comparison else frozenset()
        return sorted({*changes["added"], *changes["removed"], *changes["redefined"]} - met)

    def ratios(self) -> dict[str, float | None]:
        """New divided by old, for time and memory; None where there is nothing to divide by."""
        old, new = (self.sides[side].cost() for side in ("old", "new"))
        return {name: round(new[name] / old[name], 2) if old[name] and new[name] else None for name in old}

    def to_json(self) -> dict[str, Any]:
        """Everything as plain values, schema `gmsd-rules-impact/1`."""
        found = self.comparison
        return {
            "schema": "gmsd-rules-impact/1",
            "answer": self.answer,
            "old": {
                "name": self.old.name,
                "commit": self.old.commit,
                "supplied": list(self.old.supplied),
                "error": self.sides["old"].error,
            },
            "new": {"name": self.new.name, "error": self.sides["new"].error},
            "archive": {
                "title": self.archive.title,
                "files": len(self.archive.items),
                "unplaced": self.archive.unplaced,
                "received_on": self.archive.days_told_by,
                "compared": found.compared if found else 0,
                "records": found.records if found else 0,
            },
            "unreadable": [{"file": name, "reason": reason} for name, reason in self.unreadable],
            "rule_changes": self.rule_changes | {"untried": self.untried},
            "new_verdicts": self.verdicts,
            "verdicts": [{"old": old, "new": new, "files": files} for (old, new), files in found.verdicts.items()] if found else [],
            "rules": [rule.to_json() for rule in found.rules] if found else [],
            "files": [file.to_json() for file in found.files] if found else [],
            "cost": {**{side: each.cost() for side, each in self.sides.items()}, "ratio": self.ratios()},
        }


def compare_rules(
    against: str,
    expectations: Path,
    archive: Archive,
    *,
    limits: dict[str, int],
    jobs: int,
    progress: Callable[[int], None] = lambda _: None,
) -> Impact:
    """Run the rules of a revision or folder and those of now over an archive.

    Args:
        against: See `gmsd.impact.rules.earlier`.
        expectations: The folder with the rules of now.
        archive: The deliveries.
        limits: `max_bytes` and `max_lines` of the installation, as intake gives them to the check.
        jobs: How many files are checked at the same time.
        progress: Called with the number of files done, from any thread.

    Raises:
        NoRules: When there is nothing to compare with.
    """
    folder = Path(tempfile.mkdtemp(prefix=PREFIX))
    try:
        old, new = earlier(against, expectations, folder / "old"), present(expectations, folder / "new")
        run = Run({"old": old.home, "new": new.home}, archive, limits, jobs, progress)
        run.check()
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return _answer(old, new, archive, run.sides)


def _answer(old: RulesVersion, new: RulesVersion, archive: Archive, sides: dict[str, Side]) -> Impact:
    """Leave out what could not be read, and compare the rest."""
    unreadable, readable = list(archive.unreadable), []
    for index, item in enumerate(archive.items):
        outcomes = [side.outcomes[index] for side in sides.values() if side.outcomes]
        reasons = [outcome["unreadable"] for outcome in outcomes if "unreadable" in outcome]
        if reasons:
            unreadable.append((item.name, reasons[0]))
        else:
            readable.append(index)
    comparison = None
    if all(side.outcomes for side in sides.values()):
        both = [[side.outcomes[index] for index in readable] for side in sides.values()]
        comparison = compare([archive.items[index].name for index in readable], *both)
    verdicts: dict[str, int] = {}
    for index in readable if sides["new"].outcomes else ():
        verdict = sides["new"].outcomes[index].get("verdict", "could not run")
        verdicts[verdict] = verdicts.get(verdict, 0) + 1
    return Impact(old, new, archive, sides, comparison, tuple(sorted(unreadable)), verdicts)
