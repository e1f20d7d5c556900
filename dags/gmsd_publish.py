"""### Publication: build a release and make it public.

**Purpose.** The protected figures as of a round's close become a release of one law: StatLine tables, Waarstaatjegemeente files,
`release.json`, `CHANGES.md`. A preview comes first: all releases are attacked together with the one to come, and what that would tell is
hidden; participation; cells new, changed and gone. Then the run waits until a **second person** answers at "GMSD approvals" (the run's
note has the address). The answer is a fact in the warehouse, written where that person is signed in, with a right that no task and no
engineer has; *Build* and *Publish* read it there. States of tasks, XComs and notes decide nothing, and whoever started the run cannot
answer. The pointer to the release in force moves last, so readers see all of it or none.

**When.** Somebody starts it with the form; or by itself when all half-years of a round are loaded, where `GMSD_PUBLISH_WHEN_LOADED` is
set. Give the run the id of the release (`r0002`) under *Advanced Options*: it is refused when another release comes next.

**Needs.** Figures of every municipality that counts (`gmsd_load`), the rounding key, the object store, and somebody with the role
Approver.

**A refusal** is a result: the run succeeds, its note says who refused, nothing was public and the number is used again.

**When it fails.** *Preview* fails when the release would tell counts whatever is hidden: see the runbook. *Build* and *Publish* fail
without an approval of exactly what would be published, and say what is there instead. When the figures (or the code) changed after the
preview, clear *Preview*: the run asks again, and the earlier answer no longer counts. *Publish* can be cleared at any time: what is public
already stays as it is. What is published once is public for ever: withdraw it only by a recall. Who asked, answered and published stands
in the audit trail: `gmsd audit show r0002`.
"""

from __future__ import annotations

from typing import Any

import pendulum
from airflow.sdk import Param, dag, get_current_context, task

from gmsd_airflow.approval import SecondPersonOperator
from gmsd_airflow.failures import DEFAULT_ARGS


@dag(
    schedule=None,
    start_date=pendulum.datetime(2019, 1, 1, tz="Europe/Amsterdam"),
    catchup=False,
    max_active_runs=1,
    tags=["gmsd", "figures"],
    dag_display_name="Publication",
    doc_md=__doc__,
    default_args=DEFAULT_ARGS,
    params={
        "round": Param(
            None,
            type=["null", "string"],
            pattern=r"^([a-z]+\.)?\d{4}-H[12]$",
            title="Round",
            description="The round whose close decides what counts: `2019-H2`, of another law `jeugd.2019-H2`; empty: the Wmo's newest.",
        ),
    },
)
def gmsd_publish() -> None:
    """Preview, four eyes, build, publish."""

    @task(task_display_name="Preview")
    def preview() -> dict[str, Any]:
        """What the release would say, and the question whether it may be published."""
        from gmsd.settings import get_settings
        from gmsd_airflow.publication import preview_release

        now = get_current_context()
        run = now["dag_run"]
        return preview_release(get_settings(), run.run_id, now["params"]["round"], run.triggering_user_name)

    approve = SecondPersonOperator(task_id="approve", task_display_name="Wait for a second person")

    @task(task_display_name="Build")
    def build() -> dict[str, Any]:
        """Ledger, files and full account; refused when nobody else approved it, or when it would say something else by now."""
        from gmsd.settings import get_settings
        from gmsd_airflow.publication import build_in_run

        return build_in_run(get_settings(), get_current_context()["dag_run"].run_id)

    @task(task_display_name="Publish")
    def publish() -> dict[str, Any]:
        """The files, then the pointer; refused when nobody else approved exactly this."""
        from gmsd.settings import get_settings
        from gmsd_airflow.publication import publish_in_run

        return publish_in_run(get_settings(), get_current_context()["dag_run"].run_id)

    preview() >> approve >> build() >> publish()


gmsd_publish()
