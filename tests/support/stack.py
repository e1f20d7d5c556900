"""Where integration tests find a real object store, PostgreSQL and mail server, and how they get an installation of their own in it."""

from __future__ import annotations

import json
import os
import secrets
import subprocess
import time
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
from psycopg import sql
from sqlalchemy import make_url

from gmsd.settings import Settings
from services.state import PORTS, write_secret
from tests.support.waiting import last_lines, patience

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

PROJECT = Path(__file__).resolve().parents[2]
SERVICES_PYTHON = PROJECT / ".venv-services" / "bin" / "python"
BUCKETS = ("inbox", "deliveries", "outbox", "staging", "publication", "accounts")
ROLES = ("owner", "loader", "publisher", "approver", "reader", "portal")
KEYS = ("pseudonym", "rounding", "reference")


@dataclass(frozen=True)
class Stack:
    """Running services: the `GMSD_` settings to reach them, and an account that may make databases ('' = use the configured one).

    `state` is the state folder of the embedded services; None when what runs is something else, or somewhere else.
    """

    values: dict[str, str]
    admin: str
    state: Path | None = None


def read_values(text: str) -> dict[str, str]:
    """The `GMSD_` settings of an env file, with or without `export` and quotes."""
    pairs = (line.removeprefix("export ").split("=", 1) for line in text.splitlines() if "=" in line)
    return {name.strip(): value.strip().strip("\"'") for name, value in pairs if name.strip().startswith("GMSD_")}


def configured() -> Stack | None:
    """The stack that the caller has set up: the env file that GMSD_TEST_STACK names, else GMSD_ settings in the environment."""
    named = os.environ.get("GMSD_TEST_STACK")
    values = {name: value for name, value in os.environ.items() if name.startswith("GMSD_")}
    if named:
        values = read_values(Path(named).read_text(encoding="utf-8")) | values
    if "GMSD_S3_ENDPOINT" not in values or "GMSD_DATABASE_OWNER" not in values:
        return None
    state = Path(named).resolve().parent.parent if named else None
    embedded = state is not None and (state / "secrets" / "ports.json").exists()
    return Stack(values, os.environ.get("GMSD_TEST_ADMIN", ""), state if embedded else None)


def services_gone(state: Path, home: Path = PROJECT, *, look_every: float = 10) -> Callable[[], str]:
    """For `waiting.until`: that the services of a state folder stopped, or that a program of them does not stay up, with its last lines."""
    looked = 0.0

    def why() -> str:
        nonlocal looked
        if time.monotonic() - looked < look_every:
            return ""
        looked = time.monotonic()
        done = _call_services("status", state, home=home)
        lines = done.stdout.splitlines()
        if lines[:1] == ["Services are down"]:
            return "the services are down"
        fallen = [line.split()[0] for line in lines if line.split()[1:2] in (["FATAL"], ["EXITED"])]
        return "".join(
            f"{name} does not stay up; the last lines of its log:\n{last_lines(state / 'log' / f'{name}.log')}\n" for name in fallen
        )

    return why


def services(action: str, state: Path, *options: str, home: Path = PROJECT, checkout: Path = PROJECT) -> str:
    """Run the services package of a checkout on a state folder; what it prints.

    Raises:
        RuntimeError: it fails; the message holds what it said.
    """
    if action == "up":
        choose_ports(state)
    done = _call_services(action, state, *options, home=home, checkout=checkout)
    if done.returncode:
        raise RuntimeError(f"services {action} failed: {done.stdout}{done.stderr}")
    return done.stdout


def _call_services(action: str, state: Path, *options: str, home: Path, checkout: Path = PROJECT) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("GMSD_", "AIRFLOW__", "PYTHONDONTWRITE"))}
    environment |= {"GMSD_HOME": str(home), "GMSD_CLOCK": "database", "GMSD_SYNTHETIC": "true"}
    command = [str(SERVICES_PYTHON), "-m", "services", action, "--state", str(state), *options]
    # `services up` has limits of its own and says which service did not come; this one only ends what hangs
    return subprocess.run(command, cwd=checkout, env=environment, capture_output=True, text=True, check=False, timeout=patience(600))


def choose_ports(state: Path) -> None:
    """Ports of its own: of two installations that start at the same moment, both would find the usual ones free."""
    path = state / "secrets" / "ports.json"
    if not path.exists():
        first = 20_000 + zlib.crc32(str(state.resolve()).encode()) % 1_000 * 10
        path.parent.mkdir(parents=True, exist_ok=True)
        write_secret(path, json.dumps({name: first + place for place, name in enumerate(PORTS)}))


