"""### Load: a frozen half-year into the warehouse.

**Purpose.** The accepted records of one half-year replace what the warehouse held of it, municipality by municipality; records become
arrangements, and arrangements the true figures of the half-year and of its year. Every row is accounted for: rows in = rows used + rows
left out, by reason (task *Load*, tab XCom). A municipality whose rows are there already, with the same content, is left alone
(`unchanged` there; `replaced` were written).

**When.** For each half-year that `gmsd_optout_close` froze; the partition is the half-year (`2019-H1`; of another law than
the Wmo `jeugd.2019-H1`). By hand with the partition key under *Advanced Options*.

**Needs.** The private bucket with accepted records, the warehouse.

A person or `GMSD_PUBLISH_WHEN_LOADED` starts the publication, once the last half-year of the round is loaded.

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


@dag(
    schedule=PartitionedAssetTimetable(assets=FROZEN),
    start_date=pendulum.datetime(2019, 1, 1, tz="Europe/Amsterdam"),
    catchup=False,
    max_active_runs=1,
    tags=["gmsd", "figures"],
    dag_display_name="Load",
    doc_md=__doc__,
    default_args=DEFAULT_ARGS,
)
def gmsd_load() -> None:
    """Load, count, and publish where so set."""

    @task(inlets=[FROZEN], task_display_name="Load")
    def load() -> dict[str, Any]:
        """Records and arrangements of the half-year; the account of the rows is the result."""
        from gmsd.journal import Context
        from gmsd.settings import get_settings
        from gmsd.warehouse import load_half_year

        return load_half_year(Context.open(get_settings()), get_current_context()["dag_run"].partition_key)

    @task(inlets=[FROZEN], outlets=[FIGURES], task_display_name="Count")
    def figures(loaded: dict[str, Any]) -> list[dict[str, Any]]:
        """The true figures of every period as of the round; skipped until the last half-year of the round is loaded, or without tables."""
        from airflow.sdk.exceptions import AirflowSkipException

        from gmsd.settings import get_settings
        from gmsd_airflow.runs import compute_figures

        made = compute_figures(get_settings(), loaded["round"])
        if made is None:
            raise AirflowSkipException("another half-year of the round is not loaded yet, or there are no tables of this law")
        return made

    @task(task_display_name="Publish by itself, where so set")
    def publish(loaded: dict[str, Any]) -> str:
        """Only where GMSD_PUBLISH_WHEN_LOADED is set; otherwise a person starts it."""
        from airflow.sdk.exceptions import AirflowSkipException

        from gmsd.settings import get_settings
        from gmsd_airflow.runs import start_publication

        started = start_publication(get_settings(), loaded["round"])
        if started is None:
            raise AirflowSkipException("a person starts the publication")
        return started

    loaded = with_links(load(), OverviewLink())
    figures(loaded) >> publish(loaded)


gmsd_load()
