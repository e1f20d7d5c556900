"""Thousands of drawn cases of each kind against GX's pandas engine: `python -m tests.parity [cases] [kind...]`.

Of the gx_polars that this Python finds; `make parity` lets the installed wheel be tried (`tests.parity.installed`). Prints a table (kind,
cases, how many of them ran natively, how many are measured without GX too, differences, allowed differences by reason) and how many types
run natively; exit status 1 when there is a difference that no reason explains.
"""

from __future__ import annotations

import os

os.environ.setdefault("POLARS_MAX_THREADS", "1")  # small frames, one process a kind

import logging
import subprocess
import sys
import warnings
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import gx_polars
from tests.parity.examples import NATIVE, carried_by, core_types
from tests.parity.rules import CASES
from tests.parity.tally import run

AT_LEAST = 2000


def alone(kind: str, cases: int) -> int:
    """One kind in this process: what came out of it, and whether no reason explains some difference."""
    tally = run(kind, cases)
    allowed = ", ".join(f"{name} {count}" for name, count in tally.allowed.most_common()) or "none"
    print(f"{kind:12} {tally.cases:6} {tally.native:6} {tally.without_gx:10} {tally.unexplained:11}  {allowed}")
    for line in tally.lines():
        print(f"  {line}")
    return 1 if tally.unexplained else 0


def together(kinds: list[str], cases: int) -> int:
    """Every kind in a process of its own."""

    def started(kind: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-W", "ignore", "-m", "tests.parity", str(cases), kind]
        return subprocess.run(command, capture_output=True, text=True, check=False)

    wrong = 0
    print(f"{'kind':12} {'cases':>6} {'native':>6} {'without GX':>10} {'differences':>11}  allowed differences by reason", flush=True)
    with ThreadPoolExecutor(max_workers=os.cpu_count()) as pool:
        for kind, process in zip(kinds, pool.map(started, kinds), strict=True):
            print(process.stdout or f"{kind} was not run: {process.stderr[-2000:]}", end="", flush=True)
            wrong += process.returncode != 0
    return wrong


def main(arguments: list[str]) -> int:
    """Run the kind that is asked for, or all of them, and say how many types run natively."""
    logging.disable(logging.CRITICAL)
    warnings.simplefilter("ignore")
    cases = int(arguments[0]) if arguments else AT_LEAST
    if len(arguments) == 2:
        return alone(arguments[1], cases)
    print(f"drawn cases of {gx_polars.__file__}", flush=True)
    wrong = together(arguments[1:] or list(CASES), cases)
    carried = Counter(carried_by(name) for name in core_types())
    rest = ", ".join(f"{count} {what}" for what, count in sorted(carried.items()) if what != NATIVE)
    print(f"{carried[NATIVE]} of {carried.total()} expectation types of GX core run natively ({rest})")
    if carried[NATIVE] != len(gx_polars.supported_expectations()):
        print("supported_expectations() does not name these")
        wrong += 1
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
