"""One installation of the services: its folders, ports and secrets below one state folder."""

from __future__ import annotations

import base64
import json
import os
import pwd
import secrets
import socket
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

PROJECT = Path(__file__).resolve().parent.parent

# name -> preferred port; GMSD_PORT_<NAME> fixes one, a busy one is replaced by a free one
PORTS = {
    "s3": 8333,
    "account": 6202,
    "container": 6201,
    "object": 6200,
    "postgres": 5433,
    "smtp": 8025,
    "airflow": 8080,
    "supervisor": 9011,
    "broker": 6379,
    "portal": 8095,
    "site": 8099,
}
S3_USERS = ("pipeline", "portal", "reader", "desk")
DATABASE_ROLES = ("airflow", "gmsd_owner", "gmsd_loader", "gmsd_publisher", "gmsd_reader", "gmsd_approver", "gmsd_portal")
AIRFLOW_USERS = {"admin": "Admin", "engineer": "Op", "approver": "Approver", "viewer": "Viewer", "intake": "Op"}
KEYS = ("pseudonym", "rounding", "reference")


@dataclass(frozen=True)
class State:
    """One installation: its root folder, its ports and its secrets."""

    root: Path
    ports: dict[str, int]
    secrets: dict[str, str]

    @property
    def bind(self) -> str:
        """Address that what others may ask listens on; storage servers and supervisor always stay on 127.0.0.1."""
        return os.environ.get("GMSD_BIND", "127.0.0.1")

    @property
    def conf(self) -> Path:
        """Configuration of the services, made anew at every start."""
        return self.root / "services"

    @property
    def run(self) -> Path:
        """Working folder of every process: what still runs in it is ours."""
        return self.root / "services" / "run"

    @property
    def logs(self) -> Path:
        """What every process says."""
        return self.root / "log"

    @property
    def swift_data(self) -> Path:
        """Objects, encrypted."""
        return self.root / "swift"

    @property
    def pg_data(self) -> Path:
        """PostgreSQL's cluster."""
        return self.root / "postgres"

    @property
    def maildir(self) -> Path:
        """Every mail that was sent."""
        return self.root / "mail"

    @property
    def airflow(self) -> Path:
        """Airflow's home: its configuration and the logs of tasks."""
        return self.root / "airflow"

    @property
    def lineage(self) -> Path:
        """Events of OpenLineage."""
        return self.root / "lineage"

    @property
    def secret_folder(self) -> Path:
        """Passwords and keys; survives a reset."""
        return self.root / "secrets"

    @property
    def settings_file(self) -> Path:
        """Settings of the pipeline."""
        return self.secret_folder / "gmsd.env"

    @property
    def airflow_settings_file(self) -> Path:
        """Settings of Airflow."""
        return self.secret_folder / "airflow.env"

    def address(self, service: str) -> str:
        """Host and port of a service. It is on this machine, unless it runs in a container of its own: GMSD_HOST_<NAME>."""
        return f"{os.environ.get(f'GMSD_HOST_{service.upper()}', '127.0.0.1')}:{self.ports[service]}"

    def url(self, service: str) -> str:
        """Address of a service that speaks http."""
        return f"http://{self.address(service)}"


def open_state(root: Path) -> State:
    """Create what is missing below `root` and return it; what exists is never changed.

    Raises:
        SystemExit: the folder's name cannot be written in supervisor's configuration, or a secrets file is damaged.
    """
    root = root.resolve()
    if "%" in str(root) or "\n" in str(root):
        raise SystemExit(f"services: the state folder may not contain a percent sign: {root}")
    for name in ("", "services", "services/run", "services/recon", "log", "secrets", "swift", "swift/d1", "airflow", "lineage", "mail"):
        folder = root / name
        folder.mkdir(parents=True, exist_ok=True)
        folder.chmod(0o700)
    for name in ("tmp", "new", "cur"):  # aiosmtpd makes them only when the Maildir itself is missing
        (root / "mail" / name).mkdir(mode=0o700, exist_ok=True)
    for name in KEYS:
        path = root / "secrets" / f"{name}.key"
        if not path.exists():
            write_secret(path, secrets.token_hex(32) + "\n")
    ports = {name: int(os.environ.get(f"GMSD_PORT_{name.upper()}") or kept) for name, kept in (PORTS | _read(_ports_file(root))).items()}
    return State(root, ports, _secrets(root / "secrets" / "services.json"))


