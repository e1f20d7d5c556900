"""Bring Airflow's database to the installed version and make its pools and users, in one process. Runs in the pipeline's environment.

Users come as JSON on stdin: `{"engineer": {"role": "Op", "password": "..."}}`. Running it again corrects roles and passwords only.
"""

from __future__ import annotations

import json
import sys
from typing import Any

from airflow.providers.fab.auth_manager.cli_commands.utils import get_application_builder
from airflow.utils import db

from gmsd_airflow.pools import make_pools
from gmsd_airflow.rights import ACTION, APPROVER, RESOURCE


def main() -> None:
    """Migrate, make pools, then make or correct the users."""
    db.upgradedb()
    make_pools()
    users = json.load(sys.stdin)
    with get_application_builder() as builder:
        manager = builder.sm
        _approver(manager)
        for name, user in users.items():
            role = manager.find_role(user["role"])
            known = manager.find_user(username=name)
            if known is not None:
                known.roles = [role]
                manager.update_user(known)
                manager.reset_password(known.id, user["password"])
            elif not manager.add_user(name, name.title(), "GMSD", f"{name}@gmsd.invalid", role, user["password"]):
                raise SystemExit(f"Airflow did not accept the user {name}")


def _approver(manager: Any) -> None:
    """The role of who answers whether a release may be published: sees what a Viewer sees, changes nothing, and has that one right."""
    role = manager.add_role(APPROVER)
    for action, resource in [*manager.VIEWER_PERMISSIONS, (ACTION, RESOURCE)]:
        permission = manager.get_permission(action, resource) or manager.create_permission(action, resource)
        if permission not in role.permissions:
            manager.add_permission_to_role(role, permission)


if __name__ == "__main__":
    main()
