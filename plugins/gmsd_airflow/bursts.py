"""Many uploads at once: they are checked and reported on together in one task, and the run of each delivery is the record of it.

A run of two tasks costs Airflow several times what the check of a usual file costs: unnoticed with one upload, long with hundreds.
"""

from __future__ import annotations

import datetime as dt
import logging
from typing import TYPE_CHECKING

from gmsd_airflow.api import Airflow
from gmsd_airflow.runs import DELIVERY_DAG, compare_runs, note_of, start_deliveries

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from gmsd.journal import Context
    from gmsd.settings import Settings

logger = logging.getLogger(__name__)
TOGETHER = 32
"""How many are checked before the inbox is looked at again and what was done stands in Airflow."""
LARGE_BYTES = 16 * 2**20
"""A file of this size has a run of its own: it would hold up the others."""
BY_ITSELF_AFTER = dt.timedelta(minutes=1)
"""A run that should be a record, and never became one because this task was killed, starts by itself after so long."""


def take_on_missing(settings: Settings) -> dict[str, list[str]]:
    """The same for every delivery of the register that has no run; `again` are those whose run had failed and was started again."""
    compared = compare_runs(settings)
    return take_on(settings, compared.without_run) | {"again": compared.again}


def take_on(settings: Settings, delivery_ids: Iterable[str]) -> dict[str, list[str]]:
    """See to it that each delivery is checked and reported on, and has its run: a burst is worked off here, few get runs that do it.

    Uploads that come in meanwhile are registered and taken along. What fails gets a run of its own, which fails there by its own name.

    Args:
        settings: Addresses and keys; `burst_from` says from how many it is a burst.
        delivery_ids: Deliveries without a run, in order of receipt; whatever else waits for its check is taken along.

    Returns:
        `together`: those that were worked off here; `started`: those whose run was started.

    Raises:
        Exception: a service is away; what was done stays done.
    """
    from gmsd.intake import register_inbox
    from gmsd.journal import Context

    context = Context.open(settings)
    wanted, together = dict.fromkeys(delivery_ids), list[str]()
    with Airflow.of(settings, "intake") as airflow:
        own = {run["dag_run_id"] for run in airflow.runs(DELIVERY_DAG, states=("queued", "running", "failed"))}
        todo = _todo(context, wanted, own)
        while len(light := [each for each, size in todo.items() if size < LARGE_BYTES]) >= settings.burst_from:
            some = light[:TOGETHER]
            failed = _work_off(context, some)
            done = [each for each in some if each not in failed]
            record(airflow, context, done)
            together += done
            own.update(done, failed)
            logger.info("%d deliveries checked and reported on together, %d to go", len(together), len(todo) - len(some))
            found = register_inbox(context)
            wanted |= dict.fromkeys([*found.new_deliveries, *found.unplaced])
            todo = _todo(context, wanted, own)
    return {"together": together, "started": start_deliveries(settings, [each for each in wanted | todo if each not in together])}


def _todo(context: Context, wanted: Iterable[str], own: set[str]) -> dict[str, int]:
    """Id -> bytes of the deliveries asked for and of those that wait for their check, but for those that have a run of their own."""
    from gmsd.deliveries import get, listing

    with context.engine.connect() as connection:
        known = {each: get(connection, each) for each in wanted if each not in own}
        known |= {each.delivery_id: each for each in listing(connection, state="received") if each.delivery_id not in own}
    return {each: delivery.size_bytes for each, delivery in known.items()}


def _work_off(context: Context, delivery_ids: Sequence[str]) -> frozenset[str]:
    """Check them and report on them; returns those of which that failed."""
    from gmsd.intake import SomeFailed, check_and_report

    try:
        check_and_report(context, delivery_ids)
    except SomeFailed as failed:
        logger.warning("%s; each of them gets a run of its own", failed)
        return frozenset(failed.errors)
    return frozenset()


def record(airflow: Airflow, context: Context, delivery_ids: Sequence[str]) -> None:
    """Give deliveries that are done a run that says so: it has ended, its tasks were skipped, its note is the usual one."""
    from gmsd.intake import outcome

    later = dt.datetime.now(dt.UTC) + BY_ITSELF_AFTER
    made = []
    for each in delivery_ids:
        text = note_of(outcome(context, each).to_json())
        if airflow.start(DELIVERY_DAG, each, conf={"delivery": each}, note=text, run_after=later) is not None:
            made.append(each)
    airflow.succeed(DELIVERY_DAG, made)
