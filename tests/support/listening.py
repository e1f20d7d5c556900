"""What listens on this machine, at which address, and which processes are of an installation."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Listener:
    """A socket that takes connections.

    `address` is as the kernel writes it: hexadecimal, the bytes of each four in turn.
    """

    address: str
    port: int
    process: int

    @property
    def on_loopback(self) -> bool:
        """Whether only programs of this machine get to it: 127.0.0.0/8 or ::1."""
        return self.address[-2:] == "7F" if len(self.address) == 8 else self.address == "00000000000000000000000001000000"


def listeners() -> list[Listener]:
    """Every socket that takes connections, of processes that we may look at."""
    inodes: dict[str, tuple[str, int]] = {}
    for table in ("tcp", "tcp6"):
        for line in Path("/proc/net", table).read_text().splitlines()[1:]:
            fields = line.split()
            if fields[3] == "0A":
                address, _, port = fields[1].rpartition(":")
                inodes[fields[9]] = (address, int(port, 16))
    found = []
    for link in Path("/proc").glob("[0-9]*/fd/*"):
        try:
            target = str(link.readlink())
        except OSError:
            continue
        number = target.removeprefix("socket:[").removesuffix("]")
        if target.startswith("socket:[") and number in inodes:
            found.append(Listener(*inodes[number], int(link.parts[2])))
    return found


def processes_of(state: Path) -> set[int]:
    """The processes of the services in a state folder: those that say so, and whatever they started.

    A process may write another name over its command line and environment, as Airflow's api-server does.
    """
    mark, named = f"GMSD_STATE={state}\0".encode(), re.compile(re.escape(str(state).encode()) + rb"(?=[/\0]|$)")  # not its neighbour's
    found: set[int] = set()
    parents: dict[int, int] = {}
    for process in Path("/proc").glob("[0-9]*"):
        try:
            parents[int(process.name)] = int((process / "stat").read_text().rpartition(")")[2].split()[1])
            if mark in (process / "environ").read_bytes() or named.search((process / "cmdline").read_bytes()):
                found.add(int(process.name))
        except OSError:
            continue
    while more := {process for process, parent in parents.items() if parent in found} - found:
        found |= more
    return found - {os.getpid()}
