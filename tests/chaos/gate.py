"""A gate before a service: everything goes through it, until it is cut off; then connections break and none comes through."""

from __future__ import annotations

import contextlib
import socket
import struct
import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

_AT_ONCE = 65_536


class Gate:
    """Listens on a port of its own and passes on what it is told to a service; see `cut` and `open`."""

    def __init__(self, host: str, port: int) -> None:
        self._to, self._open, self._lock = (host, port), True, threading.Lock()
        self._through: set[socket.socket] = set()
        self._listening = socket.create_server(("127.0.0.1", 0), backlog=128)
        self.port = self._listening.getsockname()[1]
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                coming, _ = self._listening.accept()
                threading.Thread(target=self._let_through, args=(coming,), daemon=True).start()

    def _let_through(self, coming: socket.socket) -> None:
        with self._lock:
            going = self._there() if self._open else None
            if going is None:
                _break(coming)
                coming.close()
                return
            self._through |= {coming, going}
        back = threading.Thread(target=self._pass, args=(going, coming), daemon=True)
        back.start()
        self._pass(coming, going)
        back.join()
        with self._lock:
            self._through -= {coming, going}
        for each in (coming, going):
            each.close()

    def _there(self) -> socket.socket | None:
        with contextlib.suppress(OSError):
            return socket.create_connection(self._to)
        return None

    def _pass(self, one: socket.socket, other: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while said := one.recv(_AT_ONCE):
                other.sendall(said)
        with contextlib.suppress(OSError):
            other.shutdown(socket.SHUT_WR)

    def cut(self) -> None:
        """Break every connection, and each that is tried."""
        with self._lock:
            self._open = False
            for each in self._through:
                _break(each)

    def open(self) -> None:
        """Let connections through again."""
        with self._lock:
            self._open = True

    def close(self) -> None:
        """Listen no more."""
        self._listening.close()
        self.cut()


class Control:
    """Where a stopped step asks for what is to happen: a name and a newline, answered when it has happened."""

    def __init__(self, actions: dict[str, Callable[[], None]]) -> None:
        self._actions = actions
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port = self._listening.getsockname()[1]
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                asking, _ = self._listening.accept()
                with asking, asking.makefile("rw") as stream:
                    self._actions[stream.readline().strip()]()
                    stream.write("done\n")
                    stream.flush()

    def close(self) -> None:
        """Answer no more."""
        self._listening.close()


def _break(connection: socket.socket) -> None:
    """As a server that died: both sides are told at once. The thread that reads from it closes it."""
    with contextlib.suppress(OSError):
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        connection.shutdown(socket.SHUT_RDWR)
