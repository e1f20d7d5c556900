"""The settings that the pipeline and Airflow read: written at every start to files that only their owner can read."""

from __future__ import annotations

import os
import shlex
import sys
from typing import TYPE_CHECKING

from services import broker
from services.state import KEYS, PROJECT, S3_USERS, State, write_secret

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

BUCKETS = ("inbox", "outbox", "staging", "publication", "accounts")
# Set once in the environment of `up`, remembered after that: a demo's clock and label survive a restart.
REMEMBERED = {"GMSD_CLOCK": "system", "GMSD_SYNTHETIC": "false"}


def pipeline(state: State) -> dict[str, str]:
    """The GMSD_ settings of this installation."""
    known = read(state.settings_file)
    values = {"GMSD_S3_ENDPOINT": state.url("s3"), "GMSD_S3_REGION": "eu-west-1"}
    for user in S3_USERS:
        if f"s3_{user}" not in state.secrets:  # a container has those of its own work
            continue
        prefix = "GMSD_S3_" if user == "pipeline" else f"GMSD_S3_{user.upper()}_"
        values |= {f"{prefix}ACCESS_KEY": f"gmsd:{user}", f"{prefix}SECRET_KEY": state.secrets[f"s3_{user}"]}
        values[f"GMSD_S3_{user.upper()}_ID"] = f"gmsd:{user}"
    values |= {f"GMSD_BUCKET_{name.upper()}": f"gmsd-{name}" for name in BUCKETS}
    for role in ("owner", "loader", "publisher", "reader", "portal"):
        values |= _database(state, role) if f"pg_gmsd_{role}" in state.secrets else {}
    values |= {
        "GMSD_SMTP_HOST": state.address("smtp").split(":")[0],
        "GMSD_SMTP_PORT": str(state.ports["smtp"]),
        "GMSD_SMTP_USER": "",
        "GMSD_SMTP_PASSWORD": "",
        "GMSD_SMTP_STARTTLS": "false",
        "GMSD_MAIL_FROM": "GMSD <gmsd@cbs.invalid>",
        "GMSD_MAIL_TEMPLATE_ADDRESS": "wmo-{municipality}@gemeente.invalid",
        "GMSD_MAILDIR": str(state.maildir),
        "GMSD_AIRFLOW_URL": state.url("airflow"),
        "GMSD_RULES_URL": f"{state.url('airflow')}/gmsd/regels",
        "GMSD_PORTAL_URL": state.url("portal"),
        "GMSD_SITE_URL": state.url("site"),
    }
    values |= _on_this_machine(state)
    for user in ("engineer", "approver", "viewer", "intake"):
        values[f"GMSD_AIRFLOW_{user.upper()}_USER"] = user
        values[f"GMSD_AIRFLOW_{user.upper()}_PASSWORD"] = state.secrets.get(f"airflow_user_{user}", "")
    values |= {f"GMSD_{name.upper()}_KEY_FILE": str(state.secret_folder / f"{name}.key") for name in KEYS}
    values |= {name: os.environ.get(name) or known.get(name, default) for name, default in REMEMBERED.items()}
    return values | {"GMSD_INBOX_POLL_SECONDS": "2" if _quick(values) else "5"}


def _on_this_machine(state: State) -> dict[str, str]:
    """How the object store forgets names, and where a deletion is looked for; nothing when it runs in another container."""
    if "GMSD_HOST_S3" in os.environ:
        return {"GMSD_STORE_SWEEP": "", "GMSD_SEARCHED_FOLDERS": ""}
    command = ["env", f"PYTHONPATH={PROJECT}", sys.executable, "-m", "services", "forget", "--state", str(state.root)]
    folders = (state.pg_data, state.swift_data, state.airflow, state.logs, state.lineage)
    return {"GMSD_STORE_SWEEP": shlex.join(command), "GMSD_SEARCHED_FOLDERS": ":".join(map(str, folders))}


