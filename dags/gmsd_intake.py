"""### Intake: register what arrived in the inbox.

**Purpose.** Every upload in the inbox gets a receipt in the register and a mail, and every delivery that has no run yet gets one in
`gmsd_delivery`, in order of receipt. Forms of coordinators (withdrawal, explanation) are carried out.

**A burst** of uploads (`GMSD_BURST_FROM` and more) is checked and reported on together, in the task *Check a burst*, whose log counts
along. Each of them has its run all the same, by its id and with its note; its two tasks show as skipped, since nothing was left to do.
Clear such a run, or start one with the form, and it does its work like any other. Files of 16 MB and more always have a run of their own.

**When.** When the watcher sees that the inbox is no longer what it was, and every ten minutes: the sweep finds what the watcher missed,
sends mails that wait, and starts runs of deliveries again that failed (after ten minutes, then after ever longer pauses, for a week). The
sweep and a run started by hand compare the whole register with the runs; one that the watcher starts looks at what is new or unchecked.

**Needs.** The object store, the warehouse, the mail server, and the account `intake` of Airflow's API.

**When it fails.** Nothing is lost: the uploads are in the inbox, and the next run takes up where this one stopped. A service that is away
fails nothing: the task waits and is tried again for half a day.
"""

from __future__ import annotations

from typing import Any

import pendulum
from airflow.sdk import Asset, AssetOrTimeSchedule, AssetWatcher, CronTriggerTimetable, dag, get_current_context, task

from gmsd_airflow.assets import DELIVERIES
from gmsd_airflow.failures import DEFAULT_ARGS
from gmsd_airflow.inbox import InboxTrigger

INBOX = Asset(
    "inbox",
    uri="gmsd://inbox",
    watchers=[AssetWatcher(name="inbox", trigger=InboxTrigger())],
)


@dag(
    schedule=AssetOrTimeSchedule(timetable=CronTriggerTimetable("*/10 * * * *", timezone="Europe/Amsterdam"), assets=[INBOX]),
    start_date=pendulum.datetime(2019, 1, 1, tz="Europe/Amsterdam"),
    catchup=False,
    max_active_runs=1,
    tags=["gmsd", "deliveries"],
    dag_display_name="Intake",
    doc_md=__doc__,
    default_args=DEFAULT_ARGS,
)
def gmsd_intake() -> None:
    """Register, then forms and runs."""

    @task(inlets=[INBOX], outlets=[DELIVERIES], task_display_name="Register uploads")
    def register() -> dict[str, Any]:
        """One receipt for each version of each object; an upload that stands in the register already is left alone."""
        from gmsd.intake import register_inbox
        from gmsd.journal import Context
        from gmsd.settings import get_settings

        found = register_inbox(Context.open(get_settings()))
        return {
            "deliveries": [*found.new_deliveries, *found.unplaced],
            "forms": list(found.forms),
            "markers": found.markers,
            "waiting": found.waiting,
        }

    @task(task_display_name="Carry out forms")
    def forms() -> dict[str, Any]:
        """Withdrawals and explanations that have been registered and not yet dealt with."""
        from gmsd.consent import process_forms
        from gmsd.journal import Context
        from gmsd.settings import get_settings

        return process_forms(Context.open(get_settings()))

    @task(task_display_name="Check a burst, or start a run for each delivery")
    def start(registered: dict[str, Any]) -> dict[str, list[str]]:
        """Deliveries without a run; the whole register is compared, except in the many runs that the watcher starts."""
        from gmsd.settings import get_settings
        from gmsd_airflow.bursts import take_on, take_on_missing

        if get_current_context()["dag_run"].run_type == "asset_triggered":
            return take_on(get_settings(), registered["deliveries"])
        return take_on_missing(get_settings())

    registered = register()
    start(registered)
    registered >> forms()


gmsd_intake()
