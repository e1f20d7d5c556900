"""What another account of the machine finds when it knocks at every port and looks into every folder of the services."""

from __future__ import annotations

import http.client
import json
import os
import re
import smtplib
import socket
import stat
import subprocess
from pathlib import Path

import psycopg
import pytest

from tests.support.listening import listeners, processes_of
from tests.support.stack import PROJECT, SERVICES_PYTHON, services
from tests.support.stranger import as_stranger
from tests.support.waiting import patience

METHODS = ("GET", "HEAD", "PUT", "POST", "DELETE", "OPTIONS", "REPLICATE", "SSYNC", "UPDATE", "TRACE", "BREW")
BACKENDS = ("account", "container", "object")


@pytest.fixture(scope="module")
def state(stack) -> Path:
    """The state folder of the embedded services."""
    if stack.state is None:
        pytest.skip("the stack under test is not the embedded one: nothing of it listens on this machine")
    return stack.state


@pytest.fixture(scope="module")
def ports(state) -> dict[str, int]:
    return json.loads((state / "secrets" / "ports.json").read_text())


@pytest.fixture(scope="module")
def delivered(store, settings) -> str:
    """The key of a delivery that lies in the store; its bytes are told apart by this line."""
    store.put(settings.bucket_inbox, "H22019/0518/WMO_H22019_x.csv", b"a line that nobody else may read")
    return "H22019/0518/WMO_H22019_x.csv"


def ask(port: int, method: str, path: str, headers: dict[str, str] | None = None) -> tuple[int, str]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=patience(20))
    try:
        connection.request(method, path, headers=headers or {})
        answer = connection.getresponse()
        return answer.status, answer.read().decode(errors="replace")
    finally:
        connection.close()


def addresses_of(state: Path, server: str) -> list[str]:
    """Addresses that name something in a storage server: everything that lies on its disk, and what it answers without a disk."""
    found = {"/", "/healthcheck", "/info", "/recon/mem", "/recon/diskusage", "/recon/unmounted", "/d1/0"}
    for level in (state / "swift" / "d1").glob(f"{server}s/*/*/*"):
        partition, suffix, digest = level.parts[-3:]
        found |= {f"/d1/{partition}", f"/d1/{partition}/{digest}", f"/d1/{partition}/{suffix}", f"/d1/{partition}/AUTH_gmsd"}
    return sorted(found)[:60]


@pytest.mark.parametrize("server", BACKENDS)
def test_another_account_gets_nothing_from_a_storage_server(state, ports, delivered, server):
    addresses = addresses_of(state, server)
    assert len(addresses) > 7, "nothing lies there: the test would prove nothing"

    def attack() -> list[list[object]]:
        return [[method, address, *ask(ports[server], method, address)] for address in addresses for method in METHODS]

    answers = as_stranger(attack)
    assert {answer[2] for answer in answers} <= {403}
    assert {answer[3] for answer in answers} == {""}


@pytest.mark.parametrize("header", ["", "1", "0 0", "nan x", f"{2**70} {'0' * 64}", f"1700000000.0 {'é' * 64}", "x" * 4000])
def test_wrong_proof_is_refused_and_breaks_nothing(ports, header):
    assert ask(ports["object"], "GET", "/d1/0/AUTH_gmsd/x/y", {"X-Gmsd-Proof": header.encode().decode("latin-1")})[0] == 403


def test_proof_of_one_request_does_not_open_another(state, ports):
    """Who overhears one request, on a port it took while a server was away, holds nothing that opens a door."""
    seen: list[str] = []
    with socket.create_server(("127.0.0.1", 0)) as trap:
        port = trap.getsockname()[1]
        code = (
            "import sys; from services.backend import sign_calls; from swift.common.bufferedhttp import http_connect_raw;"
            f"sign_calls({str(state / 'secrets' / 'backend.key')!r}); http_connect_raw('127.0.0.1', {port}, 'GET', '/d1/0/AUTH_gmsd')"
        )
        run_services_python(code)
        taken, _ = trap.accept()
        with taken:
            text = taken.recv(4000).decode()
        seen += re.findall(r"(?i)x-gmsd-proof: (.*)\r", text)
    assert len(seen) == 1
    secret = (state / "secrets" / "backend.key").read_text().strip()
    assert secret not in text
    for server in BACKENDS:
        assert ask(ports[server], "GET", "/d1/0/AUTH_gmsd", {"X-Gmsd-Proof": seen[0]})[0] == 403


