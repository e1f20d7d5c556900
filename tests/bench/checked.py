"""Reading a file, plain polars, and our check: over one large file, over many, over one that is wrong everywhere."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gmsd.checking import check_path
from tests.bench import files, plain

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from gmsd.checking import CheckResult

Answers = dict[str, tuple[int, list[int] | None]]


def answers(result: CheckResult) -> Answers:
    """The findings as the bench compares them.

    Raises:
        AssertionError: When a rule could not run, or the file could not be read.
    """
    assert not result.not_run, result.not_run
    assert result.readable, result.findings
    return {finding.rule: (finding.count, list(finding.lines)) for finding in result.findings}


def read(folder: Path) -> Callable[[], None]:
    """The least there is: the file as a frame of strings."""
    files.read_strings(folder / files.ONE)

    def run() -> None:
        files.read_strings(folder / files.LARGE)

    return run


def plainly(folder: Path) -> Callable[[], Answers]:
    """The hand-written rules."""
    return _warm(folder, lambda path: plain.check(path, **files.KNOWN))


def check(folder: Path) -> Callable[[], Answers]:
    """Our check as it is, with its line numbers."""
    return _warm(folder, lambda path: answers(check_path(path, **files.KNOWN)))


def _warm(folder: Path, work: Callable[[Path], Any]) -> Callable[[], Any]:
    work(folder / files.ONE)
    return lambda: work(folder / files.LARGE)


def check_clean(folder: Path) -> Callable[[], None]:
    """Our check of a file without a fault."""
    return _found(folder / files.CLEAN, 0)


def check_wrong(folder: Path) -> Callable[[], None]:
    """Our check of a file that is wrong everywhere; every line in it has its thirteen findings or nearly so."""
    return _found(folder / files.WRONG, 10)


def _found(path: Path, least: int) -> Callable[[], None]:
    result = check_path(path, **files.KNOWN)
    assert result.readable
    assert result.content_errors >= least * result.records
    assert bool(least) == bool(result.content_errors)

    def run() -> None:
        check_path(path, **files.KNOWN)

    return run


def many_plainly(folder: Path) -> Callable[[], Answers]:
    """The hand-written rules over every municipality's own file."""

    def one(path: Path) -> Answers:
        return dict(plain.check(path, **files.KNOWN | {"municipality": path.parent.name}))

    return _each(folder, one)


def many_checked(folder: Path) -> Callable[[], Answers]:
    """Our check of every municipality's own file."""

    def one(path: Path) -> Answers:
        return answers(check_path(path, **files.KNOWN | {"municipality": path.parent.name}))

    return _each(folder, one)


def _each(folder: Path, one: Callable[[Path], Answers]) -> Callable[[], Answers]:
    """All files in one process; the answers of all together."""
    paths = sorted((folder / "many").glob("*/*/*"))
    one(paths[0])

    def run() -> Answers:
        found: Answers = {}
        for path in paths:
            for rule, (count, lines) in one(path).items():
                counted, named = found.get(rule, (0, []))
                found[rule] = (counted + count, [*(named or []), *(lines or [])])
        return found

    return run
