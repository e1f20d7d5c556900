"""Who may do what, as data beside this file: tests hold the running services against it, and docs/access.md is made of it."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any

import yaml

FOLDER = Path(__file__).parent
STATEMENTS = {"s": "SELECT", "i": "INSERT", "u": "UPDATE", "d": "DELETE"}
_RIGHT = re.compile(r"([siud])(?:\(([^)]*)\))?")


@cache
def matrix(name: str) -> dict[str, Any]:
    """One of the files: `routes`, `buckets` or `tables`."""
    return dict(yaml.safe_load((FOLDER / f"{name}.yaml").read_text(encoding="utf-8")))


def allowed(bucket: str, user: str) -> set[str]:
    """The actions of a user on a bucket."""
    buckets = matrix("buckets")
    given = buckets["buckets"][bucket].get(user, [])
    return set(buckets["actions"]) if given == "all" else set(given)


def rights(table: str, role: str) -> dict[str, tuple[str, ...]]:
    """Statement -> the columns that it is limited to; no columns: all of them."""
    given = _RIGHT.findall(matrix("tables")["tables"][table].get(role, ""))
    return {STATEMENTS[letter]: tuple(column.strip() for column in columns.split(",")) if columns else () for letter, columns in given}


def access_page() -> str:
    """The matrices as a page."""
    routes, buckets, tables = matrix("routes"), matrix("buckets"), matrix("tables")
    lines = [
        "# Who may do what",
        "",
        "Four matrices, which tests hold against the running services (`tests/dags/test_access.py`, `tests/integration/test_access.py`,",
        "`tests/integration/test_portal_access.py`): what stands not here fails them. What each line is for: [security](security.md).",
        "",
        "## Pages in Airflow",
        "",
        "Below `/gmsd`. Who is not named gets 401 when not signed in, else 403; every verb that is not named gets 405.",
        "",
        _row("route", "what", *routes["roles"]),
        _rule(2 + len(routes["roles"])),
    ]
    for route, said in routes["plugin"].items():
        lines.append(_row(f"`{route}`", said["to"], *(_let_in(said, role) for role in routes["roles"])))
    lines += ["", "Of Airflow's own interface these answer somebody who is not signed in:", ""]
    lines += [f"- `{route}`: {said}" for route, said in routes["airflow_for_anybody"].items()]
    lines += ["", "Of those that change something these answer a viewer:", ""]
    lines += [f"- `{route}`: {said}" for route, said in routes["airflow_for_viewers"].items()]
    lines += ["", "## The public site", ""]
    lines += [f"Anybody, by GET, HEAD and OPTIONS, at {len(routes['site'])} routes; every other verb gets 405. It has no accounts:", ""]
    lines += [f"- `{address}`" for address in routes["site"].values()]
    portal = matrix("portal")
    lines += [
        "",
        "## The coordinators' portal",
        "",
        "What each address answers; a verb that is not named gets 405, a POST without the token of its form 403 from everybody.",
        "Each address that names a place, a delivery or a link is tried with those of one municipality.",
        "",
        *(f"- **{role}**: {said}" for role, said in portal["roles"].items()),
        "",
        _row("address", "what", *portal["roles"]),
        _rule(2 + len(portal["roles"])),
    ]
    lines += [_row(f"`{route}`", said["to"], *(str(said[role]) for role in portal["roles"])) for route, said in portal["routes"].items()]
    lines += ["", "## The object store", "", _row("bucket", *buckets["users"]), _rule(1 + len(buckets["users"]))]
    for bucket, given in buckets["buckets"].items():
        said = ("everything" if given.get(user) == "all" else ", ".join(given.get(user, [])) or "-" for user in buckets["users"])
        lines.append(_row(f"`gmsd-{bucket}`", *said))
    lines += ["", "Everything is:", "", *(f"- **{action}**: {said}" for action, said in buckets["actions"].items())]
    lines += [
        "",
        "`anybody` asks without a signature, `liar` as the pipeline with another secret.",
        "",
        "## The database",
        "",
        "Roles `gmsd_loader` and so on. `gmsd_owner` owns every table; what never changes it cannot change either ([audit](audit.md)).",
        "",
        _row("table or view", *tables["roles"]),
        _rule(1 + len(tables["roles"])),
    ]
    for table in tables["tables"]:
        lines.append(_row(f"`{table}`", *(_said(rights(table, role)) for role in tables["roles"])))
    return "\n".join(lines) + "\n"


def _row(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"


def _rule(columns: int) -> str:
    return "|" + "---|" * columns


def _let_in(said: dict[str, Any], role: str) -> str:
    if role not in said["in"]:
        return "-"
    return "yes" if role in said.get("answers", said["in"]) else "refused by the page"


def _said(given: dict[str, tuple[str, ...]]) -> str:
    return ", ".join(f"{name} ({', '.join(columns)})" if columns else name for name, columns in given.items()) or "-"