def run_services_python(code: str, swift: Path | None = None) -> str:
    if swift:
        code = f"from swift.common.utils import set_swift_dir; set_swift_dir({str(swift)!r})\n{code}"
    environment = os.environ | {"PYTHONPATH": str(PROJECT)}
    done = subprocess.run(
        [str(SERVICES_PYTHON), "-c", code], env=environment, capture_output=True, text=True, check=False, timeout=patience(60)
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_housekeeping_still_gets_in(state, store, settings):
    """Its processes carry the proof too: after a sweep the account server knows a bucket's count, which the container updater told it."""
    store.put(settings.bucket_staging, "counted", b"x")
    services("sweep", state)
    code = f"""
import sys
from services.backend import sign_calls
from swift.common.direct_client import direct_get_account
from swift.common.ring import Ring
sign_calls({str(state / "secrets" / "backend.key")!r})
ring = Ring({str(state / "services")!r}, ring_name="account")
partition, nodes = ring.get_nodes("AUTH_gmsd")
listing = direct_get_account(nodes[0], partition, "AUTH_gmsd", prefix={settings.bucket_staging!r})[1]
print(listing[0]["count"])
"""
    assert run_services_python(code, swift=state / "services").strip() == "1"


def test_nothing_listens_that_is_not_in_the_list_of_ports(state, ports):
    ours = processes_of(state)
    open_here = [each for each in listeners() if each.process in ours]
    open_ports = {each.port for each in open_here}
    assert open_ports <= set(ports.values())
    assert [each for each in open_here if not each.on_loopback] == [], "only programs of this machine get to the services by default"
    assert {ports[name] for name in (*BACKENDS, "s3", "postgres", "smtp", "supervisor")} <= open_ports


def test_another_account_gets_nothing_from_the_other_ports(ports):
    def knock() -> dict[str, object]:
        found: dict[str, object] = {"supervisor": [ask(ports["supervisor"], "POST", path)[0] for path in ("/RPC2", "/", "/logtail/smtp")]}
        paths = ("/", "/info", "/auth/v1.0", "/v1/AUTH_gmsd", "/v1/AUTH_gmsd/gmsd-inbox", "/gmsd-inbox", "/gmsd-inbox/x", "/endpoints/x")
        found["s3"] = {path: ask(ports["s3"], "GET", path)[0] for path in paths}
        found["roles"] = []
        for role in ("postgres", "airflow", "gmsd_owner", "gmsd_loader", "gmsd_publisher", "gmsd_reader", "nobody"):
            try:
                psycopg.connect(host="127.0.0.1", port=ports["postgres"], user=role, password="", dbname="gmsd", connect_timeout=10)
            except psycopg.OperationalError:
                continue
            found["roles"].append(role)
        with smtplib.SMTP("127.0.0.1", ports["smtp"], timeout=patience(20)) as client:
            found["smtp"] = [client.docmd(word)[0] for word in ("VRFY engineer", "EXPN all", "RETR 1", "LIST")]
        return found

    found = as_stranger(knock)
    assert set(found["supervisor"]) == {401}
    assert set(found["s3"].values()) <= {403}
    assert found["roles"] == []
    # it takes mails from anybody, as a mail server of the machine would, and tells nothing of those it has
    assert all(code in (252, 500, 502) for code in found["smtp"])


def test_no_file_of_the_state_folder_can_be_opened_by_another_account(state):
    def look() -> list[str]:
        folders = [state, *(state / name for name in ("secrets", "swift", "postgres", "mail", "log", "services", "airflow", "lineage"))]
        return [str(folder) for folder in folders if os.access(folder, os.R_OK) or os.access(folder, os.X_OK)]

    if os.getuid() == 0:
        assert as_stranger(look) == []
    for path in (state, *(item for item in state.rglob("*"))):
        if path.is_symlink() or not path.exists():
            continue
        mode = path.stat().st_mode
        secret = path.parent == state / "secrets" or path == state or path.is_relative_to(state / "services")
        assert not (secret and mode & (stat.S_IRWXG | stat.S_IRWXO)), f"{path} has mode {stat.filemode(mode)}"


def test_no_secret_stands_on_a_command_line(state):
    secrets = {value for value in json.loads((state / "secrets" / "services.json").read_text()).values() if len(value) > 12}
    lines = [Path("/proc", str(process), "cmdline").read_bytes() for process in processes_of(state) if Path("/proc", str(process)).exists()]
    assert lines
    assert not [value for value in secrets if any(value.encode() in line for line in lines)]


def test_a_storage_server_has_one_thread_so_that_none_writes_over_what_another_knows_of_a_request(state, delivered):
    threads = {}
    for process in processes_of(state):
        words = Path("/proc", str(process), "cmdline").read_bytes().decode(errors="replace")
        name = re.search(r"swift-(\w+)-server", words)
        if name:
            threads[name[1]] = len(list(Path("/proc", str(process), "task").iterdir()))
    assert threads == dict.fromkeys((*BACKENDS, "proxy"), 1)
