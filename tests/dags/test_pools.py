"""Pools: what a backfill runs is told from what a round runs, before any of it is scheduled, and in the task that runs."""

from __future__ import annotations

import datetime as dt
import os
import subprocess
import sys
from types import SimpleNamespace

import pytest

from gmsd_airflow.pools import BACKFILL_POOL, LOAD_POOL, POOLS, of_backfill, task_instance_mutation_hook

OF_ROUND, OF_BACKFILL = "scheduled__2019-H2__a1b2c3", "backfill__2018-H1__a1b2c3"
KEY = "2018-H1"


@pytest.fixture
def session():
    """An empty database with Airflow's own tables of runs and events."""
    from airflow.models.asset import AssetEvent, AssetPartitionDagRun, PartitionedAssetKeyLog
    from airflow.models.dagrun import DagRun
    from airflow.models.tasklog import LogTemplate
    from sqlalchemy import create_engine
    from sqlalchemy.orm import Session

    engine = create_engine("sqlite://")
    for model in (AssetEvent, AssetPartitionDagRun, PartitionedAssetKeyLog, LogTemplate, DagRun):
        model.__table__.create(engine)
    with Session(engine) as found:
        yield found
    engine.dispose()


def a_run(session, run_type="asset_triggered", key=KEY, number=1):
    from airflow.models.dagrun import DagRun

    run = DagRun(dag_id="gmsd_load", run_id=f"{run_type}__{number}", run_type=run_type, partition_key=key, state="queued")
    session.add(run)
    session.flush()
    return run


def announced(session, source, *, of=None, key=KEY, dag_id="gmsd_load"):
    """An event of a close that waits to become a run, or became one."""
    from airflow.models.asset import AssetEvent, AssetPartitionDagRun, PartitionedAssetKeyLog

    event = AssetEvent(asset_id=1, source_run_id=source, source_dag_id="gmsd_optout_close", timestamp=dt.datetime.now(dt.UTC), extra={})
    waits = AssetPartitionDagRun(target_dag_id=dag_id, partition_key=key, created_dag_run_id=of and of.id)
    session.add_all([event, waits])
    session.flush()
    session.add(
        PartitionedAssetKeyLog(
            asset_id=1,
            asset_event_id=event.id,
            asset_partition_dag_run_id=waits.id,
            source_partition_key=key,
            target_dag_id=dag_id,
            target_partition_key=key,
        )
    )
    session.flush()


def pool_of(run, before=LOAD_POOL):
    instance = SimpleNamespace(pool=before)
    task_instance_mutation_hook(instance, run)
    return instance.pool


def test_a_close_of_a_backfill_has_its_pool_and_one_of_the_calendar_or_a_person_keeps_its_own(session):
    pools = [pool_of(a_run(session, run_type, number=n), "default_pool") for n, run_type in enumerate(("backfill", "scheduled", "manual"))]
    assert pools == [BACKFILL_POOL, "default_pool", "default_pool"]
    assert pool_of(None) == LOAD_POOL


def test_a_load_that_is_being_made_has_the_pool_of_what_announced_it(session):
    announced(session, OF_BACKFILL)
    announced(session, OF_ROUND, key="2019-H2")
    assert pool_of(a_run(session)) == BACKFILL_POOL
    assert pool_of(a_run(session, key="2019-H2", number=2)) == LOAD_POOL
    assert pool_of(a_run(session, "manual", number=3)) == LOAD_POOL


def test_a_load_that_is_cleared_later_keeps_the_pool_of_what_caused_it(session):
    first, second = a_run(session, number=1), a_run(session, number=2)
    announced(session, OF_ROUND, of=first)
    announced(session, OF_BACKFILL, of=second)
    announced(session, OF_BACKFILL)
    assert [pool_of(first), pool_of(second)] == [LOAD_POOL, BACKFILL_POOL]


def test_looking_flushes_nothing_into_the_transaction_of_the_scheduler(session):
    announced(session, OF_BACKFILL)
    run = a_run(session)
    session.commit()
    run.state = "running"
    assert pool_of(run) == BACKFILL_POOL
    assert run in session.dirty


@pytest.mark.parametrize(
    ("run_type", "sources", "is_one"),
    [
        ("backfill", [], True),
        ("asset_triggered", [OF_BACKFILL], True),
        ("asset_triggered", [OF_ROUND, OF_BACKFILL], True),
        ("asset_triggered", [OF_ROUND, None], False),
        ("scheduled", [], False),
        ("manual", [], False),
    ],
)
def test_a_task_knows_whether_a_backfill_caused_its_run(run_type, sources, is_one):
    run = SimpleNamespace(run_type=run_type, consumed_asset_events=[SimpleNamespace(source_run_id=each) for each in sources])
    assert of_backfill(run) is is_one


def test_a_task_of_a_backfill_leaves_the_processor_to_others_and_no_other_task_does():
    """In a process of its own: what gives way does not take it back."""
    code = (
        "import os; from types import SimpleNamespace as N; from gmsd_airflow.pools import give_way\n"
        "for kind in ('scheduled', 'backfill'): give_way(N(run_type=kind, consumed_asset_events=[])); print(os.nice(0))"
    )
    environment = os.environ | {"PYTHONPATH": os.environ["AIRFLOW__CORE__PLUGINS_FOLDER"]}
    told = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True).stdout.split()
    assert int(told[0]) == os.nice(0)
    assert int(told[1]) == min(19, os.nice(0) + 10)


def test_every_pool_of_a_task_is_one_that_the_set_up_makes(bag):
    named = {task.pool for dag in bag.dags.values() for task in dag.tasks}
    assert named == {"default_pool", LOAD_POOL}
    assert {LOAD_POOL, BACKFILL_POOL} == set(POOLS)


def test_airflow_takes_the_policy_from_the_plugins_folder():
    """A task instance is made by way of the hook only when Airflow found it before anything else is imported."""
    code = "import airflow.settings as s; print(s.task_instance_mutation_hook.is_noop)"
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    told = subprocess.run([sys.executable, "-P", "-c", code], env=environment, capture_output=True, text=True, check=True)
    assert told.stdout.split()[-1] == "False"
