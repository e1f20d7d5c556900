"""### Publication: build a release and make it public.

**Purpose.** The protected figures as of a round's close become a release: StatLine table, Waarstaatjegemeente file, `release.json`,
`CHANGES.md`. A preview comes first (participation; cells new, changed and gone); then the run waits until a **second person** approves
under *Required Actions*. Who started the run cannot approve it. The pointer to the release in force moves last, so readers see all of it
or none.

**When.** Somebody starts it with the form; or by itself when all half-years of a round are loaded, where `GMSD_PUBLISH_WHEN_LOADED` is set.
Give the run the id of the release (`r0002`) under *Advanced Options*: it is refused when another release comes next.

**Needs.** Figures of every municipality that counts (`gmsd_load`), the rounding key, the object store.

**A refusal** is a result: the run succeeds, its note says who refused, nothing was public and the number is used again.

**When it fails.** *Approved by a second person?* fails when the same person asked and approved: clear *Ask a second person* and let
somebody else answer. *Build* fails when the figures (or the code) changed after the preview: clear *Preview*, and the run asks again.
*Publish* can be cleared at any time: what is public already stays as it is. What is published once is public for ever: withdraw it only by
a recall.
"""

from __future__ import annotations

from typing import Any

import pendulum
from airflow.providers.standard.operators.hitl import HITLOperator
from airflow.sdk import Param, dag, get_current_context, task

from gmsd_airflow.failures import DEFAULT_ARGS

APPROVE, REFUSE = "Approve", "Refuse"


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
            "2019-H2",
            type="string",
            pattern=r"^\d{4}-H[12]$",
            title="Round",
            description="The round whose close decides what counts, such as `2019-H2`.",
        ),
    },
)
def gmsd_publish() -> None:
    """Preview, four eyes, build, publish."""

    @task(task_display_name="Preview")
    def preview() -> dict[str, Any]:
        """What the release would say; nothing is written."""
        from airflow.sdk.exceptions import AirflowFailException

        from gmsd.settings import get_settings
        from gmsd_airflow.publication import preview_release
        from gmsd_airflow.runs import WrongRunError

        now = get_current_context()
        try:
            return preview_release(get_settings(), now["dag_run"].run_id, now["params"]["round"])
        except WrongRunError as error:
            raise AirflowFailException(str(error)) from None

    ask = HITLOperator(
        task_id="approve",
        task_display_name="Ask a second person",
        subject="Publish {{ ti.xcom_pull(task_ids='preview')['release_id'] }} (round {{ params.round }})?",
        body="{{ ti.xcom_pull(task_ids='preview')['text'] }}\n\nAsked for by {{ dag_run.triggering_user_name or 'the pipeline' }}.",
        options=[APPROVE, REFUSE],
    )

    @task.short_circuit(task_display_name="Approved by a second person?")
    def decide(shown: dict[str, Any], answer: dict[str, Any]) -> bool:
        """Four eyes, on the server: whoever may answer may also have started the run. A refusal skips the rest."""
        from airflow.sdk.exceptions import AirflowFailException

        from gmsd.settings import get_settings
        from gmsd_airflow.publication import SamePersonError, decide_release

        run = get_current_context()["dag_run"]
        try:
            return decide_release(
                get_settings(),
                run.run_id,
                run.triggering_user_name,
                release_id=shown["release_id"],
                answered_by=answer["responded_by_user"]["name"],
                approved=answer["chosen_options"] == [APPROVE],
            )
        except SamePersonError as error:
            raise AirflowFailException(str(error)) from None

    @task(task_display_name="Build")
    def build(shown: dict[str, Any]) -> dict[str, Any]:
        """Ledger, files and full account; refused when it would say something else than what was approved."""
        from airflow.sdk.exceptions import AirflowFailException

        from gmsd.releases import PlanChangedError
        from gmsd.settings import get_settings
        from gmsd_airflow.publication import build_approved

        try:
            return build_approved(get_settings(), shown)
        except PlanChangedError as error:
            raise AirflowFailException(str(error)) from None

    @task(task_display_name="Publish")
    def publish(built: dict[str, Any]) -> dict[str, Any]:
        """The files, then the pointer."""
        from gmsd.settings import get_settings
        from gmsd_airflow.publication import publish_built

        return publish_built(get_settings(), get_current_context()["dag_run"].run_id, built)

    shown = preview()
    shown >> ask
    decide(shown, ask.output) >> (built := build(shown))
    publish(built)


gmsd_publish()
