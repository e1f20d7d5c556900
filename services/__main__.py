"""`python -m services up|down|reset|status|env|sweep|forget|airflow [--state DIR] [--without-airflow] [--executor celery --workers 2]`."""

from __future__ import annotations

import argparse
import fcntl
import os
import shlex
import subprocess
import sys
from pathlib import Path

from services import broker, forgetting, lifecycle, objectstore, settings, supervise
from services.state import PROJECT, State, open_state, pipeline_environment

ACTIONS = {
    "up": "start everything and wait until it answers",
    "down": "stop everything; state stays",
    "reset": "stop everything and empty the state folder, secrets excepted",
    "status": "what runs and what answers",
    "env": "the settings a client needs, as shell exports",
    "sweep": "one pass of the object store's housekeeping",
    "forget": "make the object store forget the names of deleted objects now",
    "airflow": "run Airflow's own command against this installation",
}


def main() -> int:
    """Do what the command line asks; the exit status."""
    arguments = _arguments()
    os.umask(0o077)  # whatever is written from here on is nobody else's
    state = open_state(arguments.state)
    if arguments.action == "airflow":
        return _airflow(state, arguments.rest)
    if arguments.action == "status":
        return 0 if lifecycle.status(state, with_airflow=lifecycle.has_airflow(state)) else 1
    if arguments.action == "env":
        for name, value in settings.pipeline(state).items():
            print(f"export {name}={shlex.quote(value)}")
        return 0
    if arguments.action == "forget":
        done = forgetting.forget(state)
        print(f"{done['lists']} lists of names gone through, {done['files']} files of deleted objects removed")
        return 0
    if arguments.action == "up":
        os.environ |= {name: value for name in broker.REMEMBERED if (value := getattr(arguments, name.removeprefix("GMSD_").lower()))}
    with (state.root / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if arguments.action == "up":
            lifecycle.up(state, with_airflow=not arguments.without_airflow)
        elif arguments.action == "down":
            lifecycle.down(state)
        elif arguments.action == "reset":
            lifecycle.reset(state)
        else:
            _sweep(state)
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="services", description=__doc__)
    actions = parser.add_subparsers(dest="action", required=True, metavar="action")
    for name, meaning in ACTIONS.items():
        action = actions.add_parser(name, help=meaning, add_help=name != "airflow")
        action.set_defaults(state=Path(os.environ.get("GMSD_STATE_DIR") or PROJECT / "var"), without_airflow=False)
        if name == "airflow":
            action.add_argument("rest", nargs=argparse.REMAINDER, help="arguments of Airflow's command")
        else:
            action.add_argument("--state", type=Path, default=argparse.SUPPRESS, help="folder for all state (default: var)")
        if name == "up":
            action.add_argument("--without-airflow", action="store_true", help="object store, PostgreSQL and mail only")
            action.add_argument("--executor", choices=list(broker.EXECUTORS), help="who runs tasks; remembered (default: local)")
            action.add_argument("--workers", help="how many processes take tasks, with celery; remembered (default: 2)")
    return parser.parse_args()


def _airflow(state: State, rest: list[str]) -> int:
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    command = [str(pipeline_environment() / "bin" / "airflow"), *rest]
    return subprocess.run(command, env=environment | supervise.airflow_environment(state), check=False).returncode


def _sweep(state: State) -> None:
    for command in objectstore.sweep_commands(state):
        subprocess.run(command, check=True, env=os.environ | {"PYTHONPATH": str(PROJECT)}, stdin=subprocess.DEVNULL)


if __name__ == "__main__":
    sys.exit(main())