def own_stack(state: Path) -> Iterator[Stack]:
    """A stack of the tests' own, without Airflow, from an empty state folder; stopped afterwards."""
    services("reset", state)
    services("up", state, "--without-airflow")
    try:
        values = read_values((state / "secrets" / "gmsd.env").read_text(encoding="utf-8"))
        yield Stack(values | {"GMSD_DATABASE_APPROVER": approver_of(state, values)}, admin_of(state, values), state)
    finally:
        services("down", state)


def admin_of(state: Path, values: dict[str, str]) -> str:
    """The address of PostgreSQL's own account in a state folder of the services."""
    url = make_url(values["GMSD_DATABASE_OWNER"])
    return f"postgresql://postgres:{_password(state, 'pg_postgres')}@{url.host}:{url.port}/postgres"


def approver_of(state: Path, values: dict[str, str]) -> str:
    """The address for who approves: no file of settings holds it, only the api-server is given it."""
    url = make_url(values["GMSD_DATABASE_OWNER"]).set(username="gmsd_approver", password=_password(state, "pg_gmsd_approver"))
    return url.render_as_string(hide_password=False)


def _password(state: Path, name: str) -> str:
    return str(json.loads((state / "secrets" / "services.json").read_text(encoding="utf-8"))[name])


_ROUNDING_KEY = bytes(range(32)).hex()
"""Always the same: of a few municipalities the draws decide what a release shows, and with some the attack stops it."""


def installation(stack: Stack, folder: Path, *, like: str = "", home: Path = PROJECT) -> Iterator[Settings]:
    """Settings of an installation that nobody else uses: a database, bucket names and keys of its own, its own mail addresses.

    Args:
        stack: The services.
        folder: For keys.
        like: The database that its own is a copy of; without a name it is empty.
        home: Where its rules and statements lie.
    """
    name = f"t{secrets.token_hex(4)}"
    values = {field.removeprefix("GMSD_").lower(): value for field, value in stack.values.items()}
    values = {field: value for field, value in values.items() if field in Settings.model_fields}
    values |= {f"bucket_{bucket}": f"{name}-{bucket}" for bucket in BUCKETS}
    for key in KEYS:
        path = folder / f"{key}.key"
        path.write_text(_ROUNDING_KEY if key == "rounding" else secrets.token_hex(32), encoding="ascii")
        values[f"{key}_key_file"] = str(path)
    values |= {"mail_template_address": f"wmo-{{municipality}}@{name}.gemeente.invalid", "mail_engineer": f"beheer@{name}.cbs.invalid"}
    values |= {"home": str(home), "clock": "database", "synthetic": "true"}
    if stack.admin:
        values |= {
            f"database_{role}": make_url(values[f"database_{role}"]).set(database=name).render_as_string(False)
            for role in ROLES
            if values.get(f"database_{role}")
        }
        _create(stack.admin, name, like)
    settings = Settings(_env_file=None, **values)
    yield settings
    _close(settings)
    if stack.admin:
        with psycopg.connect(stack.admin, autocommit=True) as connection:
            connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def environment_of(settings: Settings) -> dict[str, str]:
    """The environment in which a command runs as this installation."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("GMSD_")}
    environment["PYTHONPATH"] = str(PROJECT / "plugins")
    for field in type(settings).model_fields:
        value = getattr(settings, field)
        environment[f"GMSD_{field.upper()}"] = str(value.get_secret_value() if hasattr(value, "get_secret_value") else value)
    return environment


def _create(admin: str, name: str, like: str) -> None:
    """A database as the services make it: the owner's, the other roles may connect."""
    database = sql.Identifier(name)
    with psycopg.connect(admin, autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {} OWNER gmsd_owner TEMPLATE {}").format(database, sql.Identifier(like or "template1")))
        connection.execute(
            sql.SQL("GRANT CONNECT ON DATABASE {} TO gmsd_loader, gmsd_publisher, gmsd_approver, gmsd_reader, gmsd_portal").format(database)
        )
        connection.execute(sql.SQL("GRANT TEMPORARY ON DATABASE {} TO gmsd_loader, gmsd_publisher").format(database))
        connection.execute("GRANT pg_monitor, pg_checkpoint TO gmsd_owner")
    with psycopg.connect(make_url(admin).set(database=name).render_as_string(False), autocommit=True) as connection:
        connection.execute("GRANT EXECUTE ON FUNCTION pg_switch_wal() TO gmsd_owner")


def _close(settings: Settings) -> None:
    from gmsd.database import connect

    for role in ROLES:
        if getattr(settings, f"database_{role}").get_secret_value():
            connect(settings, role).dispose()
