"""The broker between scheduler and workers, as somebody finds it who knocks at its port."""

from __future__ import annotations

import json
import os
import socket
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.support.listening import listeners
from tests.support.stack import PROJECT, SERVICES_PYTHON
from tests.support.waiting import patience, until

if TYPE_CHECKING:
    from collections.abc import Iterator

_PREPARE = """
import json, sys
from pathlib import Path
from services import broker
from services.state import free_port, open_state
state = open_state(Path(sys.argv[1]))
state.ports["broker"] = free_port(state.ports)
print(json.dumps([broker.prepare(state), state.ports["broker"], state.secrets["broker"], str(state.run)]))
"""


class Broker:
    """A broker that runs, with the configuration that the services write."""

    def __init__(self, folder: Path) -> None:
        asked = [str(SERVICES_PYTHON), "-c", _PREPARE, str(folder)]
        found = subprocess.run(asked, cwd=PROJECT, capture_output=True, text=True, check=True).stdout
        command, self.port, self.password, run = json.loads(found)
        self.folder = Path(run)
        self.process = subprocess.Popen(command, cwd=run, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        until(lambda: any(each.port == self.port for each in listeners()), "the broker", seconds=10)

    def ask(self, *lines: str) -> list[str]:
        """What it answers to some lines, each as one command."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=patience(10)) as connection:
            stream = connection.makefile("rw", newline="\r\n")
            answers = []
            for line in lines:
                stream.write(f"{line}\n")
                stream.flush()
                answers.append(stream.readline().strip())
            return answers


@pytest.fixture
def running(tmp_path) -> Iterator[Broker]:
    found = Broker(tmp_path / "state")
    yield found
    found.process.terminate()
    found.process.wait(timeout=patience(20))


def test_nobody_gets_in_without_the_password(running):
    assert all(answer.startswith("-NOAUTH") for answer in running.ask("PING", "LRANGE default 0 -1", "CONFIG GET requirepass", "SHUTDOWN"))
    assert running.ask("AUTH wrong")[0].startswith("-WRONGPASS")
    assert running.ask(f"AUTH {running.password}", "PING") == ["+OK", "+PONG"]


def test_it_listens_on_this_machine_only_and_its_password_is_not_in_the_process_list(running):
    own = [each for each in listeners() if each.process == running.process.pid]
    assert [each.port for each in own] == [running.port]
    assert all(each.on_loopback for each in own)
    assert running.password.encode() not in Path("/proc", str(running.process.pid), "cmdline").read_bytes()


def test_a_message_is_nowhere_on_disk(running):
    text = "a-message-with-a-token-" + os.urandom(8).hex()
    assert running.ask(f"AUTH {running.password}", f"LPUSH default {text}") == ["+OK", ":1"]
    running.process.terminate()
    assert running.process.wait(timeout=patience(20)) == 0
    assert [path for path in running.folder.parent.rglob("*") if path.is_file() and text.encode() in path.read_bytes()] == []
