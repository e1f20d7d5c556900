"""Whole processes as a user starts them: their time by the wall, and their own memory."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable


class Measured(NamedTuple):
    """What a case measured itself: of a process it started, or of one of many things it did."""

    seconds: float
    cpu: float
    peak_mb: int


_READ = "import sys, polars; polars.read_csv(sys.argv[1], separator=';', infer_schema=False, quote_char=None)"
_GMSD = str(Path(sys.executable).with_name("gmsd"))


def _process(*command: str) -> Callable[[], Measured]:
    """A process that ends with 0 or, when it is a check, with 1 for a file that is refused."""
    allowed = (0, 1) if command[0] == _GMSD else (0,)
    # The clock and the settings of an installation that may stand here are none of this measurement.
    environment = {name: value for name, value in os.environ.items() if not name.startswith("GMSD_")}
    environment |= {"GMSD_CLOCK": "system"}

    def run() -> Measured:
        start = time.perf_counter()
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, env=environment)
        try:
            _, status, used = os.wait4(process.pid, 0)
        except KeyboardInterrupt:
            process.kill()
            process.wait()
            raise
        seconds = time.perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        assert process.returncode in allowed, f"{command[0]} ended with {process.returncode}"
        return Measured(seconds, used.ru_utime + used.ru_stime, used.ru_maxrss // 1024)

    return run


def _check(path: Path) -> Callable[[], Measured]:
    return _process(_GMSD, "check", str(path), "--municipality", "0363")


def read(folder: Path) -> Callable[[], Measured]:
    """A process that reads the large file and does nothing with it."""
    return _process(sys.executable, "-c", _READ, str(folder / "WMO_H22019_large.csv"))


def start_polars(_folder: Path) -> Callable[[], Measured]:
    """The start-up of `read`."""
    return _process(sys.executable, "-c", "import polars")


def check_large(folder: Path) -> Callable[[], Measured]:
    """`gmsd check` of the large file."""
    return _check(folder / "WMO_H22019_large.csv")


def check_one(folder: Path) -> Callable[[], Measured]:
    """`gmsd check` of one record, which is its start-up."""
    return _check(folder / "WMO_H22019_one.csv")


def check_small(folder: Path) -> Callable[[], Measured]:
    """`gmsd check` of a small municipality's file."""
    return _check(folder / "WMO_H22019_small.csv")


def check_largest(folder: Path) -> Callable[[], Measured]:
    """`gmsd check` of the longest file that is taken."""
    return _check(folder / "WMO_H22019_largest.csv")
