"""What the data engineer reads in Airflow: the state of a delivery and its reason, as short markdown.

No file name and no line stands in it: what Airflow keeps, no withdrawal can take out of its database.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from gmsd.feedback import Checked
from gmsd.rendering import one_line

if TYPE_CHECKING:
    from collections.abc import Mapping

_VERDICTS = {
    "accepted": "**Accepted**",
    "accepted_without_facultative": "**Accepted, facultative variables emptied**",
    "rejected": "**Rejected**",
}
_REASONS = {
    "unplaced": "The key does not belong to a municipality and a half-year; the engineer was mailed.",
    "early": "Uploaded before the delivery window; kept, not checked.",
    "late": "Uploaded after the delivery window; kept, not checked.",
    "repeat": "Same content and file name as the upload before it; not checked again.",
    "over_limit": "All corrections of this municipality and half-year are used; kept, not checked.",
    "unreadable": "The object came without the right for us to read it.",
}
_SHOWN = 5


def _plain(text: str) -> str:
    """Escape what markdown would take for formatting or a link."""
    return re.sub(r"([\\`*_\[\]<>#|])", r"\\\1", one_line(text, 300))


def verdict_note(result: Mapping[str, Any]) -> str:
    """Write the verdict of a check, its counts and its first reasons."""
    checked = Checked.of(result)
    counts = [f"{checked.records:,} records", f"{checked.content_errors:,} content errors"]
    if not checked.content_checked:
        counts[1] = "content not checked"
    parts = [f"{_VERDICTS[checked.verdict]}: {', '.join(counts)}"]
    faults = checked.faults
    parts += [f"- {each.rule} ({each.level}, {each.field or 'no field'}): {each.count:,}" for each in faults[:_SHOWN]]
    if len(faults) > _SHOWN:
        parts.append(f"- and {len(faults) - _SHOWN} more findings: see terugkoppeling.html in the outbox")
    return "\n".join(parts)


def state_note(state: str, *, detail: str = "") -> str:
    """Write the note of a delivery that was not checked.

    Raises:
        KeyError: the state is one that a check gives (its note is `verdict_note`).
    """
    note = f"**{state.replace('_', ' ').capitalize()}**: {_REASONS[state]}"
    return f"{note} {_plain(detail)}" if detail else note
