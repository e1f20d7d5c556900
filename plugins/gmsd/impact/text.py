"""The answer as a page of text: what changed in figures first, then file by file, then what it costs."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from gmsd.impact.comparing import Comparison, FileChange, FindingChange, RuleTotal
    from gmsd.impact.impact import Impact

SHOWN_FILES, SHOWN_FINDINGS, SHOWN_CODES = 20, 8, 12
_COSTS = (
    ("start_cpu_seconds", "start, processor seconds"),
    ("start_seconds", "start, seconds"),
    ("check_cpu_seconds", "checks, processor seconds"),
    ("check_seconds", "checks, seconds"),
    ("peak_mb", "peak memory of a process, MB"),
)
_RULE_COLUMNS = ("rule", "level", "new", "gone", "changed", "wording", "faults then", "faults now")


def impact_text(impact: Impact) -> str:
    """The whole page. Long lists are cut, with their true lengths."""
    parts = [_head(impact), _troubles(impact)]
    if impact.comparison is not None:
        parts += [_verdicts(impact.comparison), _rules(impact.comparison), _rule_files(impact), _files(impact.comparison)]
    elif impact.verdicts:
        parts.append(
            ["Verdicts of the new rules, with nothing to compare them with", *_table([(name, n) for name, n in impact.verdicts.items()])]
        )
    parts += [_costs(impact), _answer(impact)]
    return "\n\n".join("\n".join(part) for part in parts if part) + "\n"


def _head(impact: Impact) -> list[str]:
    archive, records = impact.archive, impact.comparison.records if impact.comparison else 0
    days = ", ".join(f"{source} ({files:,})" for source, files in sorted(archive.days_told_by.items()))
    lines = [
        f"Rules: {impact.old.shown} -> {impact.new.shown}",
        f"Archive: {archive.title}: {len(archive.items):,} files" + (f", {records:,} records" if records else ""),
        f"Days of receipt: from {days}" if days else "",
    ]
    if archive.unplaced:
        lines.append(f"{archive.unplaced:,} files lie outside a folder {{code uitvraag}}/{{municipality}} and are checked without either")
    if impact.old.supplied:
        lines.append(f"Not there yet then, taken from now: {', '.join(impact.old.supplied)}")
    return [line for line in lines if line]


def _troubles(impact: Impact) -> list[str]:
    """What stands in the way of an answer over everything."""
    lines = []
    for side, name in (("new", "The new rules"), ("old", f"The rules of {impact.old.shown}")):
        error = impact.sides[side].error
        if error is not None:
            lines += [f"{name} cannot be run:", *_cut([f"  {line}" for line in error.splitlines()], SHOWN_FILES)]
    if impact.unreadable:
        lines.append(f"{len(impact.unreadable):,} files cannot be read and are in no count:")
        lines += _cut([f"  {name}: {reason}" for name, reason in impact.unreadable], SHOWN_FILES)
    return lines


def _verdicts(found: Comparison) -> list[str]:
    rows = [("" if old == new else "*", f"{old} -> {new}" if old != new else old, files) for (old, new), files in found.verdicts.items()]
    changed = sum(files for (old, new), files in found.verdicts.items() if old != new)
    reasons = Counter(
        (side, reason)
        for file in found.files
        for side, reason in (("then", file.old_reason), ("now", file.new_reason))
        if reason is not None
    )
    not_run = [f"  could not run {side}, {files:,} files: {' '.join(reason.split())}" for (side, reason), files in reasons.most_common()]
    return [f"Verdicts: {changed:,} of {found.compared:,} files get another one", *_table(rows), *_cut(not_run, SHOWN_FINDINGS)]


def _rules(found: Comparison) -> list[str]:
    """Findings by rule, in files; then which rules stopped or run again."""
    shown = [total for total in found.rules if any(total.files[change] for change in ("new", "gone", "changed", "wording"))]
    lines = ["Findings: none is new, gone or changed"]
    if shown:
        totals = [sum(total.files[change] for total in shown) for change in ("new", "gone", "changed", "wording")]
        rows: list[Sequence[object]] = [_RULE_COLUMNS, *(_rule_row(total) for total in shown)]
        rows.append(("all", "", *totals, sum(total.old_faults for total in shown), sum(total.new_faults for total in shown)))
        lines = ["Findings, in files (wording: only the sentence is another; it is no change)", *_table(rows)]
    for change, words in (("stopped", "can no longer be run"), ("runs", "can be run again")):
        lines += [f"  {total.rule} {words}: {total.files[change]:,} files" for total in found.rules if total.files[change]]
    return lines


def _rule_row(total: RuleTotal) -> Sequence[object]:
    files = total.files
    return (
        total.rule,
        " -> ".join(total.levels),
        *(files[n] for n in ("new", "gone", "changed", "wording")),
        total.old_faults,
        total.new_faults,
    )


def _rule_files(impact: Impact) -> list[str]:
    changes = {kind: codes for kind, codes in impact.rule_changes.items() if codes}
    if not changes:
        return ["Rules: none is written otherwise"]
    lines = [f"Rules {kind}: {_codes(codes)}" for kind, codes in changes.items()]
    if impact.untried:
        lines.append(f"Of these no file of the archive meets, so that it says nothing of them: {_codes(impact.untried)}")
    return lines


def _codes(codes: list[str]) -> str:
    more = f" and {len(codes) - SHOWN_CODES} more" if len(codes) > SHOWN_CODES else ""
    return f"{len(codes)} ({', '.join(codes[:SHOWN_CODES])}{more})"


def _files(found: Comparison) -> list[str]:
    changed = [file for file in found.files if file.counts]
    if not changed:
        return []
    lines = [f"Files: {len(changed):,} changed"]
    for file in changed[:SHOWN_FILES]:
        lines += _file(file)
    if len(changed) > SHOWN_FILES:
        lines.append(f"  ... and {len(changed) - SHOWN_FILES:,} more; --json lists all")
    return lines


def _file(file: FileChange) -> list[str]:
    verdict = file.new_verdict if file.old_verdict == file.new_verdict else f"{file.old_verdict} -> {file.new_verdict}"
    lines = [f"  {file.file}: {verdict}"]
    lines += [f"    {side}: {' '.join(reason.split())}" for side, reason in (("then", file.old_reason), ("now", file.new_reason)) if reason]
    findings = [f"    {_finding(change)}" for change in file.findings if change.change != "wording"]
    return lines + _cut(findings, SHOWN_FINDINGS, "    ")


def _finding(change: FindingChange) -> str:
    if change.change in ("stopped", "runs"):
        return f"{change.rule} {'can no longer be run' if change.change == 'stopped' else 'can be run again'}"
    levels, counts = _from_to(change.old_level, change.new_level), _from_to(change.old_count, change.new_count)
    return f"{change.rule} {change.change}: {levels}, count {counts}"


def _from_to(old: object, new: object) -> str:
    shown = [f"{value:,}" if isinstance(value, int) else str(value) for value in (old, new) if value is not None]
    return " -> ".join(dict.fromkeys(shown))


def _costs(impact: Impact) -> list[str]:
    if any(side.error is not None for side in impact.sides.values()):
        return []
    old, new, ratios = impact.sides["old"].cost(), impact.sides["new"].cost(), impact.ratios()
    rows: list[Sequence[object]] = [("", "then", "now", "now / then")]
    for name, title in _COSTS:
        ratio = ratios[name]
        digits = 0 if name == "peak_mb" else 2
        values = (f"{value:,.{digits}f}" if value else "-" for value in (old[name], new[name]))
        rows.append((title, *values, "-" if ratio is None else f"{ratio:.2f}"))
    return ["Time and memory (each version in processes of its own)", *_table(rows)]


def _answer(impact: Impact) -> list[str]:
    if impact.answer == "cannot run":
        found = impact.comparison
        failing = f" on {found.failing:,} of {found.compared:,} files" if found else ""
        return [f"Answer: the new rules, or some of them, cannot be run{failing}."]
    if impact.comparison is None:
        return ["Answer: the new rules run; what they change cannot be told."]
    return ["Answer: verdicts or findings change." if impact.changed else "Answer: no verdict and no finding changes."]


def _cut(lines: list[str], length: int, indent: str = "  ") -> list[str]:
    return lines if len(lines) <= length else [*lines[:length], f"{indent}... and {len(lines) - length:,} more"]


def _table(rows: Iterable[Sequence[object]]) -> list[str]:
    """Rows in columns: numbers to the right, words to the left."""
    cells = [[f"{cell:,}" if isinstance(cell, int) else str(cell) for cell in row] for row in rows]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    right = [all(cell == "-" or cell[:1].isdigit() for cell in column[-1:]) for column in zip(*cells, strict=True)]
    lines = []
    for row in cells:
        padded = [cell.rjust(width) if number else cell.ljust(width) for cell, width, number in zip(row, widths, right, strict=True)]
        lines.append(("  " + "  ".join(padded)).rstrip())
    return lines
