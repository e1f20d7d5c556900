"""supervisord of one installation: its configuration, and finding and ending every process that belongs to it."""

from __future__ import annotations

import contextlib
import http.client
import os
import shlex
import shutil
import signal
import subprocess
import time
import xmlrpc.client
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from services import broker, objectstore, postgres, settings
from services.state import PROJECT, State, pipeline_environment, tool, user_name, write_secret

if TYPE_CHECKING:
    from collections.abc import Iterator

CALL_FAILED = (OSError, xmlrpc.client.Error, http.client.HTTPException)


@dataclass(frozen=True)
class Program:
    """One line of supervisor: what it runs and how it ends."""

    command: list[str]
    group: str
    environment: dict[str, str] = field(default_factory=dict)
    stop_signal: str = "TERM"
    stop_seconds: int = 10
    autostart: bool = True
    guarded: bool = False  # the command has its own pdeathsig


# Groups start in this order and stop in the reverse.
PRIORITY = {"database": 10, "storage": 20, "mail": 20, "broker": 25, "portal": 28, "site": 29, "airflow": 30}
BASE = ("database", "storage", "mail")
# Swift's log keeps what it knows of a request where eventlet's threads write over one another: a put that had been stored was answered
# with 503, and the sender's second try was a second version. Without the pool of threads puts are as fast.
ONE_THREAD = {"EVENTLET_THREADPOOL_SIZE": "0", "PYTHONWARNINGS": "ignore:Zero threads:RuntimeWarning"}


def _guard(stop_signal: str) -> list[str]:
    """Lets a process die with supervisor, also when that is killed."""
    return [shutil.which("setpriv") or "setpriv", "--pdeathsig", stop_signal]


def programs(state: State, parts: tuple[str, ...]) -> dict[str, Program]:
    """Every process of these parts (keys of PRIORITY) by name."""
    plain = {"PYTHONPATH": str(PROJECT), "PYTHONDONTWRITEBYTECODE": "1"}
    found = {"postgres": Program(postgres.command(state, _guard("INT")), "database", stop_signal="INT", stop_seconds=20, guarded=True)}
    for name, command in objectstore.commands(state).items():
        found[name] = Program(command, "storage", plain | ONE_THREAD)
    address = f"{state.bind}:{state.ports['smtp']}"
    smtp = [tool("aiosmtpd"), "-n", "-l", address, "-c", "aiosmtpd.handlers.Mailbox", str(state.maildir)]
    found["smtp"] = Program(smtp, "mail", plain)
    if "airflow" in parts:
        found |= _airflow(state) | _workers(state)
        found["portal"] = _portal(state)
        found["site"] = _site(state)
    wanted = {*parts, *(["broker", "portal", "site"] if "airflow" in parts else [])}
    return {name: program for name, program in found.items() if program.group in wanted}


def _airflow(state: State) -> dict[str, Program]:
    environment = airflow_environment(state)
    arguments = {
        "api-server": ["--workers", "1"],
        "scheduler": ["--skip-serve-logs"],  # logs are read from the disk they share; no log server listens on the network
        "dag-processor": [],
        "triggerer": ["--skip-serve-logs"],
    }
    own = {"api-server": settings.approval(state)}
    return {
        name: Program(
            [*_python(), name, *options],
            "airflow",
            environment | own.get(name, {}),
            autostart=False,
            stop_seconds=3 if name == "triggerer" else 8,
        )
        for name, options in arguments.items()
    }


def _portal(state: State) -> Program:
    """The coordinators' portal; it starts when its tables are there."""
    command = [str(pipeline_environment() / "bin" / "gmsd"), "portal", "--host", state.bind, "--port", str(state.ports["portal"])]
    path = f"{pipeline_environment() / 'bin'}:{os.environ.get('PATH', '/usr/bin:/bin')}"
    home = {"GMSD_HOME": os.environ.get("GMSD_HOME") or str(PROJECT), "PATH": path}
    return Program(command, "portal", settings.portal(state) | home, autostart=False)