def approval(state: State) -> dict[str, str]:
    """What only Airflow's api-server gets: the right to answer whether a release may be published. It stands in no file of settings."""
    return _database(state, "approver")


def portal(state: State) -> dict[str, str]:
    """What the coordinators' portal works with: doors of its own, and none of the pipeline's."""
    values = pipeline(state)
    foreign = ("GMSD_S3_ACCESS_KEY", "GMSD_S3_SECRET_KEY", "GMSD_S3_READER_", "GMSD_AIRFLOW_", "GMSD_PSEUDONYM_", "GMSD_ROUNDING_")
    kept = {name: "" if name.startswith(foreign) else value for name, value in values.items()}
    return kept | {f"GMSD_DATABASE_{role.upper()}": "" for role in ("owner", "loader", "publisher", "reader")}


def site(state: State) -> dict[str, str]:
    """What the public site works with: the reader of publications in the object store, and nothing else."""
    values = pipeline(state)
    foreign = ("GMSD_S3_ACCESS_KEY", "GMSD_S3_SECRET_KEY", "GMSD_S3_PORTAL_", "GMSD_S3_DESK_", "GMSD_AIRFLOW_")
    keys = tuple(f"GMSD_{name.upper()}_KEY_FILE" for name in KEYS)
    kept = {name: "" if name.startswith((*foreign, *keys)) else value for name, value in values.items()}
    return kept | {f"GMSD_DATABASE_{role.upper()}": "" for role in ("owner", "loader", "publisher", "reader", "portal")}


def _database(state: State, role: str) -> dict[str, str]:
    account = f"gmsd_{role}:{state.secrets[f'pg_gmsd_{role}']}"
    return {f"GMSD_DATABASE_{role.upper()}": f"postgresql+psycopg://{account}@{state.address('postgres')}/gmsd"}


def write(path: Path, values: dict[str, str]) -> bool:
    """Write the values as a .env file; tells whether that changed anything."""
    text = "".join(f'{name}="{value}"\n' for name, value in values.items())
    if path.exists() and path.read_text() == text:
        return False
    write_secret(path, text)
    return True


def read(path: Path) -> dict[str, str]:
    """A .env file of `write`."""
    if not path.exists():
        return {}
    pairs = (line.split("=", 1) for line in path.read_text().splitlines() if "=" in line)
    return {name: value.removeprefix('"').removesuffix('"') for name, value in pairs}


