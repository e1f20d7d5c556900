"""A small disk for an installation's services, which can be filled: a tmpfs, where this machine lets us mount one."""

from __future__ import annotations

import contextlib
import subprocess
from typing import TYPE_CHECKING

from tests.support.waiting import until

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

SIZE = "700m"
_PIECE = b"\0" * 2**16


class Disk:
    """One that is mounted; see `mounted`."""

    def __init__(self, folder: Path) -> None:
        self.folder, self._ballast = folder, folder / "ballast"

    def fill(self) -> None:
        """Leave no room for a byte."""
        with self._ballast.open("ab", buffering=0) as stream, contextlib.suppress(OSError):
            while stream.write(_PIECE):
                pass
        with self._ballast.open("ab", buffering=0) as stream, contextlib.suppress(OSError):
            while stream.write(b"\0"):
                pass

    def empty(self, answers: Callable[[], bool]) -> None:
        """Give the room back, and wait until services that ended for the lack of it are up again."""
        self._ballast.unlink(missing_ok=True)
        until(answers, "the services to answer again", seconds=120)


@contextlib.contextmanager
def mounted(folder: Path) -> Iterator[Disk | None]:
    """A disk at a folder; None where nothing may be mounted: disks are not filled then."""
    folder.mkdir(parents=True, exist_ok=True)
    command = ["mount", "-t", "tmpfs", "-o", f"size={SIZE},mode=755", "tmpfs", str(folder)]
    try:
        done = subprocess.run(command, capture_output=True, check=False).returncode
    except FileNotFoundError:
        done = 1
    if done:
        yield None
        return
    try:
        yield Disk(folder)
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=False)