def _site(state: State) -> Program:
    """The public site; it starts when its bucket is there, and says so while nothing has been published."""
    command = [str(pipeline_environment() / "bin" / "gmsd"), "serve", "--host", state.bind, "--port", str(state.ports["site"])]
    path = f"{pipeline_environment() / 'bin'}:{os.environ.get('PATH', '/usr/bin:/bin')}"
    home = {"GMSD_HOME": os.environ.get("GMSD_HOME") or str(PROJECT), "PATH": path}
    return Program(command, "site", settings.site(state) | home, autostart=False)


def _workers(state: State) -> dict[str, Program]:
    """The broker and who takes tasks from it, when the scheduler does not run them itself."""
    chosen = settings.executor(state)
    if not chosen.celery:
        return {}
    found = {"broker": Program(broker.prepare(state), "broker")}
    for number in range(1, chosen.workers + 1):
        name = f"worker-{number}"
        own = state.airflow / name  # nothing that one of them leaves on disk is found by another
        own.mkdir(mode=0o700, exist_ok=True)
        command = [*_python(), *broker.worker_arguments(name)]
        found[name] = Program(command, "airflow", airflow_environment(state) | {"TMPDIR": str(own)}, autostart=False, stop_seconds=8)
    return found


def _python() -> list[str]:
    """What starts a process of Airflow."""
    return [str(pipeline_environment() / "bin" / "python"), "-P", str(PROJECT / "services" / "airflow_process.py")]


def airflow_environment(state: State) -> dict[str, str]:
    """What every Airflow process of this installation has in its environment."""
    path = f"{pipeline_environment() / 'bin'}:{os.environ.get('PATH', '/usr/bin:/bin')}"
    return settings.airflow(state) | pipeline_settings(state) | {"PATH": path}


def pipeline_settings(state: State) -> dict[str, str]:
    """The pipeline's settings for the environment; empty for the checkout's own, whose file the pipeline reads by itself."""
    home = Path(os.environ.get("GMSD_HOME") or PROJECT).resolve()
    return {} if state.root == home / "var" else settings.pipeline(state)


def write_configuration(state: State, parts: tuple[str, ...]) -> None:
    """Write supervisord.conf; it holds secrets and is readable to its owner only."""
    password = state.secrets["supervisor"]
    port = state.ports["supervisor"]
    found = programs(state, parts)
    sections: list[tuple[str, dict[str, Any]]] = [
        ("supervisord", _supervisord(state)),
        ("inet_http_server", {"port": f"127.0.0.1:{port}", "username": "gmsd", "password": password}),
        ("rpcinterface:supervisor", {"supervisor.rpcinterface_factory": "supervisor.rpcinterface:make_main_rpcinterface"}),
        ("supervisorctl", {"serverurl": f"http://127.0.0.1:{port}", "username": "gmsd", "password": password}),
    ]
    sections += [(f"program:{name}", _section(state, name, program)) for name, program in found.items()]
    for group, priority in PRIORITY.items():
        members = [name for name, program in found.items() if program.group == group]
        if members:
            sections.append((f"group:{group}", {"programs": ",".join(members), "priority": priority}))
    text = "".join(f"[{title}]\n" + "".join(f"{key}={value}\n" for key, value in lines.items()) + "\n" for title, lines in sections)
    write_secret(state.conf / "supervisord.conf", text)


def _supervisord(state: State) -> dict[str, object]:
    values: dict[str, object] = {
        "directory": state.run,
        "logfile": state.logs / "supervisord.log",
        "pidfile": state.conf / "supervisord.pid",
        "childlogdir": state.logs,
        "umask": "077",
        "minfds": 1024,
    }
    return values | ({"user": user_name()} if os.getuid() == 0 else {})


