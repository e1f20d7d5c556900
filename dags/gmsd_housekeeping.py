"""### Housekeeping: repair what got stuck, and look for what should not be.

**Purpose.** Send mails that a mail server did not take, start runs that are missing, bring the private bucket in line with the register
(what nothing counts on is deleted, what is missing is made again from the raw file), abort uploads that were begun a day ago and never
finished, make op-orde reports again that had too few municipalities beside them, throw away what is past its period of retention (announced
a week before, `gmsd retention` shows it), and recompute the hash chain of the audit trail. Mail coordinators what the calendar says: the
window is open, it ends in seven and in two working days, withdrawing is possible, closed, published; each once
([the guide](guide-data-engineer.md)). Mail you what you have to know of before you ask: deadlines, large changes, a full disk,
a changed key, mails that nobody takes ([what is watched](watched.md)).

**When.** Daily, at night; by hand at any time: every task may run as often as you like.

**Needs.** The object store, the warehouse, the mail server, and the account `intake` of Airflow's API.

**When it fails.** *Verify the audit trail* fails when a row was changed or taken out, also at the end: do not repair it, tell whoever is
responsible for the data, and see `gmsd audit verify`. The others wait for a service that is away; what fails is tried again the next
night.
"""

from __future__ import annotations

from typing import Any

import pendulum
from airflow.sdk import CronTriggerTimetable, dag, task

from gmsd_airflow.failures import DEFAULT_ARGS


@dag(
    schedule=CronTriggerTimetable("15 3 * * *", timezone="Europe/Amsterdam"),
    start_date=pendulum.datetime(2019, 1, 1, tz="Europe/Amsterdam"),
    catchup=False,
    max_active_runs=1,
    tags=["gmsd", "maintenance"],
    dag_display_name="Housekeeping",
    doc_md=__doc__,
    default_args=DEFAULT_ARGS,
)
def gmsd_housekeeping() -> None:
    """Eight tasks that do not depend on each other."""

    @task(task_display_name="Send mails that wait")
    def mails() -> dict[str, int]:
        """Mails that are queued and were never taken by the mail server, also those that wait after a refusal."""
        from gmsd.journal import Context, send_queued
        from gmsd.settings import get_settings

        done = send_queued(Context.open(get_settings()), paused=True)
        return {"sent": done.sent, "waiting": done.waiting, "refused": done.refused}

    @task(task_display_name="Mail what the calendar says")
    def calendar() -> dict[str, int]:
        """Mails to coordinators about the round: how many of each kind are new."""
        from gmsd.settings import get_settings
        from gmsd_airflow.runs import mail_coordinators

        return mail_coordinators(get_settings())

    @task(task_display_name="Start runs that are missing")
    def runs() -> dict[str, list[str]]:
        """Deliveries in the register without a run in Airflow, and those whose run failed."""
        from gmsd.settings import get_settings
        from gmsd_airflow.bursts import take_on_missing

        return take_on_missing(get_settings())

    @task(task_display_name="Put the private bucket in order")
    def staging() -> dict[str, int]:
        """Records that nothing counts on any more are deleted; records that are missing are made again from the raw file."""
        from gmsd.journal import Context
        from gmsd.settings import get_settings
        from gmsd.warehouse import sweep_staging

        return sweep_staging(Context.open(get_settings()))

    @task(task_display_name="Verify the audit trail")
    def audit() -> dict[str, Any]:
        """Recompute every hash, compare the trail with its anchors outside the database, and lay down the next."""
        from gmsd.settings import get_settings
        from gmsd_airflow.runs import verify_audit

        return verify_audit(get_settings())

    @task(task_display_name="Throw away what was kept long enough")
    def retention() -> dict[str, Any]:
        """What is past its period of retention is announced to the engineer first; uploads begun a day ago and never ended go at once."""
        from gmsd.deletion import enforce
        from gmsd.deliveries import abort_unfinished
        from gmsd.journal import Context, send_queued
        from gmsd.settings import get_settings

        context = Context.open(get_settings())
        done = enforce(context)
        send_queued(context)
        return {"announced": done.announced, "gone": done.gone, "unfinished": abort_unfinished(context)}

    @task(task_display_name="Tell what needs attention")
    def attention() -> list[str]:
        """What the engineer is mailed about now: once each, with what it means and what to do."""
        from gmsd.settings import get_settings
        from gmsd_airflow.runs import tell_what_needs_attention

        return tell_what_needs_attention(get_settings())

    @task(task_display_name="Compare again")
    def compared() -> list[str]:
        """Op-orde reports that had too few other municipalities beside them are made again, now that more have delivered."""
        from gmsd.intake import compare_again
        from gmsd.journal import Context
        from gmsd.settings import get_settings

        return compare_again(Context.open(get_settings()))

    mails()
    calendar()
    attention()
    compared()
    retention()
    runs()
    staging()
    audit()


gmsd_housekeeping()
