"""Thousands of drawn cases of each kind against GX's pandas engine: `python -m tests.parity [cases] [kind...]`.

Prints a table (kind, cases, how many of them ran natively, differences, allowed differences by reason) and how many types run natively;
exit status 1 when there is a difference that no reason explains.
"""

from __future__ import annotations

import os

os.environ.setdefault("POLARS_MAX_THREADS", "1")  # small frames, one process a kind

import logging
import sys
import warnings
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

import gx_polars
from tests.parity.examples import NATIVE, carried_by, core_types
from tests.parity.rules import CASES
from tests.parity.tally import run

AT_LEAST = 2000


def told(kind: str, cases: int) -> tuple[int, list[str]]:
    """How many differences no reason explains, and the lines that say what came out of a kind."""
    logging.disable(logging.CRITICAL)
    warnings.simplefilter("ignore")
    tally = run(kind, cases)
    allowed = ", ".join(f"{name} {count}" for name, count in tally.allowed.most_common()) or "none"
    line = f"{kind:12} {tally.cases:6} {tally.native:6} {tally.unexplained:11}  {allowed}"
    return tally.unexplained, [line, *(f"  {each}" for each in tally.lines())]


def main(arguments: list[str]) -> int:
    """Run the kinds asked for, print the table and the differences that nobody explained."""
    logging.disable(logging.CRITICAL)
    warnings.simplefilter("ignore")
    kinds = arguments[1:] or list(CASES)
    cases = int(arguments[0]) if arguments else AT_LEAST
    wrong = 0
    print(f"{'kind':12} {'cases':>6} {'native':>6} {'differences':>11}  allowed differences by reason")
    with ProcessPoolExecutor(max_workers=os.cpu_count(), mp_context=get_context("spawn")) as pool:
        for unexplained, lines in pool.map(told, kinds, [cases] * len(kinds)):
            wrong += unexplained
            print(*lines, sep="\n", flush=True)
    carried = Counter(carried_by(name) for name in core_types())
    rest = ", ".join(f"{count} {what}" for what, count in sorted(carried.items()) if what != NATIVE)
    print(f"{carried[NATIVE]} of {carried.total()} expectation types of GX core run natively ({rest})")
    if carried[NATIVE] != len(gx_polars.supported_expectations()):
        print("supported_expectations() does not name these", flush=True)
        wrong += 1
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
