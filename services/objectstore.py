"""OpenStack Swift on one node with its S3 API: configuration, rings, encryption key and processes."""

from __future__ import annotations

import hashlib
import os
import sys
import tempfile
from pathlib import Path
from string import Template

from services.state import S3_USERS, State, tool, user_name, write_secret

TEMPLATES = Path(__file__).parent / "templates"
SERVERS = ("account", "container", "object")
PART_POWER = 6  # 64 partitions: plenty for one disk, few folders

# One pass of Swift's housekeeping: late listings, counts per bucket, expired objects, tombstones of objects, rows of deleted names.
SWEEP = (
    ("object-updater", "object.conf"),
    ("container-updater", "container.conf"),
    ("object-expirer", "expirer.conf"),
    ("object-replicator", "object.conf"),
    ("container-replicator", "container.conf"),
    ("account-replicator", "account.conf"),
)


def prepare(state: State) -> None:
    """Write rings and configuration. The encryption key and the hash suffix come from the secrets file: they are part of the data."""
    keymaster = state.secret_folder / "keymaster.conf"
    marker = state.swift_data / "key"
    fingerprint = hashlib.sha256((state.secrets["swift_root"] + state.secrets["swift_hash"]).encode()).hexdigest()
    if marker.exists() and marker.read_text() != fingerprint:
        raise SystemExit(f"services: {state.swift_data} was written with other secrets than those in {state.secret_folder}; restore them")
    _check_room(state.swift_data)
    marker.write_text(fingerprint)
    write_secret(keymaster, f"[keymaster]\nencryption_root_secret = {state.secrets['swift_root']}\n")
    backend_key = state.secret_folder / "backend.key"
    write_secret(backend_key, state.secrets["swift_backend"] + "\n")
    _render("swift.conf", state.conf / "swift.conf", suffix=state.secrets["swift_hash"])
    common = {
        "user": user_name(),
        "conf": str(state.conf),
        "data": str(state.swift_data),
        "recon": str(state.conf / "recon"),
        "backend_key": str(backend_key),
        "reclaim_age": os.environ.get("GMSD_RECLAIM_AGE", "86400"),
    }
    for server in SERVERS:
        _write_ring(state, server)
        _render("storage.conf", state.conf / f"{server}.conf", **common, server=server, port=state.ports[server])
    _render("expirer.conf", state.conf / "expirer.conf", **common)
    keys = {f"{user}_key": state.secrets[f"s3_{user}"] for user in S3_USERS}
    _render("proxy.conf", state.conf / "proxy.conf", **common, **keys, bind=state.bind, port=state.ports["s3"], keymaster=keymaster)


def _check_room(folder: Path) -> None:
    """Swift keeps what it knows of an object in extended attributes; the gate counts on what ext4 has room for.

    Raises:
        SystemExit: the file system has less.
    """
    from services import gate  # imports Swift: heavy, and `status` and `env` do without it

    with tempfile.NamedTemporaryFile(dir=folder) as probe:
        try:
            os.setxattr(probe.fileno(), "user.swift.metadata", bytes(gate.ROOM))
            os.setxattr(probe.fileno(), "user.swift.metadata_checksum", bytes(32))
        except OSError as error:
            raise SystemExit(
                f"services: the file system of {folder} has no room for {gate.ROOM} bytes of extended attributes ({error.strerror}): "
                "the object store cannot keep its files there; name another folder in GMSD_STATE_DIR"
            ) from None


def _render(template: str, target: Path, **values: object) -> None:
    write_secret(target, Template((TEMPLATES / template).read_text()).substitute(values))


def _write_ring(state: State, server: str) -> None:
    """One device, one replica: every partition lands on it, so the ring may be rebuilt freely when a port changes."""
    from swift.common.ring import RingBuilder  # heavy, and `status` and `env` do without it

    builder = RingBuilder(PART_POWER, replicas=1, min_part_hours=0)
    address = {"ip": "127.0.0.1", "port": state.ports[server], "replication_ip": "127.0.0.1", "replication_port": state.ports[server]}
    builder.add_dev({"id": 0, "region": 1, "zone": 1, "weight": 1, "device": "d1", "meta": "", **address})
    builder.rebalance(seed="1")
    path = state.conf / f"{server}.ring.gz"
    builder.get_ring().save(str(path))
    path.chmod(0o600)


def commands(state: State) -> dict[str, list[str]]:
    """What supervisor runs: the servers, and who tells lists of names what they missed. `-v` sends the log to stderr instead of syslog."""
    servers = {name: [tool(f"swift-{name}-server"), str(state.conf / f"{name}.conf"), "-v"] for name in (*SERVERS, "proxy")}
    return servers | {"object-updater": _daemon("object-updater", state.conf / "object.conf")}


def _daemon(name: str, configuration: Path, *flags: str) -> list[str]:
    return [sys.executable, "-m", "services.daemon", name, str(configuration), *flags]


def sweep_commands(state: State) -> list[list[str]]:
    """The passes of SWEEP, in order."""
    return [_daemon(name, state.conf / conf, "once") for name, conf in SWEEP]
