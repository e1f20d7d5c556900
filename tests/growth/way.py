"""`python -m tests.growth.way FOLDER`: the whole way of the deliveries below FOLDER, each stage by itself, in services of its own.

Runs in a process for each size, with the library of that size in front of the path; prints what was measured as JSON.
"""

from __future__ import annotations

import json
import resource
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import text

from gmsd.database import connect
from gmsd.intake import check_delivery, register_inbox, report_delivery
from gmsd.releases import Proposal, answer, build_approved, plan_release, propose, publish_approved
from gmsd.rounds import WMO, HalfYear
from tests.bench.whole import CLOSED, INBOX, RELEASED, UPLOADED, Stages, at, close, count, empty, load_round, upload, warm

if TYPE_CHECKING:
    from gmsd.journal import Context

HALF_YEAR = HalfYear(2019, 2)
AT_ONCE = 4
"""As many as a burst takes side by side."""


def main(folder: Path) -> None:
    """Walk, and tell."""
    opened = empty(folder)
    stages = Stages()
    with stages.stage("upload"):
        upload(opened, folder / INBOX)
    warm(folder / INBOX)
    context = at(opened, UPLOADED)
    with stages.stage("register"):
        ids = list(register_inbox(context).new_deliveries)
    for name, work in (("check", check_delivery), ("report", report_delivery)):
        with stages.stage(name), ThreadPoolExecutor(AT_ONCE) as pool:
            for done in [pool.submit(work, context, each) for each in ids]:
                done.result()
    closing = at(opened, CLOSED)
    with stages.stage("close"):
        close(closing)
    with stages.stage("load"):
        account = load_round(closing)
    with stages.stage("count"):
        count(closing)
    _publish(at(opened, RELEASED), stages)
    found = {"deliveries": len(ids), "rows": account["rows_used"], "arrangements": account["arrangements"], "stages": stages.found}
    print(json.dumps(found | _sizes(opened)))


def _publish(context: Context, stages: Stages) -> None:
    settings, store, now = context.settings, context.store, context.clock.now()
    publisher = connect(settings, "publisher")
    with stages.stage("protect"), publisher.begin() as connection:
        plan_release(connection, settings, WMO, HALF_YEAR, now)
    with stages.stage("protect, attack and preview"), publisher.begin() as connection:
        named = {"run_id": "r0001", "named": "r0001", "started_by": "engineer"}
        asked = propose(connection, store, settings, Proposal(WMO, HALF_YEAR), **named, at=now)
    with connect(settings, "approver").begin() as connection:
        answer(connection, asked.question, "approved", answered_by="approver", reason="", at=now)
    with stages.stage("write"):
        build_approved(publisher, store, settings, "r0001", now)
    with stages.stage("publish"):
        publish_approved(publisher, store, settings, "r0001", now)


def _sizes(context: Context) -> dict[str, Any]:
    """What lies where afterwards, in MB; and the most memory that a process started for the attack held."""
    with connect(context.settings, "owner").connect() as connection:
        database = int(connection.scalar(text("SELECT pg_database_size(current_database())")) or 0)
        figures = int(connection.scalar(text("SELECT count(*) FROM figure")) or 0)
    buckets = {
        name: getattr(context.settings, f"bucket_{name}")
        for name in ("inbox", "outbox", "deliveries", "staging", "publication", "accounts")
    }
    stored = {name: sum(each.size for each in context.store.objects(bucket)) >> 20 for name, bucket in buckets.items()}
    children = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024
    return {"figures": figures, "database_mb": database >> 20, "store_mb": stored, "children_peak_mb": children}


if __name__ == "__main__":
    main(Path(sys.argv[1]))
