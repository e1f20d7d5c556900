"""What a run found: the table, the targets, and `var/bench/latest.json`."""

from __future__ import annotations

import json
import os
import platform
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

RESULT = Path("var/bench/latest.json")


@dataclass(frozen=True)
class Run:
    """One case measured: the best of its times, by the clock and of the cores, and the most memory its process held."""

    name: str
    rows: int
    seconds: float
    cpu: float
    peak_mb: int
    ratio_to: str | None


Runs = dict[str, Run]


@dataclass(frozen=True)
class Target:
    """What is wanted.

    Attributes:
        text: In words, the limit included.
        of: The case it is about; it stands in that case's line of the table.
        value: What it came to.
        limit: What it is held against.
        other: The case it is compared with.
        at_least: Whether more is better.
    """

    text: str
    of: str
    value: Callable[[Mapping[str, Run]], float]
    limit: float
    other: str | None = None
    at_least: bool = False

    @property
    def short(self) -> str:
        """The text without the case's name."""
        return self.text.removeprefix(f"{self.of}: ")

    def met(self, runs: Mapping[str, Run]) -> bool:
        """Whether it was reached."""
        value = self.value(runs)
        return value >= self.limit if self.at_least else value <= self.limit


def times_faster(ours: str, other: str, limit: float) -> Target:
    """`ours` takes at most a `limit`th of the time of `other`."""
    text = f"{ours}: at least {limit:g} x faster than {other}"
    return Target(text, ours, lambda runs: runs[other].seconds / runs[ours].seconds, limit, other, at_least=True)


def times_longer(ours: str, other: str, limit: float) -> Target:
    """`ours` takes at most `limit` times as long as `other`."""
    return Target(f"{ours}: at most {limit:g} x {other}", ours, lambda runs: runs[ours].seconds / runs[other].seconds, limit, other)


def within_seconds(case: str, limit: float) -> Target:
    """A case takes at most so many seconds."""
    shown = f"{limit:g} s" if limit >= 1 else f"{limit * 1000:g} ms"
    return Target(f"{case}: at most {shown}", case, lambda runs: runs[case].seconds, limit)


def rows_a_second(case: str, limit: float) -> Target:
    """A case deals with at least so many rows in a second."""
    text = f"{case}: at least {limit:,g} rows a second"
    return Target(text, case, lambda runs: runs[case].rows / runs[case].seconds, limit, at_least=True)


def within_mb(case: str, limit: float) -> Target:
    """A case holds at most so many MB."""
    return Target(f"{case}: at most {limit:,g} MB", case, lambda runs: runs[case].peak_mb, limit)


def ratio(run: Run, runs: Mapping[str, Run]) -> float:
    """How many times as long as the case it is compared with."""
    return run.seconds / runs[run.ratio_to].seconds if run.ratio_to in runs else 1.0


def as_json(runs: Mapping[str, Run], targets: Sequence[Target], **more: Any) -> dict[str, Any]:
    """The contract's `runs`, and beside them the machine and the targets."""
    return {
        "runs": [
            {
                "name": run.name,
                "rows": run.rows,
                "seconds": round(run.seconds, 6),
                "peak_mb": run.peak_mb,
                "ratio_to": run.ratio_to if run.ratio_to in runs else None,
                "ratio": round(ratio(run, runs), 3),
            }
            for run in runs.values()
        ],
        "targets": [
            {"target": each.text, "value": round(each.value(runs), 4), "limit": each.limit, "met": each.met(runs)} for each in targets
        ],
        "cpu_seconds": {run.name: round(run.cpu, 6) for run in runs.values()},
        "machine": {
            "cores": len(os.sched_getaffinity(0)),
            "system": platform.platform(),
            "python": platform.python_version(),
            "load": [round(load, 2) for load in os.getloadavg()],
        },
        **more,
    }


def write(result: dict[str, Any], path: Path) -> None:
    """Keep the result for whoever compares."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")


def table(runs: Mapping[str, Run], targets: Sequence[Target]) -> str:
    """One line per case, in the order they were measured."""
    width = max((len(name) for name in runs), default=4)
    lines = [f"{'case':{width}} {'rows':>9} {'best time':>10} {'cpu time':>10} {'peak MB':>8} {'ratio':>7}  to; target"]
    for run in runs.values():
        against = f"{ratio(run, runs):7.2f}  {run.ratio_to}" if run.ratio_to in runs else f"{'':7} "
        wanted = [f"{each.short}: {'met' if each.met(runs) else 'NOT MET'}" for each in targets if each.of == run.name]
        line = f"{run.name:{width}} {run.rows:9,} {_time(run.seconds):>10} {_time(run.cpu):>10} {run.peak_mb:8,} {against}"
        lines.append("; ".join([line, *wanted]).rstrip())
    return "\n".join(lines)


def _time(seconds: float) -> str:
    """In milliseconds below a tenth of a second."""
    return f"{seconds:.3f} s " if seconds >= 0.1 else f"{seconds * 1000:.2f} ms"


def verdicts(runs: Mapping[str, Run], targets: Sequence[Target]) -> str:
    """One line per target."""
    lines = []
    for each in targets:
        value = each.value(runs)
        came = f"{value * 1000:.2f} ms" if each.limit < 0.1 else f"{value:,.2f}"
        lines.append(f"{'met    ' if each.met(runs) else 'NOT MET'}  {each.text}: {came}")
    return "\n".join(lines)
