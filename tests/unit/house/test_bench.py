"""The bench: four ways to run the same rules find the same faults on the same lines, and its result has the shape of the contract."""

from __future__ import annotations

import json
import subprocess
import sys
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from gmsd.checking import check_path
from gmsd.rounds import WMO
from tests.bench import faults, files, plain, report
from tests.bench.checked import answers
from tests.bench.groups import ALL, REPORTS, TOLD, WRONG, Group
from tests.support.house import PROJECT

if TYPE_CHECKING:
    from collections.abc import Callable

ROWS = 3_000


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("bench")
    files.large(made, ROWS)
    files.clean_and_wrong(made, ROWS)
    return made


def _stock(path: Path, *, lines: bool) -> Any:
    from tests.bench import stock

    return stock.check(path, stock.suite(), lines=lines)


@pytest.mark.parametrize("name", [files.LARGE, files.WRONG, files.CLEAN, files.ONE])
def test_plain_polars_ours_and_pandas_agree(folder: Path, name: str) -> None:
    path = folder / name
    ours = answers(check_path(path, **files.KNOWN))
    assert plain.check(path, **files.KNOWN) == ours
    assert _stock(path, lines=True) == ours
    assert _stock(path, lines=False) == {rule: (count, None) for rule, (count, _) in ours.items()}


def test_every_rule_of_the_content_is_broken_in_the_large_file(folder: Path) -> None:
    from gmsd.protocol import protocol_for

    found = answers(check_path(folder / files.LARGE, **files.KNOWN))
    content = {code for code, rule in protocol_for(files.HALF_YEAR, WMO).rules.items() if rule.check is None}
    assert set(found) == content == {*faults.BREAKING, faults.COPIES}
    assert min(count for count, _ in found.values()) >= faults.faults_per_rule(ROWS) == 30


def test_every_column_of_every_line_is_wrong_in_the_wrong_file(folder: Path) -> None:
    found = answers(check_path(folder / files.WRONG, **files.KNOWN))
    assert set(found) == {*faults.BREAKING, faults.COPIES}
    assert sum(count for count, _ in found.values()) > 12 * ROWS


def test_the_clean_file_has_no_fault(folder: Path) -> None:
    assert check_path(folder / files.CLEAN, **files.KNOWN).verdict == "accepted"


def test_the_bench_writes_the_result_in_the_shape_of_the_contract(tmp_path: Path) -> None:
    out = tmp_path / "bench" / "latest.json"
    command = [sys.executable, "-m", "tests.bench", "--quick", "--only", "D", "--out", str(out)]
    done = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=False, timeout=600)
    assert done.returncode == 0, done.stderr
    result = json.loads(out.read_text(encoding="utf-8"))
    assert [set(run) for run in result["runs"]] == [{"name", "rows", "seconds", "peak_mb", "ratio_to", "ratio"}] * 2
    start, cold = result["runs"]
    assert (start["ratio_to"], start["ratio"], cold["ratio_to"]) == (None, 1.0, start["name"])
    assert cold["ratio"] == pytest.approx(cold["seconds"] / start["seconds"], rel=0.01)
    assert (start["rows"], cold["rows"]) == (0, 500)
    assert cold["peak_mb"] > 100  # the command's own, not that of the process that started it
    assert len(result["targets"]) == 1
    assert all(run["name"] in done.stdout for run in result["runs"])


@pytest.mark.parametrize("group", [WRONG, REPORTS, TOLD], ids=lambda group: group.letter)
def test_the_cases_of_a_file_that_is_wrong_and_of_what_is_written_about_one_run(tmp_path: Path, group: Group) -> None:
    """They put checks, reports and mails together by themselves, and would else only be found broken by who measures."""

    def function(name: str) -> Any:
        module, _, named = name.partition(":")
        return getattr(import_module(f"tests.bench.{module}"), named)

    assert function(group.prepare)(tmp_path, group.quick_rows) == group.quick_rows
    for case in group.cases:
        function(case.function)(tmp_path)()


def test_a_difference_between_cases_is_an_error() -> None:
    from tests.bench.groups import Case
    from tests.bench.measuring import BenchError, Worker, compare

    def found(name: str, answer: dict[str, Any]) -> Worker:
        return Worker(Case(name, "none:none"), Path(), answer=answer)

    same = [found("a", {"X-1": [2, [3, 4]]}), found("b", {"X-1": [2, None]}), found("c", {"X-1": [2, [3, 4]]})]
    compare(same)
    for other in ({"X-1": [3, None]}, {"X-1": [2, [3, 5]]}, {}, {"X-1": [2, [3, 4]], "X-2": [1, [2]]}):
        with pytest.raises(BenchError, match="a and d differ in X-"):
            compare([*same, found("d", other)])


def test_targets_tell_whether_they_are_met() -> None:
    runs = {name: report.Run(name, 1, seconds, seconds, 100, None) for name, seconds in (("ours", 1.0), ("theirs", 10.0))}
    limits: list[tuple[Callable[[str, str, float], report.Target], float, bool]] = [
        (report.times_faster, 10, True),
        (report.times_faster, 11, False),
        (report.times_longer, 0.1, True),
        (report.times_longer, 0.05, False),
    ]
    for target, limit, met in limits:
        assert target("ours", "theirs", limit).met(runs) is met
    assert report.within_mb("ours", 100).met(runs)
    assert not report.within_seconds("theirs", 9).met(runs)


def test_each_case_names_a_function_and_each_name_stands_once() -> None:
    names = [case.name for group in ALL for case in group.cases] + [each.name for group in ALL for each in group.differences]
    assert len(set(names)) == len(names)
    for group in ALL:
        for function in (group.prepare, *(case.function for case in group.cases)):
            module, _, name = function.partition(":")
            source = (PROJECT / "tests" / "bench" / f"{module}.py").read_text(encoding="utf-8")
            assert f"\ndef {name}(" in source
        assert {case.ratio_to for case in group.cases} <= {None, *names}
        for target in group.targets:  # of a case, or of a stage that it tells of
            assert any(target.of == name or target.of.startswith(f"{name}: ") for name in names), target.of
