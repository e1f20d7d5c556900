"""### Load: a frozen half-year into the warehouse.

**Purpose.** The accepted records of one half-year replace what the warehouse held of it, municipality by municipality; records become
arrangements, and arrangements the true figures of the half-year and of its year. Every row is accounted for: rows in = rows used + rows
left out, by reason (task *Load*, tab XCom). A municipality whose rows are there already, with the same content, is left alone
(`unchanged` there; `replaced` were written).

**When.** For each half-year that `gmsd_optout_close` froze; the partition is the half-year (`2019-H1`; of another law than
the Wmo `jeugd.2019-H1`). By hand with the partition key under *Advanced Options*.

**Needs.** The private bucket with accepted records, the warehouse.

One half-year at a time is loaded and counted (pool `gmsd_load`); what a backfill causes has places of its own (pool `gmsd_backfill`) and
leaves the processor to others. Of several half-years that wait the last one counts.

A person or `GMSD_PUBLISH_WHEN_LOADED` starts the publication, once the last half-year of the round is loaded; after a backfill only a
person does.

**When it fails.** A service that is away fails nothing: the task waits for half a day. Otherwise clear the task: loading replaces, so a
second time gives the same rows and no more. Records that are missing in the private bucket are made again from the raw file.
"""

from __future__ import annotations

from typing import Any

import pendulum
from airflow.sdk import PartitionedAssetTimetable, dag, get_current_context, task

from gmsd_airflow.assets import FIGURES, FROZEN
from gmsd_airflow.failures import DEFAULT_ARGS
from gmsd_airflow.links import OverviewLink, with_links
from gmsd_airflow.pools import LOAD_POOL


@dag(
    schedule=PartitionedAssetTimetable(assets=FROZEN),
    start_date=pendulum.datetime(2015, 1, 1, tz="Europe/Amsterdam"),
    catchup=False,
    max_active_runs=16,
    tags=["gmsd", "figures"],
    dag_display_name="Load",
    doc_md=__doc__,
    default_args=DEFAULT_ARGS,
)
def gmsd_load() -> None:
    """Load, count, and publish where so set."""

    @task(inlets=[FROZEN], task_display_name="Load", pool=LOAD_POOL)
    def load() -> dict[str, Any]:
        """Records and arrangements of the half-year; the account of the rows is the result."""
        from gmsd.journal import Context
        from gmsd.settings import get_settings
        from gmsd.warehouse import load_half_year
        from gmsd_airflow.pools import give_way

        run = get_current_context()["dag_run"]
        give_way(run)
        return load_half_year(Context.open(get_settings()), run.partition_key)

    @task(inlets=[FROZEN], outlets=[FIGURES], task_display_name="Count", pool=LOAD_POOL)
    def figures(loaded: dict[str, Any]) -> dict[str, Any]:
        """The true figures of every period as of the round; skipped when a later run counts them, or without tables."""
        from airflow.sdk.exceptions import AirflowSkipException

        from gmsd.settings import get_settings
        from gmsd_airflow.pools import give_way
        from gmsd_airflow.runs import compute_figures

        run = get_current_context()["dag_run"]
        give_way(run)
        made = compute_figures(get_settings(), loaded["round"], run.run_id)
        if made is None:
            raise AirflowSkipException(
                "another run counts it, after this one or when its half-year is loaded; or there are no tables of this law"
            )
        return made

    @task(task_display_name="Publish by itself, where so set")
    def publish(loaded: dict[str, Any]) -> str:
        """Only where GMSD_PUBLISH_WHEN_LOADED is set, and never after a backfill; otherwise a person starts it."""
        from airflow.sdk.exceptions import AirflowSkipException

        from gmsd.settings import get_settings
        from gmsd_airflow.pools import of_backfill
        from gmsd_airflow.runs import start_publication

        started = start_publication(get_settings(), loaded["round"], backfilled=of_backfill(get_current_context()["dag_run"]))
        if started is None:
            raise AirflowSkipException("a person starts the publication")
        return started

    loaded = with_links(load(), OverviewLink())
    figures(loaded) >> publish(loaded)


gmsd_load()
