"""Breaking a rule in the YAML makes a test fail: one break of each rule, column, limit and code list; all of them by `make mutation`."""

from __future__ import annotations

import pytest

from tests.mutation.judge import EXPECTATIONS, UNBROKEN, judge
from tests.mutation.mutants import Mutant, mutants

# What the loader refuses at once shows little; these are breaks that only a checked file can show.
TELLING = ("regex", "row_condition", "or_equal", "value_set", "mostly", "the opposite", "checks exchanged", "of ", "kind", "valid_", "set")


def one_each() -> list[Mutant]:
    """For each target a mutant that says much, another one from target to target."""
    by_target: dict[str, list[Mutant]] = {}
    for mutant in mutants(EXPECTATIONS):
        target = mutant.target.partition(" ")[0]
        by_target.setdefault(target, []).append(mutant)
    chosen = []
    for place, every in enumerate(by_target.values()):
        telling = [mutant for mutant in every if mutant.how.startswith(TELLING)] or every
        chosen.append(telling[place % len(telling)])
    return chosen


@pytest.mark.parametrize("mutant", one_each(), ids=lambda mutant: f"{mutant.target}: {mutant.how}")
def test_mutant_is_killed(mutant, tmp_path):
    assert judge(mutant, tmp_path).killed_by is not None


def test_what_is_not_broken_is_not_killed(tmp_path):
    assert judge(UNBROKEN, tmp_path).killed_by is None


def test_every_rule_is_broken_in_several_ways():
    from gmsd.protocol import protocols
    from gmsd.rounds import WMO

    broken = [mutant.target for mutant in mutants(EXPECTATIONS)]
    for protocol in protocols(EXPECTATIONS, WMO):
        assert {code for code in protocol.rules if broken.count(code) >= 8} == set(protocol.rules)
