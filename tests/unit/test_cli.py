"""What the command line answers when the machine around it is not in order: one line, the right status, no traceback."""

from __future__ import annotations

import json
import os
import re
import socket
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from gmsd import cli
from gmsd.settings import get_settings

PROJECT = Path(__file__).resolve().parents[2]

DEAD = "postgresql+psycopg://nobody:secret@127.0.0.1:9/gmsd"


def gmsd(*arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("GMSD_")} | settings
    command = [sys.executable, "-m", "gmsd.cli", *arguments]
    return subprocess.run(command, capture_output=True, text=True, env=environment, timeout=60, check=False)


@pytest.mark.parametrize(
    ("arguments", "settings", "status", "words"),
    [
        (("rounds", "list"), {"GMSD_DATABASE_READER": DEAD, "GMSD_DATABASE_LOADER": DEAD}, 1, "database does not answer"),
        (("releases", "list"), {"GMSD_S3_ENDPOINT": "http://127.0.0.1:9"}, 1, "object store does not answer"),
        (("rounds", "list"), {"GMSD_SMTP_PORT": "abc"}, 2, "GMSD_SMTP_PORT"),
        (("rounds", "list"), {"GMSD_DATABASE_READER": "x", "GMSD_DATABASE_LOADER": "x"}, 2, "GMSD_DATABASE_"),
        (("releases", "list"), {"GMSD_S3_ENDPOINT": "x"}, 2, "GMSD_S3_ENDPOINT"),
        (("rounds", "list"), {"GMSD_HOME": "/nowhere"}, 2, "cannot be opened"),
    ],
)
def test_trouble_is_one_line(arguments, settings, status, words):
    done = gmsd(*arguments, **settings)
    assert (done.returncode, done.stdout) == (status, "")
    assert words in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_silent_database_is_given_up():
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"postgresql+psycopg://nobody:secret@127.0.0.1:{silent.getsockname()[1]}/gmsd"
        done = gmsd("rounds", "list", GMSD_DATABASE_READER=address, GMSD_DATABASE_LOADER=address)
    assert (done.returncode, len(done.stderr.splitlines())) == (1, 1)


def test_settings_that_may_not_be_read_are_left_out(tmp_path, monkeypatch):
    """A person without the rights of the installation still checks files."""
    secrets = tmp_path / "var" / "secrets"
    secrets.mkdir(parents=True)
    (secrets / "gmsd.env").write_text("GMSD_SMTP_PORT=1025\n")
    monkeypatch.setenv("GMSD_HOME", str(tmp_path))
    monkeypatch.delenv("GMSD_SMTP_PORT", raising=False)
    assert get_settings.__wrapped__().smtp_port == 1025
    monkeypatch.setattr(os, "access", lambda *_: False)
    assert get_settings.__wrapped__().smtp_port == 8025


def test_a_folder_is_checked_with_its_subfolders_but_not_what_is_hidden(tmp_path):
    (tmp_path / "H22019" / "0518").mkdir(parents=True)
    (tmp_path / ".hidden").mkdir()
    for place in ("H22019/0518/WMO_H22019_a.csv", "WMO_H22019_b.csv", ".hidden/WMO_H22019_c.csv"):
        (tmp_path / place).write_bytes(b"")
    done = gmsd("check", str(tmp_path), "--format", "json")
    assert done.returncode == 1
    assert [result["file"] for result in json.loads(done.stdout)] == ["WMO_H22019_a.csv", "WMO_H22019_b.csv"]


def test_what_is_neither_file_nor_folder_is_not_read():
    done = gmsd("check", "/dev/zero")
    assert (done.returncode, len(done.stderr.splitlines())) == (2, 1)


def test_what_a_check_can_do_without_is_the_extra_pipeline_and_all_is_locked():
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text())["project"]
    plain, extra = (
        {re.split(r"[\[<>=; ]", each)[0] for each in part}
        for part in (project["dependencies"], project["optional-dependencies"]["pipeline"])
    )
    asked = {re.split(r"[\[<>=; ]", line)[0] for line in (PROJECT / "requirements.in").read_text().splitlines()}
    assert plain | extra <= asked | {"tzdata"}
    # boto3 brings botocore, and Great Expectations brings cryptography to every installation
    assert extra - {"cryptography"} | {"botocore"} == cli._PIPELINE
