"""Pools: what a backfill runs waits for a place of its own, and gives way to what a round runs.

A backfill's closes are told by their run, a load that came of one by the events that caused it. Airflow's cluster policy
(`airflow_local_settings`) puts both into the pool `gmsd_backfill`; `airflow_prepare` makes the pools. Every process of Airflow reads this
file: it imports next to nothing.
"""

from __future__ import annotations

import logging
import os
from typing import Any

logger = logging.getLogger(__name__)

LOAD_POOL, BACKFILL_POOL = "gmsd_load", "gmsd_backfill"
# name: slots, and what they are for; an engineer may give them other numbers of slots, which stay
POOLS: dict[str, tuple[int, str]] = {
    LOAD_POOL: (1, "Loads of rounds: one at a time, as each takes all of a machine"),
    BACKFILL_POOL: (2, "Whatever a backfill runs: it never takes more places than these"),
}
NICENESS = 10
_BACKFILL = "backfill"


def is_backfill(run_id: str) -> bool:
    """Whether a run was made by a backfill, by its id."""
    return run_id.startswith(f"{_BACKFILL}__")


def task_instance_mutation_hook(task_instance: Any, dag_run: Any) -> None:
    """Put a task instance into the pool for backfills when one causes it.

    Airflow calls it when task instances are made or cleared, within a transaction of its own that must not be committed here.

    Args:
        task_instance: An ORM task instance, with the pool of its task.
        dag_run: Its ORM run; None while that is not known.
    """
    if dag_run is not None and (dag_run.run_type == _BACKFILL or _caused_by_backfill(dag_run)):
        task_instance.pool = BACKFILL_POOL


def _caused_by_backfill(dag_run: Any) -> bool:
    """Whether the events that start a partition's run came of a backfill; a run that is being made has none yet, but they wait for it."""
    if dag_run.run_type != "asset_triggered" or dag_run.partition_key is None:
        return False
    from airflow.models.asset import AssetEvent, AssetPartitionDagRun, PartitionedAssetKeyLog
    from sqlalchemy import or_, select
    from sqlalchemy.orm import object_session

    session = object_session(dag_run)
    if session is None:
        return False
    events = (
        select(AssetPartitionDagRun.created_dag_run_id, AssetEvent.source_run_id)
        .join(PartitionedAssetKeyLog, PartitionedAssetKeyLog.asset_partition_dag_run_id == AssetPartitionDagRun.id)
        .join(AssetEvent, AssetEvent.id == PartitionedAssetKeyLog.asset_event_id)
        .where(
            AssetPartitionDagRun.target_dag_id == dag_run.dag_id,
            AssetPartitionDagRun.partition_key == dag_run.partition_key,
            or_(AssetPartitionDagRun.created_dag_run_id == dag_run.id, AssetPartitionDagRun.created_dag_run_id.is_(None)),
        )
    )
    with session.no_autoflush:
        found = session.execute(events).all()
    own = [source for created, source in found if created is not None] or [source for created, source in found if created is None]
    return any(is_backfill(source or "") for source in own)


def of_backfill(dag_run: Any) -> bool:
    """Whether a backfill caused the run that a task is in, directly or by the close that announced its partition.

    Args:
        dag_run: The run as a task sees it in its context.
    """
    causes = (event.source_run_id or "" for event in dag_run.consumed_asset_events)
    return bool(dag_run.run_type == _BACKFILL) or any(map(is_backfill, causes))


def give_way(dag_run: Any) -> bool:
    """Let the process of a task of a backfill have what processor others leave; tells whether it is one.

    Args:
        dag_run: The run as a task sees it in its context.
    """
    if not of_backfill(dag_run):
        return False
    os.nice(NICENESS)
    logger.info("a backfill caused this run: it gives way to others")
    return True


def make_pools() -> None:
    """Make the pools that are not there yet."""
    from airflow.models.pool import Pool
    from airflow.utils.session import create_session

    with create_session() as session:
        for name, (slots, description) in POOLS.items():
            if Pool.get_pool(name, session=session) is None:
                Pool.create_or_update_pool(name, slots, description, include_deferred=False, session=session)
