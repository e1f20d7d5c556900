"""Start everything in the order it needs, showing what happens; stop it; empty it."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TYPE_CHECKING

from services import broker, health, objectstore, postgres, settings, supervise
from services.state import AIRFLOW_USERS, PROJECT, State, open_state, pipeline_environment, settle_ports

if TYPE_CHECKING:
    from pathlib import Path

Probe = Callable[[State], str]
FREE_MEGABYTES = 500


@contextlib.contextmanager
def _told(what: str) -> Iterator[None]:
    """One line for one thing: what it was and how long it took."""
    begin = time.monotonic()
    yield
    print(f"  {what} ({time.monotonic() - begin:.1f} s)", flush=True)


def up(state: State, *, with_airflow: bool) -> None:
    """Start what is not running and wait until everything answers. A second call changes nothing."""
    begin = time.monotonic()
    probes = health.probes(state, with_airflow=with_airflow)
    if supervise.running(state) and _complete(state, with_airflow=with_airflow) and _settle(state, probes, 20):
        if _write_settings(state) and with_airflow:
            _restart_airflow(state)
        return print(f"Services are up already: {summary(state, with_airflow=with_airflow)}", flush=True)
    supervise.stop(state)
    _check_disk(state)
    for change in settle_ports(state):
        print(f"  note: {change}", flush=True)
    print("Starting the services" + (" and Airflow, about half a minute" if with_airflow else ""), flush=True)
    first = not (state.pg_data / "gmsd-ready").exists()
    with _told("Folders and configuration ready"):
        objectstore.prepare(state)
        postgres.prepare(state)
        _write_settings(state)
        supervise.write_configuration(state, _parts(with_airflow=with_airflow))
    supervise.start(state)
    try:
        _start_parts(state, with_airflow=with_airflow)
    except BaseException:
        supervise.stop(state)
        raise
    print(f"Services are up in {time.monotonic() - begin:.0f} s: {summary(state, with_airflow=with_airflow)}", flush=True)
    if first:
        print(f"Passwords and keys were made; they are in {state.secret_folder}", flush=True)
    return None


def _start_parts(state: State, *, with_airflow: bool) -> None:
    """Database first, then side by side: Airflow's own preparation, and the pipeline's tables and buckets."""
    _await(state, "PostgreSQL", health.database, 60)
    if not postgres.has_role(state):
        postgres.ensure_roles(state)
    with ThreadPoolExecutor(max_workers=3) as pool:
        airflow = pool.submit(_start_airflow, state) if with_airflow else None
        _await(state, "Object store", health.object_store, 60)
        _await(state, "Mail", health.mail, 60)
        set_up = pool.submit(_set_up_pipeline, state)
        _results(set_up)
        if with_airflow:
            supervise.control(state).startProcessGroup("portal", False)
            supervise.control(state).startProcessGroup("site", False)
        _results(airflow)
    if with_airflow:
        _await_airflow(state)


def _await_airflow(state: State) -> None:
    for name, probe in health.probes(state, with_airflow=True).items():
        if name not in health.BASE:
            _await(state, name, probe, 180)


def _results(*futures: Future[None] | None) -> None:
    for future in futures:
        if future is not None:
            future.result()


def _set_up_pipeline(state: State) -> None:
    """`gmsd setup`: tables, buckets, fingerprints of keys. It is safe to repeat."""
    command = pipeline_environment() / "bin" / "gmsd"
    if not command.exists():
        return
    with _told("Tables, buckets and keys of the pipeline ready"):
        _call(state, [str(command), "setup"], "gmsd setup", environment=supervise.pipeline_settings(state))


def _start_airflow(state: State) -> None:
    """Migrate its database and make its pools and users when that was not done for this version, then start its processes."""
    done = state.pg_data / "airflow-ready"
    users = {name: {"role": role, "password": state.secrets[f"airflow_user_{name}"]} for name, role in AIRFLOW_USERS.items()}
    pools = hashlib.sha256((PROJECT / "plugins" / "gmsd_airflow" / "pools.py").read_bytes()).hexdigest()[:12]
    mark = f"{_installed_airflow()} pools:{pools} {' '.join(f'{name}:{role}' for name, role in AIRFLOW_USERS.items())}"
    if not (done.exists() and done.read_text() == mark):
        with _told("Airflow's database and users ready"):
            script = [str(pipeline_environment() / "bin" / "python"), "-P", str(PROJECT / "services" / "airflow_prepare.py")]
            _call(state, script, "airflow-prepare", environment=supervise.airflow_environment(state), given=json.dumps(users))
        done.write_text(mark)
    supervise.control(state).startProcessGroup("airflow", False)


def _installed_airflow() -> str:
    found = sorted((pipeline_environment() / "lib").glob("python3*/site-packages/apache_airflow-*.dist-info"))
    if not found:
        raise SystemExit(f"services: Airflow is not installed in {pipeline_environment()}; run services/bootstrap.sh")
    return found[-1].name.removesuffix(".dist-info")


def _call(state: State, command: list[str], name: str, *, environment: dict[str, str], given: str = "") -> None:
    """Run a one-off program of the pipeline's environment; what it says goes to its log."""
    log = state.logs / f"{name.replace(' ', '-')}.log"
    variables = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
    variables = {"GMSD_HOME": str(PROJECT)} | variables | environment
    result = subprocess.run(
        command, input=given, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env=variables, cwd=state.run, check=False
    )
    log.write_text(result.stdout)
    if result.returncode:
        last = (result.stdout.strip().splitlines() or ["no output"])[-1]
        raise SystemExit(f"services: {name} failed: {last} (all of it: {log})")


