"""`python -m tests.chaos [--part library,orders] [--steps ...]`: the chaos tables; exit status 1 when a cell is wrong.

What is printed at the end is in var/chaos/latest.md too.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from tests.chaos.disk import mounted
from tests.chaos.library import FAULTS, Library
from tests.chaos.steps import STEPS
from tests.support.stack import PROJECT, installation, own_stack

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


FOLDER = PROJECT / "var" / "chaos"
PARTS = ("library", "orders")


def main() -> int:
    """Play the parts, each from nothing, and show what came of them."""
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__)
    parser.add_argument("--part", default=",".join(PARTS), help=f"some of {', '.join(PARTS)}")
    parser.add_argument("--steps", default="", help=f"library: some of {', '.join(step.name for step in STEPS)}")
    parser.add_argument("--faults", default=",".join(FAULTS), help=f"library: some of {', '.join(FAULTS)}")
    parser.add_argument("--most", type=int, help="library: at how many moments of a step at most; without it at each")
    parser.add_argument("--orders", type=int, default=10, help="orders: how many")
    parser.add_argument("--again", action="store_true", help="play only the parts that have not been played to their end before")
    options = parser.parse_args()
    parts = _some(parser, "part", options.part, PARTS)
    steps = _some(parser, "step", options.steps, [step.name for step in STEPS])
    faults = _some(parser, "fault", options.faults, FAULTS)
    begin = time.monotonic()

    def say(what: str) -> None:
        print(f"{time.monotonic() - begin:6.0f} s  {what}", flush=True)

    plays: dict[str, Callable[[], tuple[str, list[str]]]] = {
        "library": lambda: of_library(options.most, faults, steps, say),
        "orders": lambda: of_orders(options.orders, say),
    }
    FOLDER.mkdir(parents=True, exist_ok=True)
    shown, wrong = [], []
    for part in parts:
        kept = FOLDER / f"{part}.json"
        if not (options.again and kept.exists()):
            kept.unlink(missing_ok=True)
            kept.write_text(json.dumps(plays[part]()) + "\n", encoding="utf-8")
        table, of_part = json.loads(kept.read_text(encoding="utf-8"))
        shown.append(table)
        wrong += [f"{part}: {each}" for each in of_part]
    page = "\n\n".join([*shown, *(f"WRONG: {each}" for each in wrong)]) + "\n"
    (FOLDER / "latest.md").write_text(page, encoding="utf-8")
    print(page)
    return 1 if wrong else 0


def _some(parser: argparse.ArgumentParser, what: str, named: str, known: object) -> list[str]:
    found = [each.strip() for each in named.split(",") if each.strip()]
    if unknown := [each for each in found if each not in known]:  # type: ignore[operator]
        parser.error(f"no such {what}: {', '.join(unknown)}")
    return found


@contextmanager
def _library(most: int | None, say: Callable[[str], None]) -> Iterator[Library]:
    """An installation without Airflow in a stack of its own."""
    with mounted(PROJECT / "var" / "test-chaos") as disk:
        if disk is None:
            say("nothing may be mounted here: no disk is filled")
        for stack in own_stack(PROJECT / "var" / "test-chaos" / "state"):
            with tempfile.TemporaryDirectory() as keys:
                for settings in installation(stack, Path(keys)):
                    yield Library(settings, stack.admin, FOLDER, most, say, disk)


def of_library(most: int | None, faults: list[str], steps: list[str], say: Callable[[str], None]) -> tuple[str, list[str]]:
    """Every fault in every step: the table, and what is wrong."""
    with _library(most, say) as library:
        wrong = library.play(faults, steps)
    names = [fault for fault in faults if any(each == fault for _, each in library.cells)]
    rows = [["step", "calls to services", *names], ["---"] * (2 + len(names))]
    for step, number in library.boundaries.items():
        rows.append([step, str(number), *(str(library.cells.get((step, fault), "")) for fault in names)])
    copies = sum(cell.copies for cell in library.cells.values())
    tried = sum(cell.tried for cell in library.cells.values())
    said = f"{tried} times a step met a fault; {copies} mails went out once more with the same Message-ID."
    return "\n".join(f"| {' | '.join(row)} |" for row in rows) + f"\n\n{said}", wrong


def of_orders(number: int, say: Callable[[str], None]) -> tuple[str, list[str]]:
    """Every task twice in some orders: how many, and what is wrong."""
    with _library(None, say) as library:
        wrong = library.orders(number)
    return f"Every task twice, in {number} orders that their needs allow: {number - len(wrong)} gave the same release.", wrong


if __name__ == "__main__":
    sys.exit(main())
