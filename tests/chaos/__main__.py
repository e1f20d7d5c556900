"""`python -m tests.chaos [--part library,orders,airflow] [--steps ...]`: the chaos tables; exit status 1 when a cell is wrong.

What is printed at the end is in var/chaos/latest.md too.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

from tests.chaos.disk import mounted
from tests.chaos.library import DISK, FAULTS, KILLED, Library
from tests.chaos.steps import STEPS
from tests.chaos.table import FOLDER, Kept, played, table, wrong_of
from tests.chaos.with_airflow import FAULTS as AIRFLOW_FAULTS
from tests.chaos.with_airflow import STAGES, UNDISTURBED, Storm, deviations, keep_storm, kept_storm, plays_of_airflow
from tests.support.played import Home
from tests.support.stack import PROJECT, installation, own_stack

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

PARTS = ("library", "orders", "airflow")


def main() -> int:
    """Play the parts, each from nothing, and show what came of them."""
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__)
    parser.add_argument("--part", default=",".join(PARTS), help=f"some of {', '.join(PARTS)}")
    parser.add_argument("--steps", default="", help=f"library: some of {', '.join(step.name for step in STEPS)}")
    parser.add_argument("--faults", default=",".join(FAULTS), help=f"library: some of {', '.join(FAULTS)}")
    parser.add_argument("--most", type=int, help="library: at how many moments of a step at most; without it at each")
    parser.add_argument("--lanes", type=int, default=1, help="library: so many stacks share the faults, side by side")
    parser.add_argument("--name", default="library", help="library: of its folders, to play several beside each other")
    parser.add_argument("--table", action="store_true", help="play nothing: print what was played last of each cell")
    parser.add_argument("--orders", type=int, default=10, help="orders: how many")
    parser.add_argument(
        "--plays", default=",".join(plays_of_airflow()), help="airflow: which of its plays; all: each fault meets each stage"
    )
    parser.add_argument("--again", action="store_true", help="play only the parts that have not been played to their end before")
    options = parser.parse_args()
    parts = _some(parser, "part", options.part, PARTS)
    steps = _some(parser, "step", options.steps, [step.name for step in STEPS])
    faults = _some(parser, "fault", options.faults, FAULTS)
    storms = _some(parser, "play", options.plays, plays_of_airflow())
    if options.table:
        cells = played()
        print("\n\n".join([table(cells, FAULTS), *(f"WRONG: {each}" for each in wrong_of(cells))]))
        return 1 if wrong_of(cells) else 0
    begin = time.monotonic()

    def say(what: str) -> None:
        print(f"{time.monotonic() - begin:6.0f} s  {what}", flush=True)

    plays: dict[str, Callable[[], tuple[str, list[str]]]] = {
        "library": lambda: of_library(options, faults, steps, say),
        "orders": lambda: of_orders(options.orders, say),
        "airflow": lambda: of_airflow(storms, say),
    }
    FOLDER.mkdir(parents=True, exist_ok=True)
    shown, wrong = [], []
    for part in parts:
        kept = FOLDER / f"{part}.json"
        if not (options.again and kept.exists()):
            kept.unlink(missing_ok=True)
            kept.write_text(json.dumps(plays[part]()) + "\n", encoding="utf-8")
        told, of_part = json.loads(kept.read_text(encoding="utf-8"))
        shown.append(told)
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
def _library(name: str, most: int | None, say: Callable[[str], None], *, fills: bool = False) -> Iterator[Library]:
    """An installation without Airflow in a stack of its own; `fills`: on a disk that may be filled."""
    folder = PROJECT / "var" / f"test-chaos-{name}"
    with mounted(folder) if fills else nullcontext() as disk:
        if fills and disk is None:
            say("nothing may be mounted here: no disk is filled")
        for stack in own_stack(folder / "state"):
            with tempfile.TemporaryDirectory() as keys:
                for settings in installation(stack, Path(keys)):
                    (FOLDER / name).mkdir(parents=True, exist_ok=True)
                    yield Library(settings, stack.admin, FOLDER / name, most, say, disk, Kept(name, most))


def of_library(options: argparse.Namespace, faults: list[str], steps: list[str], say: Callable[[str], None]) -> tuple[str, list[str]]:
    """Every fault in every step: the table, and what is wrong."""
    since = time.time()
    if options.lanes > 1 and len(faults) > 1:
        wrong = _side_by_side(options, faults, steps)
    else:
        with _library(options.name, options.most, say, fills=DISK in faults) as library:
            wrong = library.play(faults, steps)
    cells = played(since)
    return table(cells, FAULTS), [*dict.fromkeys([*wrong_of(cells), *wrong])]  # of a cell that is wrong both say so


def _side_by_side(options: argparse.Namespace, faults: list[str], steps: list[str]) -> list[str]:
    """The faults in lanes: kills, which are the most, in one of their own."""
    others = [fault for fault in faults if fault != KILLED]
    lanes = [[KILLED]] if KILLED in faults else []
    rest = options.lanes - len(lanes)
    lanes += [others[place::rest] for place in range(rest)]
    running = []
    for number, lane in enumerate((each for each in lanes if each), 1):
        command = [sys.executable, "-m", "tests.chaos", "--part", "library", "--faults", ",".join(lane), "--steps", ",".join(steps)]
        command += ["--name", f"{options.name}-{number}", *([] if options.most is None else ["--most", str(options.most)])]
        running.append((lane, subprocess.Popen(command)))
    return [
        f"the lane of {', '.join(lane)} ended with {status}: its last lines say why" for lane, each in running if (status := each.wait())
    ]


def of_orders(number: int, say: Callable[[str], None]) -> tuple[str, list[str]]:
    """Every task twice in some orders: how many, and what is wrong."""
    with _library("orders", None, say) as library:
        wrong = library.orders(number)
    return f"Every task twice, in {number} orders that their needs allow: {number - len(wrong)} gave the same release.", wrong


def of_airflow(named: Sequence[str], say: Callable[[str], None]) -> tuple[str, list[str]]:
    """Every fault in every stage of a round in Airflow: the table of what was played last, and what is wrong.

    Args:
        named: Which plays, by name; each is written down when it has ended.
        say: Where it tells how far it is.
    """
    home, plays = Home(PROJECT / "var" / "test-chaos-airflow"), plays_of_airflow()
    for name in named:
        play = Storm(home, plays[name], lambda what, name=name: say(f"{name}: {what}"))  # type: ignore[misc]
        found, broke = None, ""
        with tempfile.TemporaryDirectory() as folder:
            try:
                home.start()
                found = play.play(Path(folder))
            except Exception as error:  # noqa: BLE001 - whatever ends one play, the others go on
                broke = f"broke off: {type(error).__name__}: {error}"
                say(f"{name}: {broke}")
            finally:
                home.stop()
        keep_storm(FOLDER, name, found, play.met, broke)
    undisturbed = kept_storm(FOLDER, UNDISTURBED)
    cells: dict[tuple[str, str], str] = {}
    wrong: list[str] = []
    for name in plays:
        kept = kept_storm(FOLDER, name)
        if kept is None:
            continue
        problems = [kept.broke] if kept.broke else []
        if kept.left and undisturbed and undisturbed.left and name != UNDISTURBED:
            problems += deviations(undisturbed.left, kept.left)
        wrong += [f"{name}: {each}" for each in problems]
        cells |= dict.fromkeys(kept.met, "**no**" if problems else "yes")
    rows = [["fault", *STAGES], ["---"] * (1 + len(STAGES))]
    rows += [[fault, *(cells.get((stage, fault), "") for stage in STAGES)] for fault in AIRFLOW_FAULTS]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows), wrong


if __name__ == "__main__":
    sys.exit(main())
