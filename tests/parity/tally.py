"""Cases drawn, compared and counted."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from zlib import crc32

from hypothesis import HealthCheck, Phase, given, seed, settings

from tests.parity.allowed import reason
from tests.parity.compare import Difference, differences, ours, theirs, without_gx
from tests.parity.rules import CASES

if TYPE_CHECKING:
    from tests.parity.rules import Case


@dataclass
class Tally:
    """What came out of one kind."""

    cases: int = 0
    native: int = 0
    without_gx: int = 0
    allowed: Counter[str] = field(default_factory=Counter)
    found: dict[tuple[str, ...], tuple[int, Case, Difference]] = field(default_factory=dict)
    counts: Counter[tuple[str, ...]] = field(default_factory=Counter)

    @property
    def unexplained(self) -> int:
        """How many differences no reason explains."""
        return sum(self.counts.values())

    def lines(self) -> list[str]:
        """Every sort of difference that no reason explains, the frequent first, with one case of it."""
        told: list[str] = []
        for key, count in self.counts.most_common():
            _, case, difference = self.found[key]
            told.append(f"{count} x {' '.join(key)}: polars {difference.ours!r:.200}")
            told.append(f"  pandas {difference.theirs!r:.200} {difference.text:.200}")
            told.append(f"  {case!r:.900}")
        return told

    def add(self, case: Case) -> None:
        """Compare one case; of equal differences the one on the smallest frame is kept to be shown."""
        self.cases += 1
        mine, reference = ours(case), theirs(case)
        self.native += mine["native"]
        for difference in differences(mine, reference):
            name = reason(case, difference, mine, reference)
            if name:
                self.allowed[name] += 1
            else:
                self._differs(case, difference)
        both = without_gx(case)
        if both is not None:
            self.without_gx += 1
            if both[0] != both[1]:
                self._differs(case, Difference("without GX", *both))

    def _differs(self, case: Case, difference: Difference) -> None:
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
            derandomize=False,  # the seed says which cases, the same in every run
            deadline=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(strategy)
        def compare(case: Case) -> None:
            tally.add(case)

        compare()
    return tally
