"""Bring Airflow's database to the installed version and make its users, in one process. Runs in the pipeline's environment.

Users come as JSON on stdin: `{"engineer": {"role": "Op", "password": "..."}}`. Running it again changes nothing but passwords.
"""

from __future__ import annotations

import json
import sys

from airflow.providers.fab.auth_manager.cli_commands.utils import get_application_builder
from airflow.utils import db


def main() -> None:
    """Migrate, then make or correct the users."""
    db.upgradedb()
    users = json.load(sys.stdin)
    with get_application_builder() as builder:
        manager = builder.sm
        for name, user in users.items():
            known = manager.find_user(username=name)
            if known is not None:
                manager.reset_password(known.id, user["password"])
                continue
            role = manager.find_role(user["role"])
            if not manager.add_user(name, name.title(), "GMSD", f"{name}@gmsd.invalid", role, user["password"]):
                raise SystemExit(f"Airflow did not accept the user {name}")


if __name__ == "__main__":
    main()
