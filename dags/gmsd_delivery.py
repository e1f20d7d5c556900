"""### Delivery: check one file and report on it.

**Purpose.** One run for each delivery, named after it: `2019-H2.0518.03` is the third upload of municipality 0518 for the second half of
2019 (of another law than the Wmo `jeugd.2019-H2.0518.03`). The file is checked against the suites in `expectations/`; the coordinator
gets the verdict by mail and, for an accepted file, the op-orde report. A rejected, late or repeated file is a result, not a failure: state
and reason stand in the run's note.

**When.** `gmsd_intake` starts it. Uploads of one municipality and half-year are checked in order of receipt: a later one waits its turn.

**By hand.** Fill in the form with the delivery's id: *check again* repeats the check (after a repair of the rules), *send report again*
repeats the mails of a delivery that has been checked, *let in* checks a late upload after all. Once its round is closed a delivery does not
change any more: *check again* and *let in* are refused then, *send report again* still sends, and *check* (the choice when none is made)
leaves a delivery that has been checked as it is, at any time.

**Deadlines.** A verdict is due within three working days of receipt, the op-orde report within two of the verdict. A run that has not
ended after as many days gives you a mail that names the day; *Browse > GMSD rounds* says what was due, done, and how late.

**Needs.** The object store, the warehouse, the mail server.

**When it fails.** A service that is away fails nothing: the task waits and is tried again for half a day. What fails is refused, or a
fault of ours; the log says which. The sweep of *Intake* starts the run again after ten minutes, then after ever longer pauses, for a
week; clear it after the repair when you do not want to wait. Clearing is always safe: a check gives the same result again and a mail that
has been sent is not sent twice. No personal data stands in the log or in a task's result.
"""

from __future__ import annotations

from typing import Any

import pendulum
from airflow.sdk import Param, dag, get_current_context, task

from gmsd_airflow.assets import DELIVERIES
from gmsd_airflow.deadlines import DEADLINES
from gmsd_airflow.failures import DEFAULT_ARGS
from gmsd_airflow.links import DeliveryLink, with_links

ACTIONS = ["check", "check again", "send report again", "let in"]


@dag(
    schedule=None,
    start_date=pendulum.datetime(2019, 1, 1, tz="Europe/Amsterdam"),
    catchup=False,
    max_active_runs=32,
    tags=["gmsd", "deliveries"],
    dag_display_name="Delivery",
    doc_md=__doc__,
    default_args=DEFAULT_ARGS,
    deadline=DEADLINES,
    params={
        "delivery": Param(
            None,
            type=["null", "string"],
            pattern=r"^((?:[a-z]+\.)?\d{4}-H[12]\.\d{4}\.\d{2,}|unplaced\.\d{4,})$",
            title="Delivery",
            description="The id of the delivery, such as `2019-H2.0518.03`; of another law than the Wmo `jeugd.2019-H2.0518.03`.",
        ),
        "action": Param("check", type="string", enum=ACTIONS, title="What to do"),
    },
)
def gmsd_delivery() -> None:
    """Check, then report."""

    @task(inlets=[DELIVERIES], task_display_name="Check")
    def check() -> dict[str, Any]:
        """The technical check and its verdict, after the earlier uploads of the same municipality and half-year."""
        from gmsd.settings import get_settings
        from gmsd_airflow.runs import check_in_run

        now = get_current_context()
        run = now["dag_run"]
        return check_in_run(get_settings(), run.run_id, now["params"], actor=run.triggering_user_name or "engineer")

    @task(task_display_name="Report and mail")
    def report(checked: dict[str, Any]) -> dict[str, int]:
        """Reports in the outbox, mails to the coordinator, state and reason in the note of the run."""
        from gmsd.settings import get_settings
        from gmsd_airflow.runs import report_in_run

        now = get_current_context()
        again = now["params"]["action"] == "send report again"
        return report_in_run(get_settings(), now["dag_run"].run_id, checked, again=again)

    with_links(report(check()), DeliveryLink())


gmsd_delivery()
