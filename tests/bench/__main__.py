"""`python -m tests.bench [--only A,B] [--rows N] [--quick] [--check]`: measure, print one table, write `var/bench/latest.json`.

A ratio compares the best times of two cases of this run; times by themselves say more of the machine than of the code.
"""

from __future__ import annotations

import argparse
import signal
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from tests.bench import report
from tests.bench.groups import ALL, Group
from tests.bench.measuring import BenchError, measure, prepare, say
from tests.bench.report import Run

if TYPE_CHECKING:
    from types import FrameType


def arguments() -> argparse.Namespace:
    """What the caller wants."""
    letters = ", ".join(f"{group.letter} {group.title}" for group in ALL)
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=f"Groups: {letters}.")
    parser.add_argument("--only", metavar="A,B", default="", help="these groups only")
    parser.add_argument("--rows", type=int, help="rows of groups A, J and K, instead of their own")
    parser.add_argument("--quick", action="store_true", help="small files, and services for J to M only when named: shows that it works")
    parser.add_argument("--fast", action="store_true", help="without the cases that take minutes: GX on pandas and on PostgreSQL")
    parser.add_argument("--check", action="store_true", help="exit 1 when a target is not met")
    parser.add_argument("--against", metavar="CHECKOUT", type=Path, help="another checkout that goes the whole way too (group J)")
    parser.add_argument("--out", type=Path, default=report.RESULT, help="where the result goes (var/bench/latest.json)")
    return parser.parse_args()


def chosen(options: argparse.Namespace) -> list[Group]:
    """The groups as they are run this time."""
    wanted = {letter.strip().upper() for letter in options.only.split(",") if letter.strip()} or {group.letter for group in ALL}
    unknown = wanted - {group.letter for group in ALL}
    if unknown:
        raise BenchError(f"no group {', '.join(sorted(unknown))}")
    groups = [group for group in ALL if group.letter in wanted]
    if options.quick:
        groups = [
            replace(
                group,
                rows=group.quick_rows,
                cases=tuple(replace(case, runs=1) for case in group.cases if not case.service or (options.only and not case.slow)),
            )
            for group in groups
        ]
    if options.fast:
        groups = [replace(group, cases=tuple(case for case in group.cases if not case.slow)) for group in groups]
    if options.rows:
        groups = [replace(group, rows=options.rows) if group.letter in "AJK" else group for group in groups]
    if options.against is None:
        groups = [replace(group, cases=tuple(case for case in group.cases if not case.older)) for group in groups]
    return [group for group in groups if group.cases]


def run_group(group: Group, against: Path | None = None) -> list[Run]:
    """Make its files, measure its cases, remove its files."""
    start = time.perf_counter()
    with tempfile.TemporaryDirectory(prefix="gmsd-bench-") as temporary:
        folder = Path(temporary)
        say(f"{group.letter}. {group.title}: making the files ... ", end="")
        rows = prepare(group.prepare, folder, group.rows)
        say(f"{rows:,} rows, {time.perf_counter() - start:.1f} s")
        runs = measure(group, folder, rows, against)
    by_name = {run.name: run for run in runs}
    for each in group.differences:
        whole, start_up = by_name[each.whole], by_name[each.start_up]
        seconds, cpu = max(whole.seconds - start_up.seconds, 1e-6), max(whole.cpu - start_up.cpu, 1e-6)
        runs.append(Run(each.name, whole.rows, seconds, cpu, whole.peak_mb, each.ratio_to))
    say(f"{group.letter}. took {time.perf_counter() - start:.0f} s")
    return runs


def _interrupted(_signal: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def main() -> int:
    """Run the groups; 0, or 1 when a case fails or, if asked, a target is not met."""
    options = arguments()
    signal.signal(signal.SIGTERM, _interrupted)
    try:
        groups = chosen(options)
        runs = {run.name: run for group in groups for run in run_group(group, options.against and options.against.resolve())}
    except BenchError as error:
        say(f"bench: {error}")
        return 1
    except KeyboardInterrupt:
        say("\nbench: interrupted")
        return 130
    targets = [target for group in groups for target in group.targets if {target.of, target.other} <= {*runs, None}]
    report.write(report.as_json(runs, targets, quick=options.quick), options.out)
    print(report.table(runs, targets))
    print()
    print(report.verdicts(runs, targets))
    return int(options.check and not all(target.met(runs) for target in targets))


if __name__ == "__main__":
    sys.exit(main())
