"""No secret where others could see it, with everything running: logs, command lines, files, and what listens."""

from __future__ import annotations

import json
import os
import stat
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.dags.conftest import FAULTY, GOOD, OTHER
from tests.support.listening import listeners, processes_of
from tests.support.runs import ended

if TYPE_CHECKING:
    from collections.abc import Iterator

PARTS = {b"api_server", b"scheduler", b"dag-processor", b"triggerer"}  # the first has given itself that name


@pytest.fixture(scope="module")
def worked(delivered, engineer, home) -> Path:
    """The state folder of an installation that has registered, checked and reported."""
    for municipality in (GOOD, OTHER, FAULTY):
        ended(engineer, "gmsd_delivery", f"2019-H1.{municipality}.01")
    assert home.gmsd("doctor", "--json").returncode == 0
    return home.var


@pytest.fixture(scope="module")
def secrets(worked) -> dict[str, bytes]:
    """Every password and key, by name."""
    found = json.loads((worked / "secrets" / "services.json").read_text(encoding="utf-8"))
    keys = {
        name: (worked / "secrets" / f"{name}.key").read_text(encoding="ascii").strip() for name in ("pseudonym", "rounding", "reference")
    }
    assert min(map(len, (found | keys).values())) >= 20, "a short one would be found by chance"
    return {name: value.encode() for name, value in (found | keys).items()}


def holding(paths: Iterator[Path], secrets: dict[str, bytes]) -> list[tuple[str, str]]:
    """Files that hold a secret, with the name of it; the value is never shown."""
    found = []
    for path in paths:
        if path.is_file() and not path.is_symlink():
            data = path.read_bytes()
            found += [(str(path), name) for name, value in secrets.items() if value in data]
    return found


def test_no_log_holds_a_secret(worked, secrets):
    logs = [path for folder in ("log", "airflow/logs", "lineage") for path in (worked / folder).rglob("*") if path.is_file()]
    assert len(logs) > 20, "there is nothing to look at: the test would prove nothing"
    assert holding(iter(logs), secrets) == []


def test_a_secret_in_a_log_would_be_found(worked, secrets, tmp_path):
    (tmp_path / "a.log").write_bytes(b"connecting with " + secrets["pg_gmsd_loader"] + b" now")
    assert holding(tmp_path.iterdir(), secrets) == [(str(tmp_path / "a.log"), "pg_gmsd_loader")]


def test_no_command_line_holds_a_secret(worked, secrets):
    lines = {}
    for process in processes_of(worked):
        try:
            lines[process] = Path("/proc", str(process), "cmdline").read_bytes()
        except OSError:  # it ended meanwhile
            continue
    assert {part for part in PARTS if any(part in line for line in lines.values())} == PARTS
    assert [(name, line[:80]) for line in lines.values() for name, value in secrets.items() if value in line] == []


def for_others(path: Path) -> bool:
    """Whether another account can read a file: its own mode allows it, and that of every folder above it lets them through."""
    return bool(path.stat().st_mode & 0o004) and all(folder.stat().st_mode & 0o001 for folder in path.parents)


def test_nobody_else_reads_a_file_of_the_installation(worked):
    """Whatever a process wrote since the start is its owner's alone. Swift gives its own files the modes that it likes, in a folder that
    nobody else can enter; the folder `home` stands for a checkout."""
    assert stat.S_IMODE((worked / "swift").stat().st_mode) == stat.S_IMODE(worked.stat().st_mode) == 0o700
    ours = [path for path in worked.rglob("*") if path.relative_to(worked).parts[0] not in ("swift", "home") and not path.is_symlink()]
    others = [path for path in ours if path.exists() and path.stat().st_mode & 0o077]
    assert len(ours) > 100
    assert [f"{stat.filemode(path.stat().st_mode)} {path.relative_to(worked)}" for path in others][:20] == []
    assert not any(for_others(path) for path in worked.rglob("*") if path.is_file())


def test_no_file_that_others_can_read_holds_a_secret(worked, secrets):
    """What programs leave in the machine's own places for such things."""
    found = []
    for root in ("/tmp", "/dev/shm"):
        for folder, _, names in os.walk(root):  # passes over what another program has taken away meanwhile
            for path in (Path(folder, name) for name in names):
                try:
                    if path.is_file() and not path.is_symlink() and path.stat().st_size < 2**24 and for_others(path):
                        found += holding(iter([path]), secrets)
                except OSError:
                    continue
    assert found == []


def test_everything_listens_on_this_machine_only(worked):
    ours = processes_of(worked)
    open_here = [each for each in listeners() if each.process in ours]
    ports = json.loads((worked / "secrets" / "ports.json").read_text(encoding="utf-8"))
    assert {ports[name] for name in ("airflow", "portal", "postgres", "s3", "smtp", "supervisor")} <= {each.port for each in open_here}
    assert {each.port for each in open_here if not each.on_loopback} == set()
