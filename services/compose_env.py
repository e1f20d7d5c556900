"""`python -m services.compose_env [FILE]`: add to .env the secrets that docker-compose.yaml requires; what is there stays."""

from __future__ import annotations

import secrets
import sys
from pathlib import Path

from services import settings
from services.state import KEYS, PROJECT, random_secret, secret_names, write_secret

# Nobody outside their own container uses these: they are drawn there.
MADE_INSIDE = ("supervisor", "swift_backend")
# Compose plays the demo unless told otherwise: a movable clock, releases that say the data is made up.
DEFAULTS = {"GMSD_COMPOSE_CLOCK": "database", "GMSD_COMPOSE_SYNTHETIC": "true"}


def main(path: Path) -> None:
    """Complete the file; nobody but its owner can read it."""
    text = path.read_text() if path.exists() else ""
    known = settings.read(path)
    wanted = {f"GMSD_SECRET_{name.upper()}": random_secret(name) for name in secret_names() if name not in MADE_INSIDE}
    wanted |= {f"GMSD_KEY_{name.upper()}": secrets.token_hex(32) for name in KEYS} | DEFAULTS
    added = {name: value for name, value in wanted.items() if name not in known}
    if text and not text.endswith("\n"):
        text += "\n"
    write_secret(path, text + "".join(f"{name}={value}\n" for name, value in added.items()))
    print(f"{path}: {len(added)} settings added, {len(wanted) - len(added)} were there")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if sys.argv[1:] else PROJECT / ".env")
