"""How much memory the services used at most while a demo was played."""

from __future__ import annotations

import os
import threading
from pathlib import Path
from typing import Self

SAMPLE_SECONDS = 3.0
_PROC = Path("/proc")


class PeakMemory:
    """The peak of the proportional memory of all processes that work in a folder and of this one, watched while the context is open.

    Args:
        folder: The working folder of the services' processes. Those in a container are not seen.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = str(folder.resolve())
        self._stop = threading.Event()
        self._watcher = threading.Thread(target=self._watch, name="memory", daemon=True)
        self.peak_mb = 0
        self.services_seen = False

    def __enter__(self) -> Self:
        self._watcher.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._watcher.join()

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
                own = process.name == str(os.getpid())
                ours = own or str((process / "cwd").readlink()) == self._folder
                lines = (process / "smaps_rollup").read_text(encoding="ascii").splitlines() if ours else []
                self.services_seen |= ours and not own
            except OSError:  # it ended meanwhile, or is somebody else's
                continue
            total += sum(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
        return total // 1024
