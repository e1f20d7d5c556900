"""What a played demo left behind: compared with what the story expects, and counted for people to read."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING, Any

from gmsd.database import statement
from gmsd.rounds import WMO
from gmsd.tables import main_table, tables_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy import Connection

    from gmsd.demo.story import Story
    from gmsd.settings import Settings


def deviations(connection: Connection, story: Story) -> list[str]:
    """Everything that is not as the story expects it; empty when all is well."""
    found = {row.delivery_id: row for row in connection.execute(statement("demo/deliveries"))}
    wrong = []
    for step in story.uploads:
        row = found.pop(step.delivery or "", None)
        if row is None:
            wrong.append(f"{step.delivery} ({step.story}) was not registered")
            continue
        for what, is_so, expected in (
            ("key", row.object_key, "" if step.expected_state == "withdrawn" else step.key),  # its name went with its data
            ("state", row.state, step.expected_state),
            ("verdict", row.verdict, step.expected_verdict),
        ):
            if is_so != expected:
                wrong.append(f"{step.delivery} ({step.story}): {what} is {is_so}, expected {expected}")
    wrong += [f"{delivery_id} was registered and is not in the story" for delivery_id in found]
    return wrong + _forms(connection, story) + _mails(connection) + _audit(connection)


def _forms(connection: Connection, story: Story) -> list[str]:
    states: defaultdict[str, list[str]] = defaultdict(list)
    for row in connection.execute(statement("demo/forms")):
        states[row.object_key].append(row.state)
    wrong = []
    for step in (step for step in story.steps if step.action == "form"):
        state = states[step.key].pop(0) if states[step.key] else "not registered"
        if state != step.expected_state:
            wrong.append(f"form {step.key} ({step.story}) of round {step.round}: state is {state}, expected {step.expected_state}")
    return wrong + [f"form {key} was registered and is not in the story" for key, left in states.items() if left]


def _mails(connection: Connection) -> list[str]:
    return [f"{row.waiting} mails of kind {row.kind} were not sent" for row in connection.execute(statement("demo/mails")) if row.waiting]


def _audit(connection: Connection) -> list[str]:
    from gmsd.journal import verify_chain

    report = verify_chain(connection)
    return [] if report.whole else [f"the audit trail is broken at row {report.broken_at}: {report.reason}"]


def figures(connection: Connection) -> dict[str, Any]:
    """The counts of a demo, as plain values."""
    states = Counter(row.state for row in connection.execute(statement("demo/deliveries")))
    table = main_table(WMO)
    whole = {"law": WMO, "content": table.content(table.counts[0], table.groupings[-1].groups[0]).name}
    counts = sorted({measure.key for each in tables_of(WMO) for measure in each.counts})
    cells: defaultdict[str, dict[str, int]] = defaultdict(dict)
    for row in connection.execute(statement("demo/cells"), {"measures": counts}):
        cells[row.release_id][row.reason] = row.cells
    return {
        "deliveries": dict(sorted(states.items())),
        "rows": [_whole(row) for row in connection.execute(statement("demo/rows"), {"law": WMO}).mappings()],
        "clients": {row.period: int(row.clients) for row in connection.execute(statement("demo/clients"), whole)},
        "cells": dict(cells),
        "mails": {row.kind: row.sent for row in connection.execute(statement("demo/mails"))},
    }


def _whole(row: Mapping[Any, Any]) -> dict[str, Any]:
    return {str(name): value if isinstance(value, str) else int(value) for name, value in row.items()}


def wrong_releases(settings: Settings, expected: list[str]) -> list[str]:
    """What is not as expected of the releases that a reader can see: all of them there, the last one in force."""
    from gmsd.releases import list_releases
    from gmsd.store import get_store

    found = {each.id: each.in_force for each in list_releases(get_store(settings, "reader"), settings.bucket_publication)}
    wrong = [f"release {each} was not published" for each in expected if each not in found]
    wrong += [f"release {each} was published and is not in the story" for each in found if each not in expected]
    return wrong + ([] if found.get(expected[-1]) else [f"release {expected[-1]} is not in force"])
