"""How long each stage of a demo took and how much memory the services used at most."""

from __future__ import annotations

import threading
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

SAMPLE_SECONDS = 3.0
_PROC = Path("/proc")


class Measure:
    """Stages with their seconds, and the peak of the proportional memory of all processes that work in a folder, and this one.

    Args:
        folder: The working folder of the services' processes; in a container they are not seen, and only this process is measured.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = str(folder)
        self._stop = threading.Event()
        self._started = time.monotonic()
        self.stages: list[dict[str, Any]] = []
        self.peak_mb = 0

    @property
    def seconds(self) -> float:
        """Since the measure was made."""
        return time.monotonic() - self._started

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Time what happens inside."""
        before = time.monotonic()
        yield
        self.stages.append({"stage": name, "seconds": round(time.monotonic() - before, 1)})

    @contextmanager
    def sampling(self) -> Iterator[None]:
        """Watch memory while what is inside runs."""
        watcher = threading.Thread(target=self._watch, name="memory", daemon=True)
        watcher.start()
        try:
            yield
        finally:
            self._stop.set()
            watcher.join()

    def _watch(self) -> None:
        while True:
            self.peak_mb = max(self.peak_mb, self._memory_mb())
            if self._stop.wait(SAMPLE_SECONDS):
                return

    def _memory_mb(self) -> int:
        total = 0
        for process in _PROC.iterdir():
            if not process.name.isdigit():
                continue
            try:
                ours = process.name == str(_own_id()) or str((process / "cwd").readlink()) == self._folder
                lines = (process / "smaps_rollup").read_text(encoding="ascii").splitlines() if ours else []
            except OSError:  # it ended meanwhile, or is somebody else's
                continue
            total += sum(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
        return total // 1024


def _own_id() -> int:
    import os

    return os.getpid()
