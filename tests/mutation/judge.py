"""What the tests say of a broken protocol: they run in this process, the ones that know the broken rule first."""

from __future__ import annotations

import os
import shutil
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from gmsd.protocol import mistakes_in, protocol_for
from gmsd.protocol.loading import _of_law
from gmsd.rounds import WMO, HalfYear
from tests.mutation.mutants import Mutant, mutants
from tests.spec import test_check_faults, test_rule_edges
from tests.spec.checking import Case, check
from tests.unit.protocol import test_protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


PROJECT = Path(__file__).resolve().parents[2]
EXPECTATIONS = PROJECT / "expectations"
H2 = HalfYear(2019, 2)


@dataclass(frozen=True)
class Verdict:
    """Which test failed for a mutant; None when none did."""

    mutant: Mutant
    killed_by: str | None


def judge(mutant: Mutant, folder: Path) -> Verdict:
    """Write the mutant below the folder and run the tests on it until one fails.

    Args:
        mutant: What is broken.
        folder: An empty folder, the home of an installation with these expectations.
    """
    mutant.write(EXPECTATIONS, folder / "expectations")
    with _home(folder):
        for name, test in _tests(mutant.target):
            try:
                test()
            except Exception as failure:  # noqa: BLE001 - whatever a test raises, it has failed
                return Verdict(mutant, f"{name} ({type(failure).__name__})")
    return Verdict(mutant, None)


UNBROKEN = Mutant("", "nothing", "wmo/wmo-2020/basis.yaml", lambda _data: None)


def judged(position: int) -> tuple[int, str | None]:
    """The number of a mutant (below 0: nothing is broken) and which test failed for it."""
    folder = Path(tempfile.mkdtemp(prefix="mutant-"))
    try:
        mutant = mutants(EXPECTATIONS)[position] if position >= 0 else UNBROKEN
        return position, judge(mutant, folder).killed_by
    finally:
        shutil.rmtree(folder)


@contextmanager
def _home(folder: Path) -> Iterator[None]:
    before = os.environ.get("GMSD_HOME")
    os.environ["GMSD_HOME"] = str(folder)
    try:
        yield
    finally:
        _of_law.cache_clear()
        if before is None:
            del os.environ["GMSD_HOME"]
        else:
            os.environ["GMSD_HOME"] = before


def _tests(target: str) -> Iterator[tuple[str, Callable[[], None]]]:
    yield "test_protocol: no mistakes", _no_mistakes
    for half_year in test_protocol.HALF_YEARS:
        yield (
            f"test_protocol: codes of {half_year}",
            lambda half_year=half_year: test_protocol.test_codes_are_those_of_the_half_year(half_year),
        )
    yield "test_protocol: days of codes", test_protocol.test_codes_hold_from_and_to_their_days
    yield "test_protocol: meanings", test_protocol.test_code_that_changed_its_meaning_is_listed_once_with_the_meaning_of_the_time
    yield "test_protocol: reasons", test_protocol.test_assumed_layout_and_code_lists_say_why
    yield "test_protocol: sentences", _sentences
    for name, test in test_rule_edges.CHECKS.items():
        yield f"test_rule_edges: {name}", test
    for edge in sorted(test_rule_edges.EDGES, key=lambda edge: target not in (edge.rule, edge.column, f"{edge.column}.vorm")):
        yield f"test_rule_edges: {edge.rule}", lambda edge=edge: test_rule_edges.tell_edge(edge)
    for case in _cases(target):
        yield f"test_check_faults: {case.fault}", lambda case=case: test_check_faults.test_fault_gives_its_findings(case)
    for half_year in test_protocol.HALF_YEARS[::6]:
        yield (
            "test_protocol: examples",
            lambda half_year=half_year: test_protocol.test_example_of_every_field_is_right_in_every_half_year(half_year),
        )


def _no_mistakes() -> None:
    mistakes = mistakes_in()
    assert not mistakes, mistakes


def _sentences() -> None:
    for rule in protocol_for(H2, WMO).rules.values():
        test_protocol.test_rule_is_told_whole(rule)


@cache
def _met() -> dict[str, list[Case]]:
    """The cases by the rules and columns they are about, in the expectations as they are."""
    met: dict[str, list[Case]] = {}
    for _section, case in test_check_faults.ROWS_OF_TABLE:
        about = {finding.rule for finding in check(case.data, **case.changes).findings}
        about |= {finding[1] for finding in case.findings if finding[1] is not None}
        for word in about:
            met.setdefault(word, []).append(case)
        met.setdefault("", []).append(case)
    return met


def _cases(target: str) -> list[Case]:
    """The cases about a rule or column first, then all others."""
    first = _met().get(target, []) + _met().get(target.partition(".")[0], [])
    return list({id(case): case for case in (*first, *_met()[""])}.values())
