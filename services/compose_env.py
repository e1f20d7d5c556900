"""`python -m services.compose_env [FILE] [--executor celery --workers 2]`: add to .env what docker-compose.yaml requires.

What is there stays; whatever is secret is drawn.
"""

from __future__ import annotations

import argparse
import secrets
from pathlib import Path

from services import broker, settings
from services.state import KEYS, PROJECT, random_secret, secret_names, write_secret

# Nobody outside their own container uses these: they are drawn there.
MADE_INSIDE = ("supervisor", "swift_backend")
# Compose plays the demo unless told otherwise: a movable clock, releases that say the data is made up.
DEFAULTS = {"GMSD_COMPOSE_CLOCK": "database", "GMSD_COMPOSE_SYNTHETIC": "true"}


def main(path: Path, chosen: dict[str, str]) -> None:
    """Complete the file; nobody but its owner can read it."""
    text = path.read_text() if path.exists() else ""
    known = settings.read(path)
    wanted = {f"GMSD_SECRET_{name.upper()}": random_secret(name) for name in secret_names() if name not in MADE_INSIDE}
    wanted |= {f"GMSD_KEY_{name.upper()}": secrets.token_hex(32) for name in KEYS} | DEFAULTS | chosen
    added = {name: value for name, value in wanted.items() if name not in known}
    if text and not text.endswith("\n"):
        text += "\n"
    write_secret(path, text + "".join(f"{name}={value}\n" for name, value in added.items()))
    print(f"{path}: {len(added)} settings added, {len(wanted) - len(added)} were there")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="compose_env", description=__doc__)
    parser.add_argument("file", nargs="?", type=Path, default=PROJECT / ".env")
    parser.add_argument("--executor", choices=list(broker.EXECUTORS), default="local")
    parser.add_argument("--workers", default=broker.REMEMBERED["GMSD_WORKERS"])
    asked = parser.parse_args()
    several = {"COMPOSE_PROFILES": "scale", "GMSD_EXECUTOR": "celery", "GMSD_WORKERS": asked.workers}
    main(asked.file, several if asked.executor == "celery" else {})
