"""What was found, and whether it is what was claimed."""

from __future__ import annotations

import json
import os
import threading
import time
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(frozen=True, slots=True)
class Line:
    """A figure; `holds` is None where nothing is claimed of it."""

    show: str
    what: str
    figure: str
    holds: bool | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a table of its own, with what is claimed of it."""

    table: str
    cells: dict[str, str]
    holds: bool


@dataclass(slots=True)
class Stage:
    """What one step took; `workers_mb` is the most that processes it started held together."""

    release: str
    name: str
    seconds: float
    processor: float
    peak_mb: int
    workers_mb: int


@dataclass
class Account:
    """Every figure, claim and time of a run.

    Attributes:
        facts: What else is kept in the JSON.
    """

    lines: list[Line] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)
    stages: list[Stage] = field(default_factory=list)
    facts: dict[str, Any] = field(default_factory=dict)
    begun: float = field(default_factory=time.monotonic)
    quiet: bool = False

    def say(self, words: str) -> None:
        """How far it is."""
        if not self.quiet:
            print(f"{time.monotonic() - self.begun:6.0f} s  {words}", flush=True)

    def note(self, show: str, what: str, figure: object) -> None:
        """A figure of which nothing is claimed."""
        self.lines.append(Line(show, what, str(figure)))

    def claim(self, show: str, what: str, figure: object, *, holds: bool) -> None:
        """A figure that has to be right."""
        self.lines.append(Line(show, what, str(figure), holds))
        self.say(f"{'holds' if holds else 'DOES NOT HOLD'}: {what}: {figure}")

    def row(self, table: str, cells: dict[str, object], *, holds: bool) -> None:
        """Figures that stand beside each other, and have to be right."""
        told = {name: str(value) for name, value in cells.items()}
        self.rows.append(Row(table, told, holds))
        self.say(f"{'holds' if holds else 'DOES NOT HOLD'}: {table}: {', '.join(f'{name} {value}' for name, value in told.items())}")

    @property
    def broken(self) -> list[str]:
        """Claims that do not hold."""
        lines = [f"{each.what}: {each.figure}" for each in self.lines if each.holds is False]
        return lines + [f"{each.table}: {each.cells}" for each in self.rows if not each.holds]

    @contextmanager
    def stage(self, release: str, name: str) -> Iterator[None]:
        """Measure what is done inside: time, and the most memory that this process and those it starts hold."""
        self.say(f"{release}: {name}")
        Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
        with _workers() as most:
            start, busy = time.perf_counter(), time.process_time()
            yield
            seconds, processor = time.perf_counter() - start, time.process_time() - busy
        self.stages.append(Stage(release, name, round(seconds, 1), round(processor, 1), _held(), most[0]))

    def tables(self) -> str:
        """Everything as Markdown."""
        parts = []
        for show in dict.fromkeys(each.show for each in self.lines):
            rows = [
                (each.what, each.figure, "" if each.holds is None else "yes" if each.holds else "NO")
                for each in self.lines
                if each.show == show
            ]
            parts += [f"\n## {show}\n", _table(("what", "figure", "holds"), rows)]
        rows = [
            (each.release, each.name, f"{each.seconds:.1f}", f"{each.processor:.1f}", str(each.peak_mb), str(each.workers_mb or ""))
            for each in self.stages
        ]
        for table in dict.fromkeys(each.table for each in self.rows):
            held = [each for each in self.rows if each.table == table]
            told = [(*each.cells.values(), "yes" if each.holds else "NO") for each in held]
            parts += [f"\n## {table}\n", _table((*held[0].cells, "holds"), told)]
        columns = ("release", "stage", "seconds", "processor seconds", "peak MB", "workers' peak MB")
        parts += ["\n## Time and memory of each stage\n", _table(columns, rows)]
        return "\n".join(parts)

    def write(self, path: Path) -> None:
        """Everything as JSON."""
        path.parent.mkdir(parents=True, exist_ok=True)
        told = {"lines": self.lines, "rows": self.rows, "stages": self.stages}
        said = {name: [asdict(each) for each in found] for name, found in told.items()} | self.facts
        path.write_text(json.dumps(said, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def _table(columns: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    lines = [" | ".join(columns), " | ".join("---" for _ in columns), *(" | ".join(row) for row in rows)]
    return "\n".join(f"| {line} |" for line in lines)


def _status(process: str) -> dict[str, int]:
    """Of a process its parent and what it holds and held at most, in kB; empty when it is gone."""
    try:
        lines = Path(f"/proc/{process}/status").read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return {}
    said = dict(line.split(":", 1) for line in lines if ":" in line)
    return {name: int(said[name].split()[0]) for name in ("PPid", "VmRSS", "VmHWM") if name in said}


def _held() -> int:
    """The most megabytes that this process held since it was asked to forget."""
    return _status("self").get("VmHWM", 0) // 1024


@contextmanager
def _workers(every: float = 0.5) -> Iterator[list[int]]:
    """The most megabytes that the processes which this one starts hold together, looked at twice a second."""
    most, over = [0], threading.Event()

    def look() -> None:
        while not over.wait(every):
            most[0] = max(most[0], _held_by_descendants() // 1024)

    watcher = threading.Thread(target=look, daemon=True)
    watcher.start()
    try:
        yield most
    finally:
        over.set()
        watcher.join()


def _held_by_descendants() -> int:
    everybody = {int(path.name): _status(path.name) for path in Path("/proc").iterdir() if path.name.isdigit()}
    mine, held = {os.getpid()}, 0
    grown = True
    while grown:
        more = {process for process, said in everybody.items() if said.get("PPid") in mine} - mine
        held += sum(everybody[process].get("VmRSS", 0) for process in more)
        mine, grown = mine | more, bool(more)
    return held