def secret_names() -> list[str]:
    """Every password and key that an installation has, key files excepted."""
    names = [
        "supervisor",
        "pg_postgres",
        "airflow_api",
        "airflow_jwt",
        "airflow_fernet",
        "swift_root",
        "swift_hash",
        "swift_backend",
        "broker",
    ]
    names += [f"s3_{user}" for user in S3_USERS]
    names += [f"pg_{role}" for role in DATABASE_ROLES]
    names += [f"airflow_user_{user}" for user in AIRFLOW_USERS]
    return names


def given_secrets() -> dict[str, str]:
    """Those that the environment gives: GMSD_SECRET_<NAME>."""
    return {name: os.environ[f"GMSD_SECRET_{name.upper()}"] for name in secret_names() if os.environ.get(f"GMSD_SECRET_{name.upper()}")}


def _secrets(path: Path) -> dict[str, str]:
    """The passwords in the file, completed with new random ones; the environment comes first."""
    known = _read(path)
    wanted = {name: random_secret(name) for name in secret_names() if name not in known} | known | given_secrets()
    if wanted != known:
        write_secret(path, json.dumps(wanted, indent=1))
    return wanted


def random_secret(name: str) -> str:
    """A new value in the form that its user asks for."""
    if name == "airflow_fernet":
        return base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()
    if name == "swift_root":
        return base64.b64encode(secrets.token_bytes(32)).decode()
    return secrets.token_hex(10 if name.startswith("airflow_user_") else 24)


def _read(path: Path) -> dict[str, Any]:
    if not path.exists():
        return {}
    try:
        content = json.loads(path.read_text())
    except ValueError as error:
        raise SystemExit(f"services: {path} is damaged ({error}); restore it, the data cannot be read without it") from None
    return dict(content)


def _ports_file(root: Path) -> Path:
    return root / "secrets" / "ports.json"


def settle_ports(state: State) -> list[str]:
    """Before a start: give every port that something else holds a free one, and remember the choice. Returns what to tell the user."""
    changes = []
    for name, port in state.ports.items():
        if is_free(port):
            continue
        if os.environ.get(f"GMSD_PORT_{name.upper()}"):
            raise SystemExit(f"services: port {port} for {name} is taken (GMSD_PORT_{name.upper()} asks for it)")
        state.ports[name] = free_port(state.ports)
        changes.append(f"port {port} is taken, {name} uses {state.ports[name]}")
    write_secret(_ports_file(state.root), json.dumps(state.ports, indent=1))
    return changes


def write_secret(path: Path, text: str) -> None:
    """Write a file that only its owner can read, whole or not at all."""
    draft = path.with_name(path.name + ".new")
    draft.unlink(missing_ok=True)
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as stream:
        stream.write(text)
        stream.flush()
        os.fsync(stream.fileno())
    draft.rename(path)


def is_free(port: int) -> bool:
    """Whether we could listen on it."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((os.environ.get("GMSD_BIND", "127.0.0.1"), port))
        except OSError:
            return False
    return True


def free_port(taken: dict[str, int]) -> int:
    """A port that nobody listens on and that is none of ours."""
    while True:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = int(probe.getsockname()[1])
        if port not in taken.values():
            return port


def user_name() -> str:
    """The account we run as: Swift switches to the user named in its configuration."""
    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        raise SystemExit(f"services: uid {os.getuid()} has no passwd entry; Swift needs one") from None


def tool(name: str) -> str:
    """A script of the environment this interpreter belongs to."""
    return str(Path(sys.prefix) / "bin" / name)


def pipeline_environment() -> Path:
    """The pipeline's environment: GMSD_VENV, else `.venv` of the checkout."""
    return Path(os.environ.get("GMSD_VENV") or PROJECT / ".venv")
