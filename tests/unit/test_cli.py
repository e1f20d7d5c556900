"""What the command line answers when the machine around it is not in order: one line, the right status, no traceback."""

from __future__ import annotations

import errno
import json
import os
import re
import socket
import subprocess
import sys
import tomllib
from pathlib import Path

import httpx
import psycopg
import pytest
import sqlalchemy as sql
from botocore import exceptions as s3

from gmsd import cli
from gmsd.settings import get_settings
from tests.support.waiting import patience

PROJECT = Path(__file__).resolve().parents[2]

DEAD = "postgresql+psycopg://nobody:secret@127.0.0.1:9/gmsd"


def gmsd(*arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("GMSD_")} | settings
    command = [sys.executable, "-m", "gmsd.cli", *arguments]
    return subprocess.run(command, capture_output=True, text=True, env=environment, timeout=patience(60), check=False)


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


def answered(status: int, code: str) -> s3.ClientError:
    return s3.ClientError({"Error": {"Code": code}, "ResponseMetadata": {"HTTPStatusCode": status}}, "GetObject")  # type: ignore[typeddict-item]


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (sql.exc.OperationalError("SELECT", None, psycopg.errors.AdminShutdown("terminating connection")), "database does not answer"),
        (sql.exc.InterfaceError("SELECT", None, Exception("the connection is closed")), "database does not answer"),
        (psycopg.OperationalError("server closed the connection unexpectedly"), "database does not answer"),
        (psycopg.errors.DiskFull("could not extend file"), "database does not answer"),
        (s3.ConnectionClosedError(endpoint_url="x"), "object store does not answer"),
        (s3.ReadTimeoutError(endpoint_url="x"), "object store does not answer"),
        (s3.IncompleteReadError(actual_bytes=1, expected_bytes=2), "object store does not answer"),
        (answered(503, "ServiceUnavailable"), "object store does not answer"),
        (answered(403, "AccessDenied"), "refuses this to the account"),
        (answered(403, "InvalidAccessKeyId"), "refuses this to the account"),
        (httpx.ReadError("Connection reset by peer"), "Airflow does not answer"),
        (httpx.RemoteProtocolError("Server disconnected without sending a response."), "Airflow does not answer"),
        (httpx.ReadTimeout("timed out"), "Airflow does not answer"),
        (OSError(errno.ENOSPC, "No space left on device"), "no space left on device"),
        (MemoryError(), "memoryerror"),
    ],
)
def test_a_service_that_ends_while_a_command_works_is_one_line(error, words):
    assert cli._plain(error) is not None, "a traceback"
    line, status = cli._plain(error)
    assert words in line
    assert (status, len(line.splitlines())) == (1, 1)


def test_a_fault_of_ours_is_not_called_an_outage():
    assert cli._plain(KeyError("x")) is None
    assert cli._plain(sql.exc.ProgrammingError("SELECT", None, Exception("x"))) is None


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
    assert {each.replace("-", "_") for each in extra} - {"cryptography"} | {"botocore"} == cli._PIPELINE
