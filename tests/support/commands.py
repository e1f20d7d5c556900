"""The `gmsd` command in a process of its own that need not import anything: a fork of one that has, as Airflow's scheduler forks tasks.

Started from nothing a command spends a second and more on imports. What only such a start can show stays with tests that start Python
themselves: what a command imports and how soon it answers (`unit/house/test_cold_start.py`), what it says when something is missing
(`unit/test_cli.py`), commands as the documentation has them, and every command that serves.
"""

from __future__ import annotations

import atexit
import functools
import gc
import json
import os
import select
import signal
import socket
import subprocess
import sys
import tempfile
import time
import traceback
from importlib import import_module
from pathlib import Path
from typing import NoReturn

PROJECT = Path(__file__).resolve().parents[2]
# Nothing that opens a socket or computes with Polars when it is imported: threads do not survive a fork.
MODULES = (
    "alembic.command",
    "boto3",
    "httpx",
    "polars",
    "sqlalchemy.dialects.postgresql.psycopg",
    "xlsxwriter",
    "gmsd.archive",
    "gmsd.backup",
    "gmsd.consent",
    "gmsd.impact",
    "gmsd.intake",
    "gmsd.overview",
    "gmsd.readers",
    "gmsd.registration",
    "gmsd.releases",
    "gmsd.round_mails",
    "gmsd.warehouse",
    "gmsd.watch",
)


def run_gmsd(*arguments: str, environment: dict[str, str], seconds: float, folder: Path | None = None) -> subprocess.CompletedProcess[str]:
    """Run the command; what it printed and its exit status.

    Args:
        arguments: Of `gmsd`.
        environment: All that it has of one.
        seconds: How long it may take.
        folder: Where it runs; this process's own when None.

    Raises:
        subprocess.TimeoutExpired: it took longer, and was killed.
        AssertionError: it ended without an exit status.
    """
    asked = json.dumps({"arguments": arguments, "environment": environment, "folder": str(folder or Path.cwd())}).encode()
    with (
        tempfile.TemporaryFile("w+", encoding="utf-8") as out,
        tempfile.TemporaryFile("w+", encoding="utf-8") as error,
        socket.socket(socket.AF_UNIX) as connection,
    ):
        connection.connect(_server())
        socket.send_fds(connection, [b"x"], [out.fileno(), error.fileno()])
        connection.sendall(asked)
        connection.shutdown(socket.SHUT_WR)
        end, said = time.monotonic() + seconds, b""
        while True:
            connection.settimeout(max(0.01, end - time.monotonic()))
            try:
                more = connection.recv(64)
            except TimeoutError:
                os.kill(int(said.split()[0]), signal.SIGKILL)
                raise subprocess.TimeoutExpired(["gmsd", *arguments], seconds) from None
            if not more:
                break
            said += more
        _, _, status = said.decode().partition("\n")
        out.seek(0)
        error.seek(0)
        assert status, f"gmsd {' '.join(arguments)} ended without an exit status: {error.read()[-2000:]}"
        return subprocess.CompletedProcess(["gmsd", *arguments], int(status), out.read(), error.read())


@functools.cache
def _server() -> str:
    """The address of the process that forks, started when it is needed first; it ends with this one."""
    folder = tempfile.TemporaryDirectory(prefix="gmsd-commands-")
    address = f"{folder.name}/socket"
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(address)
        listening.listen()
        environment = {name: value for name, value in os.environ.items() if not name.startswith(("GMSD_", "AIRFLOW__"))}
        environment |= {"PYTHONPATH": f"{PROJECT / 'plugins'}:{PROJECT}"}
        command = [sys.executable, "-m", "tests.support.commands", str(listening.fileno())]
        server = subprocess.Popen(command, stdin=subprocess.PIPE, pass_fds=[listening.fileno()], env=environment, cwd=PROJECT)

    def end() -> None:
        with server:  # closes its standard input, which it ends at, and waits
            pass
        folder.cleanup()

    atexit.register(end)
    return address


def main() -> None:
    """Fork for each that connects, until standard input ends."""
    from gmsd.cli import root

    root()
    for name in MODULES:
        import_module(name)
    from gmsd.rendering import compile_templates

    compile_templates()
    gc.freeze()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    with socket.socket(fileno=int(sys.argv[1])) as listening:
        while True:
            ready, _, _ = select.select([listening, 0], [], [])
            if 0 in ready:
                return
            connection, _ = listening.accept()
            with connection:
                if os.fork() == 0:
                    listening.close()
                    _command(connection)


def _command(connection: socket.socket) -> NoReturn:
    """In the fork: become what was asked for, and tell its process and then how it ended."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    _, (out, error), _, _ = socket.recv_fds(connection, 1, 2)
    with connection.makefile("rb") as stream:
        asked = json.loads(stream.read())
    connection.sendall(f"{os.getpid()}\n".encode())
    null = os.open(os.devnull, os.O_RDONLY)
    for new, old in ((null, 0), (out, 1), (error, 2)):
        os.dup2(new, old)
        os.close(new)
    sys.stdout, sys.stderr = (os.fdopen(number, "w", encoding="utf-8", closefd=False) for number in (1, 2))
    os.environ.clear()
    os.environ.update(asked["environment"])
    os.chdir(asked["folder"])
    time.tzset()
    sys.argv = ["gmsd", *asked["arguments"]]
    sys.modules["__main__"].__package__ = ""  # whose name usage would tell
    status = _status()
    sys.stdout.flush()
    sys.stderr.flush()
    connection.sendall(str(status).encode())
    os._exit(status)


def _status() -> int:
    """Run the command; its exit status, as the interpreter makes it."""
    from gmsd.cli import main as gmsd

    try:
        gmsd()
    except SystemExit as end:
        if end.code is None or isinstance(end.code, int):
            return (end.code or 0) & 0xFF
        print(end.code, file=sys.stderr)
        return 1
    except BaseException:  # noqa: BLE001 - told as the interpreter tells it
        traceback.print_exc()
        return 1
    return 0


if __name__ == "__main__":
    main()