def airflow(state: State) -> dict[str, str]:
    """The environment of every Airflow process of this installation.

    Time-outs are short, so that work goes on within half a minute after a task's process or the scheduler was killed.
    """
    database = f"postgresql+psycopg2://airflow:{state.secrets['pg_airflow']}@{state.address('postgres')}/airflow"
    return {
        "GMSD_HOME": os.environ.get("GMSD_HOME") or str(PROJECT),
        "AIRFLOW_HOME": str(state.airflow),
        "AIRFLOW__CORE__DAGS_FOLDER": str(PROJECT / "dags"),
        "AIRFLOW__CORE__PLUGINS_FOLDER": str(PROJECT / "plugins"),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW__CORE__MAX_ACTIVE_RUNS_PER_DAG": "32",
        "AIRFLOW__CORE__MAX_ACTIVE_TASKS_PER_DAG": "32",
        "AIRFLOW__CORE__DAGS_ARE_PAUSED_AT_CREATION": "False",
        "AIRFLOW__CORE__DEFAULT_TIMEZONE": "Europe/Amsterdam",
        "AIRFLOW__CORE__HOSTNAME_CALLABLE": "socket.gethostname",
        "AIRFLOW__CORE__AUTH_MANAGER": "airflow.providers.fab.auth_manager.fab_auth_manager.FabAuthManager",
        "AIRFLOW__CORE__EXECUTION_API_SERVER_URL": f"{state.url('airflow')}/execution/",
        "AIRFLOW__CORE__FERNET_KEY": state.secrets["airflow_fernet"],
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": database,
        "AIRFLOW__API__HOST": state.bind,
        "AIRFLOW__API__PORT": str(state.ports["airflow"]),
        "AIRFLOW__API__BASE_URL": state.url("airflow"),
        "AIRFLOW__API__SECRET_KEY": state.secrets["airflow_api"],
        "AIRFLOW__API_AUTH__JWT_SECRET": state.secrets["airflow_jwt"],
        "AIRFLOW__LOGGING__BASE_LOG_FOLDER": str(state.airflow / "logs"),
        "AIRFLOW__USAGE_DATA_COLLECTION__ENABLED": "False",
        "AIRFLOW__SCHEDULER__JOB_HEARTBEAT_SEC": "5",
        "AIRFLOW__SCHEDULER__SCHEDULER_HEARTBEAT_SEC": "5",
        "AIRFLOW__SCHEDULER__SCHEDULER_HEALTH_CHECK_THRESHOLD": "20",
        "AIRFLOW__SCHEDULER__TASK_INSTANCE_HEARTBEAT_SEC": "5",
        # A task's supervisor may notice the end of its process only after this many seconds, and holds its place until then.
        "AIRFLOW__WORKERS__MIN_HEARTBEAT_INTERVAL": "1",
        "AIRFLOW__SCHEDULER__TASK_INSTANCE_HEARTBEAT_TIMEOUT": "30",
        # A file that was changed is read at once; the others are read again for what they import.
        "AIRFLOW__DAG_PROCESSOR__REFRESH_INTERVAL": "10",
        "AIRFLOW__DAG_PROCESSOR__MIN_FILE_PROCESS_INTERVAL": "600",
        "AIRFLOW__DAG_PROCESSOR__PARSING_PROCESSES": "1",
        **broker.settings(state, executor(state), database),
        **_pace(state),
    } | _lineage(state)


def executor(state: State) -> broker.Choice:
    """How tasks of this installation are executed."""
    return broker.choice(read(state.airflow_settings_file))


def _quick(values: Mapping[str, str]) -> bool:
    """Whether everything that looks for work looks often: a demo goes through half a year in minutes, a real round has time."""
    return values["GMSD_CLOCK"] == "database"


def _pace(state: State) -> dict[str, str]:
    """How often the scheduler looks when nothing goes on."""
    quick = _quick(pipeline(state))
    return {
        "AIRFLOW__SCHEDULER__SCHEDULER_IDLE_SLEEP_TIME": "0.2" if quick else "1.5",
        "AIRFLOW__SCHEDULER__ORPHANED_TASKS_CHECK_INTERVAL": "10" if quick else "20",
        "AIRFLOW__SCHEDULER__TASK_INSTANCE_HEARTBEAT_TIMEOUT_DETECTION_INTERVAL": "5" if quick else "10",
    }


def _lineage(state: State) -> dict[str, str]:
    """Events of OpenLineage go to a file, bare of every word of a person; `OPENLINEAGE__...` of the environment comes first."""
    chosen = {name: value for name, value in os.environ.items() if name.startswith(("OPENLINEAGE__", "AIRFLOW__OPENLINEAGE__"))}
    return {
        "AIRFLOW__OPENLINEAGE__NAMESPACE": "gmsd",
        # In the task's own process: a fork for each event costs 90 ms of processor a task, a thread under 10.
        "AIRFLOW__OPENLINEAGE__EXECUTE_IN_THREAD": "True",
        "OPENLINEAGE__TRANSPORT__TYPE": "transform",
        "OPENLINEAGE__TRANSPORT__TRANSFORMER_CLASS": "gmsd_airflow.lineage.Bare",
        "OPENLINEAGE__TRANSPORT__TRANSPORT__TYPE": "file",
        "OPENLINEAGE__TRANSPORT__TRANSPORT__LOG_FILE_PATH": str(state.lineage / "events.jsonl"),
        "OPENLINEAGE__TRANSPORT__TRANSPORT__APPEND": "true",
    } | chosen
