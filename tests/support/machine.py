"""An environment with nothing in it but what is asked for, as on a machine of somebody else."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

PROJECT = Path(__file__).resolve().parents[2]
PLAIN = {name: value for name, value in os.environ.items() if not name.startswith(("GMSD_", "PYTHON", "VIRTUAL_ENV"))}


def run(*command: object, **options: Any) -> str:
    """What a command prints; it must succeed."""
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True, check=False, **{"env": PLAIN, **options})
    assert done.returncode == 0, f"{command}: {done.stdout}{done.stderr}"
    return done.stdout


def environment(folder: Path, *wanted: object) -> Path:
    """Install what is wanted into a new environment, in the versions of the lock, and give its folder of programs.

    The installer that `make` works with (uv, else pip) takes every dependency from the package index; with uv it takes seconds, since what
    `make setup` fetched lies in its cache.
    """
    pins = re.findall(r"^[A-Za-z0-9_.\[\]-]+==\S+", (PROJECT / "requirements-dev.lock").read_text(encoding="utf-8"), re.MULTILINE)
    versions, new = folder / "versions", folder / "environment"
    versions.write_text("\n".join(re.sub(r"\[.*\]", "", pin) for pin in pins) + "\n", encoding="utf-8")
    python = getattr(sys, "_base_executable", sys.executable)
    own = PROJECT / "var" / "tools" / "uv" / "bin" / "uv"
    uv = own if own.is_file() else shutil.which("uv")
    if uv is not None:
        lines = run(python, PROJECT / "services" / "pip_settings.py", f"{python} -m pip").splitlines()
        index = PLAIN | dict(shlex.split(line)[1].split("=", 1) for line in lines)
        run(uv, "venv", "--quiet", "--no-project", "--python", python, new, env=index)
        run(uv, "pip", "install", "--quiet", "--python", new / "bin" / "python", "-c", versions, *wanted, env=index)
    else:
        run(python, "-m", "venv", new)
        run(new / "bin" / "python", "-m", "pip", "install", "--quiet", "-c", versions, *wanted)
    return new / "bin"
