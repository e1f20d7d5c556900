"""A PostgreSQL server of another version than that of the services, for what must hold on both."""

from __future__ import annotations

import socket
import subprocess
import time
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg

from services.postgres import _as_plain_user
from tests.support.stack import ROLES, Stack
from tests.support.waiting import last_lines, patience

if TYPE_CHECKING:
    from collections.abc import Iterator

PASSWORD = "only-here"
DEBIAN = Path("/usr/lib/postgresql")


def binaries_of(version: int) -> Path | None:
    """The folder of `initdb` and `postgres` of a version, where Debian's package of it is installed."""
    folder = DEBIAN / str(version) / "bin"
    return folder if (folder / "initdb").exists() and (folder / "postgres").exists() else None


def server(binaries: Path, folder: Path) -> Iterator[Stack]:
    """A server of its own with the roles that an installation has; stopped and gone afterwards."""
    data, password, log = folder / "data", folder / "password", folder / "postgres.log"
    password.write_text(PASSWORD, encoding="ascii")
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port = found.getsockname()[1]
    initdb = [str(binaries / "initdb"), "-D", str(data), "-U", "postgres", f"--pwfile={password}", "--auth=scram-sha-256"]
    subprocess.run(_as_plain_user([*initdb, "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"]), check=True, capture_output=True)
    options = ["-h", "127.0.0.1", "-p", str(port), "-c", "unix_socket_directories=", "-c", "fsync=off"]
    with log.open("w") as stream:
        process = subprocess.Popen(_as_plain_user([str(binaries / "postgres"), "-D", str(data), *options]), stdout=stream, stderr=stream)
    admin = f"postgresql://postgres:{PASSWORD}@127.0.0.1:{port}/postgres"
    try:
        _wait(admin, process, log)
        with psycopg.connect(admin, autocommit=True) as connection:
            for role in ROLES:
                connection.execute(f"CREATE ROLE gmsd_{role} LOGIN PASSWORD '{PASSWORD}'")
        addresses = {
            f"GMSD_DATABASE_{role.upper()}": f"postgresql+psycopg://gmsd_{role}:{PASSWORD}@127.0.0.1:{port}/postgres" for role in ROLES
        }
        yield Stack(addresses, admin)
    finally:
        process.terminate()
        process.wait(patience(60))


def _wait(admin: str, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + patience(60)
    while True:
        try:
            psycopg.connect(admin, connect_timeout=5).close()
        except psycopg.OperationalError:
            if process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"the server does not start:\n{last_lines(log)}") from None
            time.sleep(0.2)
        else:
            return
