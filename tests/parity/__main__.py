"""Thousands of drawn cases of each kind against GX's pandas engine: `python -m tests.parity [cases] [kind...]`.

Prints a table (kind, cases, differences, allowed differences by reason) and how many types run natively; exit status 1 when there is a
difference that no reason explains.
"""

from __future__ import annotations

import logging
import sys
import warnings
from collections import Counter

import gx_polars
from tests.parity.examples import NATIVE, carried_by, core_types
from tests.parity.rules import CASES
from tests.parity.tally import run

AT_LEAST = 2000


def main(arguments: list[str]) -> int:
    """Run the kinds asked for, print the table and the differences that nobody explained."""
    logging.disable(logging.CRITICAL)
    warnings.simplefilter("ignore")
    cases = int(arguments[0]) if arguments else AT_LEAST
    wrong = 0
    print(f"{'kind':12} {'cases':>6} {'differences':>11}  allowed differences by reason")
    for kind in arguments[1:] or CASES:
        tally = run(kind, cases)
        wrong += tally.unexplained
        allowed = ", ".join(f"{name} {count}" for name, count in tally.allowed.most_common()) or "none"
        print(f"{kind:12} {tally.cases:6} {tally.unexplained:11}  {allowed}", flush=True)
        for line in tally.lines():
            print(f"  {line}", flush=True)
    carried = Counter(carried_by(name) for name in core_types())
    rest = ", ".join(f"{count} {what}" for what, count in sorted(carried.items()) if what != NATIVE)
    print(f"{carried[NATIVE]} of {carried.total()} expectation types of GX core run natively ({rest})")
    if carried[NATIVE] != len(gx_polars.supported_expectations()):
        print("supported_expectations() does not name these", flush=True)
        wrong += 1
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
