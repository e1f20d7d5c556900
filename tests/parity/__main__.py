"""Thousands of drawn cases of each kind against GX's pandas engine: `python -m tests.parity [cases] [kind...]`.

Prints a table (kind, cases, differences, allowed differences by reason) and how many types run natively; exit status 1 when there is a
difference that no reason explains.
"""

from __future__ import annotations

import logging
import sys
import time
import warnings
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from zlib import crc32

from hypothesis import HealthCheck, Phase, given, seed, settings

from tests.parity.allowed import reason
from tests.parity.compare import differences, ours, theirs
from tests.parity.rules import CASES

if TYPE_CHECKING:
    from tests.parity.compare import Difference
    from tests.parity.rules import Case

AT_LEAST = 2000


@dataclass
class Tally:
    """What came out of one kind."""

    cases: int = 0
    allowed: Counter[str] = field(default_factory=Counter)
    found: dict[tuple[str, ...], tuple[int, Case, Difference]] = field(default_factory=dict)
    counts: Counter[tuple[str, ...]] = field(default_factory=Counter)

    def add(self, case: Case) -> None:
        """Compare one case; of equal differences the one on the smallest frame is kept to be shown."""
        self.cases += 1
        mine, reference = ours(case), theirs(case)
        for difference in differences(mine, reference):
            name = reason(case, difference, mine, reference)
            if name:
                self.allowed[name] += 1
                continue
            kwargs = case.rule.configuration.kwargs
            columns = [kwargs[key] for key in ("column", "column_A", "column_B") if key in kwargs] or kwargs.get("column_list") or []
            types = [str(case.frame.schema.get(column)) for column in columns]
            key = (type(case.rule).__name__, difference.field, *types)
            self.counts[key] += 1
            if key not in self.found or case.frame.height < self.found[key][0]:
                self.found[key] = (case.frame.height, case, difference)


def run(kind: str, cases: int) -> Tally:
    """Draw at least this many cases of a kind, as many of each expectation, and compare each."""
    tally = Tally()
    for name, strategy in CASES[kind].items():

        @seed(crc32(name.encode()))
        @settings(
            max_examples=-(-cases // len(CASES[kind])),
            database=None,
            deadline=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(strategy)
        def compare(case: Case) -> None:
            tally.add(case)

        compare()
    return tally


def main(arguments: list[str]) -> int:
    """Run the kinds asked for, print the table and the differences that nobody explained."""
    logging.disable(logging.CRITICAL)
    warnings.simplefilter("ignore")
    cases = int(arguments[0]) if arguments else AT_LEAST
    wrong = 0
    print(f"{'kind':12} {'cases':>6} {'differences':>11}  allowed differences by reason")
    for kind in arguments[1:] or CASES:
        start = time.perf_counter()
        tally = run(kind, cases)
        unexplained = sum(tally.counts.values())
        wrong += unexplained
        allowed = ", ".join(f"{name} {count}" for name, count in tally.allowed.most_common()) or "none"
        print(f"{kind:12} {tally.cases:6} {unexplained:11}  {allowed}  ({time.perf_counter() - start:.0f} s)", flush=True)
        for key in sorted(tally.found, key=lambda key: -tally.counts[key]):
            _, case, difference = tally.found[key]
            print(f"  {tally.counts[key]} x {' '.join(key)}: polars {difference.ours!r:.200}")
            print(f"    pandas {difference.theirs!r:.200} {difference.text:.200}")
            print(f"    {case!r:.900}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
