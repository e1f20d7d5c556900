"""What was played, written down cell by cell as it is played, and the table of it: of each cell what was played last."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any

from tests.chaos.steps import STEPS
from tests.support.stack import PROJECT

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from tests.chaos.library import Cell

FOLDER = PROJECT / "var" / "chaos"


class Kept:
    """Where one play writes down what came of each cell.

    Args:
        name: Of the play; several go on beside each other.
        most: At how many moments of a step a fault is tried at most; None for each.
        folder: Where.
    """

    def __init__(self, name: str, most: int | None, folder: Path = FOLDER) -> None:
        self._path, self._most = folder / f"cells-{name}.jsonl", most
        folder.mkdir(parents=True, exist_ok=True)

    def keep(self, step: str, fault: str, cell: Cell, calls: int) -> None:
        """A cell has been played."""
        told = {"at": time.time(), "step": step, "fault": fault, "calls": calls, "most": self._most}
        told |= {"tried": cell.tried, "wrong": cell.wrong, "copies": cell.copies, "later": cell.later}
        with self._path.open("a", encoding="utf-8") as stream:
            stream.write(json.dumps(told) + "\n")


def played(since: float = 0.0, folder: Path = FOLDER) -> dict[tuple[str, str], dict[str, Any]]:
    """What came of each cell when it was played last, since a moment."""
    lines = [json.loads(line) for path in folder.glob("cells-*.jsonl") for line in path.read_text(encoding="utf-8").splitlines()]
    return {(each["step"], each["fault"]): each for each in sorted(lines, key=lambda each: each["at"]) if each["at"] >= since}


def table(cells: dict[tuple[str, str], dict[str, Any]], faults: Sequence[str]) -> str:
    """Steps beside faults: how often the step left what it should, of how often it met the fault."""
    names = [fault for fault in faults if any(each == fault for _, each in cells)]
    rows = [["step", "calls to services", *names], ["---"] * (2 + len(names))]
    for step in STEPS:
        of_step = {fault: found for (name, fault), found in cells.items() if name == step.name}
        if of_step:
            rows.append([step.name, str(max(each["calls"] for each in of_step.values())), *(_said(of_step.get(name)) for name in names)])
    tried, right = (sum(each["tried"] for each in cells.values()), sum(each["tried"] - len(each["wrong"]) for each in cells.values()))
    copies, later = (sum(each[name] for each in cells.values()) for name in ("copies", "later"))
    said = (
        f"{tried} times a step met a fault, {right} times what it left was right; {copies} mails went out once more with the same "
        f"Message-ID, and {later} times mails that waited went with the task that sends them."
    )
    return "\n".join(f"| {' | '.join(row)} |" for row in rows) + f"\n\n{said}"


def wrong_of(cells: dict[tuple[str, str], dict[str, Any]]) -> list[str]:
    """What was not as it should be."""
    return [f"{step}, {fault}: {each}" for (step, fault), found in cells.items() for each in found["wrong"]]


def _said(found: dict[str, Any] | None) -> str:
    if found is None or not found["tried"]:
        return ""
    said = f"{found['tried'] - len(found['wrong'])} of {found['tried']}"
    return f"**{said}**" if found["wrong"] else said