def _restart_airflow(state: State) -> None:
    """Processes read the settings once: after a change they must start anew."""
    print("  settings changed: Airflow, the portal and the site start anew", flush=True)
    control = supervise.control(state)
    for group in ("airflow", "portal", "site"):
        control.stopProcessGroup(group)
        control.startProcessGroup(group, False)
    time.sleep(1)
    _await_airflow(state)


def _write_settings(state: State) -> bool:
    settings.write(state.airflow_settings_file, supervise.airflow_environment(state))
    return settings.write(state.settings_file, settings.pipeline(state))


def _complete(state: State, *, with_airflow: bool) -> bool:
    """Whether the running supervisor has the programs that are asked for, and no workers that are not."""
    names = set(supervise.processes(state))
    wanted = set(supervise.programs(state, _parts(with_airflow=with_airflow)))
    return names == wanted if with_airflow else names >= wanted


def _parts(*, with_airflow: bool) -> tuple[str, ...]:
    return (*supervise.BASE, *(["airflow"] if with_airflow else []))


def _await(state: State, name: str, probe: Probe, seconds: float) -> None:
    """Wait for one service, saying every ten seconds that we still do: `seconds`, and longer while more wants to run than there are cores.

    Raises:
        SystemExit: it does not answer in time, or its processes fail again and again.
    """
    begin = said = time.monotonic()
    starts: dict[str, set[int]] = {}
    cores = len(os.sched_getaffinity(0))
    while problem := probe(state):
        now = time.monotonic()
        for process, info in supervise.processes(state).items():
            starts.setdefault(process, set()).add(info["pid"])
            if info["statename"] == "FATAL" or len(starts[process] - {0}) > 3:
                raise SystemExit(f"services: {process} keeps failing: {_last_line(state, process)} (all of it: {state.logs / process}.log)")
        if now - begin > seconds * max(1.0, 1.5 * os.getloadavg()[0] / cores):
            raise SystemExit(f"services: {name} did not come up in {now - begin:.0f} s: {problem}; the logs are in {state.logs}")
        if now - said > 10:
            print(f"  {name} is still starting after {now - begin:.0f} s", flush=True)
            said = now
        time.sleep(0.1)
    print(f"  {name} up ({time.monotonic() - begin:.1f} s)", flush=True)


def _last_line(state: State, process: str) -> str:
    log = state.logs / f"{process}.log"
    lines = log.read_text(errors="replace").strip().splitlines() if log.exists() else []
    return lines[-1][:300] if lines else "it says nothing"


def _settle(state: State, probes: dict[str, Probe], seconds: float) -> bool:
    """Whether everything answers within `seconds`; supervisor may just be restarting something."""
    end = time.monotonic() + seconds
    while any(probe(state) for probe in probes.values()):
        if time.monotonic() > end:
            return False
        time.sleep(0.2)
    return True


def _check_disk(state: State) -> None:
    free = shutil.disk_usage(state.root).free >> 20
    if free < FREE_MEGABYTES:
        raise SystemExit(f"services: disk full: {free} MB free at {state.root}, at least {FREE_MEGABYTES} MB is needed")


def summary(state: State, *, with_airflow: bool) -> str:
    """Where everything is, in one line."""
    parts = [f"S3 {state.url('s3')}", f"PostgreSQL 127.0.0.1:{state.ports['postgres']}", f"SMTP 127.0.0.1:{state.ports['smtp']}"]
    faces = [f"Airflow {state.url('airflow')}", f"portal {state.url('portal')}", f"site {state.url('site')}"] if with_airflow else []
    return ", ".join(faces + parts)


def down(state: State) -> None:
    """Stop everything, also what a killed supervisor left behind."""
    begin = time.monotonic()
    was = supervise.running(state) or dict(supervise.leftovers(state))
    supervise.stop(state)
    _stop_nested(state)
    took = time.monotonic() - begin
    print(f"Services stopped ({took:.1f} s); nothing is left running" if was else "Services were not running", flush=True)


def _stop_nested(state: State) -> None:
    """End installations below this one, such as that of a test run which was killed."""
    for secrets_file in state.root.glob("*/secrets/services.json"):
        supervise.stop(open_state(secrets_file.parent.parent))


def reset(state: State) -> None:
    """Stop, then empty the state folder; secrets stay, so that passwords, ports and keys do."""
    supervise.stop(state)
    _stop_nested(state)
    kept = {"secrets", "lock"}
    for item in state.root.iterdir():
        if item.name not in kept:
            _remove(item)
    for name, default in (settings.REMEMBERED | broker.REMEMBERED).items():
        os.environ.setdefault(name, default)
    _write_settings(state)
    print(f"{state.root} is empty but for its secrets", flush=True)


def _remove(item: Path) -> None:
    if item.is_dir() and not item.is_symlink():
        shutil.rmtree(item)
    else:
        item.unlink()


def status(state: State, *, with_airflow: bool) -> bool:
    """Print one line for each process and each service; tells whether all is well."""
    if not supervise.running(state):
        print("Services are down")
        return False
    for name, info in supervise.processes(state).items():
        print(f"{name:14} {info['statename']:9} pid {info['pid']}")
    problems = {name: probe(state) for name, probe in health.probes(state, with_airflow=with_airflow).items()}
    for name, problem in problems.items():
        print(f"{name:14} {problem or 'answers'}")
    return not any(problems.values())


def has_airflow(state: State) -> bool:
    """Whether the installation as it runs now was started with Airflow."""
    return "scheduler" in supervise.processes(state)