def _section(state: State, name: str, program: Program) -> dict[str, object]:
    command = program.command if program.guarded else [*_guard(program.stop_signal), *program.command]
    environment = {"GMSD_STATE": str(state.root), "LC_ALL": "C.UTF-8", **program.environment}
    return {
        "command": _escape(shlex.join(command)),
        "environment": ",".join(f'{key}="{_escape(value)}"' for key, value in environment.items()),
        "directory": state.run,
        "autostart": str(program.autostart).lower(),
        "autorestart": "true",
        "startsecs": 2 if program.autostart else 5,
        # never given up: each start waits a second longer than the one before, and what kept it from staying up may be mended meanwhile
        "startretries": 1000,
        "stopsignal": program.stop_signal,
        "stopwaitsecs": program.stop_seconds,
        "killasgroup": "true",
        "redirect_stderr": "true",
        "stdout_logfile": state.logs / f"{name}.log",
        "stdout_logfile_maxbytes": "10MB",
        "stdout_logfile_backups": 1,
    }


def _escape(text: str) -> str:
    return text.replace("%", "%%")


def start(state: State) -> None:
    """Start supervisor in the background."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    subprocess.run([tool("supervisord"), "-c", str(state.conf / "supervisord.conf")], check=True, env=environment, cwd=state.run)


def running(state: State) -> int | None:
    """Process id of our supervisor, checked against its command line: a pid file alone proves nothing."""
    with contextlib.suppress(OSError, ValueError):
        pid = int((state.conf / "supervisord.pid").read_text())
        if str(state.conf / "supervisord.conf").encode() in Path("/proc", str(pid), "cmdline").read_bytes():
            return pid
    return None


class _LocalTransport(xmlrpc.client.Transport):
    """Gives up after some seconds instead of waiting for ever."""

    def make_connection(self, host: Any) -> http.client.HTTPConnection:
        connection = super().make_connection(host)
        connection.timeout = 30
        return connection


def control(state: State) -> Any:
    """Supervisor's own interface: https://supervisord.org/api.html."""
    address = f"http://gmsd:{state.secrets['supervisor']}@127.0.0.1:{state.ports['supervisor']}/RPC2"
    return xmlrpc.client.ServerProxy(address, transport=_LocalTransport()).supervisor


def processes(state: State) -> dict[str, dict[str, Any]]:
    """What supervisor says of each process, by name; empty when it does not answer."""
    try:
        return {info["name"]: info for info in control(state).getAllProcessInfo()}
    except CALL_FAILED:
        return {}


def stop(state: State, seconds: float = 60) -> None:
    """End supervisor and with it every service; then whatever is left of an installation whose supervisor was killed.

    Raises:
        SystemExit: something of ours cannot be ended.
    """
    pid = running(state)
    if pid:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGTERM)
    begin = time.monotonic()
    while left := dict(leftovers(state)):
        passed = time.monotonic() - begin
        if passed > seconds:
            raise SystemExit(f"services: still running: {left}")
        if not running(state) or passed > seconds * 0.75:  # nobody else ends these
            _end(left, signal.SIGKILL if passed > seconds / 4 else signal.SIGTERM)
            time.sleep(0.2)
        time.sleep(0.1)


def _end(found: dict[int, str], with_signal: signal.Signals) -> None:
    for process in found:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.kill(process, with_signal)


def leftovers(state: State) -> Iterator[tuple[int, str]]:
    """Every live process of this installation: it works in our run folder or in PostgreSQL's, or was started with our mark."""
    folders = {str(state.run), str(state.pg_data)}
    mark = f"GMSD_STATE={state.root}\0".encode()
    configuration = str(state.conf / "supervisord.conf").encode()
    for process in Path("/proc").glob("[0-9]*"):
        if int(process.name) == os.getpid():
            continue
        with contextlib.suppress(OSError):
            command = (process / "cmdline").read_bytes()
            if not command:  # a zombie, or the kernel's own
                continue
            ours = configuration in command or mark in (process / "environ").read_bytes()
            if ours or str((process / "cwd").readlink()) in folders:
                yield int(process.name), command.replace(b"\0", b" ").decode(errors="replace").strip()[:120]
