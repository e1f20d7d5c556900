"""`python -m tests.chaos.child`: runs steps, each in a process of its own, and stops them where it is told.

The process imports what tasks need and forks for each step, as Airflow's scheduler does. A line on standard input asks for one:
`{"step": ..., "at": ..., "cut": ...}`, with its `"environment"` and the `"module"` whose `step_of` knows it where they are other; a
line of JSON on standard output tells what came of it. A step is stopped at a boundary: just before its `at`th call to a service. What
was done until then is all that a kill there, or anywhere up to the next call, leaves behind.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import sys
import threading
import time
import traceback
from importlib import import_module
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

NEVER = -1
_WRITES = ("INSERT", "UPDATE", "DELETE", "COPY", "MERGE", "TRUNCATE", "CREATE", "ALTER", "DROP")
_WAITED = 100
"""The library of the store waits a minute and more between its attempts: here so many times shorter."""


class Boundaries:
    """Counts the calls of a step to services, and stops it at one of them.

    Args:
        at: Which, from 0.
        stop: What happens there.
    """

    def __init__(self, at: int, stop: Callable[[], None]) -> None:
        self._at, self._stop, self._lock = at, stop, threading.Lock()
        self._wrote = dict[int, bool]()
        self.passed: list[tuple[str, bool]] = []

    def call(self, service: str, *, changes: bool) -> None:
        """A call is about to be made; `changes` tells whether it changes what other processes see."""
        with self._lock:
            if len(self.passed) == self._at:
                self._stop()
            self.passed.append((service, changes))

    def watch(self) -> None:
        """Be told of every call from now on."""
        import smtplib

        import botocore.endpoint
        import psycopg

        def before(owner: Any, name: str, told: Callable[..., None]) -> None:
            original = getattr(owner, name)

            def called(this: Any, *arguments: Any, **named: Any) -> Any:
                told(this, *arguments)
                return original(this, *arguments, **named)

            setattr(owner, name, called)

        for name in ("execute", "executemany", "copy"):
            before(psycopg.Cursor, name, self._statement)
        before(psycopg.Connection, "commit", self._commit)
        before(psycopg.Connection, "rollback", lambda this: self._wrote.pop(id(this), None))
        before(botocore.endpoint.Endpoint, "_send", lambda _, request: self.call("store", changes=request.method not in {"GET", "HEAD"}))
        # the body of a mail is the one thing sent that ends in a line with a dot
        before(smtplib.SMTP, "send", lambda _, said: self.call("mail", changes=_bytes(said).endswith(b"\r\n.\r\n")))
        botocore.endpoint.time = SimpleNamespace(sleep=lambda seconds: time.sleep(seconds / _WAITED))  # type: ignore[attr-defined]

    def _statement(self, cursor: Any, query: Any, *_: Any) -> None:
        said = query.decode() if isinstance(query, bytes) else query if isinstance(query, str) else query.as_string(cursor)
        words = "\n".join(line for line in said.splitlines() if not line.lstrip().startswith("--")).split(None, 1)
        first = words[0].upper() if words else ""
        if first in _WRITES or (first == "WITH" and any(f"{each} " in said.upper() for each in _WRITES)):
            self._wrote[id(cursor.connection)] = True
        self.call("PostgreSQL", changes=False)

    def _commit(self, connection: Any) -> None:
        self.call("PostgreSQL", changes=self._wrote.pop(id(connection), False))


def _bytes(said: Any) -> bytes:
    return said.encode("latin-1", "replace") if isinstance(said, str) else bytes(said)


def _stop(cut: str, control: int) -> Callable[[], None]:
    """Kill this process, or have a service cut off."""
    if not cut:
        return lambda: os.kill(os.getpid(), signal.SIGKILL)

    def ask() -> None:
        with socket.create_connection(("127.0.0.1", control)) as asking:
            asking.sendall(cut.encode() + b"\n")
            asking.recv(16)

    return ask


def _run(asked: dict[str, Any], answer: int) -> None:
    """One step, in the forked process."""
    from gmsd.journal import Context
    from gmsd.outages import is_outage
    from gmsd.settings import Settings

    os.environ.update(asked.get("environment", {}))
    step_of = import_module(asked.get("module", "tests.chaos.steps")).step_of
    boundaries = Boundaries(asked["at"], _stop(asked["cut"], asked["control"]))
    told: dict[str, Any] = {"error": "", "outage": False}
    try:
        context = Context.open(Settings(_env_file=None))  # type: ignore[call-arg]
        boundaries.watch()
        step_of(asked["step"]).run(context)
    except Exception as error:  # noqa: BLE001 - told to who asked
        told = {"error": f"{type(error).__name__}: {error}", "outage": any(is_outage(each) for each in _causes(error))}
        traceback.print_exc()
    os.write(answer, json.dumps(told | {"passed": boundaries.passed}).encode())


def _causes(error: BaseException | None) -> list[BaseException]:
    found = []
    while error is not None:
        found.append(error)
        error = error.__cause__ or error.__context__
    return found


def _forked(asked: dict[str, Any]) -> dict[str, Any]:
    here, there = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(here)
        status = 1
        try:
            _run(asked, there)
            status = 0
        finally:
            os._exit(status)
    os.close(there)
    with os.fdopen(here, "rb") as stream:
        said = stream.read()
    _, status = os.waitpid(pid, 0)
    return {"signal": os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0, **(json.loads(said) if said else {})}


def main() -> None:
    """Answer until nobody asks any more."""
    from gmsd_airflow.preload import preload

    out = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # what libraries print is none of the answers
    preload()
    import tests.support.published  # noqa: F401 - as the rest: once
    from tests.chaos import steps  # noqa: F401

    print(json.dumps({"ready": True}), file=out, flush=True)
    for line in sys.stdin:
        print(json.dumps(_forked(json.loads(line))), file=out, flush=True)


if __name__ == "__main__":
    main()
