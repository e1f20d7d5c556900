"""`python -m tests.scale [--municipalities all] [--plays ...]`: rounds on several workers, held against each other; prints a table.

Exit status 1 when a delivery, a mail or a step of a delivery is missing or there twice, a run failed, or a release differs by a byte.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from dataclasses import asdict, dataclass
from pathlib import Path

from gmsd.demo import municipalities_of
from tests.scale.play import Outcome, Play, broken, differing
from tests.support.played import Home
from tests.support.rounds import H1
from tests.support.stack import PROJECT

FOLDER = PROJECT / "var" / "test-scale"
NEVER = 1_000_000
"""More uploads than there are: none is a burst."""


@dataclass(frozen=True)
class Kind:
    """How a round is played.

    Attributes:
        celery: On workers; else the scheduler runs tasks itself.
        lose: As in `Play`.
        apart: Each delivery in a run of its own, however many wait.
    """

    celery: bool = True
    lose: str = ""
    apart: bool = False


KINDS = {
    "local": Kind(celery=False),
    "workers": Kind(),
    "lost for good": Kind(lose="worker"),
    "lost and back": Kind(lose="worker that comes back"),
    "apart": Kind(apart=True),
    "apart, local": Kind(celery=False, apart=True),
    "apart, lost for good": Kind(lose="worker", apart=True),
    "broker lost": Kind(lose="broker", apart=True),
}
USUAL = "workers; lost for good"


def main() -> int:
    """Play each kind in an installation of its own, from nothing."""
    parser = argparse.ArgumentParser(prog="python -m tests.scale", description=__doc__)
    parser.add_argument("--municipalities", default="all", help="how many; without it the whole country")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--plays", default=USUAL, help=f"some of: {'; '.join(KINDS)}")
    options = parser.parse_args()
    names = [each.strip() for each in options.plays.split(";") if each.strip()]
    if unknown := set(names) - set(KINDS):
        parser.error(f"no such play: {', '.join(sorted(unknown))}")
    number = options.municipalities if options.municipalities == "all" else int(options.municipalities)
    uploads = len(municipalities_of(number, H1))
    found: dict[str, Outcome] = {}
    wrong: list[str] = []
    for name in names:
        found[name] = played(name, KINDS[name], number, options.workers)
        these = [*broken(found[name], uploads), *(f"not as {names[0]}: {each}" for each in differing(found[names[0]], found[name]))]
        for each in these:
            print(f"WRONG: {name}: {each}")
        print(f"{name}: {len(these)} things wrong\n{table(found)}", flush=True)
        wrong += these
        FOLDER.mkdir(parents=True, exist_ok=True)
        played_so_far = {each: asdict(outcome) for each, outcome in found.items()}
        (FOLDER / "latest.json").write_text(json.dumps(played_so_far, indent=1) + "\n", encoding="utf-8")
    return 1 if wrong else 0


def played(name: str, kind: Kind, municipalities: int | str, workers: int) -> Outcome:
    """One round in an empty installation with the keys of the others; it is stopped afterwards."""
    home, begin = Home(FOLDER / "round"), time.monotonic()

    def say(what: str) -> None:
        print(f"{time.monotonic() - begin:6.0f} s  {name}: {what}", flush=True)

    options = ("--executor", "celery", "--workers", str(workers)) if kind.celery else ("--executor", "local")
    try:
        home.start(*options, settings=f"GMSD_BURST_FROM={NEVER}\n" if kind.apart else "")
        say("runs")
        with tempfile.TemporaryDirectory() as folder:
            return Play(home, municipalities, kind.lose, say).play(Path(folder))
    finally:
        home.stop()


def table(found: dict[str, Outcome]) -> str:
    """Each play in a line, as Markdown."""
    lines = [
        "play",
        *next(iter(found.values())).seconds,
        "checked when it was lost",
        "tasks of each worker",
        "deliveries",
        "mails",
        "told the engineer",
    ]
    rows = [lines, ["---"] * len(lines)]
    for name, each in found.items():
        lost = f"{each.lost[1]} ({each.lost[0]})" if each.lost else ""
        tasks = ", ".join(f"{worker} {number}" for worker, number in each.tasks.items())
        rows.append(
            [
                name,
                *(f"{seconds:.0f} s" for seconds in each.seconds.values()),
                lost,
                tasks,
                str(len(each.states)),
                str(len(each.mails)),
                str(len(each.told)),
            ]
        )
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


if __name__ == "__main__":
    sys.exit(main())
