"""`python -m services.wheel [FOLDER]`: build gx_polars, the part of this project that others can use, as a wheel of its own.

The same sources give the same bytes, whoever builds them and when: it is built in a copy with plain rights, and the times in it are fixed.
The setuptools of the lock does it, without asking an index. The folder is `var/dist` unless another is named.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from hashlib import sha256
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[1]
SOURCES = PROJECT / "plugins" / "gx_polars"
LEFT_OUT = shutil.ignore_patterns("__pycache__", "*.py[cod]", "*.egg-info", "build", "dist")
BUILD = "import sys, setuptools.build_meta as backend; backend.build_wheel(sys.argv[1])"
EARLIEST = "315532800"  # 1 January 1980: a zip file knows no earlier day


def build(out: Path, sources: Path = SOURCES) -> Path:
    """Build the wheel.

    Args:
        out: The folder it is put into; wheels of it that lie there go.
        sources: The folder of the package.

    Returns:
        The wheel.

    Raises:
        SystemExit: The build failed; its last lines are the message.
    """
    out.mkdir(parents=True, exist_ok=True)
    for earlier in out.glob("gx_polars-*.whl"):
        earlier.unlink()
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "gx_polars"
        shutil.copytree(sources, copy, ignore=LEFT_OUT, copy_function=shutil.copyfile)
        for path in copy.rglob("*"):
            path.chmod(0o755 if path.is_dir() else 0o644)
        environment = os.environ | {"SOURCE_DATE_EPOCH": EARLIEST}
        command = [sys.executable, "-c", BUILD, str(out.resolve())]
        done = subprocess.run(command, cwd=copy, env=environment, umask=0o022, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit("\n".join(("the wheel could not be built:", *done.stderr.splitlines()[-20:])))
    [wheel] = out.glob("gx_polars-*.whl")
    return wheel


if __name__ == "__main__":
    built = build(Path(sys.argv[1]) if sys.argv[1:] else PROJECT / "var" / "dist")
    print(f"{built}  sha256 {sha256(built.read_bytes()).hexdigest()}")
