"""### Close of a round: freeze what counts.

**Purpose.** When the withdrawal window of a round has ended, what counts of each municipality is laid down for every half-year that the
round takes: the delivery accepted last, one kept from an earlier round, or nothing and why. Each frozen half-year starts `gmsd_load`.

**When.** At the close that `expectations/calendar/rounds.yaml` gives; the partition is the round (`2019-H2`; of another law than the Wmo
`jeugd.2019-H2`). A round of the past is closed by a backfill (the range is one of days: of every half-year that begins in it the
rounds of every law, or of the one that the form names; `gmsd backfill` takes one law) or by hand with the partition key under *Advanced
Options*. Before its time, and as long as an earlier round of the same half-year is open, a run is skipped; its note says why.

**Needs.** The warehouse and the object store. Whatever came in before the close is waited for: deliveries to be checked, forms to be dealt
with, and objects of the inbox that *Intake* has not registered yet. The note of the run says which; the task tries again by itself.

**With nothing accepted** and nothing withdrawn it asks under *Required Actions* before going on: an empty round is more often a mistake
than the truth. `Reject` leaves it open. Who answered, and what, stands in the audit trail; without an answer nothing is frozen, whatever
the state of *Close without any delivery?*.

**When it fails.** A service that is away fails nothing: the task waits for half a day. Otherwise the log says why; clear the task.
Closing twice gives the same result.
"""

from __future__ import annotations

from typing import Any

import pendulum
from airflow.providers.standard.operators.hitl import HITLOperator
from airflow.sdk import Param, dag, get_current_context, task

from gmsd_airflow.assets import DELIVERIES, FROZEN
from gmsd_airflow.closing import CLOSE_EMPTY, LEAVE_OPEN
from gmsd_airflow.failures import DEFAULT_ARGS
from gmsd_airflow.links import OverviewLink, with_links
from gmsd_airflow.timetable import RoundTimetable


@dag(
    schedule=RoundTimetable.of_calendar(),
    start_date=pendulum.datetime(2015, 1, 1, tz="Europe/Amsterdam"),
    catchup=False,
    max_active_runs=1,
    tags=["gmsd", "rounds"],
    dag_display_name="Close of a round",
    doc_md=__doc__,
    default_args=DEFAULT_ARGS,
    params={
        "law": Param(
            None,
            type=["null", "string"],
            pattern=r"^[a-z]+$",
            title="Law",
            description="Only rounds of this law are closed, those of others are skipped: for a backfill, whose range is one of days. "
            "Empty: every law.",
        ),
    },
)
def gmsd_optout_close() -> None:
    """Look, ask when there is nothing, freeze."""

    @task(inlets=[DELIVERIES], task_display_name="Is it time, and what would be frozen")
    def look() -> dict[str, Any]:
        """Numbers of accepted deliveries for each half-year; skipped as long as the clock says that the round is not over."""
        from airflow.sdk.exceptions import AirflowSkipException

        from gmsd.settings import get_settings
        from gmsd.warehouse import NotYetTime
        from gmsd_airflow.closing import OtherLawError, look_at_round

        now = get_current_context()
        run = now["dag_run"]
        try:
            return look_at_round(get_settings(), run.run_id, run.partition_key, only=now["params"]["law"])
        except (NotYetTime, OtherLawError) as error:
            raise AirflowSkipException(str(error)) from None

    @task.branch(task_display_name="Is there anything")
    def choose(found: dict[str, Any]) -> str:
        """Go on by itself when something was accepted, or withdrawn."""
        return "ask" if found["empty"] else "freeze"

    ask = HITLOperator(
        task_id="ask",
        task_display_name="Close without any delivery?",
        subject="Close round {{ dag_run.partition_key }} although nothing was accepted?",
        body="No municipality has an accepted delivery in round **{{ dag_run.partition_key }}**. Closing it freezes every municipality as "
        "*not delivered*, unless an earlier delivery is kept. Reject to leave the round open.",
        options=[CLOSE_EMPTY, LEAVE_OPEN],
    )

    @task(inlets=[DELIVERIES], outlets=[FROZEN], trigger_rule="none_failed_min_one_success", task_display_name="Freeze")
    def freeze() -> dict[str, Any]:
        """Lay down what counts, and announce each half-year as a partition of its own."""
        from airflow.sdk.exceptions import AirflowSkipException

        from gmsd.settings import get_settings
        from gmsd_airflow.closing import LeftOpenError, freeze_round
        from gmsd_airflow.pools import give_way

        now = get_current_context()
        run = now["dag_run"]
        give_way(run)
        try:
            closed = freeze_round(get_settings(), run.run_id, run.partition_key)
        except LeftOpenError as error:
            raise AirflowSkipException(str(error)) from None
        now["outlet_events"][FROZEN].add_partitions(sorted(closed))
        return closed

    chosen = choose(look())
    chosen >> ask >> (frozen := with_links(freeze(), OverviewLink()))
    chosen >> frozen


gmsd_optout_close()
