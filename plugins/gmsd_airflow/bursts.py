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

    from gmsd.intake import CheckOutcome
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
    """`take_on` for every delivery of the register that has no run; `again` are those whose run had failed and was started again."""
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
    together, failed = list[str](), list[str]()
    with Airflow.of(settings, "intake") as airflow:
        own = {run["dag_run_id"] for run in airflow.runs(DELIVERY_DAG, states=("queued", "running", "failed"))}
        todo = {each: size for each, size in _sizes(context, delivery_ids, waiting=True).items() if each not in own}
        while len(light := [each for each, size in todo.items() if size < LARGE_BYTES]) >= settings.burst_from:
            some = light[:TOGETHER]
            done, wrong = _work_off(context, some)
            record(airflow, done)
            together += [each.delivery_id for each in done]
            failed += wrong
            found = register_inbox(context)
            new = _sizes(context, [*found.new_deliveries, *found.unplaced])
            todo = {each: size for each, size in (todo | new).items() if each not in some}
            logger.info("%d deliveries checked and reported on together, %d to go", len(together), len(todo))
    return {"together": together, "started": start_deliveries(settings, dict.fromkeys([*failed, *todo]))}


def _sizes(context: Context, delivery_ids: Iterable[str], *, waiting: bool = False) -> dict[str, int]:
    """Id -> bytes of some deliveries, and, when asked, of all that wait for their check."""
    from gmsd.deliveries import get, listing

    with context.engine.connect() as connection:
        found = {each: get(connection, each).size_bytes for each in delivery_ids}
        if waiting:  # what came from an archive is checked by its import
            found |= {each.delivery_id: each.size_bytes for each in listing(connection, state="received") if not each.from_archive}
    return found


def _work_off(context: Context, delivery_ids: Sequence[str]) -> tuple[list[CheckOutcome], list[str]]:
    """Check them and report on them; returns where those stand that are done, and the ids of those that failed."""
    from gmsd.intake import SomeFailed, check_and_report, outcome

    try:
        return check_and_report(context, delivery_ids), []
    except SomeFailed as failed:
        logger.warning("%s; each of them gets a run of its own", failed)
        return [outcome(context, each) for each in delivery_ids if each not in failed.errors], list(failed.errors)


def record(airflow: Airflow, done: Sequence[CheckOutcome]) -> None:
    """Give deliveries that are done a run that says so: it has ended, its tasks were skipped, its note is the usual one."""
    later = dt.datetime.now(dt.UTC) + BY_ITSELF_AFTER
    made = []
    for each in done:
        name, text = each.delivery_id, note_of(each.to_json())
        if airflow.start(DELIVERY_DAG, name, conf={"delivery": name}, note=text, run_after=later) is not None:
            made.append(name)
    airflow.succeed(DELIVERY_DAG, made)
