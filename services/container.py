"""What one container of docker-compose.yaml runs: `python -m services.container run|probe NAME [arguments]`.

NAME is a part of the services (database, storage, mail), a process of Airflow (api-server, scheduler, dag-processor, triggerer, worker),
`portal`, `site`, `broker`, `setup` (tables, buckets, Airflow's database and users; ends) or `gmsd` (the command with the arguments given).
Secrets come from the environment.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from typing import NoReturn

from services import broker, health, objectstore, postgres, settings, supervise
from services.state import AIRFLOW_USERS, PORTS, PROJECT, State, given_secrets, open_state, pipeline_environment, secret_names, tool

STATE = Path(os.environ.get("GMSD_STATE_DIR") or "/state")
PROBES = {"database": health.database, "storage": health.object_store, "mail": health.mail}


def main(action: str, name: str, *arguments: str) -> int:
    """Run the part, or with `probe` tell by the exit status whether it is healthy."""
    os.umask(0o077)
    if action == "probe":
        return _probe(name)
    if name in PROBES:
        return _serve(name)
    if name == "broker":
        return _broker()
    if name in _FACES:
        return _FACES[name]()
    environment = _environment(answers=name == "api-server")
    if name == "setup":
        return _set_up(environment)
    return _become(environment, [*_command(name, environment), *arguments])


def _broker() -> NoReturn:
    if "broker" not in given_secrets():
        raise SystemExit("container: not given: GMSD_SECRET_BROKER; run make compose-env")
    _become(dict(os.environ), broker.prepare(open_state(STATE)))


def _portal() -> NoReturn:
    """It is given its own secrets, and none of the pipeline's."""
    secrets = given_secrets()
    missing = [name for name in ("s3_portal", "s3_desk", "pg_gmsd_portal") if name not in secrets]
    if missing:
        raise SystemExit(f"container: not given: {', '.join(f'GMSD_SECRET_{name.upper()}' for name in missing)}")
    environment = settings.portal(State(STATE, dict(PORTS), secrets)) | {name: value for name, value in os.environ.items() if value}
    gmsd = str(pipeline_environment() / "bin" / "gmsd")
    _become(environment, [gmsd, "portal", "--host", os.environ.get("GMSD_BIND", "127.0.0.1"), "--port", str(PORTS["portal"])])


def _site() -> NoReturn:
    """The public site, with the reader's account and no other secret."""
    secrets = given_secrets()
    if "s3_reader" not in secrets:
        raise SystemExit("container: not given: GMSD_SECRET_S3_READER")
    environment = settings.site(State(STATE, dict(PORTS), secrets)) | {name: value for name, value in os.environ.items() if value}
    gmsd = str(pipeline_environment() / "bin" / "gmsd")
    _become(environment, [gmsd, "serve", "--host", os.environ.get("GMSD_BIND", "127.0.0.1"), "--port", str(PORTS["site"])])


_FACES = {"portal": _portal, "site": _site}


def _command(name: str, environment: dict[str, str]) -> list[str]:
    if name == "gmsd":
        return [str(pipeline_environment() / "bin" / "gmsd")]
    if name == "worker" and environment["AIRFLOW__CORE__EXECUTOR"] != broker.EXECUTORS["celery"]:
        raise SystemExit("container: the scheduler runs tasks itself; `make compose-env EXECUTOR=celery` asks for workers")
    process = broker.worker_arguments(name) if name == "worker" else [name]
    return [*_python(), str(PROJECT / "services" / "airflow_process.py"), *process]


def _serve(part: str) -> int:
    """Run one part under supervisor in the foreground, until it is told to stop."""
    state = open_state(STATE)
    if part == "storage":
        objectstore.prepare(state)
    if part == "database":
        postgres.prepare(state)
    supervise.write_configuration(state, (part,))
    supervisor = subprocess.Popen([tool("supervisord"), "-n", "-c", str(state.conf / "supervisord.conf")])
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda _number, _frame: supervisor.terminate())
    if part == "database":
        while not postgres.answers(state) and supervisor.poll() is None:
            time.sleep(0.2)
        if supervisor.poll() is None:
            postgres.ensure_roles(state)
    return supervisor.wait()


def _probe(name: str) -> int:
    if name in ("broker", "worker"):
        state = State(STATE, dict(PORTS), given_secrets())
        problem = broker.answers(state) or (broker.worker_answers(state) if name == "worker" else "")
    elif name in PROBES:
        state = open_state(STATE)
        problem = PROBES[name](state) or ("" if name != "database" or postgres.has_role(state) else "its roles are not made yet")
    elif name == "portal":
        problem = health.portal(State(STATE, dict(PORTS), {}))
    elif name == "site":
        problem = health.site(State(STATE, dict(PORTS), {}))
    else:
        problem = _airflow_part(name)
    if problem:
        print(problem)
    return 1 if problem else 0


def _airflow_part(name: str) -> str:
    address = f"http://{os.environ.get('GMSD_HOST_AIRFLOW', '127.0.0.1')}:{PORTS['airflow']}/api/v2/monitor/health"
    with urllib.request.urlopen(address, timeout=5) as answer:
        parts = json.load(answer)
    component = {"api-server": "metadatabase"}.get(name, name.replace("-", "_"))
    return "" if parts[component]["status"] == "healthy" else f"{component} is {parts[component]['status']}"


def _environment(*, answers: bool) -> dict[str, str]:
    """Settings of Airflow and the pipeline for this container; what compose sets itself comes first.

    Args:
        answers: It is the one where a person answers whether a release may be published.
    """
    secrets = given_secrets()
    # the encryption of the store and PostgreSQL's own password are none of the pipeline's business
    workers = os.environ.get("GMSD_EXECUTOR") == "celery"
    foreign = (
        "swift_",
        "supervisor",
        "pg_postgres",
        "pg_gmsd_portal",
        "s3_desk",
        *(() if answers else ("pg_gmsd_approver",)),
        *(() if workers else ("broker",)),
    )
    missing = [name for name in secret_names() if name not in secrets and not name.startswith(foreign)]
    if missing:
        raise SystemExit(f"container: not given: {', '.join(f'GMSD_SECRET_{name.upper()}' for name in missing)}")
    state = State(STATE, dict(PORTS), secrets)
    given = {name: value for name, value in os.environ.items() if value}
    return settings.airflow(state) | settings.pipeline(state) | (settings.approval(state) if answers else {}) | given


def _set_up(environment: dict[str, str]) -> int:
    subprocess.run([str(pipeline_environment() / "bin" / "gmsd"), "setup"], env=environment, check=True)
    users = {name: {"role": role, "password": given_secrets()[f"airflow_user_{name}"]} for name, role in AIRFLOW_USERS.items()}
    command = [*_python(), str(PROJECT / "services" / "airflow_prepare.py")]
    return subprocess.run(command, env=environment, input=json.dumps(users), text=True, check=True).returncode


def _python() -> list[str]:
    return [str(pipeline_environment() / "bin" / "python"), "-P"]


def _become(environment: dict[str, str], command: list[str]) -> NoReturn:
    os.execve(command[0], command, environment)  # noqa: S606 - no shell is what we want


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
